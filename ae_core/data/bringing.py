"""Which kind of file a person has brought, and its arrays as `formats.npz` reads them."""

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Protocol

import numpy as np
import pandas as pd

from ae_core.data import arrays, tables
from ae_core.errors import DataError, printable
from ae_core.formats import frames, gzipped, idx, mat, npz, npz_headers
from ae_core.formats.archive import ZIP_ERRORS, megabytes, name_of

Arrays = dict[str, np.ndarray]


class _Reader(Protocol):
    def __call__(self, payload: bytes, label: str, texts: Collection[str] = ()) -> frames.Read: ...


FRAMES: Mapping[str, _Reader] = {
    ".csv": frames.read_csv,
    ".tsv": frames.read_csv,
    ".data": frames.read_csv,
    ".parquet": frames.read_parquet,
}
"""Files of one table, by ending."""


def read(name: str, payload: bytes, label: str) -> Arrays:
    """The arrays of a file that is no archive, by the ending of its name.

    Args:
        name: Its name, in small letters.
        payload: Its bytes.
        label: Its name for messages.

    Raises:
        DataError: If it is damaged, too large, or no data set.
    """
    if idx.NAME.search(name):
        values = idx.read(payload, label)
        if values.ndim < 2:
            raise DataError(
                f"{label} must hold examples, not labels alone. Received: one number each; put both files into a zip."
            )
        return arrays.layout({"x": values}, label)
    if name.endswith(".gz"):
        return read(name.removesuffix(".gz"), _unpacked(payload, label), label)
    if name.endswith(".npy"):
        return _npy(payload, label)
    if name.endswith(".mat"):
        return arrays.layout(mat.read(payload, label), label, axes_reversed=True)
    table = frame_of(name, payload, label)
    if table is not None:
        return tables.arrays_of(table, None, label)
    ending = printable(PurePosixPath(name).suffix)
    raise DataError(
        f"{label} must be a table, arrays or a file of MNIST's kind. Received: one that ends in {ending!r}."
    )


def frame_of(name: str, payload: bytes, label: str, texts: Collection[str] = ()) -> frames.Read | None:
    """The table of a file that is one, packed or not; None for files of other kinds.

    Args:
        name: See `read`, like the next two and what is raised.
        payload: Likewise.
        label: Likewise.
        texts: See `frames.read_csv`.
    """
    if name.endswith(".gz") and name.removesuffix(".gz").endswith(tuple(FRAMES)):
        return frame_of(name.removesuffix(".gz"), _unpacked(payload, label), label, texts)
    return next((reader(payload, label, texts) for ending, reader in FRAMES.items() if name.endswith(ending)), None)


def _unpacked(payload: bytes, label: str) -> bytes:
    try:
        return gzipped.unpack(payload, npz_headers.MAX_RAW_BYTES)
    except ValueError as error:
        most = megabytes(npz_headers.MAX_RAW_BYTES)
        raise DataError(
            f"{label} must be whole and unpack to at most {most}. Received: one that is damaged or larger."
        ) from error


