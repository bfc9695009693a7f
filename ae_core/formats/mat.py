"""The arrays of MATLAB's files: up to version 7.2 its own format, from 7.3 on HDF5. Only plain numbers are read."""

import io
import math
import warnings
from collections.abc import Iterator

import h5py
import numpy as np
import scipy.io

from ae_core.errors import DataError, printable
from ae_core.formats import npz_headers
from ae_core.formats.archive import megabytes

HDF5 = b"\x89HDF\r\n\x1a\n"
PLAIN = {"double": 8, "single": 4, "logical": 1} | {
    f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)
}
"""MATLAB's names for kinds of numbers, and the bytes of one."""
MOST_ARRAYS = 100


def read(payload: bytes, label: str) -> dict[str, np.ndarray]:
    """The arrays of plain numbers in a `.mat` file by name; cells, structures, objects and texts are left out.

    Args:
        payload: The file.
        label: Its name for messages.

    Raises:
        DataError: If it is damaged or too large, or holds no plain numbers.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            arrays, others = (_of_hdf5 if HDF5 in payload[:1024] else _of_matlab)(payload, label)
    except DataError:
        raise
    except Exception as error:  # SciPy raises what it happens to meet, even UnboundLocalError
        raise DataError(f"{label} must be a whole .mat file. Received: a damaged one.") from error
    if not arrays:
        received = f"{', '.join(others[:5])}, which are others" if others else "nothing"
        raise DataError(
            f"{label} must hold arrays of plain numbers; cells, structures and objects are not read. "
            f"Received: {received}."
        )
    return arrays


def _of_matlab(payload: bytes, label: str) -> tuple[dict[str, np.ndarray], list[str]]:
    stated = scipy.io.whosmat(io.BytesIO(payload))
    plain = [(name, shape, kind) for name, shape, kind in stated if kind in PLAIN and len(shape) <= 4]
    _check_size(sum(math.prod(shape) * PLAIN[kind] for _, shape, kind in plain), len(plain), label)
    names = [name for name, _, _ in plain]
    found = scipy.io.loadmat(io.BytesIO(payload), variable_names=names) if names else {}
    arrays = {name: np.asarray(found[name]) for name in names if name in found}
    return (
        {printable(name): values for name, values in arrays.items() if values.dtype.kind in "buif"},
        [printable(name) for name, _, _ in stated if name not in arrays],
    )


def _of_hdf5(payload: bytes, label: str) -> tuple[dict[str, np.ndarray], list[str]]:
    with h5py.File(io.BytesIO(payload), "r") as file:
        plain = dict(_plain_arrays(file))
        _check_size(sum(one.size * one.dtype.itemsize for one in plain.values()), len(plain), label)
        # MATLAB's first axis runs fastest, so the file has the axes the other way round.
        arrays = {printable(name): np.asarray(one[()]).T for name, one in plain.items()}
        return arrays, [printable(name) for name in file if name not in plain and not name.startswith("#")]


def _plain_arrays(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    """What lies in the file itself and is numbers: nothing leads out of it, and nothing is a reference."""
    for name in file:
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            continue
        one = file[name]
        inside = isinstance(one, h5py.Dataset) and not one.is_virtual and one.external is None
        if not inside or one.dtype.kind not in "buif" or not 1 <= len(one.shape or ()) <= 4:
            continue
        if "MATLAB_empty" not in one.attrs and one.attrs.get("MATLAB_class") != b"char":
            yield name, one


def _check_size(size: int, count: int, label: str) -> None:
    if size > npz_headers.MAX_RAW_BYTES or count > MOST_ARRAYS:
        raise DataError(
            f"{label} must hold at most {MOST_ARRAYS} arrays of {megabytes(npz_headers.MAX_RAW_BYTES)} together. "
            f"Received: {count:,} of {megabytes(size)}."
        )
