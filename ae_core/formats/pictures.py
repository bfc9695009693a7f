"""One picture that nobody vouches for: fitted into a square, with the depth and the transparency that it has."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


@dataclass(frozen=True)
class Picture:
    """A picture as a square.

    Args:
        values: uint8 of shape `(side, side, 3)`; of a grey picture of more than 8 bits `(side, side, 1)`: uint16, or
            float32 for decimal numbers.
        size: Width and height before that, as it is shown.
        opacity: uint8 of shape `(side, side, 1)`; None if all is opaque.
        cut: Whether its colours had 16 bits, of which 8 are left.
    """

    values: np.ndarray
    size: tuple[int, int]
    opacity: np.ndarray | None = None
    cut: bool = False


def decode(payload: bytes, side: int) -> Picture:
    """A picture's bytes → a square of so many pixels a side.

    The whole picture is fitted in, and padded with what stands in its upper left corner.

    Args:
        payload: The file, of which at least the size was checked.
        side: Pixels a side.

    Raises:
        Exception: What Pillow raises at damaged files.
    """
    with Image.open(io.BytesIO(payload), formats=FORMATS) as opened:
        stated = opened.size
        opened.draft("RGB", (2 * side, 2 * side))  # a JPEG decoder can shrink while it decodes
        shrunk, picture = opened.size, ImageOps.exif_transpose(opened)
        size = stated if picture.size == shrunk else stated[::-1]  # a camera that was turned says so
        cut = _has_deep_colours(payload) and not picture.mode.startswith("I")
        if picture.mode.startswith("I") or picture.mode == "F":
            return Picture(_deep(picture, side), size)
        if picture.has_transparency_data:
            square = _fitted(picture.convert("RGBA"), side)
            return Picture(square[..., :3], size, square[..., 3:], cut)
        return Picture(_fitted(picture.convert("RGB"), side), size, cut=cut)


def _has_deep_colours(payload: bytes) -> bool:
    """Whether a PNG file states 16 bits a channel."""
    return payload[:8] == b"\x89PNG\r\n\x1a\n" and payload[24:25] == b"\x10"


def _deep(picture: Image.Image, side: int) -> np.ndarray:
    """Grey values of more than 8 bits, as many as they are."""
    decimal = picture.mode == "F"
    values = np.asarray(picture).astype(np.float32)
    low, high = float(values.min()), float(values.max())  # also tells what is no number
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError("A picture must hold finite numbers.")
    # The resampling overshoots at edges; no value may come that the picture does not reach.
    square = np.clip(_fitted(Image.fromarray(values), side)[..., None], low, high)
    if decimal or low < 0 or high > 65_535:
        return square
    return np.rint(square).astype(np.uint16)


def _fitted(picture: Image.Image, side: int) -> np.ndarray:
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    square = Image.new(picture.mode, (side, side), picture.getpixel((0, 0)))
    small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return np.asarray(square)
