"""Who takes whose output in a Keras network, as its own configuration tells it; networks within it are opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras

TENSOR = "__keras_tensor__"  # what Keras calls the output of an operation in a configuration


class SharedError(Exception):
    """A layer is used more than once, which no list of layers can say."""


@dataclass(frozen=True, eq=False)
class Node:
    """One use of a layer or an operation.

    Args:
        operation: The layer, or an operation such as a product of tensors.
        name: Its name; within a network of its own behind the name of that, `block/layer`.
        inputs: Whose outputs it takes, in the order of its arguments.
    """

    operation: Any
    name: str
    inputs: tuple["Node", ...]

    @property
    def kind(self) -> str:
        """The name of its class, because Keras does not export the classes of its operations."""
        return type(self.operation).__name__

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of its output for one example."""
        return tuple(int(length) for length in self.operation.output.shape[1:])


def output_of(network: keras.Model, given: Sequence[Node] = (), within: str = "") -> Node:
    """What gives a network's only output; its inputs lead to all that this takes part in.

    Args:
        network: Of functional style.
        given: What it is given, where it stands in another network.
        within: What its layers' names begin with there.

    Raises:
        SharedError: If one of its layers is used more than once.
    """
    told = network.get_config()
    layers = {layer["name"]: layer for layer in told["layers"]}
    operations = {operation.name: operation for operation in network.operations}
    known = dict(zip(_names(told["input_layers"]), given, strict=True)) if given else {}

    def node(name: str) -> Node:
        if name not in known:
            uses = layers[name]["inbound_nodes"]
            if len(uses) > 1:
                raise SharedError(name)
            inputs = tuple(node(one) for use in uses for one in _taken(use))
            operation = operations[name]
            if isinstance(operation, keras.Model):
                known[name] = output_of(operation, inputs, f"{within}{name}/")
            else:
                known[name] = Node(operation, within + name, inputs)
        return known[name]

    (last,) = _names(told["output_layers"])
    return node(last)


def _names(places: list[Any]) -> list[str]:
    """Layers of places, `[name, use, output]`, of which there may be one or a list."""
    return [places[0]] if isinstance(places[0], str) else [place[0] for place in places]


def _taken(told: Any) -> Iterator[str]:
    """The layers whose outputs stand among arguments."""
    if isinstance(told, dict):
        if told.get("class_name") == TENSOR:
            yield told["config"]["keras_history"][0]
            return
        told = list(told.values())
    if isinstance(told, list | tuple):
        for one in told:
            yield from _taken(one)
