"""A person's own data: an `.npz` file or a `.zip` of pictures, checked, converted and kept.

Pictures (PNG, JPEG, BMP, GIF, WebP; of a moving one the first frame) are fitted whole into a square of one size and
padded with the colour of their upper left corner; transparent parts become white. The square has 28 pixels a side if
the pictures' longer sides are below 32 (by their median), 32 pixels below 64, and 64 pixels otherwise. If no picture
has colour, all are grey. If pictures lie in at least two folders, the innermost folder's name is the class. Names in
the archive are read, never used as paths. Every fifth picture becomes a test picture.
"""

import hashlib
import io
import json
import os
import tempfile
import threading
import time
import warnings
import zipfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import numpy as np
from PIL import Image, ImageOps

from ae_core.errors import DataError, disk_reason, printable
from ae_core.folders import uploads_folder
from ae_core.formats import confined, npz
from ae_core.formats.archive import ZIP_ERRORS, megabytes, open_archive
from ae_core.limits import limit
from ae_core.room import Bounds, Thing, leaving, overfull

MAX_UPLOAD_BYTES = 50 * 2**20
MAX_KEPT_BYTES = 500 * 2**20
PUBLIC_OWNER_MB = 100.0
MOST_UPLOADS, PUBLIC_MOST_UPLOADS = 1000.0, 10.0  # of one owner
MAX_PICTURE_BYTES = 20 * 2**20
MAX_PICTURES_BYTES = 200 * 2**20
MAX_PICTURE_PIXELS = 4096 * 4096
MAX_TOTAL_PIXELS = 400_000_000
KEEPING = "ae_core.data.keeping"  # the module that converts in a process of its own
MEMORY, SECONDS = 2 * 2**30, 120.0  # that this may take

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
# What Pillow's decoders raise on broken files, and its warning of a decompression bomb, here turned into an error.
PICTURE_ERRORS = (
    *ZIP_ERRORS,
    TypeError,
    SyntaxError,
    ArithmeticError,
    AttributeError,
    MemoryError,
    Warning,
    Image.DecompressionBombError,
)

_one_at_a_time = threading.Lock()


def keep_upload(filename: str, payload: bytes, owner: str | None = None, needed: Collection[str] = ()) -> Path:
    """Checks and converts an uploaded file and keeps it as `upload-<8 hexadecimal digits of its hash>.npz`.

    Others go for it as `room` says: the bounds are `AE_MAX_UPLOADS_PER_OWNER`, `AE_MAX_UPLOADS_MB_PER_OWNER` and, for
    all together, `AE_MAX_UPLOADS_MB`. A file that several people have brought is everybody's in equal parts.

    Args:
        filename: The name it had on the person's machine; its ending and its title are taken from it.
        payload: Its bytes.
        owner: Fingerprint of the token of the person who brings it; None for the host.
        needed: Names of data sets that must stay, because runs wait for them.

    Returns:
        The kept file. The same bytes give the same file.

    Raises:
        DataError: If anything is wrong with it, there is no room for it, or it cannot be written.
    """
    shown = printable(PurePosixPath(filename.replace("\\", "/")).name) or "upload"
    label = f"The upload {shown!r}"
    if not shown.lower().endswith((".npz", ".zip")):
        raise DataError(f"{label} must be a .npz file or a .zip of pictures. Received: a file with another ending.")
    if not 0 < len(payload) <= MAX_UPLOAD_BYTES:
        raise DataError(
            f"{label} must have at most {megabytes(MAX_UPLOAD_BYTES)} and not be empty. "
            f"Received: {len(payload):,} bytes."
        )
    path = uploads_folder() / f"upload-{hashlib.sha256(payload).hexdigest()[:8]}.npz"
    # One conversion at a time bounds the memory, and Python's warning filters belong to the whole process.
    with _one_at_a_time:
        arrays = _convert(payload, label) | {"title": np.array([shown])}
        _write(path, arrays, owner, needed)
    return path


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
    given = [name, owner or "", json.dumps(list(needed))]
    try:
        with _one_at_a_time:
            return Path(confined.run(KEEPING, given, f"The upload {printable(name)!r}", MEMORY, SECONDS, payload))
    except confined.RefusedError as why:
        raise DataError(str(why)) from why


