"""A functional Keras model becomes the code that builds it, read from the model's public configuration."""

import itertools
import re
import textwrap
from collections.abc import Iterable
from typing import Any

import keras

from ae_core.models.layers.dense import Preactivation
from ae_core.script.constructors import Constructors, literal, spread

Node = tuple[str, int]  # a layer's name, and which of its uses


class Networks:
    """Writes networks one after the other.

    Args:
        constructors: Writes the layers.
        shared: Layers by `id` that are needed again and get a name: they are made before they are used.
    """

    def __init__(self, constructors: Constructors, shared: set[int]):
        self.constructors, self.shared = constructors, shared
        self._blocks: dict[str, str] = {}  # name of the function that makes a network inside another, by its body

    @property
    def blocks(self) -> str:
        """Functions that make networks which stand inside others."""
        return "\n\n\n".join(f"def {name}():\n{textwrap.indent(body, '    ')}" for body, name in self._blocks.items())

    def written(self, model: keras.Model, name: str, first: str, last: str) -> str:
        """The code that builds a model.

        Args:
            model: A functional model with one input and one output.
            name: What it is called in the script.
            first: What its input is called.
            last: What its output is called.
        """
        self.constructors.names[id(model)] = name
        return f"{self._body(model, first, last)}\n{name} = keras.Model({first}, {last})"

    def _body(self, model: keras.Model, first: str, last: str) -> str:
        graph = Graph(model)
        words: dict[Node, str] = {}
        lines: list[str] = []
        for place, node in enumerate(graph.order):
            if not graph.inputs(node):
                words[node] = first
                lines.append(f"{first} = keras.Input({literal(model.input_shape[1:])})")
                continue
            arguments = [_argument(one, words) for one in graph.call(node)["args"]]
            named = [
                f"{name}={_argument(one, words)}"
                for name, one in graph.call(node)["kwargs"].items()
                if one is not None and name != "training"
            ]
            words[node] = _word(graph, place, {first, last, *words.values()}, last)
            layer = graph.layers.get(node[0])
            if layer is None:
                made = _operation(graph.entries[node[0]], arguments, named)
            else:
                lines += self._before(layer)
                made = f"{self._maker(layer)}({', '.join([*arguments, *named])})"
            lines.append(f"{words[node]}{', _' if graph.gives_several(node) else ''} = {made}")
        return "\n".join(lines)

    def _before(self, layer: Any) -> list[str]:
        """The line that makes a layer which is needed again, unless it is made already."""
        if id(layer) not in self.shared or id(layer) in self.constructors.names:
            return []
        name = f"{_identifier(layer.name)}_layer"
        line = f"{name} = {self.constructors.made(layer)}"
        self.constructors.names[id(layer)] = name
        return [line]

    def _maker(self, layer: Any) -> str:
        if not isinstance(layer, keras.Model):
            return self.constructors.written(layer)
        body = f"{self._body(layer, 'inputs', 'outputs')}\nreturn keras.Model(inputs, outputs)"
        return self._blocks.setdefault(body, f"block_{len(self._blocks) + 1}") + "()"


def chain(parts: Iterable[keras.Model], constructors: Constructors) -> str:
    """One network of models that follow one another, each a plain chain of layers that have been made.

    Raises:
        ValueError: If one of them has a layer with weights of its own.
    """
    layers = [layer for model in parts for layer in _without_halves(model.layers)]
    for layer in layers:
        if layer.weights and id(layer) not in constructors.names:
            raise ValueError(f"A phase must be made of the whole's layers. Received also: {layer.name}.")
    return spread("keras.Sequential(", ["[" + ", ".join(map(constructors.written, layers)) + "]"], ")")


def _without_halves(layers: list[Any]) -> list[Any]:
    """Layers of a chain without its entrance; one that was cut in two, before its activation, is whole again."""
    whole = []
    for before, layer in itertools.pairwise([None, *layers]):
        if isinstance(before, Preactivation):  # the activation that follows it is its layer's own
            continue
        if not isinstance(layer, keras.layers.InputLayer):
            whole.append(layer.source if isinstance(layer, Preactivation) else layer)
    return whole


class Graph:
    """The operations of a functional model and what each is called with.

    Args:
        model: A functional model.
    """

    def __init__(self, model: keras.Model):
        config = model.get_config()
        self.entries = {entry["name"]: entry for entry in config["layers"]}
        self.layers = {layer.name: layer for layer in model.layers}
        self._operations = {operation.name: operation for operation in model.operations}
        end = config["output_layers"]
        self.output: Node = tuple((end if isinstance(end[0], str) else end[0])[:2])
        self.order: list[Node] = []
        self._visit(self.output)

    def _visit(self, node: Node) -> None:
        """Notes a use of a layer after all that it needs: as it is written by hand, each branch in one piece.

        Layers draw their first weights when they are made, so it must also be the order in which they were made.
        """
        for one in self.inputs(node):
            if one not in self.order:
                self._visit(one)
        self.order.append(node)

    def call(self, node: Node) -> Any:
        """Arguments of a use of a layer: `args` and `kwargs`."""
        uses = self.entries[node[0]]["inbound_nodes"]
        return uses[node[1]] if uses else {"args": [], "kwargs": {}}

    def inputs(self, node: Node) -> list[Node]:
        """What a use of a layer is given."""
        return _tensors(self.call(node))

    def gives_several(self, node: Node) -> bool:
        """Whether it is a bare operation with two results, of which the first one is used."""
        return node[0] not in self.layers and isinstance(self._operations[node[0]].output, list | tuple)


def _tensors(value: Any) -> list[Node]:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            return [tuple(value["config"]["keras_history"][:2])]
        value = list(value.values())
    return [node for one in value for node in _tensors(one)] if isinstance(value, list | tuple) else []


def _word(graph: Graph, place: int, taken: set[str], last: str) -> str:
    """A name for a result: `hidden` if only what comes next needs it."""
    node = graph.order[place]
    if node == graph.output:
        return last
    users = [one for one in graph.order if node in graph.inputs(one)]
    if users == [graph.order[place + 1]] and len(graph.inputs(users[0])) == 1:
        return "hidden"
    word = _identifier(node[0])
    return f"{word}_{place}" if word in taken else word


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _argument(value: Any, words: dict[Node, str]) -> str:
    tensors = _tensors(value)
    if isinstance(value, list | tuple) and tensors:
        return f"[{', '.join(_argument(one, words) for one in value)}]"
    return words[tensors[0]] if tensors else _index(value)


def _index(value: Any) -> str:
    """A plain argument, or the slices between square brackets."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_index, value))
    if isinstance(value, dict):
        start, stop, step = ("" if one is None else literal(one) for one in value["config"].values())
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return literal(value)


def _operation(entry: dict[str, Any], arguments: list[str], named: list[str]) -> str:
    """A bare operation of `keras.ops`, whose function is named as its class is."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", entry["class_name"]).lower()
    if kind == "get_item":
        return f"{arguments[0]}[{arguments[1]}]"
    more = [f"{name}={literal(one)}" for name, one in entry["config"].items() if name != "name" and one is not None]
    return f"ops.{kind}({', '.join([*arguments, *more, *named])})"
