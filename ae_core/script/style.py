"""Python source from syntax trees, laid out as the rest of this project is."""

import ast
import io
import re
import textwrap
import tokenize
from typing import Any

WIDTH = 120
OPENING, CLOSING = "([{", ")]}"


def statement(node: ast.stmt, indent: int = 0) -> list[str]:
    """Lines of one simple statement, broken at brackets where it is too long."""
    return laid_out(_plain(node), indent)


def expression(node: ast.expr) -> str:
    """One line of source."""
    return _plain(node)


def header(node: ast.stmt, indent: int = 0) -> list[str]:
    """The first lines of a compound statement, up to its colon."""
    hollow = {name: value for name, value in ast.iter_fields(node) if name not in ("body", "orelse")}
    kind: Any = type(node)
    empty = kind(**hollow, body=[ast.Pass()], **({"orelse": []} if hasattr(node, "orelse") else {}))
    text = _plain(ast.copy_location(ast.fix_missing_locations(empty), node))
    return laid_out(text.removesuffix("pass").rstrip(), indent)


def value(thing: object) -> str:
    """A plain value as it is written in source: numbers, texts, None, and tuples and lists of them."""
    return _plain(ast.parse(repr(thing), mode="eval").body)


def _plain(node: ast.AST) -> str:
    if isinstance(node, ast.Assign | ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        # Without the brackets that some versions of Python put around several values.
        whole, values = ast.unparse(node), ", ".join(ast.unparse(one) for one in node.value.elts)
        text = whole.removesuffix(ast.unparse(node.value)) + values
    else:
        text = ast.unparse(node)
    return _double_quoted(re.sub(r"(\de-)0(\d)", r"\1\2", text))


def _double_quoted(text: str) -> str:
    """The same source with texts in double quotes where that needs no escape."""
    lines = text.split("\n")
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        (row, first), (last_row, last) = token.start, token.end
        if token.type == tokenize.STRING and row == last_row and token.string.endswith("'"):
            prefix, _, body = token.string[:-1].partition("'")
            if '"' not in body and "\\" not in body:
                line = lines[row - 1]
                lines[row - 1] = f'{line[:first]}{prefix}"{body}"{line[last:]}'
    return "\n".join(lines)


def laid_out(text: str, indent: int = 0) -> list[str]:
    """One logical line of source as lines of at most `WIDTH` characters, if brackets allow it."""
    line = " " * indent + text
    if len(line) <= WIDTH:
        return [line]
    for start, end in reversed(_trailing_brackets(text)):
        head, body, tail = text[: start + 1], text[start + 1 : end], text[end:]
        if body and indent + len(head) <= WIDTH:
            return [" " * indent + head, *_inside(body, indent + 4), *laid_out(tail, indent)]
    return [line]


def _inside(body: str, indent: int) -> list[str]:
    """What stands between two brackets, on one line or one part a line."""
    if indent + len(body) <= WIDTH:
        return [" " * indent + body]
    parts = _split(body)
    return [line for part in parts for line in laid_out(part + ",", indent)]


def _split(body: str) -> list[str]:
    """The parts of a list, which its outermost commas divide."""
    parts, depth, begin = [], 0, 0
    for place, kind in _brackets_and_commas(body):
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth -= 1
        elif depth == 0:
            parts.append(body[begin:place].strip())
            begin = place + 1
    return [*parts, *filter(None, [body[begin:].strip()])]


def _trailing_brackets(text: str) -> list[tuple[int, int]]:
    """Places of the outermost brackets, from left to right."""
    found, depth, begin = [], 0, 0
    for place, kind in _brackets_and_commas(text):
        if kind in OPENING:
            begin = begin if depth else place
            depth += 1
        elif kind in CLOSING:
            depth -= 1
            if depth == 0:
                found.append((begin, place))
    return found


def _brackets_and_commas(text: str) -> list[tuple[int, str]]:
    """Places of brackets and commas outside of texts."""
    quoted = [match.span() for match in re.finditer(r'"[^"]*"', text)]
    return [
        (match.start(), match.group())
        for match in re.finditer(r"[()\[\]{},]", text)
        if not any(first <= match.start() < last for first, last in quoted)
    ]


def block(text: str, indent: int) -> list[str]:
    """Source of some lines, moved to another depth."""
    return textwrap.indent(textwrap.dedent(text), " " * indent).split("\n")
