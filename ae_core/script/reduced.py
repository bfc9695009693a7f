"""One layer class of this package, reduced to what a run uses of it."""

import ast
import contextlib
import functools
import inspect
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ae_core.script import source
from ae_core.script.folding import Fold, Shorten, UnknownError
from ae_core.script.inlining import InlineResults

PACKAGE = __name__.split(".")[0]


def is_own(thing: Any) -> bool:
    """Whether a class, function or module is this package's."""
    return str(getattr(thing, "__module__", None) or getattr(thing, "__name__", "")).split(".")[0] == PACKAGE


class Reduced:
    """One layer class with what its known arguments decide.

    Args:
        kind: The class.
        given: The constructor's arguments by name, of every instance that the model uses.
    """

    def __init__(self, kind: type, given: list[Mapping[str, Any]]):
        self.module = sys.modules[kind.__module__]
        self.tree = source.read(self.module, kind.__name__)
        self.methods: dict[str, Any] = {one.name: one for one in self.tree.body if isinstance(one, ast.FunctionDef)}
        self.parameters = list(inspect.signature(kind.__init__).parameters)[1:]  # type: ignore[misc]
        known = {
            name: given[0][name]
            for name in (given[0] if given else ())
            if all(type(one[name]) is type(given[0][name]) and _equal(one[name], given[0][name]) for one in given)
        }
        self._fold(known)

    def _fold(self, known: Mapping[str, Any]) -> None:
        attributes: dict[str, Any] = {}
        meant: dict[str, ast.expr] = {}
        for one in self.tree.body:
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
                attributes |= {target.id: one.value.value for target in one.targets if isinstance(target, ast.Name)}
        init = self.methods.get("__init__")
        if init is not None:
            fold = self._folding(known, {}, {})
            fold.visit(init)
            counts = _assigned(self.tree)
            for statement in list(init.body):
                for name, value in _attributes_set_by(statement):
                    if counts[name] > 1:
                        continue
                    if self._chooses(value):
                        meant[name] = value
                    with contextlib.suppress(UnknownError):
                        attributes[name] = fold.value(value)
        for name, method in self.methods.items():
            self._folding(known if name == "__init__" else {}, attributes, meant).visit(method)
        Shorten().visit(self.tree)

    def _folding(self, known: Any, attributes: Any, meant: Any) -> Fold:
        return Fold(known, attributes, meant, self._table, self._function)

    def _function(self, name: str) -> Any:
        found = getattr(self.module, name, None)
        return found if inspect.isfunction(found) and is_own(found) else None

    def _table(self, name: str) -> ast.Dict | None:
        if not isinstance(getattr(self.module, name, None), dict):
            return None
        module, there = definition(self.module, name)
        found = source.read(module, there)
        return found.value if isinstance(found.value, ast.Dict) else None

    def _chooses(self, value: ast.expr) -> bool:
        """Whether an expression only names a function: one of the module's, or a method."""
        if isinstance(value, ast.Name):
            return inspect.isfunction(getattr(self.module, value.id, None))
        own = isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "self"
        return own and value.attr in self.methods  # type: ignore[attr-defined]

    def keep(self, used: set[str]) -> bool:
        """Drops what nobody uses.

        Args:
            used: Names of attributes and methods that are used anywhere in the script.

        Returns:
            Whether anything was dropped.
        """
        before = ast.dump(self.tree)
        wanted = {"__init__", "build", "call"} | used
        self.tree.body = [
            one
            for one in self.tree.body
            if (one.name in wanted if isinstance(one, ast.FunctionDef) else _still_used(one, used))
        ]
        self.methods = {one.name: one for one in self.tree.body if isinstance(one, ast.FunctionDef)}
        init = self.methods.get("__init__")
        if init is not None:
            self._simplify(init)
            init.body = [left for one in init.body for left in _without_unused(one, used)]
            read = {node.id for node in ast.walk(init) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
            for name in [name for name in self.parameters if name not in read]:
                self.parameters.remove(name)
                _drop_parameter(init.args, name)
            if not self.parameters and all(_only_begins(one) for one in init.body):
                self.tree.body.remove(init)
                del self.methods["__init__"]
        self.tree.body = self.tree.body or [ast.Pass()]
        return ast.dump(self.tree) != before

    def inline(self, elsewhere: set[str]) -> None:
        """Writes a method that is one expression where it is called, if that is one place.

        Args:
            elsewhere: Names of attributes and methods that are used outside this class.
        """
        for name, method in list(self.methods.items()):
            calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Attribute) and node.attr == name]
            if len(calls) != 1 or name in elsewhere:
                continue
            InlineResults(functools.partial(_known, {id(calls[0]): method})).visit(self.tree)
            if not any(node is calls[0] for node in ast.walk(self.tree)):
                self.tree.body.remove(method)
                del self.methods[name]

    def _simplify(self, init: ast.FunctionDef) -> None:
        """A number that was a variable only so that a person can change it during a run becomes a number."""
        changed = {
            node.func.value.attr
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr.startswith("assign")
            and isinstance(node.func.value, ast.Attribute)
        }
        for one in init.body:
            name = _attribute_set_by(one)
            if name is None or name in changed or not isinstance(one.value, ast.Call):  # type: ignore[attr-defined]
                continue
            call = one.value  # type: ignore[attr-defined]
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            scalar = ast.unparse(call.func) == "self.add_weight" and ast.unparse(given.get("shape", call.func)) == "()"
            start = given.get("initializer")
            if scalar and isinstance(start, ast.Call) and ast.unparse(start.func).endswith("initializers.Constant"):
                one.value = start.args[0]  # type: ignore[attr-defined]

    def names(self) -> set[str]:
        """Attributes and methods that this class uses, of itself and of others."""
        return attributes_read(self.tree)