def _npy(payload: bytes, label: str) -> Arrays:
    """One array, whose header is checked before it is decoded."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("x.npy", payload)
    with zipfile.ZipFile(stream) as packed:
        return arrays.layout(npz.read_plain(packed, ["x"], label), label)


def read_archive(archive: zipfile.ZipFile, label: str) -> Arrays | None:
    """The arrays of an archive of tables or of MNIST's own files, or of arrays under other names; None if it has none.

    Args:
        archive: From `archive.open_archive`; without pictures.
        label: Its name for messages.

    Raises:
        DataError: If something in it is damaged or too large, or it is not clear what is what.
    """
    named = _members(archive)
    plain = {name.removesuffix(".npy"): one for one, name in named if name.endswith(".npy")}
    if plain:
        if "x_train" in plain:
            return None
        names = [one.filename.removesuffix(".npy") for one in archive.infolist() if one.filename.endswith(".npy")]
        known = {alias for some in (*arrays.EXAMPLES.values(), *arrays.LABELS.values()) for alias in some}
        wanted = [one for one in names if re.sub(r"[\W_]", "", one).lower() in known]
        if not any(re.sub(r"[\W_]", "", one).lower() in arrays.EXAMPLES["train"] for one in wanted):
            return None  # then `x_train` is asked for by name
        return arrays.layout(npz.read_plain(archive, wanted, label), label)
    files = _visible(named)
    images = [(one, name) for one, name in files if idx.NAME.search(name)]
    if images:
        return arrays.layout(_of_mnist(archive, images, label), label)
    some = _tables(files)
    return _of_tables(archive, some, label) if some else None


def frames_in(archive: zipfile.ZipFile, label: str, texts: Collection[str] = ()) -> dict[str, frames.Read]:
    """The tables of an archive by their names: none, one, or several for training and testing.

    Args:
        archive: See `read_archive`, like the next and what is raised.
        label: Likewise.
        texts: See `frames.read_csv`.

    Raises:
        DataError: Also if they have other columns.
    """
    some = _tables(_visible(_members(archive)))
    names = {_part(name): printable(name) for _, name in some}
    found = {names[part]: one for part, one in _read_tables(archive, some, label, texts).items()}
    if len({frozenset(one.frame.columns) for one in found.values()}) > 1:
        raise DataError(f"{label} must have the same columns in all of its tables. Received: different ones.")
    return found


def _members(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """Files of an archive, each with its name in small letters."""
    return [
        (one, PurePosixPath(name_of(one).replace("\\", "/")).name.lower())
        for one in archive.infolist()
        if not one.is_dir() and "__MACOSX" not in one.filename
    ]


def _visible(files: list[tuple[zipfile.ZipInfo, str]]) -> list[tuple[zipfile.ZipInfo, str]]:
    return [(one, name) for one, name in files if not name.startswith(".")]


def _tables(files: list[tuple[zipfile.ZipInfo, str]]) -> list[tuple[zipfile.ZipInfo, str]]:
    return [(one, name) for one, name in files if name.endswith(tuple(FRAMES))]


def _of_mnist(archive: zipfile.ZipFile, files: list[tuple[zipfile.ZipInfo, str]], label: str) -> Arrays:
    found: Arrays = {}
    for member, name in files:
        values = idx.read(_content(archive, member, label), f"{label}: {printable(name)}")
        found[f"{_part(name)}_{'images' if values.ndim > 1 else 'labels'}"] = values
    return found


def _read_tables(
    archive: zipfile.ZipFile, files: list[tuple[zipfile.ZipInfo, str]], label: str, texts: Collection[str] = ()
) -> dict[str, frames.Read]:
    """Tables by what they are for."""
    parts: dict[str, tuple[zipfile.ZipInfo, str]] = {}
    for member, name in files:
        part = _part(name)
        if part in parts:
            raise DataError(
                f"{label} must hold one table, or one whose name has train in it and one with test. "
                f"Received: {', '.join(printable(one) for _, one in files[:4])}."
            )
        parts[part] = member, name
    return {
        part: FRAMES[PurePosixPath(name).suffix](_content(archive, member, label), f"{label}: {printable(name)}", texts)
        for part, (member, name) in parts.items()
    }


def _of_tables(archive: zipfile.ZipFile, files: list[tuple[zipfile.ZipInfo, str]], label: str) -> Arrays:
    read_in = _read_tables(archive, files, label)
    learnt = [read_in[part] for part in ("train", "val") if part in read_in]
    if not learnt:
        raise DataError(f"{label} must hold rows to learn from. Received: only some to test on.")
    if any(list(one.frame.columns) != list(learnt[0].frame.columns) for one in learnt):
        raise DataError(
            f"{label} must have the same columns for training and for validation. Received: different ones."
        )
    together = pd.concat([one.frame for one in learnt]) if learnt[1:] else learnt[0].frame
    notes = tuple(note for one in learnt for note in one.notes)
    return tables.arrays_of(frames.Read(together, notes), read_in.get("test"), label)


def _part(name: str) -> str:
    """What a file is for, by its name."""
    return "test" if "test" in name or "t10k" in name else "val" if re.search(r"(?<![a-z])val", name) else "train"


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> bytes:
    most = npz_headers.MAX_RAW_BYTES
    try:
        with archive.open(member) as stream:
            content = stream.read(most + 1)
    except ZIP_ERRORS as error:
        shown = printable(member.filename)
        raise DataError(f"{label} must be a whole zip file. Received: {shown!r}, which is damaged.") from error
    if len(content) > most:
        raise DataError(f"{label} must unpack to at most {megabytes(most)}. Received: more than that.")
    return content
