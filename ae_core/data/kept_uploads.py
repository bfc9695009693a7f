"""Uploads in their folder: whose each is, and which go for others.

Beside each file stands who has brought it; where it does not say so, the host has.
"""

import io
import time
import zipfile
from collections.abc import Collection
from pathlib import Path

import msgspec
import numpy as np

from ae_core.errors import DataError, disk_reason
from ae_core.folders import uploads_folder
from ae_core.formats.archive import ZIP_ERRORS, megabytes
from ae_core.limits import limit
from ae_core.room import Bounds, Thing, leaving, overfull
from ae_core.whole_files import PART, part_of, write

MAX_KEPT_BYTES = 500 * 2**20
PUBLIC_OWNER_MB = 100.0
MOST_UPLOADS, PUBLIC_MOST_UPLOADS = 1000.0, 10.0  # of one owner


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


def keep(path: Path, arrays: dict[str, np.ndarray], owner: str | None, needed: Collection[str]) -> None:
    """Writes an upload whole or not at all, then removes what goes beyond the room for uploads.

    Args:
        path: Its file.
        arrays: What the file holds; `source` is the SHA-256 of the bytes that were brought.
        owner: Fingerprint of the token of the person who brings it; None for the host.
        needed: Names of data sets that must stay, because runs wait for them.

    Raises:
        DataError: If there is no room for it, another file has its name, or it cannot be written.
    """
    bounds, folder = _bounds(), path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{PART}*"):  # left by a process that was ended while it wrote
            if time.time() - old.stat().st_mtime > 3600:
                old.unlink(missing_ok=True)
        with part_of(path) as part:
            np.savez_compressed(part, allow_pickle=False, **arrays)
            size, others = part.stat().st_size, [one for one in _things(folder, needed) if one.id != path.stem]
            if overfull(others, bounds, owner, size):
                raise DataError(
                    f"One person may keep {bounds.count:,} uploads of {megabytes(bounds.owner)} together, everybody "
                    f"{megabytes(bounds.total)}; what trainings wait for leaves no room for this one."
                )
            if _is_another(path, str(arrays["source"][0])):
                raise DataError("The upload could not be kept because another file has its name.")
            owners = {*_owners(path), owner} if path.exists() else {owner}
            _note_owners(path, owners)  # first: what says of no owner is the host's, who alone could remove it
        _make_room(folder, bounds, {*needed, path.stem})
    except OSError as error:
        raise DataError(f"The upload could not be kept because {disk_reason(error)}.") from error
    finally:
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
            _take_part(folder / f"{one.id}.npz", one.owner)


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
    write(noted, msgspec.json.encode(list(owners)))
