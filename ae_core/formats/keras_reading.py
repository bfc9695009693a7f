"""The process that reads a `.keras` file: `python -m ae_core.formats.keras_reading MEMORY SECONDS FILE FOLDER`.

The folder holds what the file must be, see `keras_file`. The numbers are written beside it; what is wrong is printed.
"""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import msgspec
import numpy as np

from ae_core.errors import DataError, printable
from ae_core.formats import confined
from ae_core.formats.archive import ZIP_ERRORS, check_members, open_archive
from ae_core.formats.keras_file import (
    ARRAYS,
    CONFIG,
    LARGEST_CONFIG,
    LARGEST_WEIGHTS,
    METADATA,
    NETWORK,
    PREPROCESSING,
    WEIGHTS,
    Layer,
    Network,
    Weight,
    layers_of,
)

_LARGEST = {
    CONFIG: LARGEST_CONFIG,
    METADATA: LARGEST_CONFIG,
    PREPROCESSING: LARGEST_CONFIG,
    WEIGHTS: LARGEST_WEIGHTS,
}


class OtherNetworkError(Exception):
    """What the file holds in place of what it should hold, in a few words."""


def main() -> None:
    """Reads the file that the command names."""
    memory, seconds, path, folder = sys.argv[1:]
    confined.bound(int(memory), float(seconds))
    network = msgspec.json.decode((Path(folder) / NETWORK).read_bytes(), type=Network)
    with confined.told():
        try:
            with Path(path).open("rb") as stream, (Path(folder) / ARRAYS).open("wb") as target:
                _read(stream, network, target)
        except OtherNetworkError as problem:
            confined.refuse(str(problem))
        except (*ZIP_ERRORS, DataError, NotImplementedError, MemoryError):
            confined.refuse("a damaged file, or one that is not Keras's")


def _read(stream: BinaryIO, network: Network, target: BinaryIO) -> None:
    """Compares a file with a network, and writes its numbers one array behind the other."""
    size = stream.seek(0, io.SEEK_END)
    with open_archive(stream, size, "The model", ".keras") as archive:
        check_members(archive, lambda name: _LARGEST.get(name, 0), LARGEST_WEIGHTS + 3 * LARGEST_CONFIG, "The model")
        _compare(network.layers, list(layers_of(msgspec.json.decode(archive.read(CONFIG)))))
        with _seekable(archive) as content, h5py.File(content, "r") as weights:
            for weight in network.weights:
                target.write(_numbers(weights, weight).tobytes())


def _seekable(archive: zipfile.ZipFile) -> io.BytesIO:
    return io.BytesIO(archive.read(WEIGHTS))


def _compare(wanted: list[Layer], declared: list[Layer]) -> None:
    """Refuses a network whose layers are others. What an earlier Keras did not say of a layer is not compared."""
    for ours, theirs in zip(wanted, declared, strict=False):
        if ours.kind != theirs.kind:
            raise OtherNetworkError(f"a layer {printable(theirs.kind)} where {ours.kind} belongs")
        for name, value in ours.facts.items():
            if name in theirs.facts and theirs.facts[name] != value:
                shown = f"{ours.kind} with {name} {printable(str(theirs.facts[name]))}"
                raise OtherNetworkError(f"{shown} where {printable(str(value))} belongs")
    if len(wanted) != len(declared):
        raise OtherNetworkError(f"{len(declared):,} layers where {len(wanted):,} belong")


def _numbers(weights: h5py.File, weight: Weight) -> np.ndarray:
    """One array. Its form is compared before any of it is read, and nothing leads out of the file."""
    place: Any = weights
    for name in weight.path.split("/"):
        link = place.get(name, getlink=True) if isinstance(place, h5py.Group) else None
        if not isinstance(link, h5py.HardLink):
            raise OtherNetworkError(f"no weights {weight.path}")
        place = place[name]
    if not isinstance(place, h5py.Dataset) or place.is_virtual or place.external is not None:
        raise OtherNetworkError(f"no weights {weight.path}")
    if list(place.shape or ()) != weight.shape or str(place.dtype) != weight.dtype:
        shape = "×".join(map(str, place.shape or ())) or "no shape"
        raise OtherNetworkError(f"weights {weight.path} of {printable(shape)} {printable(str(place.dtype))}")
    if place.chunks is not None:  # what is packed could unpack to anything
        raise OtherNetworkError(f"packed weights {weight.path}")
    numbers = place[()]
    if not np.isfinite(numbers).all():
        raise OtherNetworkError(f"weights {weight.path} that are not finite")
    return np.asarray(numbers)


if __name__ == "__main__":
    main()
