"""What stands at the head of a portable network: its layers, by type, and where each of their arrays lies.

`assets/javascript/types/network.d.ts` says the same to the browser. Knows nothing of Keras.
"""

import msgspec
from msgspec import Struct, field

FORMAT = 2
PARTS = ("encoder", "decoder")


class Array(Struct, frozen=True):
    """An array in the block of numbers.

    Args:
        at: Place of its first number, counted in numbers.
        shape: Its shape; numbers of the last axis lie side by side.
    """

    at: int
    shape: list[int]


class Layer(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One step of a network.

    Args:
        name: Keras's name of the layer.
        inputs: Places in the list of layers of those whose outputs it takes.
        shape: Shape of its output for one example.
        activation: Function of each number of the output, by Keras's name.
    """

    name: str
    inputs: list[int]
    shape: list[int]
    activation: str = "linear"


class Input(Layer, frozen=True, kw_only=True, tag="Input"):
    """What the part is given."""


class Dense(Layer, frozen=True, kw_only=True, tag="Dense"):
    """`y = f(W x + b)`, for each row of the last axis.

    Args:
        kernel: W, `(units, inputs)`: transposed, because the numbers of one sum then lie side by side.
        bias: b, `(units,)`, or `(rows, units)` where each row has its own; None for zeros.
    """

    kernel: Array
    bias: Array | None


class Convolution(Layer, frozen=True, kw_only=True, tag="Convolution"):
    """A convolution of `(height, width, channels)`, or of `(time, channels)` as of an image that is one pixel high.

    Args:
        kernel: `(filters, rows, columns, channels)`.
        bias: `(filters,)`; None for zeros.
        strides: Steps down and across.
        before: Rows and columns of zeros above and left of the image. What is missing below and right is zero too.
    """

    kernel: Array
    bias: Array | None
    strides: list[int]
    before: list[int]


class Pooling(Layer, frozen=True, kw_only=True, tag="Pooling"):
    """The largest number, or the mean, of each window of images or series. The border counts for nothing.

    Args:
        rule: `max` or `mean`.
        size: Rows and columns of a window.
        strides: Steps down and across.
        before: Rows and columns by which the first window stands out above and left of the image.
    """

    rule: str
    size: list[int]
    strides: list[int]
    before: list[int]


class Upsampling(Layer, frozen=True, kw_only=True, tag="Upsampling"):
    """Each pixel, or each moment of a series, is repeated.

    Args:
        size: How often, down and across.
    """

    size: list[int]


class Cropping(Layer, frozen=True, kw_only=True, tag="Cropping"):
    """Rows and columns are cut off; how many are left is the shape of the output.

    Args:
        before: Rows above and columns left that are cut off.
    """

    before: list[int]


class Padding(Layer, frozen=True, kw_only=True, tag="Padding"):
    """Zeros around images or series; how many in all says the shape of the output.

    Args:
        before: Rows above and columns left that are added.
    """

    before: list[int]


class Reshape(Layer, frozen=True, kw_only=True, tag="Reshape"):
    """The same numbers in another shape, or, where the shape stays, through an activation."""


class Concatenation(Layer, frozen=True, kw_only=True, tag="Concatenation"):
    """What its inputs give one behind the other along the last axis."""


class Repetition(Layer, frozen=True, kw_only=True, tag="Repetition"):
    """A row of numbers again and again, `(length,)` → `(times, length)`."""


class Permutation(Layer, frozen=True, kw_only=True, tag="Permutation"):
    """The same numbers with their axes in another order.

    Args:
        order: Which axis of the input, counted from 0, each axis of the output is.
    """

    order: list[int]


class Addition(Layer, frozen=True, kw_only=True, tag="Addition"):
    """The sum of its inputs, number by number."""


class Rescaling(Layer, frozen=True, kw_only=True, tag="Rescaling"):
    """`y = factor · x`.

    Args:
        factor: One for all numbers.
    """

    factor: float


class Normalization(Layer, frozen=True, kw_only=True, tag="Normalization"):
    """Each row of the last axis with mean 0 and variance 1, `y = γ (x - μ) / √(σ² + ε) + β` (Ba, Kiros & Hinton, 2016).

    Args:
        scale: γ, one number for each of a row.
        shift: β, likewise.
        epsilon: ε.
    """

    scale: Array
    shift: Array
    epsilon: float


class Softmax(Layer, frozen=True, kw_only=True, tag="Softmax"):
    """Each row of the last axis as shares, `yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)`."""


class MatrixProduct(Layer, frozen=True, kw_only=True, tag="MatrixProduct"):
    """The product of two tables, or of many pairs of them: `(…, n, k)` and `(…, k, m)` → `(…, n, m)`."""


class Recurrent(Layer, frozen=True, kw_only=True, tag="Recurrent"):
    """Rows read one after the other: the state after the last one, or after each, where the output has their axis.

    Args:
        cell: `gru` or `lstm`, with their usual functions; gates in Keras's order (update, reset, candidate; input,
            forget, candidate, output).
        kernel: For what is read, `(gates · units, inputs)`.
        recurrent: For the state, `(gates · units, units)`.
        bias: `(gates · units,)`; of a GRU those of what is read, then those of the state, `(2, gates · units)`.
        backwards: Whether the last row is read first. Its state stands at its own place all the same.
    """

    cell: str
    kernel: Array
    recurrent: Array
    bias: Array
    backwards: bool


class Slice(Layer, frozen=True, kw_only=True, tag="Slice"):
    """Some of the numbers, side by side; how many is the shape of the output.

    Args:
        start: The first.
    """

    start: int


class KeepLargest(Layer, frozen=True, kw_only=True, tag="KeepLargest"):
    """The largest numbers of a row stay, the others become 0; equal ones share a place.

    Args:
        count: How many stay.
    """

    count: int


class NearestEntry(Layer, frozen=True, kw_only=True, tag="NearestEntry"):
    """Each vector becomes the nearest entry of a codebook, `argmin ‖z - eₖ‖`; of equally near ones the first.

    Args:
        entries: `(entries, numbers of a vector)`.
        bias: `-‖eₖ‖² / 2` of each, so that the nearest one has the largest `z·eₖ + bₖ`.
    """

    entries: Array
    bias: Array


AnyLayer = (
    Input
    | Dense
    | Convolution
    | Pooling
    | Upsampling
    | Cropping
    | Reshape
    | Concatenation
    | Slice
    | KeepLargest
    | NearestEntry
    | Padding
    | Repetition
    | Permutation
    | Addition
    | Rescaling
    | Normalization
    | Softmax
    | MatrixProduct
    | Recurrent
)


class Part(Struct, frozen=True):
    """Encoder or decoder.

    Args:
        layers: In an order in which each stands behind its inputs; the first is the input, the last the output.
        spread: Place of the layer that gives the logarithm of the code's variance, `ln σ²`; None without one.
    """

    layers: list[AnyLayer]
    spread: int | None = None


class Codes(Struct, frozen=True):
    """Where the codes of held-out examples lie.

    Args:
        count: How many examples.
        mean: `(code,)`.
        covariance: `(code, code)`; None for codes of many numbers.
    """

    count: int
    mean: Array
    covariance: Array | None


class Examples(Struct, frozen=True):
    """What an example is: a raw value becomes the network's input by `value * scale + offset`.

    Args:
        shape: `(height, width, channels)`, `(time, channels)` or `(length,)`. Raw values of images are bytes, 0 to 255,
            those of all else are as the file held them.
        unit_range: Whether the network's inputs lie in [0, 1].
        scale: One number for all, or one for each value of an example.
        offset: Likewise.
        class_names: What its classes are called; may be empty.
        rows: Of rows and series the held-out examples themselves, as the network sees them, `(count, *shape)`, NaN
            where a value is unknown; None of images, which browsers have as pictures.
        filling: What the network is fed in the place of unknown values, of the shape of an example; None of images.
    """

    shape: list[int]
    unit_range: bool
    scale: Array
    offset: Array
    class_names: list[str]
    rows: Array | None = None
    filling: Array | None = None


class Description(Struct, frozen=True, kw_only=True):
    """All but the numbers.

    Args:
        run_id: The run.
        examples: What goes in and comes out.
        encoder: Example → code.
        decoder: Code → example.
        codes: Where the codes of the data set lie.
        worker: Why a worker computes it, one sentence; its parts then have no layers. Empty where a browser does.
        format: Version of this description.
    """

    run_id: str
    examples: Examples
    encoder: Part
    decoder: Part
    codes: Codes
    worker: str = ""
    format: int = FORMAT


class Portable(Struct, frozen=True):
    """A network for the browser, or why it has none.

    Args:
        content: Bytes, see `block.pack`; empty where there is no such network.
        why: One sentence; empty where there is one.
        introduction: The same bytes of a network that a browser cannot compute, without its layers: what a person needs
            to play with it while a worker answers. Empty where none can.
    """

    content: bytes = field(default=b"")
    why: str = ""
    introduction: bytes = field(default=b"")


def encode(description: Description) -> bytes:
    """A description as JSON."""
    return msgspec.json.encode(description)
