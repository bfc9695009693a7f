"""Many small pictures on one sheet, a PNG file: made quickly, as every snapshot has some, and small, as they travel.

Data that are no images get their pictures here too: vectors drawn as curves.
"""

import functools
import io
import itertools
import math
from typing import Any

import numpy as np

# Cividis (Nuñez, Anderton & Renslow 2018), made for colour-blind eyes: five anchors from no error to the largest.
CIVIDIS = np.array([(0, 34, 78), (65, 77, 107), (124, 123, 120), (188, 175, 111), (254, 232, 56)], np.float32)

NOTHING = 1  # the shade that stands for what is transparent; a pixel that bears it becomes black, which no eye can see
GREYS, ERRORS = 128, 127  # and one more for what is transparent: as many as a byte can number
FEW_GREYS, FEW_ERRORS = 40, 20  # which the eye hardly tells from so many, in two thirds of the bytes
FEW_SHADES = 24

# Run-length coding suits pictures of one byte a pixel: 289×115 pixels of digits take 1.0 ms and 17 kB, with the usual
# coding at level 2 1.7 ms and 18 kB. Of colours it would make a third more.
QUICK: dict[str, Any] = {"compress_level": 1, "compress_type": 3}

# A small sheet. 225 digits of 28×28 pixels take 2.1 ms and 55 kB as they are, 0.7 ms and 8 kB as a small one.
SMALL_TILE = 400  # pixels of a picture, at most
LONGEST_SIDE = 40
SMALL_GREYS = 16
LEVELS = 6  # of each of three colours: 216 together

# Vectors as curves.
CURVE_HEIGHT = 28  # pixels of a tile, as many as most images here have
NARROWEST, WIDEST = 28, 56
LINE = 1.4  # thickness of the line in pixels
CURVE_MARGIN = 1.5  # pixels above the highest and below the lowest value
TOGETHER = 250  # curves drawn at a time, so that the work stays in the processor's cache


def sheet(tiles: np.ndarray, columns: int, gap: int, shades: int = 256) -> bytes:
    """Pictures row by row on one sheet.

    Args:
        tiles: Bytes of shape `(n, height, width, channels)`, with one or three channels.
        columns: Pictures in a row.
        gap: Transparent pixels between them.
        shades: Of each channel, 2 to 256; with fewer the file is smaller.
    """
    if shades < 256 and tiles.shape[-1] == 1:
        laid = mosaic(_numbers(tiles, shades), columns, gap, shades)
        return png(laid, _palette(shades, 0), transparency=shades, **QUICK)
    if shades < 256:
        tiles = _greys(shades)[_numbers(tiles, shades)]
    laid = mosaic(np.where(tiles == NOTHING, 0, tiles), columns, gap, NOTHING)
    if tiles.shape[-1] == 1:
        return png(laid, transparency=NOTHING, **QUICK)
    return png(laid, transparency=(NOTHING,) * 3)


def sheet_with_errors(
    tiles: np.ndarray, errors: np.ndarray, columns: int, gap: int, greys: int = GREYS, colours: int = ERRORS
) -> bytes:
    """The same, and below them errors in the colours of Cividis.

    Four channels of 289×115 pixels take 4.5 ms and 37 kB; numbers of colours take 0.5 ms and 17 kB, with few greys and
    colours 11 kB.

    Args:
        tiles: Bytes of shape `(n, height, width, channels)`, with one or three channels.
        errors: Shape `(m, height, width)`, from 0 to 1.
        columns: Pictures in a row.
        gap: Transparent pixels between them.
        greys: Shades of grey pictures; together with `colours` at most 255.
        colours: Colours of errors.
    """
    shares = np.clip(errors, 0, 1)[..., None]
    if tiles.shape[-1] == 3:
        return sheet(np.concatenate([tiles, _ramp(shares[..., 0])]), columns, gap)
    shades = (shares * (colours - 1)).round().astype(np.uint8) + np.uint8(greys)
    laid = mosaic(np.concatenate([_numbers(tiles, greys), shades]), columns, gap, greys + colours)
    return png(laid, _palette(greys, colours), transparency=greys + colours, compress_level=4)


