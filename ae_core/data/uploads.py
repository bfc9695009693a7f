"""A person's own data: arrays, a table, MNIST's own files or pictures, checked, converted and kept.

Names in an archive are read, never used as paths. Without a test set every fifth example becomes a test example.
"""

import contextlib
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from ae_core.data import kept_uploads, pictures
from ae_core.errors import DataError, printable
from ae_core.folders import uploads_folder
from ae_core.formats import confined, npz, npz_headers
from ae_core.formats.archive import megabytes, open_archive

MAX_UPLOAD_BYTES = 50 * 2**20
KEEPING = "ae_core.data.keeping"  # the module that converts in a process of its own
MEMORY, SECONDS = 2 * 2**30, 120.0  # that this may take

ARCHIVES = (".npz", ".zip")
ENDINGS = (*ARCHIVES, ".csv", ".tsv", ".data", ".parquet", ".npy", ".mat", ".gz", "-ubyte", ".idx")
LONGEST_NAME = 60
ORDER, NAMES = "order", "names"  # of what was converted: each example's place in the file, and its own name
DIGITS = 32  # of a file's SHA-256 in its name: 128 bits; earlier versions took 8, and those names still open

MOST_WAITING = 200 * 2**20  # bytes of files that wait to be read in a process of their own

_one_at_a_time = threading.Lock()
_waiting: list[int] = []  # bytes of each file that waits, or is read
_waiting_lock = threading.Lock()


def keep_upload(
    filename: str,
    payload: bytes,
    owner: str | None = None,
    needed: Collection[str] = (),
    most: int = MAX_UPLOAD_BYTES,
) -> Path:
    """Checks and converts an uploaded file and keeps it as `upload-<32 hexadecimal digits of its hash>.npz`.

    Others go for it as `room` says: the bounds are `AE_MAX_UPLOADS_PER_OWNER`, `AE_MAX_UPLOADS_MB_PER_OWNER` and, for
    all together, `AE_MAX_UPLOADS_MB`. A file that several people have brought is everybody's in equal parts.

    Args:
        filename: The name it had on the person's machine; its ending and its title are taken from it.
        payload: Its bytes.
        owner: Fingerprint of the token of the person who brings it; None for the host.
        needed: Names of data sets that must stay, because runs wait for them.
        most: Bytes that it may have.

    Returns:
        The kept file. The same bytes give the same file.

    Raises:
        DataError: If anything is wrong with it, there is no room for it, or it cannot be written.
    """
    name, shown, label = named(filename, payload, most)
    source = hashlib.sha256(payload).hexdigest()
    path = uploads_folder() / f"upload-{source[:DIGITS]}.npz"
    # One conversion at a time bounds the memory, and Python's warning filters belong to the whole process.
    with _one_at_a_time:
        arrays = {key: one for key, one in converted(payload, label, name).items() if key not in (ORDER, NAMES)}
        arrays |= {"title": np.array([shown]), "source": np.array([source])}
        kept_uploads.keep(path, arrays, owner, needed)
    return path


def named(filename: str, payload: bytes, most: int = MAX_UPLOAD_BYTES) -> tuple[str, str, str]:
    """What a file is called: in small letters for its ending, as it is shown, and for messages.

    Args:
        filename: See `keep_upload`, like the others.
        payload: Likewise.
        most: Likewise.

    Raises:
        DataError: If its ending is none that is read, or it is empty or too large.
    """
    name = printable(PurePosixPath(filename.replace("\\", "/")).name, len(filename)) or "upload"
    shown = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 5]}…{name[-4:]}"  # its ending stays
    label = f"The upload {shown!r}"
    if not shown.lower().endswith(ENDINGS):
        raise DataError(
            f"{label} must be a table (.csv, .parquet), arrays (.npz, .npy, .mat), MNIST's own files (idx, .gz) or a "
            ".zip of pictures or of these. Received: a file with another ending."
        )
    if not 0 < len(payload) <= most:
        raise DataError(
            f"{label} must have at most {megabytes(most)} and not be empty. Received: {len(payload):,} bytes."
        )
    return name.lower(), shown, label


def keep_apart(filename: str, payload: bytes, owner: str | None = None, needed: Collection[str] = ()) -> Path:
    """The same in a process of its own, with bounds for memory and time: pictures unpack to much.

    Args:
        filename: See `keep_upload`, like the others and what is returned and raised.
        payload: Likewise.
        owner: Likewise.
        needed: Likewise.
    """
    name = printable(filename, len(filename))[-200:]
    if len(payload) > MAX_UPLOAD_BYTES:
        return keep_upload(filename, payload)  # which refuses it
    return Path(apart(KEEPING, [name, owner or "", json.dumps(list(needed))], name, payload))


def apart(module: str, given: Sequence[str], name: str, payload: bytes) -> str:
    """What a process of its own prints that is given a file; one at a time.

    Args:
        module: See `formats.confined.run`, like the next.
        given: Likewise.
        name: The file's name for messages.
        payload: Its bytes.

    Raises:
        DataError: If the process refuses the file, or ends without an answer; or if so much waits already that the
            memory of the web process would not hold it.
    """
    try:
        with _in_line(len(payload)), _one_at_a_time:
            return confined.run(module, given, f"The upload {printable(name)!r}", MEMORY, SECONDS, payload)
    except confined.RefusedError as why:
        raise DataError(str(why)) from why


