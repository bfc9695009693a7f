"""What is known of a layer's arguments decides its branches and look-ups: a script holds no code that it never runs."""

import ast
import copy
import dataclasses
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ae_core.script import style

OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


class UnknownError(Exception):
    """Nothing is known of a value before the script runs."""


class Fold(ast.NodeTransformer):
    """Decides what the known values decide.

    Args:
        known: Values of local names.
        attributes: Values of attributes of `self`.
        meant: Expressions that stand for attributes of `self`: a function that was chosen once.
        table: Gives the dictionary, as a tree, that a name at the top of the module means, or None.
        functions: Gives the function of this package that a name at the top of the module means, or None.
    """

    def __init__(
        self,
        known: Mapping[str, Any],
        attributes: Mapping[str, Any],
        meant: Mapping[str, ast.expr],
        table: Callable[[str], ast.Dict | None],
        functions: Callable[[str], Callable | None],
    ):
        self.known, self.attributes, self.meant = known, attributes, meant
        self.table, self.functions = table, functions

    def value(self, node: ast.expr) -> Any:
        """The value of an expression.

        Raises:
            UnknownError: If it is not known before the script runs.
        """
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() if node.id in self.known:
                return self.known[node.id]
            case ast.Attribute(value=ast.Name(id="self")) if node.attr in self.attributes:
                return self.attributes[node.attr]
            case ast.Attribute():
                owner = self.value(node.value)
                if dataclasses.is_dataclass(owner) and hasattr(owner, node.attr):
                    return getattr(owner, node.attr)
            case ast.Subscript():
                return self.value(node.value)[self.value(node.slice)]
            case ast.Slice(step=None):
                return slice(*(None if one is None else self.value(one) for one in (node.lower, node.upper)))
            case ast.Tuple() | ast.List() | ast.Set():
                return tuple(self.value(one) for one in node.elts)
            case ast.UnaryOp(op=ast.Not()):
                return not self.value(node.operand)
            case ast.Call(func=ast.Name(id="len"), args=[one]):
                return len(self.value(one))
            case ast.BoolOp():
                ends = isinstance(node.op, ast.Or)
                for one in node.values:
                    found = self.value(one)
                    if bool(found) is ends:
                        break
                return found
            case ast.Compare(ops=[op], comparators=[other]):
                return OPERATORS[type(op)](self.value(node.left), self.value(other))
        raise UnknownError

    def _decided(self, test: ast.expr) -> bool | None:
        try:
            return bool(self.value(test))
        except UnknownError:
            return None

    def visit_If(self, node: ast.If) -> Any:
        decided = self._decided(node.test)
        if decided is None:
            return self.generic_visit(node)
        kept = []
        for one in node.body if decided else node.orelse:
            found = self.visit(one)
            kept += found if isinstance(found, list) else [found]
        if kept and not hasattr(kept[0], "body"):
            kept[0].comments = [*getattr(node, "comments", ()), *getattr(kept[0], "comments", ())]
        return kept

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        decided = self._decided(node.test)
        if decided is None:
            return self.generic_visit(node)
        return self.visit(node.body if decided else node.orelse)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        ends = isinstance(node.op, ast.Or)
        open_ones = [one for one in node.values if self._decided(one) is None or self._decided(one) is ends]
        if len(open_ones) == 1:
            return self.visit(open_ones[0])
        node.values = open_ones or node.values
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        rows = node.value if isinstance(node.value, ast.Dict) else None
        if isinstance(node.value, ast.Name):
            rows = self.table(node.value.id)
        if rows is not None:
            try:
                wanted = self.value(node.slice)
            except UnknownError:
                return self.generic_visit(node)
            for key, found in zip(rows.keys, rows.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == wanted:
                    return self.visit(copy.deepcopy(found))
        self.generic_visit(node)
        return self._constant(node) if isinstance(node.value, ast.Tuple) else node

    def visit_Tuple(self, node: ast.Tuple) -> Any:
        self.generic_visit(node)
        inside = [
            one.value.elts if isinstance(one, ast.Starred) and isinstance(one.value, ast.Tuple) else [one]
            for one in node.elts
        ]
        node.elts = [one for few in inside for one in few]
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """A function of this package that is given an object which the script does not have is called now."""
        function = self.functions(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is not None and not node.keywords:
            try:
                values = [self.value(one) for one in node.args]
            except UnknownError:
                return self.generic_visit(node)
            if any(dataclasses.is_dataclass(one) for one in values):
                return ast.parse(style.value(function(*values)), mode="eval").body
        return self.generic_visit(node)

    def _constant(self, node: Any) -> Any:
        try:
            return ast.parse(style.value(self.value(node)), mode="eval").body
        except UnknownError:
            return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if not isinstance(node.ctx, ast.Load):
            return node
        if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in self.meant:
            return copy.deepcopy(self.meant[node.attr])
        if not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            found = self._constant(node)  # a fact of an object that the script does not have
            if found is not node:
                return found
        return self.generic_visit(node)


class Shorten(ast.NodeTransformer):
    """Says `layers` for `keras.layers`, and leaves out names that only a saved model needs."""

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and (node.value.id, node.attr) == ("keras", "layers"):
            return ast.Name("layers", node.ctx)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("__init__", "add_weight"):
            node.keywords = [one for one in node.keywords if one.arg != "name"]
        return node
