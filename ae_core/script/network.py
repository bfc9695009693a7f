"""A functional Keras model becomes the code that builds it."""

import inspect
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any

import keras
from keras import tree

from ae_core.models.layers.dense import Preactivation
from ae_core.script import style
from ae_core.script.library import Library
from ae_core.script.reduced import is_own

SYMBOLS = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "Divide": "/",
    "TrueDivide": "/",
    "Greater": ">",
    "GreaterEqual": ">=",
    "Less": "<",
    "LessEqual": "<=",
}
RESERVED = {
    "inputs",
    "outputs",
    "hidden",
    "code",
    "features",
    "encoder",
    "decoder",
    "images",
    "order",
    "rows",
    "history",
}
LEFT_OUT = {"name", "dtype", "trainable"}
SAME_BOTH_WAYS = {"kernel_size", "pool_size", "strides", "size"}  # (3, 3) is written 3


class Networks:
    """Writes networks one after the other; a layer that stands in several of them is made once and has a name.

    Args:
        library: Where this package's layers are defined.
        given: Their constructors' arguments, by `id`.
        shared: Layers that need a name.
        names: Names of things by `id`; filled here.
    """

    def __init__(
        self, library: Library, given: Mapping[int, Mapping[str, Any]], shared: set[int], names: dict[int, str]
    ):
        self.library, self.given, self.shared, self.names = library, given, shared, names
        self.blocks: dict[str, list[str]] = {}  # functions that make a network inside another one, by their body

    def lines(self, model: Any, name: str, first: str, last: str) -> list[str]:
        """The code that makes a model.

        Args:
            model: A functional model with one input and one output.
            name: Its name in the script.
            first: Name of its input.
            last: Name of its output.
        """
        self.names[id(model)] = name
        return [*self._body(model, first, last), f"{name} = keras.Model({first}, {last})"]

    def _body(self, model: Any, first: str, last: str) -> list[str]:
        nodes = _in_order(model)
        uses: dict[int, list[int]] = {}
        for place, node in enumerate(nodes):
            for tensor in node.arguments.keras_tensors:
                uses.setdefault(id(tensor), []).append(place)
        called: dict[int, str] = {}
        taken = {first, last}
        lines: list[str] = []
        for place, node in enumerate(nodes):
            operation = node.operation
            if isinstance(operation, keras.layers.InputLayer):
                called[id(node.outputs[0])] = first
                lines.append(f"{first} = keras.Input({style.value(tuple(operation.batch_shape[1:]))})")
                continue
            words = [self._variable(one, model, uses, nodes, place, taken, last) for one in node.outputs]
            called |= {id(tensor): word for tensor, word in zip(node.outputs, words, strict=True)}
            maker, made = self._made(operation)
            lines += made
            lines.append(f"{', '.join(words)} = {self._applied(operation, maker, node, called)}")
        return lines

    @staticmethod
    def _variable(
        tensor: Any, model: Any, uses: Mapping[int, list[int]], nodes: list, place: int, taken: set[str], last: str
    ) -> str:
        """A name for a tensor: `hidden` if only the next operation needs it."""
        if any(tensor is one for one in model.outputs):
            return last
        where = uses.get(id(tensor), [])
        if not where:
            return "_"
        if where == [place + 1] and len(nodes[place + 1].arguments.keras_tensors) == 1:
            return "hidden"
        return _fresh(tensor._keras_history.operation.name, taken)

    def _made(self, operation: Any) -> tuple[str, list[str]]:
        """What stands for a layer where it is called, and the lines that must come before."""
        if id(operation) in self.names:
            return self.names[id(operation)], []
        if isinstance(operation, keras.Model):
            return f"{self._block(operation)}()", []
        if not isinstance(operation, keras.layers.Layer):
            return "", []
        maker = self.maker(operation)
        if id(operation) not in self.shared:
            return maker, []
        word = _fresh(operation.name, RESERVED.union(self.names.values()))
        self.names[id(operation)] = word
        return word, [f"{word} = {maker}"]

    def maker(self, layer: Any) -> str:
        """The call that makes a layer."""
        if is_own(type(layer)):
            return self.library.construct(layer, self.given[id(layer)], self.names)
        return f"layers.{type(layer).__name__}({configured(layer)})"

    def _applied(self, operation: Any, maker: str, node: Any, called: Mapping[int, str]) -> str:
        arguments = [self._argument(one, called) for one in node.arguments.args]
        named = {name: one for name, one in node.arguments.kwargs.items() if one is not None and name != "training"}
        if maker:
            words = [*arguments, *(f"{name}={self._argument(one, called)}" for name, one in named.items())]
            return f"{maker}({', '.join(words)})"
        kind = type(operation).__name__
        if kind in SYMBOLS:
            return f"{arguments[0]} {SYMBOLS[kind]} {arguments[1]}"
        if kind == "GetItem":
            return f"{arguments[0]}[{_index(node.arguments.args[1])}]"
        function = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
        if not hasattr(keras.ops, function):
            raise TypeError(f"The operation {kind} must be one of keras.ops.")
        self.library.imports.add("from keras import ops")
        defaults = inspect.signature(getattr(keras.ops, function)).parameters
        chosen = {
            name: getattr(operation, name)
            for name in list(inspect.signature(type(operation).__init__).parameters)[1:]
            if name != "name" and hasattr(operation, name)
        } | named
        words = [
            f"{name}={self._argument(one, called)}"
            for name, one in chosen.items()
            if name in defaults and not (one is None or one == defaults[name].default)
        ]
        return f"ops.{function}({', '.join([*arguments, *words])})"

    def _argument(self, thing: Any, called: Mapping[int, str]) -> str:
        if isinstance(thing, (list, tuple)) and any(id(one) in called for one in tree.flatten(thing)):
            return f"[{', '.join(self._argument(one, called) for one in thing)}]"
        return called[id(thing)] if id(thing) in called else style.value(thing)

    def _block(self, model: Any) -> str:
        """The name of a function that makes a network which stands inside another one, perhaps several times."""
        inner = Networks(self.library, self.given, self.shared, dict(self.names))
        body = [*inner._body(model, "inputs", "outputs"), "return keras.Model(inputs, outputs)"]
        self.blocks |= inner.blocks
        known = "\n".join(body)
        if known not in self.blocks:
            name = "block" if not self.blocks else f"block_{len(self.blocks) + 1}"
            self.blocks[known] = [f"def {name}():", *(line for one in body for line in style.laid_out(one, 4))]
        return self.blocks[known][0].removeprefix("def ").removesuffix("():")

    def chain(self, models: Iterable[Any]) -> str:
        """One network of models that follow one another, each a simple chain; layers with weights must have a name.

        Raises:
            ValueError: If one of them has a layer with weights of its own.
        """
        words = []
        for model in models:
            layers = [one for one in model.layers if not isinstance(one, keras.layers.InputLayer)]
            while layers:
                layer = layers.pop(0)
                if isinstance(layer, Preactivation):  # with the activation that follows it is the layer itself
                    layer = _whole(layer, layers.pop(0))
                if id(layer) not in self.names and layer.weights:
                    raise ValueError(f"A phase must be made of the whole's layers. Received also: {layer.name}.")
                words.append(self.names.get(id(layer)) or self.maker(layer))
        return f"keras.Sequential([{', '.join(words)}])"


