"""The weights of a `.keras` file that nobody vouches for, if it is of a network that we know.

Such a file is a zip: `config.json` says of which layers the network is, `model.weights.h5` holds its numbers. Nothing
is ever made of the first: it is compared, layer for layer, with what our own network says of itself. Of the second only
arrays are read whose names and shapes are known before. Both happen in a process of its own, see `keras_reading`, so
that neither a large file nor a fault of the library that reads it reaches whoever asks.
"""

import contextlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from ae_core.errors import DataError
from ae_core.formats import confined
from ae_core.formats.archive import ZIP_ERRORS, megabytes, open_archive

LARGEST_CONFIG = 8 * 2**20
LARGEST_WEIGHTS = 256 * 2**20
MEMORY = 1536 * 2**20  # of the process that reads: libraries, and the largest array twice
SECONDS = 60.0  # that it may take
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
PREPROCESSING = "preprocessing.json"  # ours, see `training.preprocessing`; Keras does not look at it
NETWORK, ARRAYS = "network.json", "arrays.bin"  # what the two processes hand each other

Fact = bool | int | float | str | list[bool | int | float | str | None] | None
# Of a layer's settings those that say nothing of its form: Keras counts on when it names, so names differ.
_UNTOLD = frozenset({"name", "trainable", "dtype", "seed", "input_layers", "output_layers"})


class Layer(Struct, frozen=True):
    """One layer of a network.

    Args:
        kind: The name of its class.
        facts: What gives it its form: units, kernel size, activation, …; by Keras's names.
    """

    kind: str
    facts: dict[str, Fact]


class Weight(Struct, frozen=True):
    """One array of numbers.

    Args:
        path: Its name in the file, with the groups that it lies in.
        shape: Its shape.
        dtype: The kind of its numbers.
    """

    path: str
    shape: list[int]
    dtype: str


class Network(Struct, frozen=True):
    """A network as its file must be.

    Args:
        layers: All its layers, in order, those of networks inside it behind them.
        weights: All its weights.
    """

    layers: list[Layer]
    weights: list[Weight]


def layers_of(config: object) -> Iterator[Layer]:
    """The layers that a configuration names, in order.

    Args:
        config: What Keras calls the serialised network, as plain values; whoever wrote it.

    Raises:
        ValueError: If it is something else.
    """
    if not isinstance(config, dict):
        raise ValueError("A layer must be names with values.")
    kind, inner = config.get("class_name"), config.get("config")
    if not isinstance(kind, str) or not isinstance(inner, dict):
        raise ValueError("A layer must have a class and settings.")
    yield Layer(kind, {name: value for name, value in inner.items() if name not in _UNTOLD and _is_plain(value)})
    inside = inner.get("layers", [])
    if not isinstance(inside, list):
        raise ValueError("The layers of a network must be a list.")
    for one in inside:
        yield from layers_of(one)


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return all(part is None or isinstance(part, bool | int | float | str) for part in parts)


@contextlib.contextmanager
def _opened(path: Path, label: str) -> Iterator[zipfile.ZipFile]:
    """The zip that a file is; what is wrong with it becomes one sentence."""
    try:
        with path.open("rb") as stream, open_archive(stream, stream.seek(0, 2), label, ".keras") as archive:
            yield archive
    except (*ZIP_ERRORS, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{label} must be one that this app saved. Received: a damaged file, or another.") from error


def input_shape(path: Path, label: str) -> tuple[int, ...]:
    """The shape of one example, as a file says it.

    Args:
        path: The file, whoever wrote it.
        label: Its name for messages.

    Raises:
        DataError: If it does not say so, or cannot be read.
    """
    with _opened(path, label) as archive:
        if archive.getinfo(CONFIG).file_size <= LARGEST_CONFIG:
            for layer in layers_of(msgspec.json.decode(archive.read(CONFIG))):
                shape = layer.facts.get("batch_shape")
                if isinstance(shape, list):
                    return tuple(length for length in shape[1:] if isinstance(length, int))
    raise DataError(f"{label} must say of what shape an example is. Received: one that does not.")


def check_room(path: Path, count: int, label: str) -> None:
    """Refuses a file that is too small for a network, before that is made: its settings may ask for a huge one.

    Args:
        path: The file, whoever wrote it.
        count: How many numbers the network has, at least.
        label: Its name for messages.

    Raises:
        DataError: If it has fewer, or a file of so many would be too large.
    """
    with _opened(path, label) as archive:
        size = min(archive.getinfo(WEIGHTS).file_size, LARGEST_WEIGHTS)
    if 4 * count > size:
        raise DataError(
            f"{label} must hold the network that its settings describe, {count:,} numbers in a file of at most "
            f"{megabytes(LARGEST_WEIGHTS)}. Received: at most {size // 4:,}."
        )


def own(config: str, weights: Path) -> Network:
    """What a file of one of our own networks looks like.

    Args:
        config: What the network's `to_json` gives.
        weights: What its `save_weights` wrote.
    """
    import h5py

    found: list[Weight] = []

    def note(path: str, thing: object) -> None:
        if isinstance(thing, h5py.Dataset):
            found.append(Weight(path, list(thing.shape), str(thing.dtype)))

    with h5py.File(weights, "r") as file:
        file.visititems(note)
    return Network(list(layers_of(msgspec.json.decode(config))), found)


def put(arrays: Mapping[str, np.ndarray], weights: Path) -> None:
    """Puts other numbers into a file that `save_weights` wrote.

    Args:
        arrays: By the names that the file has.
        weights: The file.
    """
    import h5py

    with h5py.File(weights, "r+") as file:
        for path, array in arrays.items():
            file[path][...] = array


def read(path: Path, network: Network, label: str) -> dict[str, np.ndarray]:
    """The weights in a file, by the names that our own network gives them.

    Args:
        path: The file, whoever wrote it.
        network: What it must be a file of.
        label: Its name for messages.

    Raises:
        DataError: If it is of another network, or its numbers are not finite, or it cannot be read.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / NETWORK).write_bytes(msgspec.json.encode(network))
        given = [str(path.resolve()), str(folder)]
        try:
            confined.run("ae_core.formats.keras_reading", given, label, MEMORY, SECONDS)
        except confined.RefusedError as why:
            raise DataError(f"{label} must hold the network that its settings describe. Received: {why}.") from why
        return _arrays(folder / ARRAYS, network)


def _arrays(path: Path, network: Network) -> dict[str, np.ndarray]:
    found = {}
    with path.open("rb") as stream:
        for weight in network.weights:
            count = int(np.prod(weight.shape, dtype=np.int64))
            found[weight.path] = np.fromfile(stream, weight.dtype, count).reshape(weight.shape)
    return found
