"""This package's own source, read as syntax trees and written again: what has not changed keeps its layout."""

import ast
import functools
import inspect
import re
from types import ModuleType
from typing import Any

from ae_core.script import style

NOTES = re.compile(r"\s*#\s*(fmt|noqa|type):.*")  # meant for tools


@functools.cache
def _parsed(module: ModuleType) -> tuple[ast.Module, list[str]]:
    text = inspect.getsource(module)
    return ast.parse(text), text.split("\n")


def read(module: ModuleType, name: str) -> Any:
    """A fresh tree of the statement at the top of a module that gives this name its meaning, ready to be changed.

    Annotations are gone; of its docstring the first line is left, of those inside it nothing.

    Raises:
        LookupError: If the module has none.
    """
    tree, lines = _parsed(module)
    for place, node in enumerate(tree.body):
        if name in _defined(node):
            above = tree.body[place - 1].end_lineno if place else 0
            fresh = ast.parse("\n" * (node.lineno - 1) + "\n".join(lines[node.lineno - 1 : node.end_lineno])).body[0]
            _mark(fresh, lines, above or 0)
            return _Plain().visit(fresh)
    raise LookupError(f"{module.__name__} defines no {name}.")


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def imported(module: ModuleType, name: str) -> tuple[str, str] | None:
    """The module and the name there that an import at the top of a module gives a name: (`numpy`, ``) for `np`."""
    for node in _parsed(module)[0].body:
        for alias in getattr(node, "names", ()):
            if (alias.asname or alias.name) == name:
                return (str(node.module), alias.name) if isinstance(node, ast.ImportFrom) else (alias.name, "")
    return None


def _mark(node: ast.stmt, lines: list[str], above: int) -> None:
    """Notes at every statement how it looked, and the comments that stand above it and beside it."""
    marked: Any = node
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    marked.comments = [line.strip() for line in lines[above : first - 1] if line.strip().startswith("#")]
    marked.spaced = any(not line.strip() for line in lines[above : first - 1])
    marked.beside = NOTES.sub("", lines[(node.end_lineno or 0) - 1][node.end_col_offset :]).strip()
    body = getattr(node, "body", None)
    if body is None:
        text = lines[node.lineno - 1 : node.end_lineno]
        marked.text = None if any(NOTES.search(line) for line in text) else [line[node.col_offset :] for line in text]
        marked.before = ast.dump(node)
        return
    last = node.lineno
    for block in (body, getattr(node, "orelse", [])):
        for one in block:
            _mark(one, lines, last)
            last = one.end_lineno or last


class _Plain(ast.NodeTransformer):
    """Takes annotations away, and all of a docstring but its first line."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        plain: Any = ast.Assign(targets=[node.target], value=node.value, type_comment=None)
        for name, value in (*vars(node).items(), ("text", None), ("before", "")):
            if name in ("comments", "spaced", "beside", "text", "before"):
                setattr(plain, name, value)
        return ast.fix_missing_locations(ast.copy_location(plain, node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._shorter(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._shorter(node)

    def _shorter(self, node: Any) -> ast.AST:
        text = ast.get_docstring(node)
        if text is not None:
            node.body = node.body[1:] or [ast.Pass()]
            node.body[0].spaced = False
            if node.col_offset == 0:
                node.docstring = text.split("\n")[0]
        self.generic_visit(node)
        return node


def written(node: ast.stmt, indent: int = 0) -> list[str]:
    """Lines of a statement that was read, and perhaps changed since."""
    comments = [" " * indent + line for line in getattr(node, "comments", ())]
    if not hasattr(node, "body"):
        return comments + _simple(node, indent)
    lines = [" " * indent + f"@{style.expression(one)}" for one in getattr(node, "decorator_list", ())]
    lines += style.header(_undecorated(node), indent)
    if hasattr(node, "docstring"):
        lines.append(" " * (indent + 4) + f'"""{node.docstring}"""')
    lines += _block(node.body, indent + 4, first=not hasattr(node, "docstring"))
    if isinstance(node, ast.ClassDef) and hasattr(node, "docstring") and lines[-1]:
        place = lines.index(" " * (indent + 4) + f'"""{node.docstring}"""')
        if lines[place + 1]:
            lines.insert(place + 1, "")
    return comments + lines + _otherwise(node, indent)


def _otherwise(node: Any, indent: int) -> list[str]:
    other = getattr(node, "orelse", [])
    if not other:
        return []
    if isinstance(node, ast.If) and len(other) == 1 and isinstance(other[0], ast.If):
        lines = written(other[0], indent)
        return [lines[0].replace("if ", "elif ", 1), *lines[1:]]
    return [" " * indent + "else:", *_block(other, indent + 4, first=True)]


def _undecorated(node: Any) -> Any:
    hollow = {name: value for name, value in ast.iter_fields(node) if name != "decorator_list"}
    decorated: dict[str, Any] = {"decorator_list": []} if hasattr(node, "decorator_list") else {}
    return ast.copy_location(type(node)(**hollow, **decorated), node)


def _block(body: list[ast.stmt], indent: int, first: bool) -> list[str]:
    lines: list[str] = []
    for node in body:
        defines = isinstance(node, (ast.FunctionDef, ast.ClassDef))
        if (lines or not first) and (defines or getattr(node, "spaced", False)):
            lines.append("")
        lines += written(node, indent)
        first = first and not lines
    return lines


def _simple(node: Any, indent: int) -> list[str]:
    text = getattr(node, "text", None)
    if text is not None and node.before == ast.dump(node):
        return [" " * indent + line for line in text]
    lines = style.statement(node, indent)
    beside = getattr(node, "beside", "")
    if beside and len(lines[-1]) + len(beside) + 2 <= style.WIDTH:
        lines[-1] += "  " + beside
    return lines