def small_sheet(tiles: np.ndarray, columns: int) -> tuple[bytes, tuple[int, int]]:
    """Pictures row by row on one sheet without gaps, smaller and in few colours: what stands behind something else.

    Args:
        tiles: Bytes of shape `(n, height, width, channels)`, with one or three channels.
        columns: Pictures in a row.

    Returns:
        The sheet, and height and width of one picture on it, in pixels.
    """
    small = _smaller(tiles)
    levels = SMALL_GREYS if small.shape[-1] == 1 else LEVELS
    numbers = (small * np.float32((levels - 1) / 255)).round().astype(np.uint8)
    if numbers.shape[-1] == 3:
        numbers = (numbers @ np.array([levels * levels, levels, 1], np.uint8))[..., None]
    shades = np.linspace(0, 255, levels).round().astype(np.uint8)
    colours = np.array([*itertools.product(shades, repeat=small.shape[-1])])  # (colours, channels)
    _, height, width, _ = small.shape
    return png(mosaic(numbers, columns, 0), np.broadcast_to(colours, (len(colours), 3)), compress_level=4), (
        height,
        width,
    )


def _smaller(tiles: np.ndarray) -> np.ndarray:
    """Pictures reduced to a small tile: each pixel is the mean of a square of them; of an oblong in narrow pictures."""
    _, height, width, _ = tiles.shape
    factor = math.ceil(math.sqrt(height * width / SMALL_TILE))
    down, across = (max(min(factor, side), math.ceil(side / LONGEST_SIDE)) for side in (height, width))
    if down == across == 1:
        return tiles
    padded = np.pad(tiles, ((0, 0), (0, -height % down), (0, -width % across), (0, 0)), mode="edge")
    # Part by part: several times as fast as a mean over two axes.
    parts = [padded[:, top::down, left::across] for top in range(down) for left in range(across)]
    total = np.zeros(parts[0].shape, np.float32)
    for part in parts:
        total += part
    return total / len(parts)