def kept() -> list[Thing]:
    """Every owner's part in every upload that is kept."""
    return _things(uploads_folder(), ())


def remove_uploads(owner: str, needed: Collection[str] = ()) -> None:
    """Removes a person's uploads; of one that others have brought too, or that runs wait for, their part in it.

    Args:
        owner: Fingerprint of the person's token.
        needed: Names of data sets that must stay, because runs wait for them.

    Raises:
        DataError: If one of them cannot be removed.
    """
    try:
        for path in uploads_folder().glob("upload-*.npz"):
            if owner in _owners(path):
                _take_part(path, owner, path.stem in needed)
    except OSError as error:
        raise DataError(f"Your uploads could not all be removed because {disk_reason(error)}.") from error


def _convert(payload: bytes, label: str) -> dict[str, np.ndarray]:
    """Arrays in the layout of `ae_core.formats.npz` from the bytes of an upload."""
    with open_archive(io.BytesIO(payload), len(payload), label) as archive:
        if not _picture_members(archive):
            if not any(member.filename.endswith(".npy") for member in archive.infolist()):
                endings = ", ".join(SUFFIXES)
                raise DataError(f"{label} must hold pictures ({endings}) or the array x_train. Received: neither.")
            headers = npz.read_headers(archive, label)
            table = npz.read_table(archive, headers, label)
            x_train, y_train, x_test, y_test = table.x_train, table.y_train, table.x_test, table.y_test
            class_names = table.class_names
            if x_train.ndim == 4 and table.extent.kind.kind in "ui" and x_train.dtype != np.uint8:
                # Whole numbers stay such: from these another range is worked out than from decimal ones.
                x_train, x_test = (one.astype(table.extent.kind) for one in (x_train, x_test))
            extent = table.extent.least, table.extent.most
        else:
            images, labels, class_names = _read_pictures(archive, label)
            train, test = npz.split_rows(len(images), labels)
            x_train, x_test = images[train], images[test]
            y_train, y_test = (None, None) if labels is None else (labels[train], labels[test])
            extent = float(x_train.min()), float(x_train.max())
    arrays = {"x_train": x_train, "x_test": x_test, "extent": np.array(extent)}
    if y_train is not None and y_test is not None:
        arrays |= {"y_train": y_train, "y_test": y_test, "class_names": np.array(class_names, dtype="U60")}
    return arrays


def _picture_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The pictures of an archive: no folders, no hidden files, nothing of another kind."""
    return [
        member
        for member in archive.infolist()
        if member.filename.lower().endswith(SUFFIXES)
        and not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(member.filename).parts)
    ]


def _read_pictures(archive: zipfile.ZipFile, label: str) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    """Decodes the pictures of an archive: images, class numbers or None, class names."""
    members = _picture_members(archive)
    if len(members) < npz.MIN_EXAMPLES:
        raise DataError(f"{label} must hold at least {npz.MIN_EXAMPLES} pictures. Received: {len(members)}.")
    if any(member.file_size > MAX_PICTURE_BYTES for member in members):
        raise DataError(
            f"{label} must hold pictures of at most {megabytes(MAX_PICTURE_BYTES)}. Received: a larger one."
        )
    total = sum(member.file_size for member in members)
    if total > MAX_PICTURES_BYTES:
        raise DataError(
            f"{label} must unpack to at most {megabytes(MAX_PICTURES_BYTES)}. Received: {megabytes(total)}."
        )
    folders = [PurePosixPath(member.filename.replace("\\", "/")).parent for member in members]
    names = [printable(folder.name, 60) or "no folder" for folder in folders]
    class_names = tuple(sorted(set(names), key=_natural)) if len(set(names)) > 1 else ()
    if len(class_names) > npz.MAX_CLASSES:
        raise DataError(
            f"{label} must have at most {npz.MAX_CLASSES} folders with pictures. Received: {len(class_names):,}."
        )
    numbers = {name: number for number, name in enumerate(class_names)}
    labels = np.array([numbers[name] for name in names], np.int64) if class_names else None

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sizes = [_picture_size(archive, member, label) for member in members]
        if sum(width * height for width, height in sizes) > MAX_TOTAL_PIXELS:
            raise DataError(
                f"{label} must hold at most {MAX_TOTAL_PIXELS / 1e6:,.0f} million pixels in all pictures together. "
                f"Received: {sum(width * height for width, height in sizes) / 1e6:,.0f} million."
            )
        longer = float(np.median([max(size) for size in sizes]))
        side = 28 if longer < 32 else 32 if longer < 64 else 64
        images = np.empty((len(members), side, side, 3), np.uint8)
        for image, member in zip(images, members, strict=True):
            image[...] = _decode_picture(archive, member, side, label)
    # A grey picture saved as a colour one has three equal channels.
    if all(np.array_equal(images[..., 0], images[..., channel]) for channel in (1, 2)):
        images = images[..., :1].copy()
    return images, labels, class_names


def _natural(name: str) -> tuple[bool, int, str]:
    """Sorts names that are numbers by value, before the others."""
    return not name.isdecimal(), int(name) if name.isdecimal() else 0, name


def _picture_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> tuple[int, int]:
    """Width and height from a picture's header, checked before anything is decoded."""
    shown = printable(member.filename)
    try:
        with archive.open(member) as stream:
            payload = stream.read()
        # Pillow gives a WebP its whole canvas as it opens it, so that header is read here first.
        size = _webp_size(payload)
        if size is None:
            with Image.open(io.BytesIO(payload), formats=FORMATS) as picture:
                size = picture.size
    except PICTURE_ERRORS as error:
        raise _broken(label, shown, error) from error
    if not 0 < size[0] * size[1] <= MAX_PICTURE_PIXELS:
        raise DataError(
            f"{label} must hold pictures of at most {MAX_PICTURE_PIXELS / 1e6:.0f} million pixels. "
            f"Received: {size[0]}×{size[1]} in {shown!r}."
        )
    return size


