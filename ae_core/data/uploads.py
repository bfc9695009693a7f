"""A person's own data: arrays, a table, MNIST's own files or pictures, checked, converted and kept.

Names in an archive are read, never used as paths. Without a test set every fifth example becomes a test example.
"""

import contextlib
import hashlib
import io
import json
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from ae_core.data import pictures
from ae_core.errors import DataError, disk_reason, printable
from ae_core.folders import uploads_folder
from ae_core.formats import confined, npz, npz_headers
from ae_core.formats.archive import ZIP_ERRORS, megabytes, open_archive
from ae_core.limits import limit
from ae_core.room import Bounds, Thing, leaving, overfull

MAX_UPLOAD_BYTES = 50 * 2**20
MAX_KEPT_BYTES = 500 * 2**20
PUBLIC_OWNER_MB = 100.0
MOST_UPLOADS, PUBLIC_MOST_UPLOADS = 1000.0, 10.0  # of one owner
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
        arrays = converted(payload, label, name) | {"title": np.array([shown]), "source": np.array([source])}
        _write(path, {key: values for key, values in arrays.items() if key not in (ORDER, NAMES)}, owner, needed)
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


def kept() -> list[Thing]:
    """Every owner's part in every upload that is kept."""
    return _things(uploads_folder(), ())


def brought_by(owner: str) -> set[str]:
    """Names of the uploads that a person has brought, alone or as one of several.

    Args:
        owner: Fingerprint of the person's token.
    """
    return {path.stem for path in uploads_folder().glob("upload-*.npz") if owner in _owners(path)}


def remove_uploads(owner: str, needed: Collection[str] = ()) -> None:
    """Removes a person's uploads; of one that others have brought too, or that runs wait for, their part in it.

    Args:
        owner: Fingerprint of the person's token.
        needed: Names of data sets that must stay, because runs wait for them.

    Raises:
        DataError: If one of them cannot be removed.
    """
    try:
        for name in brought_by(owner):
            _take_part(uploads_folder() / f"{name}.npz", owner, name in needed)
    except OSError as error:
        raise DataError(f"Your uploads could not all be removed because {disk_reason(error)}.") from error


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


def _write(path: Path, arrays: dict[str, np.ndarray], owner: str | None, needed: Collection[str]) -> None:
    """Writes a kept upload whole or not at all, then removes what goes beyond the room for uploads."""
    bounds = _bounds()
    folder = path.parent
    temporary: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(".part-*"):  # left by a process that was ended while it wrote
            if time.time() - old.stat().st_mtime > 3600:
                old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)
            stream.flush()
            os.fsync(stream.fileno())
        size, kept = temporary.stat().st_size, [one for one in _things(folder, needed) if one.id != path.stem]
        if overfull(kept, bounds, owner, size):
            raise DataError(
                f"One person may keep {bounds.count:,} uploads of {megabytes(bounds.owner)} together, everybody "
                f"{megabytes(bounds.total)}; what trainings wait for leaves no room for this one."
            )
        if _is_another(path, str(arrays["source"][0])):
            raise DataError("The upload could not be kept because another file has its name.")
        owners = {*_owners(path), owner} if path.exists() else {owner}
        _note_owners(path, owners)  # first: what says of no owner is the host's, who alone could remove it
        temporary.replace(path)
        _make_room(folder, bounds, {*needed, path.stem})
    except OSError as error:
        raise DataError(f"The upload could not be kept because {disk_reason(error)}.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if not path.exists():
            _owners_file(path).unlink(missing_ok=True)


def _is_another(path: Path, source: str) -> bool:
    """Whether a whole file lies there that came of other bytes than those with this SHA-256."""
    try:
        with zipfile.ZipFile(path) as kept:
            if "source.npy" not in kept.namelist():
                return True
            found = np.lib.format.read_array(io.BytesIO(kept.read("source.npy")), allow_pickle=False)
            return [source] != found.tolist()
    except (FileNotFoundError, *ZIP_ERRORS):
        return False  # nothing, or damaged: brought again, it is whole again


def _bounds() -> Bounds:
    total = limit("AE_MAX_UPLOADS_MB", MAX_KEPT_BYTES / 2**20)
    return Bounds(
        total=int(total * 2**20),
        owner=int(min(total, limit("AE_MAX_UPLOADS_MB_PER_OWNER", total, PUBLIC_OWNER_MB)) * 2**20),
        count=int(limit("AE_MAX_UPLOADS_PER_OWNER", MOST_UPLOADS, PUBLIC_MOST_UPLOADS)),
    )


def _make_room(folder: Path, bounds: Bounds, needed: Collection[str]) -> None:
    """Removes uploads, or their owners' part in them, until the others fit."""
    while True:
        gone = list(leaving(_things(folder, needed), bounds))
        if not gone:
            return
        for one in gone:
            path = folder / f"{one.id}.npz"
            _take_part(path, one.owner)


def _take_part(path: Path, owner: str | None, needed: bool = False) -> None:
    """An upload is an owner's no longer: it is the others', or the host's if it is needed, or gone."""
    left = _owners(path) - {owner}
    if left or needed:
        _note_owners(path, left or {None})
    else:
        path.unlink(missing_ok=True)
        _owners_file(path).unlink(missing_ok=True)


def _things(folder: Path, needed: Collection[str]) -> list[Thing]:
    """Every owner's part in every upload."""
    found = []
    for path in folder.glob("upload-*.npz"):
        facts, owners = path.stat(), _owners(path)
        free = path.stem not in needed
        found += [Thing(path.stem, one, facts.st_size // len(owners), facts.st_mtime, free) for one in owners]
    return found


def _owners_file(path: Path) -> Path:
    return path.with_suffix(".owners")


def _owners(path: Path) -> set[str | None]:
    """Who has brought an upload; of one that does not say so, the host."""
    try:
        return set(msgspec.json.decode(_owners_file(path).read_bytes(), type=list[str | None])) or {None}
    except (FileNotFoundError, msgspec.DecodeError):
        return {None}


def _note_owners(path: Path, owners: set[str | None]) -> None:
    """Says whose an upload is, wholly or not at all: of half of it, nobody would be left."""
    noted = _owners_file(path)
    if owners == {None}:
        noted.unlink(missing_ok=True)
        return
    handle, name = tempfile.mkstemp(prefix=".part-", dir=noted.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.json.encode(list(owners)))
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(noted)
    finally:
        Path(name).unlink(missing_ok=True)