def mosaic(tiles: np.ndarray, columns: int, gap: int, between: int = 0) -> np.ndarray:
    """Pictures `(n, height, width, channels)` row by row in one, with `gap` pixels of the value `between` around."""
    count, height, width, channels = tiles.shape
    rows = -(-count // columns)
    laid = np.full((rows * columns, height + gap, width + gap, channels), between, np.uint8)
    laid[:count, :height, :width] = tiles
    laid = laid.reshape(rows, columns, height + gap, width + gap, channels).swapaxes(1, 2)
    picture = laid.reshape(rows * (height + gap), columns * (width + gap), channels)
    return picture[: rows * (height + gap) - gap, : columns * (width + gap) - gap]


def png(picture: np.ndarray, palette: np.ndarray | None = None, **wishes: Any) -> bytes:
    """A picture as a PNG file.

    Args:
        picture: Bytes of shape `(height, width, channels)`: grey, red-green-blue, or that and opacity.
        palette: Colours `(n, 3)` of which a picture of one channel holds the numbers.
        wishes: What Pillow's `save` may be told.
    """
    from PIL import Image

    image = Image.fromarray(picture.squeeze(-1) if picture.shape[-1] == 1 else picture)
    if palette is not None:
        image.putpalette(palette.tobytes())
    stream = io.BytesIO()
    image.save(stream, "PNG", **{"compress_level": 2} | wishes)
    return stream.getvalue()


def _ramp(shares: np.ndarray) -> np.ndarray:
    """Numbers from 0 to 1 → colours: `(...)` → `(..., 3)` bytes."""
    place = shares * (len(CIVIDIS) - 1)
    below = np.minimum(place.astype(int), len(CIVIDIS) - 2)
    share = (place - below)[..., None]
    return ((1 - share) * CIVIDIS[below] + share * CIVIDIS[below + 1]).round().astype(np.uint8)


def _numbers(tiles: np.ndarray, shades: int) -> np.ndarray:
    """Bytes → which of so many shades is nearest to each."""
    return (np.arange(256) * ((shades - 1) / 255)).round().astype(np.uint8)[tiles]


def _greys(shades: int) -> np.ndarray:
    return np.linspace(0, 255, shades).round().astype(np.uint8)


@functools.cache
def _palette(greys: int, colours: int) -> np.ndarray:
    """So many greys, colours of errors, and what is transparent, as bytes `(n, 3)`."""
    ramp = _ramp(np.linspace(0, 1, colours)) if colours else np.zeros((0, 3), np.uint8)
    return np.concatenate([_greys(greys)[:, None].repeat(3, axis=1), ramp, np.zeros((1, 3), np.uint8)])


def draw_curves(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Draws each vector as a white curve on black, its first value at the left.

    A column of pixels holds the values that fall into it, and the line between them: it is white from the lowest to the
    highest of these, so no peak is lost where a pixel stands for several values.

    Args:
        values: Vectors, ndarray of shape `(n_samples, length)`; what is not finite counts as 0.
        low: Value at the bottom; what is lower is drawn there.
        high: Value at the top, above `low`.

    Returns:
        Bytes of shape `(n_samples, 28, width, 1)`; the width is the length, but at least 28 and at most 56.
    """
    count, length = values.shape
    width = int(np.clip(length, NARROWEST, WIDEST))
    tiles = np.empty((count, CURVE_HEIGHT, width, 1), np.uint8)
    # Whole places along the vector and the borders between the columns, in order: a column is what lies between its
    # borders. Both are needed, for peaks and for a line without gaps.
    borders = np.linspace(0, length - 1, width + 1)
    places = np.union1d(np.arange(length), borders)
    starts, ends = np.searchsorted(places, borders[:-1]), np.searchsorted(places, borders[1:])
    below = np.minimum(places.astype(int), length - 1)
    above = np.minimum(below + 1, length - 1)
    share = (places - below).astype(np.float32)
    middles = np.arange(CURVE_HEIGHT, dtype=np.float32)[:, None]
    for first in range(0, count, TOGETHER):
        part = np.nan_to_num(values[first : first + TOGETHER].astype(np.float32), posinf=0.0, neginf=0.0)
        level = np.clip((part - low) / (high - low), 0.0, 1.0)
        rows = CURVE_MARGIN + (1.0 - level) * (CURVE_HEIGHT - 1 - 2 * CURVE_MARGIN)  # in pixels from the top
        line = rows[:, below] * (1.0 - share) + rows[:, above] * share  # (n, places)
        pairs = np.stack([starts, ends + 1], axis=1).ravel()
        # One more place at the end, because a stretch may reach up to it.
        padded = np.concatenate([line, line[:, -1:]], axis=1)
        top = np.minimum.reduceat(padded, pairs, axis=1)[:, None, ::2] - LINE / 2  # (n, 1, width)
        bottom = np.maximum.reduceat(padded, pairs, axis=1)[:, None, ::2] + LINE / 2
        covered = np.minimum(bottom, middles + 0.5) - np.maximum(top, middles - 0.5)  # (n, 28, width)
        tiles[first : first + TOGETHER, ..., 0] = np.rint(255 * np.clip(covered, 0.0, 1.0))
    return tiles


def largest(values: np.ndarray, width: int) -> np.ndarray:
    """Values below a curve, one for each column of pixels: the largest where it stands for several, so none is lost.

    Args:
        values: ndarray of shape `(n_samples, length)`.
        width: Columns of pixels.
    """
    length = values.shape[1]
    if length <= width:
        return values[:, np.linspace(0, length - 1, width).round().astype(int)]
    return np.maximum.reduceat(values, np.arange(width) * length // width, axis=1)