def _whole(logits: Preactivation, after: Any) -> Any:
    """The layer whose own logits and activation these are.

    Raises:
        ValueError: If it is another activation.
    """
    if not isinstance(after, keras.layers.Activation) or after.activation is not logits.source.activation:
        raise ValueError(f"After {logits.name} must come its layer's own activation. Received: {after.name}.")
    return logits.source


def _in_order(model: Any) -> list:
    """The uses of layers and operations from input to output, each chain in one piece."""
    inside = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    found: dict[int, Any] = {}

    def visit(node: Any) -> None:
        if id(node) in inside and id(node) not in found:
            for parent in node.parent_nodes:
                visit(parent)
            found[id(node)] = node

    for tensor in model.outputs:
        history = tensor._keras_history
        visit(history.operation._inbound_nodes[history.node_index])
    return list(found.values())


def _fresh(name: str, taken: set[str]) -> str:
    """A name like the given one that is not taken yet; takes it."""
    word = re.sub(r"\W", "_", name).strip("_")
    word = word if word.isidentifier() and not keyword.iskeyword(word) else f"layer_{word}"
    if word in taken:
        word = next(one for one in (f"{word}_{more}" for more in ("layer", *range(2, 1000))) if one not in taken)
    taken.add(word)
    return word


def _index(key: Any) -> str:
    if isinstance(key, tuple):
        return ", ".join(_index(one) for one in key)
    if isinstance(key, slice):
        parts = ["" if one is None else str(one) for one in (key.start, key.stop)]
        return ":".join(parts) if key.step is None else ":".join([*parts, str(key.step)])
    return "..." if key is Ellipsis else repr(key)


def configured(thing: Any) -> str:
    """The arguments that make a Keras object what it is: those without a default, and those that differ from it."""
    config = {name: value for name, value in thing.get_config().items() if name not in LEFT_OUT}
    parameters = inspect.signature(type(thing).__init__).parameters
    needed = [
        name
        for name, one in parameters.items()
        if name in config and one.default is inspect.Parameter.empty and one.kind is one.POSITIONAL_OR_KEYWORD
    ]
    if isinstance(thing, keras.initializers.Initializer):
        needed, config = [], dict(sorted(config.items()))
    twin = type(thing)(**{name: _object(config[name]) for name in needed})
    other = _differing(config, twin)
    if any(name in parameters for name in other) and getattr(thing, "built", False):
        # Some layers change their own configuration when they meet their input.
        twin.build_from_config(thing.get_build_config())
        other = _differing(config, twin)
    words = [_configured_value(name, config[name]) for name in needed]
    words += [
        f"{name}={_configured_value(name, config[name])}" for name in other if name in parameters and name not in needed
    ]
    return ", ".join(words)


def _differing(config: Mapping[str, Any], twin: Any) -> list[str]:
    usual = twin.get_config()
    return [name for name, value in config.items() if not _same(value, usual.get(name))]


def _object(value: Any) -> Any:
    return keras.saving.deserialize_keras_object(value) if isinstance(value, dict) else value


def _same(one: Any, other: Any) -> bool:
    return _without_names(one) == _without_names(other)


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_names(one) for name, one in value.items() if name not in LEFT_OUT}
    return tuple(_without_names(one) for one in value) if isinstance(value, (list, tuple)) else value


def _configured_value(name: str, value: Any) -> str:
    if isinstance(value, dict) and "class_name" in value:
        inner = _object(value)
        place = "layers" if isinstance(inner, keras.layers.Layer) else value["module"]
        words = configured(inner)
        if type(inner) in (keras.initializers.Zeros, keras.initializers.Ones):
            return style.value(type(inner).__name__.lower())
        return f"{place}.{type(inner).__name__}({words})"
    if name in SAME_BOTH_WAYS and isinstance(value, (list, tuple)) and len(set(value)) == 1:
        return style.value(value[0])
    return style.value(tuple(value) if isinstance(value, list) else value)
