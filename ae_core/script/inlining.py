"""Short functions are written where they are called: a script has fewer names, and is read from top to bottom."""

import ast
import copy
from collections.abc import Callable, Mapping
from typing import Any

from ae_core.script.folding import Fold


class _Put(ast.NodeTransformer):
    """Puts expressions in place of names."""

    def __init__(self, values: Mapping[str, ast.expr]):
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.values and isinstance(node.ctx, ast.Load):
            return copy.deepcopy(self.values[node.id])
        return node


class InlineResults(ast.NodeTransformer):
    """Writes in place of a call what the function returns, where it does nothing else.

    Args:
        function: Gives the tree of the function that an expression calls and which may be written so, or None.
    """

    def __init__(self, function: Callable[[ast.expr], ast.FunctionDef | None]):
        self.function = function

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        found = self.function(node.func)
        if found is None or node.keywords or len(found.body) != 1 or not isinstance(found.body[0], ast.Return):
            return node
        names = [one.arg for one in found.args.args if one.arg != "self"]
        result = found.body[0].value
        if result is None or len(names) != len(node.args):
            return node
        return _Put(dict(zip(names, node.args, strict=True))).visit(copy.deepcopy(result))


def inline_steps(body: list[Any], function: Callable[[str], ast.FunctionDef | None]) -> list[Any]:
    """Statements, with the steps of a function in place of `one, other = function(…)` where it has one way through.

    Args:
        body: Statements.
        function: Gives a fresh tree of the function of this package that a name means, or None.
    """
    lines: list[Any] = []
    for statement in body:
        match statement:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Name(id=name), args=values, keywords=[])):
                found = function(name)
                steps = _steps(found, target, values) if found is not None else None
                lines += steps or [statement]
            case _:
                lines.append(statement)
    return lines


def _steps(function: ast.FunctionDef, target: ast.expr, values: list[ast.expr]) -> list[Any] | None:
    """What stands for `target = function(*values)`, or None if it must stay as it is."""
    names = [one.arg for one in function.args.args]
    if len(names) != len(values) or any(isinstance(one, ast.Starred) for one in values):
        return None
    # An argument that is given is something: what is only done for None falls away.
    Fold({name: object() for name in names}, {}, {}, lambda name: None, lambda name: None).visit(function)
    *steps, last = function.body
    if not isinstance(last, ast.Return) or last.value is None or not all(isinstance(one, ast.Assign) for one in steps):
        return None
    own = {name for step in steps for name in stored(step)}
    if own & {*names, *(one.id for value in values for one in ast.walk(value) if isinstance(one, ast.Name))}:
        return None
    pairs: list[tuple[ast.expr, ast.expr]] = [(target, last.value)]
    if isinstance(target, ast.Tuple) and isinstance(last.value, ast.Tuple):
        pairs = list(zip(target.elts, last.value.elts, strict=True))
    steps += [ast.Assign(targets=[one], value=value) for one, value in pairs]
    put = _Put(dict(zip(names, values, strict=True)))
    return [ast.fix_missing_locations(put.visit(step)) for step in steps]


def stored(statement: ast.stmt) -> set[str]:
    """Names that a statement gives a meaning, or into whose things it writes."""
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
    return names
