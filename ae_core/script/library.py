"""The definitions that a script needs from this package: layers reduced to what a run uses, and what they refer to."""

import ast
import builtins
import functools
import inspect
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

import keras

from ae_core.script import source, style
from ae_core.script.folding import Shorten
from ae_core.script.inlining import InlineResults
from ae_core.script.reduced import PACKAGE, Reduced, attributes_read, definition
from ae_core.settings import DataSpec

KERAS_READS = ("built",)  # attributes that Keras itself looks at


class Library:
    """Definitions and imports, each once, in an order in which Python can run them.

    Args:
        given: The constructor's arguments of each of this package's layers that the model uses, by class.
        used: Names of methods that the script itself calls.
        seed: Value of the script's constant `SEED`.
    """

    def __init__(self, given: Mapping[type, list[Mapping[str, Any]]], used: Iterable[str], seed: int):
        self.seed = seed
        self.reduced = {kind: Reduced(kind, instances) for kind, instances in given.items()}
        begun, changed = {*used, *KERAS_READS}, True
        while changed:
            read = begun.union(*(one.names() for one in self.reduced.values()))
            changed = sum(one.keep(read) for one in self.reduced.values()) > 0  # all of them are asked
        self.imports: set[str] = set()
        self.constants: dict[str, list[str]] = {}  # plain values, by their names
        self._written: dict[str, list[str]] = {}
        for one in self.reduced.values():
            others = [other.tree for other in self.reduced.values() if other is not one]
            one.inline(set(used).union(*map(attributes_read, others)))

    @property
    def lines(self) -> list[str]:
        """Every definition but constants, two empty lines around those with a body."""
        lines: list[str] = []
        for text in self._written.values():
            deep = text[-1].startswith("    ")
            if lines and (deep or lines[-1].startswith("    ")):
                lines += ["", ""]
            lines += text
        return lines

    def layer(self, kind: type) -> Reduced:
        """Writes the definition of a layer class, if it is not written yet."""
        found = self.reduced[kind]
        if kind.__name__ not in self._written:
            self._adapt_calls(found)
            self._write(kind.__name__, found.tree, found.module)
        return found

    def function(self, module: ModuleType, name: str) -> None:
        """Writes the definition of a function or constant of this package, if it is not written yet."""
        module, name = definition(module, name)
        if name not in {**self._written, **self.constants}:
            self._write(name, Shorten().visit(source.read(module, name)), module)

    def _write(self, name: str, tree: Any, module: ModuleType) -> None:
        InlineResults(functools.partial(self._short, module)).visit(tree)
        self.needs(tree, module)
        tree.spaced = False
        alone = isinstance(tree, ast.Assign) and not any(isinstance(one, ast.Name) for one in ast.walk(tree.value))
        (self.constants if alone else self._written)[name] = source.written(tree)

    @staticmethod
    def _short(module: ModuleType, called: ast.expr) -> ast.FunctionDef | None:
        """The function that is called, if this package wrote it for its neighbours alone."""
        if not isinstance(called, ast.Name) or not called.id.startswith("_"):
            return None
        module, name = definition(module, called.id)
        found = source.read(module, name)
        return Shorten().visit(found) if isinstance(found, ast.FunctionDef) else None

    def needs(self, tree: ast.AST, module: ModuleType, known: Iterable[str] = ()) -> None:
        """Writes what a piece of a module's source refers to, and notes its imports; some names are known already."""
        bound = set(known) | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        own = getattr(tree, "name", "")
        for name in dict.fromkeys(names):
            if name in bound or name == own or (hasattr(builtins, name) and not hasattr(module, name)):
                continue
            thing = getattr(module, name, None)
            if name == "layers" and thing is None:
                self.imports.add("from keras import layers")
            elif isinstance(thing, type) and thing in self.reduced:
                self.layer(thing)
            elif self._is_foreign(module, name):
                self._import(module, name)
            else:
                self.function(module, name)

    @staticmethod
    def _is_foreign(module: ModuleType, name: str) -> bool:
        origin = source.imported(module, name)
        return origin is not None and origin[0].split(".")[0] != PACKAGE

    def _import(self, module: ModuleType, name: str) -> None:
        origin, there = source.imported(module, name) or ("", "")
        alias = "" if name == (there or origin) else f" as {name}"
        self.imports.add(f"from {origin} import {there}{alias}" if there else f"import {origin}{alias}")

    def _adapt_calls(self, found: Reduced) -> None:
        """Leaves out arguments that a reduced layer does not take any more."""
        for node in ast.walk(found.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            kind = getattr(found.module, node.func.id, None)
            if isinstance(kind, type) and kind in self.reduced:
                names = list(inspect.signature(kind.__init__).parameters)[1:]  # type: ignore[misc]
                left = self.reduced[kind].parameters
                node.args = [one for one, name in zip(node.args, names, strict=False) if name in left]
                node.keywords = [one for one in node.keywords if one.arg is None or one.arg in left]

    def construct(self, layer: keras.layers.Layer, given: Mapping[str, Any], names: Mapping[int, str]) -> str:
        """Source of the call that makes a layer again.

        Args:
            layer: One of this package's layers.
            given: Its constructor's arguments.
            names: Names in the script of things that arguments may be, by `id`.
        """
        kind = type(layer)
        left = self.layer(kind).parameters
        defaults = inspect.signature(kind.__init__).parameters
        words = [
            f"{name}={self._argument(given[name], name, names)}"
            for name in left
            if not (isinstance(given[name], (str, int, float, type(None))) and given[name] == defaults[name].default)
        ]
        return f"{kind.__name__}({', '.join(words)})"

    def _argument(self, thing: Any, name: str, names: Mapping[int, str]) -> str:
        """Source of an argument: a name in the script, a list of such, or a plain value."""
        if isinstance(thing, keras.layers.Layer):
            return names[id(thing)]
        if isinstance(thing, DataSpec):
            self.imports.add("from types import SimpleNamespace")
            return f"SimpleNamespace(shape={thing.shape}, size={thing.size}, unit_range={thing.unit_range})"
        if isinstance(thing, (list, tuple)) and not all(isinstance(one, (int, float, str)) for one in thing):
            return f"[{', '.join(self._argument(one, name, names) for one in thing)}]"
        if name == "seed" and thing == self.seed:
            return "SEED"
        if isinstance(thing, (int, float, str, type(None), tuple, list)):
            return style.value(thing)
        raise TypeError(f"The argument {name} must be a plain value or a part of the network. Received: {thing!r:.80}.")
