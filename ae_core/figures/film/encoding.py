"""Frames as one animated picture, in one palette: so nothing flickers, and a frame waits in a byte a pixel."""

import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from PIL import Image

from ae_core.figures.plane import INK
from ae_core.figures.shared import COLOURS, Json
from ae_core.formats.png_sheets import CIVIDIS

Kind = Literal["webp", "gif"]

FOREVER = 0  # rounds
QUALITY = 38  # of 100, for WebP: 150 frames of a busy map are 3 MB, and 5.5 MB at 60
EFFORT = 2  # of 6: half the time of the usual 4
SEEN_THROUGH = 150 / 255  # of the colours of a column that lies behind a map
STEPS = 32  # of red, green and blue each, in which the nearest colour is looked up


def encode(frames: Iterable[Image.Image], durations: Sequence[int], kind: str) -> bytes:
    """The file.

    Args:
        frames: Pictures of red, green and blue of one size, at least one.
        durations: How long each is seen, in milliseconds; a GIF counts in hundredths of a second.
        kind: `webp` or `gif`.
    """
    palette = _palette()
    table = _nearest(palette)
    first, *others = (_numbered(frame, table, palette) for frame in frames)
    # Only the first frame is whole: to try for each later one whether it would be shorter as a whole takes as long
    # again, and it never is.
    whole = len(others) + 1
    wishes: Json = {"optimize": False, "disposal": 1}
    if kind == "webp":
        wishes = {"quality": QUALITY, "method": EFFORT, "kmin": whole, "kmax": whole + 1}
    stream = io.BytesIO()
    first.save(
        stream,
        kind.upper(),
        save_all=True,
        append_images=others,
        duration=list(durations),
        loop=FOREVER,
        **wishes,
    )
    return stream.getvalue()


def _palette() -> np.ndarray:
    """At most 256 colours, `(n, 3)`: greys, classes and the plane's ink thinned, errors, a column, a coarse cube."""
    greys = np.linspace(0, 255, 24)[:, None].repeat(3, axis=1)
    classes = np.array([tuple(bytes.fromhex(colour[1:])) for colour in COLOURS])
    thinned = np.concatenate([255 - share * (255 - classes) for share in (1.0, 0.6, 0.3)])
    inks = 255 - np.linspace(0, 1, 8)[:, None] * (255 - np.array(tuple(bytes.fromhex(INK[1:]))))
    anchors = np.arange(len(CIVIDIS))
    errors = np.stack([np.interp(np.linspace(0, anchors[-1], 24), anchors, channel) for channel in CIVIDIS.T], axis=1)
    behind = 255 - SEEN_THROUGH * (255 - errors)
    cube = np.array([*itertools.product(np.linspace(0, 255, 5), repeat=3)])
    return np.unique(np.concatenate([greys, thinned, inks, errors, behind, cube]).round().astype(np.uint8), axis=0)


def _nearest(palette: np.ndarray) -> np.ndarray:
    """Number of the palette's nearest colour for each colour of a fine cube, bytes of shape `(STEPS ** 3,)`."""
    middles = np.linspace(0, 255, STEPS)
    cube = np.array([*itertools.product(middles, repeat=3)], np.float32)  # (STEPS³, 3)
    colours = palette.astype(np.float32)
    found = [((part[:, None] - colours) ** 2).sum(axis=-1).argmin(axis=1) for part in np.array_split(cube, 16)]
    return np.concatenate(found).astype(np.uint8)


def _numbered(frame: Image.Image, table: np.ndarray, palette: np.ndarray) -> Image.Image:
    red, green, blue = np.moveaxis(np.asarray(frame) // (256 // STEPS), -1, 0).astype(np.uint16)
    numbers = Image.fromarray(table[(red * STEPS + green) * STEPS + blue])
    numbers.putpalette(palette.tobytes())
    return numbers