@contextlib.contextmanager
def _in_line(size: int) -> Iterator[None]:
    """A place in the line of files that are to be read; a file alone always has one."""
    with _waiting_lock:
        if _waiting and sum(_waiting) + size > MOST_WAITING:
            raise DataError(
                "So many files are read at present that there is no room for one more; try again in a minute."
            )
        _waiting.append(size)
    try:
        yield
    finally:
        with _waiting_lock:
            _waiting.remove(size)


def converted(
    payload: bytes, label: str, name: str = ".npz", fewest: int = npz_headers.MIN_EXAMPLES, side: int = 0
) -> dict[str, np.ndarray]:
    """Arrays in the layout of `ae_core.formats.npz`, with `ORDER` and, of pictures, `NAMES`.

    Args:
        payload: The bytes of an upload.
        label: Its name for messages.
        name: Its name in small letters.
        fewest: Examples that it must have at least; a table always needs as many as for training.
        side: See `pictures.read`.

    Raises:
        DataError: If anything is wrong with it.
    """
    if not name.endswith(ARCHIVES):
        from ae_core.data import bringing  # with pandas and SciPy, which the web process has no need of

        return _checked(bringing.read(name, payload, label), label, fewest)
    with open_archive(io.BytesIO(payload), len(payload), label) as archive:
        if pictures.members_of(archive):
            return _of_pictures(archive, label, fewest, side)
        if any(member.filename == "x_train.npy" for member in archive.infolist()):
            return _of_arrays(archive, label, fewest)
        from ae_core.data import bringing

        arrays = bringing.read_archive(archive, label)
        if arrays is not None:
            return _checked(arrays, label, fewest)
        if not any(member.filename.endswith(".npy") for member in archive.infolist()):
            endings = ", ".join(pictures.SUFFIXES)
            raise DataError(
                f"{label} must hold pictures ({endings}), a table, MNIST's own files or the array x_train. "
                "Received: none of these."
            )
        return _of_arrays(archive, label, fewest)


def _checked(arrays: dict[str, np.ndarray], label: str, fewest: int) -> dict[str, np.ndarray]:
    """Arrays that were read from a file of another kind, held to the checks of `ae_core.formats.npz`."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    with open_archive(stream, stream.tell(), label) as archive:
        return _of_arrays(archive, label, fewest)


def _of_arrays(archive: zipfile.ZipFile, label: str, fewest: int) -> dict[str, np.ndarray]:
    headers = npz_headers.read_headers(archive, label, fewest)
    table = npz.read_table(archive, headers, label)
    x_train, x_test, texts = table.x_train, table.x_test, table.texts
    if x_train.ndim == 4 and table.extent.kind.kind in "ui" and x_train.dtype != np.uint8:
        # Whole numbers stay such: from these another range is worked out than from decimal ones.
        x_train, x_test = (one.astype(table.extent.kind) for one in (x_train, x_test))
    found = {
        "columns": np.array([row[0] if len(row) == 1 else row for row in texts.columns]),
        "summary": np.array(texts.summary),
        "label": np.array([texts.label]),
        "class_names": np.array(texts.class_names if texts.label else ()),
        "rate": np.array([table.rate]),
        "unknown": np.array([float(table.extent.unknown)]),
    }
    told = {name: values for name, values in found.items() if any(values.reshape(-1).tolist())}
    told |= {ORDER: table.places} | ({npz_headers.PLACES: table.places} if npz_headers.PLACES in headers else {})
    extent = table.extent.least, table.extent.most
    return _arranged((x_train, x_test), (table.y_train, table.y_test), table.class_names, extent, texts.note) | told


def _of_pictures(archive: zipfile.ZipFile, label: str, fewest: int, side: int) -> dict[str, np.ndarray]:
    found = pictures.read(archive, label, fewest, side)
    images, labels = found.images, found.labels
    train, test = npz.split_rows(len(images), labels)
    if found.held_out is not None:
        train, test = np.flatnonzero(~found.held_out), np.flatnonzero(found.held_out)
    x_train, x_test = images[train], images[test]
    y_train, y_test = (None, None) if labels is None else (labels[train], labels[test])
    extent = float(x_train.min()), float(x_train.max())
    order = np.concatenate([train, test])
    arrays = _arranged((x_train, x_test), (y_train, y_test), found.class_names, extent, " ".join(found.notes))
    return arrays | {ORDER: order, NAMES: np.array(found.names)[order]}


def _arranged(
    examples: tuple[np.ndarray, np.ndarray],
    labels: tuple[np.ndarray | None, np.ndarray | None],
    class_names: tuple[str, ...],
    extent: tuple[float, float],
    note: str,
) -> dict[str, np.ndarray]:
    """What is kept, training first and test second."""
    arrays = {"x_train": examples[0], "x_test": examples[1], "extent": np.array(extent)}
    if note:
        arrays["note"] = np.array([note[: npz_headers.LONGEST_NOTE]])
    y_train, y_test = labels
    if y_train is not None and y_test is not None:
        arrays |= {"y_train": y_train, "y_test": y_test, "class_names": np.array(class_names, dtype="U60")}
    return arrays
