"""Definitions that a script takes from this package's own files, whole, with all that they refer to."""

import ast
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

PACKAGE = __name__.split(".")[0]


@dataclass(frozen=True)
class Source:
    """What stands at the top level of a module.

    Args:
        lines: The module's source.
        statements: The statement that gives a name its meaning, by name.
    """

    lines: list[str]
    statements: dict[str, ast.stmt]

    def text(self, *nodes: ast.stmt) -> str:
        """The source of statements that follow one another, but of each docstring only the first paragraph."""
        first = nodes[0]
        above = first.decorator_list if isinstance(first, ast.ClassDef | ast.FunctionDef) else []
        begin = above[0].lineno if above else first.lineno
        whole = "\n".join(self.lines[begin - 1 : nodes[-1].end_lineno])
        return DOCSTRING.sub(r'"""\1"""', whole)


DOCSTRING = re.compile(r'"""(.*?)(?:\n\n.*?)?\s*"""', re.DOTALL)  # and what comes before its first empty line


def is_own(thing: object) -> bool:
    """Whether an object's class is of this package."""
    return type(thing).__module__.split(".")[0] == PACKAGE


@functools.cache
def source(module: str) -> Source:
    """The source of a module of this package, by the module's full name."""
    text = inspect.getsource(importlib.import_module(module))
    statements: dict[str, ast.stmt] = {}
    for node in ast.parse(text).body:
        for name in _defined(node):
            statements[name] = node
    return Source(text.split("\n"), statements)


def _defined(node: ast.stmt) -> list[str]:
    """Names that a statement gives a meaning."""
    match node:
        case ast.ClassDef() | ast.FunctionDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name for alias in node.names]
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


class Library:
    """Definitions and imports, each once; what a definition refers to stands before it."""

    def __init__(self) -> None:
        self.imports: set[tuple[str, str]] = set()  # module, and what is imported from it or an empty text
        self._begun: set[str] = set()
        self._definitions: list[str] = []

    @property
    def text(self) -> str:
        """All definitions, with two empty lines around classes and functions."""
        text = ""
        for before, now in zip(["", *self._definitions], self._definitions, strict=False):
            apart = 3 if any(one.startswith(DEFINING) for one in (before, now)) else 1
            text += ("\n" * apart if text else "") + now
        return text

    def take(self, module: str, name: str) -> None:
        """Takes what a name means in a module of this package, and what that refers to.

        Args:
            module: Full name of the module.
            name: A name at the module's top level; one that was taken before is not taken again.
        """
        found = source(module)
        node = found.statements[name]
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, name)
        elif name not in self._begun:
            self._begun |= set(_defined(node))
            self.take_for(module, [node])
            self._definitions.append(found.text(node))

    def take_for(self, module: str, nodes: Iterable[ast.AST]) -> None:
        """Takes all that pieces of a module's source refer to."""
        for node in nodes:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    continue
                if isinstance(inner, ast.Name) and inner.id in source(module).statements:
                    self.take(module, inner.id)

    def _import(self, node: ast.Import | ast.ImportFrom, name: str) -> None:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            self.take(node.module or "", name)
        else:
            self.add_import(node, name)

    def add_import(self, node: ast.Import | ast.ImportFrom, name: str = "") -> None:
        """Notes an import statement, or the part of it that gives one name a meaning."""
        for alias in node.names:
            if name in ("", alias.asname or alias.name):
                whole = ast.unparse(alias)
                self.imports.add((node.module or "", whole) if isinstance(node, ast.ImportFrom) else (whole, ""))


DEFINING = ("class ", "def ", "@")


def import_lines(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Import statements, sorted, those of the standard library first.

    Args:
        imports: As a `Library` notes them.
    """
    whole = sorted(f"import {module}" for module, name in imports if not name)
    modules = sorted({module for module, name in imports if name}, key=str.lower)
    parts = [
        f"from {one} import {', '.join(sorted(name for module, name in imports if module == one and name))}"
        for one in modules
    ]
    lines = [*whole, *parts]
    standard = [line for line in lines if module_of(line) in sys.stdlib_module_names]
    others = [line for line in lines if module_of(line) not in sys.stdlib_module_names]
    return [*standard, *([""] if standard else []), *others]


def module_of(line: str) -> str:
    """The package that a line of `import_lines` imports from."""
    return line.split()[1].split(".")[0]
