"""A Keras network as a list of layers in the words of `description`, or why it has none."""

import keras
from msgspec.structs import replace

from ae_core.portable.block import Block
from ae_core.portable.description import NearestEntry, Part
from ae_core.portable.graph import SharedError, output_of
from ae_core.portable.translation import NotPortableError, Translation
from ae_core.portable.words import WORDS

SPREAD = "z_log_var"  # what the layer of log-variances is called


def part(network: keras.Model, block: Block) -> Part:
    """Encoder or decoder as a list of layers.

    Args:
        network: Layers and operations of Keras itself, with one input and one output; networks of such within it too.
        block: Where their weights go.

    Raises:
        NotPortableError: If one of them has no word in `description`.
    """
    translation = Translation(block, WORDS)
    try:
        translation.place_of(output_of(network))
    except SharedError as error:
        raise NotPortableError(f"It uses the layer {error} more than once.") from error
    names = [layer.name for layer in translation.layers]
    return Part(translation.layers, names.index(SPREAD) if SPREAD in names else None)


def behind_codebook(encoder: Part, decoder: Part) -> Part:
    """The decoder as a person may give it any code: where the encoder chooses entries, so does it first.

    Args:
        encoder: The network's encoder.
        decoder: Its decoder.
    """
    found = next((layer for layer in encoder.layers if isinstance(layer, NearestEntry)), None)
    if found is None:
        return decoder
    code, *rest = decoder.layers
    chosen = replace(found, inputs=[0], shape=code.shape)
    return Part([code, chosen, *(replace(layer, inputs=[place + 1 for place in layer.inputs]) for layer in rest)])