def _webp_size(payload: bytes) -> tuple[int, int] | None:
    """Canvas of a WebP file from its first bytes; None if it is another kind of file."""
    if payload[:4] != b"RIFF" or payload[8:12] != b"WEBP" or len(payload) < 30:
        return None
    if payload[12:16] == b"VP8X":
        return int.from_bytes(payload[24:27], "little") + 1, int.from_bytes(payload[27:30], "little") + 1
    if payload[12:16] == b"VP8L":
        bits = int.from_bytes(payload[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(payload[26:28], "little") & 0x3FFF, int.from_bytes(payload[28:30], "little") & 0x3FFF


def _broken(label: str, shown: str, error: BaseException) -> DataError:
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        limit = f"{MAX_PICTURE_PIXELS / 1e6:.0f} million pixels"
        return DataError(f"{label} must hold pictures of at most {limit}. Received: a larger one, {shown!r}.")
    return DataError(
        f"{label} must hold whole PNG, JPEG, BMP, GIF or WebP pictures. Received: {shown!r}, which is not."
    )


def _decode_picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo, side: int, label: str) -> np.ndarray:
    """One picture as uint8 of shape (side, side, 3)."""
    try:
        with archive.open(member) as stream, Image.open(io.BytesIO(stream.read()), formats=FORMATS) as picture:
            picture.draft("RGB", (2 * side, 2 * side))  # a JPEG decoder can shrink while it decodes
            return _square(ImageOps.exif_transpose(picture), side)
    except PICTURE_ERRORS as error:
        raise _broken(label, printable(member.filename), error) from error


def _square(picture: Image.Image, side: int) -> np.ndarray:
    """Fits a picture into a square and pads it with the colour of its upper left corner."""
    if picture.mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        picture = Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    corner: Any = picture.getpixel((0, 0))
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    square = Image.new("RGB", (side, side), corner)
    small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return np.asarray(square)


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
                f"One person's uploads may be {bounds.count:,} and take {megabytes(bounds.owner)}, all uploads "
                f"{megabytes(bounds.total)}; what trainings wait for leaves no room for this one."
            )
        owners = {*_owners(path), owner} if path.exists() else {owner}
        temporary.replace(path)
        _note_owners(path, owners)
        _make_room(folder, bounds, {*needed, path.stem})
    except OSError as error:
        raise DataError(f"The upload could not be kept because {disk_reason(error)}.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


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
    if owners == {None}:
        _owners_file(path).unlink(missing_ok=True)
    else:
        _owners_file(path).write_bytes(msgspec.json.encode(list(owners)))
