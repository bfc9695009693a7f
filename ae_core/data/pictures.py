"""The pictures of an archive become a data set: their sizes and classes, what they hold, and what is done with them.

Pictures (of a moving one the first frame) are fitted whole into a square of one size and padded with the colour of
their upper left corner. The square has 28 pixels a side if the pictures' longer sides are below 32 (by their median),
32 pixels below 64, and 64 pixels otherwise. If no picture has colour, all are grey. Grey pictures of more than 8 bits
keep them, unless others have 8. Transparent parts become white, or black where what is drawn is bright. If pictures
lie in at least two folders, the innermost folder's name is the class; folders `train` and `test` are what they say. A
few broken pictures are left out.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from ae_core.data import ranges
from ae_core.errors import DataError, printable
from ae_core.formats import npz_headers
from ae_core.formats.archive import ZIP_ERRORS, megabytes, name_of
from ae_core.formats.pictures import FORMATS, SUFFIXES, Picture, decode

MAX_PICTURE_BYTES = 20 * 2**20
MAX_PICTURES_BYTES = 200 * 2**20
MAX_PICTURE_PIXELS = 4096 * 4096
MAX_TOTAL_PIXELS = 400_000_000
MOST_BROKEN = 0.04  # of all pictures; more of them are no accident
TRAIN, TEST = ("train", "training", "val", "valid", "validation"), ("test", "testing")
NO_FOLDER = "no folder"
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


@dataclass(frozen=True)
class Pictures:
    """Decoded pictures of an archive.

    Args:
        images: uint8, uint16 or float32 of shape `(n, side, side, channels)`.
        labels: Class numbers, or None without classes.
        class_names: Names of the classes.
        held_out: Marks those that lie in a folder `test`, bool of shape `(n,)`; None without such a folder.
        notes: What was done with them, one sentence each.
        names: Their names in the archive.
    """

    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    held_out: np.ndarray | None
    notes: tuple[str, ...]
    names: tuple[str, ...]


def members_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The pictures of an archive: no folders, no hidden files, nothing of another kind."""
    return [member for member in _visible(archive) if member.filename.lower().endswith(SUFFIXES)]


def _visible(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(member.filename).parts)
    ]


def read(archive: zipfile.ZipFile, label: str, fewest: int = npz_headers.MIN_EXAMPLES, side: int = 0) -> Pictures:
    """Decodes the pictures of an archive.

    Args:
        archive: From `archive.open_archive`.
        label: The file's name for messages.
        fewest: How many it must hold at least.
        side: Of the square, in pixels; 0 for one that goes by the pictures' sizes.

    Raises:
        DataError: If they are too few, too many or too large, or too many of them are broken.
    """
    members = members_of(archive)
    _check(members, label, fewest)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        members, decoded, broken = _decoded(archive, members, label, fewest, side)
    images, notes = _together(decoded)
    notes = [*_fitted(decoded), *notes]
    if broken:
        left_out = _counted(len(broken), "broken picture was", "broken pictures were")
        notes.append(f"{left_out} left out: {_some(broken)}.")
    pictures = {one.filename for one in members_of(archive)}
    others = [printable(name_of(one)) for one in _visible(archive) if one.filename not in pictures]
    if others:
        notes.append(f"{_counted(len(others), 'file is', 'files are')} no picture and left out: {_some(others)}.")
    parents = [PurePosixPath(name_of(member).replace("\\", "/")).parent.parts for member in members]
    held_out = _held_out(parents)
    if held_out is not None:
        notes.append("The folders for training and for testing are what is learnt from and what is tested on.")
        parents = [tuple(part for part in parts if part.lower() not in (*TRAIN, *TEST)) for parts in parents]
    names = [printable(parts[-1], 60) if parts else NO_FOLDER for parts in parents]
    class_names = tuple(sorted(set(names), key=_natural)) if len(set(names)) > 1 else ()
    most = npz_headers.MAX_CLASSES
    if len(class_names) > most:
        raise DataError(f"{label} must have at most {most} folders with pictures. Received: {len(class_names):,}.")
    numbers = {name: number for number, name in enumerate(class_names)}
    labels = np.array([numbers[name] for name in names], np.int64) if class_names else None
    whole = tuple(printable(name_of(member), 60) for member in members)
    return Pictures(images, labels, class_names, held_out, tuple(notes), whole)