def _known(functions: Mapping[int, ast.FunctionDef], called: ast.expr) -> ast.FunctionDef | None:
    return functions.get(id(called))


def _equal(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, (str, int, float, bool, tuple)) and bool(one == other))


def _attributes_set_by(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Names and values in `self.one = ...` and in `self.one, self.other = ..., ...`."""
    name = _attribute_set_by(statement)
    if name is not None:
        return [(name, statement.value)]  # type: ignore[attr-defined]
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            return [
                (target.attr, value)
                for target, value in zip(targets, values, strict=True)
                if isinstance(target, ast.Attribute)
            ]
    return []


def _attribute_set_by(statement: ast.stmt) -> str | None:
    """The name in `self.name = ...`."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            return target.attr
    return None


def _assigned(tree: ast.AST) -> dict[str, int]:
    """How often attributes of `self` are set."""
    counts: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            counts[node.attr] = counts.get(node.attr, 0) + 1
    return counts


def attributes_read(tree: ast.AST) -> set[str]:
    """Names of the attributes that a piece of source reads, of whatever they are."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}


def _still_used(node: ast.stmt, used: set[str]) -> bool:
    """Whether a statement in a class's body, such as a constant, is needed."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in used for target in node.targets)
    return True


def _without_unused(statement: ast.stmt, used: set[str]) -> list[ast.stmt]:
    """A statement of a constructor without the attributes that nobody reads."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return [statement]
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = [
            (one, given)
            for one, given in zip(target.elts, value.elts, strict=True)
            if not (isinstance(one, ast.Attribute) and one.attr not in used)
        ]
        if len(pairs) > 1:
            target.elts, value.elts = [one for one, _ in pairs], [given for _, given in pairs]
            return [statement]
        if not pairs:
            return []
        statement.targets, statement.value = [pairs[0][0]], pairs[0][1]
        return [statement]
    name = _attribute_set_by(statement)
    return [] if name is not None and name not in used else [statement]


def _drop_parameter(arguments: ast.arguments, name: str) -> None:
    names = [one.arg for one in arguments.args]
    if name in names:
        place = names.index(name)
        from_default = place - (len(names) - len(arguments.defaults))
        if from_default >= 0:
            del arguments.defaults[from_default]
        del arguments.args[place]
        return
    place = [one.arg for one in arguments.kwonlyargs].index(name)
    del arguments.kwonlyargs[place], arguments.kw_defaults[place]


def _only_begins(statement: ast.stmt) -> bool:
    return ast.unparse(statement).startswith("super().__init__(")


def definition(module: ModuleType, name: str) -> tuple[ModuleType, str]:
    """The module of this package that defines a name used in `module`, and the name there.

    Raises:
        LookupError: If no module of this package does.
    """
    origin = source.imported(module, name)
    if origin is None:
        return module, name
    there = sys.modules[origin[0]]
    if not is_own(there):
        raise LookupError(f"{name} in {module.__name__} is not this package's.")
    return definition(there, origin[1])
