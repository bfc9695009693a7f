"""How a Keras network becomes a list of layers: each noted once, behind all that it takes."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from ae_core.portable.block import Block
from ae_core.portable.description import AnyLayer
from ae_core.portable.graph import Node


class Facts(TypedDict):
    """What every layer has."""

    name: str
    inputs: list[int]
    shape: list[int]


class NotPortableError(Exception):
    """Why a network cannot be expressed, in one sentence."""


class Translation:
    """Goes from a network's output back to its input; layers are noted once all that they take is noted.

    Args:
        block: Where their weights go.
        words: What notes a layer, by the name of its class.
    """

    def __init__(self, block: Block, words: Mapping[str, "Word"]) -> None:
        self.block = block
        self.layers: list[AnyLayer] = []
        self._words = words
        self._places: dict[Node, int] = {}

    def place_of(self, node: Node) -> int:
        """Where a layer stands in the list."""
        if node not in self._places:
            word = self._words.get(node.kind)
            if word is None:
                raise unknown(node)
            self._places[node] = self.note(word(self, node))
        return self._places[node]

    def note(self, layer: AnyLayer) -> int:
        """Puts a layer at the end of the list, and gives its place."""
        self.layers.append(layer)
        return len(self.layers) - 1

    def facts(self, node: Node, inputs: Sequence[Node] | None = None) -> Facts:
        """What every layer says of itself; its inputs are noted first."""
        taken = node.inputs if inputs is None else inputs
        return {"name": node.name, "inputs": [self.place_of(one) for one in taken], "shape": list(node.shape)}


Word = Callable[[Translation, Node], AnyLayer]


def unknown(node: Node, what: str = "") -> NotPortableError:
    """That browsers are not told to compute a layer."""
    return NotPortableError(
        "It has a layer that browsers are not told to compute: "
        f"{node.operation.name} ({node.kind}{f', {what}' if what else ''})."
    )