def _check(members: list[zipfile.ZipInfo], label: str, fewest: int) -> None:
    if len(members) < fewest:
        raise DataError(f"{label} must hold at least {fewest} pictures. Received: {len(members)}.")
    if any(member.file_size > MAX_PICTURE_BYTES for member in members):
        raise DataError(
            f"{label} must hold pictures of at most {megabytes(MAX_PICTURE_BYTES)}. Received: a larger one."
        )
    total = sum(member.file_size for member in members)
    if total > MAX_PICTURES_BYTES:
        raise DataError(
            f"{label} must unpack to at most {megabytes(MAX_PICTURES_BYTES)}. Received: {megabytes(total)}."
        )


def _decoded(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], label: str, fewest: int, side: int
) -> tuple[list[zipfile.ZipInfo], list[Picture], list[str]]:
    """The members that are whole, what they hold, and the names of the others."""
    sizes: dict[str, tuple[int, int]] = {}
    broken: dict[str, DataError] = {}
    for member in members:
        try:
            sizes[member.filename] = _size(archive, member, label)
        except PICTURE_ERRORS as error:
            broken[member.filename] = _broken(label, member, error)
    total = sum(width * height for width, height in sizes.values())
    if total > MAX_TOTAL_PIXELS:
        raise DataError(
            f"{label} must hold at most {MAX_TOTAL_PIXELS / 1e6:,.0f} million pixels in all pictures together. "
            f"Received: {total / 1e6:,.0f} million."
        )
    longer = float(np.median([max(size) for size in sizes.values()])) if sizes else 0.0
    side = side or (28 if longer < 32 else 32 if longer < 64 else 64)
    whole, decoded = [], []
    for member in [one for one in members if one.filename in sizes]:
        try:
            with archive.open(member) as stream:
                decoded.append(decode(stream.read(), side))
            whole.append(member)
        except PICTURE_ERRORS as error:
            broken[member.filename] = _broken(label, member, error)
        if len(broken) > MOST_BROKEN * len(members):
            break
    if len(broken) > MOST_BROKEN * len(members) or len(whole) < fewest:
        raise next(iter(broken.values()))
    return whole, decoded, [printable(name_of(one)) for one in members if one.filename in broken]


def _size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str) -> tuple[int, int]:
    """Width and height from a picture's header, checked before anything is decoded."""
    with archive.open(member) as stream:
        payload = stream.read()
    # Pillow gives a WebP its whole canvas as it opens it, so that header is read here first.
    size = _webp_size(payload)
    if size is None:
        with Image.open(io.BytesIO(payload), formats=FORMATS) as picture:
            size = picture.size
    if not 0 < size[0] * size[1] <= MAX_PICTURE_PIXELS:
        raise _too_large(label, f"{size[0]}×{size[1]} in {printable(name_of(member))!r}")
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


def _broken(label: str, member: zipfile.ZipInfo, error: BaseException) -> DataError:
    """What to say of it.

    Raises:
        DataError: If it is not broken but too large, which is no accident.
    """
    shown = printable(name_of(member))
    if isinstance(error, DataError):
        raise error
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        raise _too_large(label, f"a larger one, {shown!r}") from error
    found = DataError(
        f"{label} must hold whole PNG, JPEG, BMP, GIF, WebP or TIFF pictures. Received: {shown!r}, which is not."
    )
    found.__cause__ = error
    return found


def _too_large(label: str, received: str) -> DataError:
    return DataError(
        f"{label} must hold pictures of at most {MAX_PICTURE_PIXELS / 1e6:.0f} million pixels. Received: {received}."
    )


