"""A Keras object becomes the call that makes one like it."""

import dataclasses
import inspect
import json
from collections.abc import Iterable
from typing import Any

import keras

from ae_core.script.library import Library, is_own

WIDTH = 120
INDENT = 8  # spaces and a name that may come before
LEFT_OUT = {"name", "dtype", "trainable", "build_config"}  # they change nothing of what is computed


def literal(value: Any) -> str:
    """A plain value as it is written in source: numbers, texts, None, and tuples and lists of them."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def spread(begin: str, words: Iterable[str], end: str) -> str:
    """Source of a bracket and what stands in it: on one line, or on lines of its own where that is too long.

    Args:
        begin: What comes before, with the opening bracket.
        words: What stands in the bracket.
        end: The closing bracket, and what comes after it.
    """
    given = list(words)
    inside = ", ".join(given)
    if INDENT + len(begin) + len(inside) + len(end) <= WIDTH:
        return begin + inside + end
    if INDENT + 4 + len(inside) <= WIDTH:
        return f"{begin}\n    {inside}\n{end}"
    return begin + "\n" + "".join(f"    {word},\n" for word in given) + end


class Constructors:
    """Writes calls that make layers. A layer that has a name already is called by it.

    Args:
        library: Where the classes of this package go.
        seed: What the script's constant `SEED` stands for.
    """

    def __init__(self, library: Library, seed: int):
        self.library, self.seed = library, seed
        self.names: dict[int, str] = {}  # of layers and models, by `id`

    def written(self, layer: keras.layers.Layer) -> str:
        """The name of a layer, or else the call that makes it."""
        return self.names.get(id(layer)) or self.made(layer)

    def made(self, thing: Any) -> str:
        """The call that makes an object which has a `get_config`: all that differs from what is usual."""
        kind = type(thing)
        own = is_own(thing)
        parameters = inspect.signature(kind.__init__).parameters
        config = {name: value for name, value in thing.get_config().items() if name in parameters}
        needed = [name for name in config if parameters[name].default is inspect.Parameter.empty]
        usual = _usual(thing, {name: _object(config[name]) for name in needed})
        words = []
        for name in sorted(config, key=list(parameters).index):
            if name in needed and not own:  # everybody knows what the first argument of a layer of Keras is
                words.append(self._value(name, config[name]))
            elif name in needed or (name not in LEFT_OUT and _bare(config[name]) != _bare(usual.get(name))):
                words.append(f"{name}={self._value(name, config[name])}")
        if own:
            self.library.take(kind.__module__, kind.__name__)
        return spread(f"{'' if own else _place(thing)}{kind.__name__}(", words, ")")

    def _value(self, name: str, value: Any) -> str:
        meant = _object(value)
        if isinstance(meant, keras.layers.Layer):
            return self.written(meant)
        if meant is not value:
            return self.made(meant)
        if dataclasses.is_dataclass(value):
            kind = type(value)
            self.library.take(kind.__module__, kind.__name__)
            fields = [(one, getattr(value, one.name)) for one in dataclasses.fields(value)]
            changed = [f"{one.name}={literal(now)}" for one, now in fields if now != one.default]
            return f"{kind.__name__}({', '.join(changed)})"
        return "SEED" if name == "seed" and value == self.seed else literal(value)


def _usual(thing: Any, needed: dict[str, Any]) -> dict[str, Any]:
    """The configuration of such an object that is told nothing but what it must be told."""
    twin = type(thing)(**needed)
    if isinstance(twin, keras.layers.Layer) and thing.built and not twin.built:
        twin.build_from_config(thing.get_build_config())  # some change their configuration when they meet their input
    return twin.get_config()


def _object(value: Any) -> Any:
    """What a part of a configuration stands for."""
    named = isinstance(value, dict) and "class_name" in value
    return keras.saving.deserialize_keras_object(value) if named else value


def _bare(value: Any) -> Any:
    """A part of a configuration without what changes nothing."""
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items() if name not in LEFT_OUT}
    return [_bare(one) for one in value] if isinstance(value, list | tuple) else value


def _place(thing: Any) -> str:
    if isinstance(thing, keras.layers.Layer):
        return "layers."
    return keras.saving.serialize_keras_object(thing)["module"] + "."
