"""What code says, read from its syntax: words that go through a translation, and sentences for a person."""

import ast
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TRANSLATORS = {"_", "say", "translate"}  # functions and methods that turn their first argument into a language
# What is made of words that are seen, and which of its arguments are such.
DRAWN = {
    "bars": slice(1, 3),
    "pictures": slice(2, 3),
    "Activity": slice(1, 2),
    "Partial": slice(0, 3),
    "Use": slice(0, 2),
    "Published": slice(0, 1),
    "progress": slice(0, 1),
    "Progress": slice(0, 0),
}
SEEN = {"name", "text", "title", "help", "caption", "line_name", "x_title", "y_title"}  # of these, given by name
LOGGED = {"debug", "info", "warning", "error", "exception"}
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
PLACE = re.compile(r"\{\w+\}")
MOST_KINDS = 8  # of one sentence that has words chosen within


@dataclass(frozen=True)
class Source:
    """A file of code.

    Args:
        path: Where it is.
        tree: What it holds.
    """

    path: Path
    tree: ast.Module

    @functools.cached_property
    def constants(self) -> dict[str, ast.expr]:
        """Values by name, of names that are given in the file's outermost block or in a function."""
        found: dict[str, ast.expr] = {}
        for node in ast.walk(self.tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found[name] = value
        return found


def read(path: Path) -> Source:
    """A file's code."""
    return Source(path, ast.parse(path.read_text(encoding="utf-8")))


def translated(source: Source, everywhere: dict[str, ast.expr]) -> Iterator[str]:
    """Words that a file gives to a translation as its first argument, or keeps for it under a name.

    Args:
        source: The file.
        everywhere: Constants in capitals of all files, by name.
    """
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.args:
            name = _called(node.func)
            given = isinstance(node.func, ast.Call) and _called(node.func.func) in ABOUT
            if given or name in TRANSLATORS or name.endswith("translate"):
                yield from _words(node.args[0], everywhere | source.constants)


ABOUT = {"about", "of_setup", "of_dataset"}  # functions that give a translation


def drawn(source: Source) -> Iterator[str]:
    """Words of a panel: what stands beside it, at its axes and its rows."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call() if (name := _called(node.func)) in DRAWN:
                given = [*node.args[DRAWN[name]], *(one.value for one in node.keywords if one.arg in SEEN)]
                yield from (text for one in given for text in _words_or_template(one, source.constants))
            case ast.Assign(targets=[ast.Name(id="title" | "help")], value=value):
                yield from _words(value, {})
            case ast.Assign(targets=[ast.Attribute(attr="title" | "help" | "caption")], value=value):
                yield from _words(value, source.constants)
            case ast.Assign(targets=[ast.Name(id="WORDS")], value=value):
                yield from _words(value, {})


def _words_or_template(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    yield from _kinds(node) if isinstance(node, ast.JoinedStr) else _words(node, constants)


def sentences(source: Source) -> Iterator[str]:
    """Whole sentences that are no docstrings and not for the log, with names in braces where values are filled in."""
    passed_over = {id(one) for node in ast.walk(source.tree) for one in _not_for_people(node)}
    for node in ast.walk(source.tree):
        if id(node) in passed_over or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        for text in _kinds(node):
            if re.fullmatch(r"[A-Z{a-z].* .*[.!?]", text, re.DOTALL) and PLACE.sub("", text).strip(" .:,"):
                yield text


def helps(source: Source) -> Iterator[str]:
    """What the command line says of its commands and of their arguments."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            given = [one.value for one in node.keywords if one.arg in ("help", "description")]
            yield from (text for one in given for text in _words(one, source.constants))


def raised(source: Source) -> Iterator[str]:
    """Sentences of errors."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from (text for one in node.exc.args for text in _kinds(one))


def _not_for_people(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant() as value):
            yield value
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in LOGGED:
            yield from ast.walk(node)
        case ast.JoinedStr(values=values):
            yield from (part for value in values for part in ast.walk(value))


def _called(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _words(node: ast.expr, constants: dict[str, ast.expr], depth: int = 0) -> Iterator[str]:
    """All texts that an expression may be, as far as can be told from the file."""
    parts: Sequence[ast.expr | None] = ()
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            parts = one, other
        case ast.BoolOp(values=parts) | ast.Dict(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            pass
        case ast.Subscript(value=one) | ast.Starred(value=one):
            parts = (one,)
        case ast.Call(func=ast.Attribute(value=one, attr="get"), args=[_, *default]):
            parts = one, *default
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in constants and depth < 4:
            if isinstance(node, ast.Name) or _NAME.fullmatch(name):
                parts = (constants[name],)
    for part in parts:
        if part is not None:
            yield from _words(part, constants, depth + 1)


def _kinds(node: ast.expr) -> list[str]:
    """The texts that a literal stands for: one for each choice of words within it."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if not isinstance(node, ast.JoinedStr):
        return []
    names: dict[str, str] = {}
    parts = []
    for value in node.values:
        match value:
            case ast.Constant(value=str(text)):
                parts.append([text])
            case ast.FormattedValue(
                value=ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=other))
            ):
                parts.append([one, str(other)])
            case ast.FormattedValue(value=inner):
                parts.append([f"{{{_name(inner, names)}}}"])
    found = itertools.islice(itertools.product(*parts), MOST_KINDS)
    return ["".join(chosen) for chosen in found]


def _name(node: ast.expr, names: dict[str, str]) -> str:
    """A name for what is filled in: the last one that its expression has."""
    written = ast.unparse(node)
    if written not in names:
        inner = [one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)]
        called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
        last = [one for one in inner if id(one) not in called] or inner
        word = _called(last[0]).lower().strip("_") if last else "value"
        same = sum(other.rstrip("0123456789") == word for other in names.values())
        names[written] = f"{word}{same + 1}" if same else word
    return names[written]