def _together(decoded: list[Picture]) -> tuple[np.ndarray, list[str]]:
    """All pictures in one array of one depth, and what that took."""
    notes: list[str] = []
    colours = [one for one in decoded if one.values.dtype == np.uint8]
    if not colours:
        kind = np.result_type(*{one.values.dtype for one in decoded})
        return np.stack([one.values for one in decoded]).astype(kind, copy=False), notes
    ground, note = _ground(colours)
    notes += [note] if note else []
    cut = sum(one.cut for one in decoded)
    if cut:
        notes.append(f"Colours of 16 bits were read with 8, in {_counted(cut, 'picture', 'pictures')}.")
    deep = [one for one in decoded if one.values.dtype != np.uint8]
    low, high = 0.0, 1.0
    if deep:
        least, most = (float(end(pick(one.values) for one in deep)) for end, pick in ((min, np.min), (max, np.max)))
        kind = np.result_type(*{one.values.dtype for one in deep})
        values = ranges.found(least, most, kind, is_image=True)
        low, high = values.ends
        notes.append(
            f"{_counted(len(deep), 'picture has', 'pictures have')} more than 8 bits, and others 8: the former's "
            f"values {low:.6g} to {high:.6g} became 0 to 255."
        )
    images = np.empty((len(decoded), *decoded[0].values.shape[:2], 3), np.uint8)
    for image, one in zip(images, decoded, strict=True):
        if one.values.dtype != np.uint8:
            image[...] = np.rint(np.clip((one.values.astype(np.float32) - low) / (high - low), 0, 1) * 255)
        elif one.opacity is None:
            image[...] = one.values
        else:
            share = one.opacity / np.float32(255)
            image[...] = np.rint(one.values * share + ground * (1 - share))
    # A grey picture saved as a colour one has three equal channels.
    grey = sum(bool((image == image[..., :1]).all()) for image in images)
    if grey == len(images):
        images = images[..., :1].copy()
    elif grey:
        notes.append(
            f"{_counted(grey, 'grey picture has', 'grey pictures have')} three channels now, as others have colour."
        )
    return images, notes


def _fitted(decoded: list[Picture]) -> Iterator[str]:
    """What became of sizes, where that is not what the pictures had."""
    side = decoded[0].values.shape[0]
    sizes = {one.size for one in decoded}
    lengths = [length for size in sizes for length in size]
    least, most = min(lengths), max(lengths)
    oblong = any(width != height for width, height in sizes)
    if least == most == side:
        return
    if least == most:
        yield f"Pictures of {least}×{least} pixels were scaled to {side}×{side} pixels."
    elif oblong:
        yield (
            f"Pictures with sides of {least} to {most} pixels were scaled to fit {side}×{side} pixels, "
            "and filled up with the colour of their upper left corner."
        )
    else:
        yield f"Pictures with sides of {least} to {most} pixels were scaled to {side}×{side} pixels."


def _ground(pictures: list[Picture]) -> tuple[int, str]:
    """Black or white, which lies behind transparent pictures so that their ink can be seen; and a sentence."""
    light = ink = 0.0
    for one in pictures:
        if one.opacity is not None:
            share = one.opacity / np.float32(255)
            light += float((one.values.mean(axis=-1, keepdims=True) * share).sum(dtype=np.float64))
            ink += float(share.sum(dtype=np.float64))
    if not any(one.opacity is not None and one.opacity.min() < 255 for one in pictures):
        return 255, ""
    if ink and light / ink > 255 / 2:
        return 0, "Transparent parts became black, because what is drawn is bright."
    return 255, "Transparent parts became white."


def _held_out(parents: list[tuple[str, ...]]) -> np.ndarray | None:
    """Which pictures lie in a folder for testing; None unless each lies in one for testing or one for training."""
    kinds = [
        next((part.lower() in TEST for part in parts if part.lower() in (*TRAIN, *TEST)), None) for parts in parents
    ]
    if None in kinds or len(set(kinds)) < 2:
        return None
    held_out = np.array(kinds, bool)
    return held_out if np.count_nonzero(~held_out) >= npz_headers.MIN_EXAMPLES - npz_headers.MIN_EXAMPLES // 5 else None


def _counted(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _some(names: list[str]) -> str:
    """The first names of a list."""
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _natural(name: str) -> tuple[bool, int, str]:
    """Sorts names that are numbers by value, before the others."""
    return not name.isdecimal(), int(name) if name.isdecimal() else 0, name
