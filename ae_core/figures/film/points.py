"""Points of a map as pixels: thousands of them in some milliseconds."""

import numpy as np

from ae_core.figures.shared import SYMBOLS

FINER = 2  # points are drawn at twice the size and reduced, which makes their edges smooth
RADIUS = 2.9  # pixels
NOBODY = 255


def _stamps() -> np.ndarray:
    """Places of a point's pixels around its middle at the finer size, `(symbols, pixels, 2)`: right and down.

    Small symbols tell one of their pixels several times, so that all have equally many.
    """
    radius = FINER * RADIUS
    reach = int(1.25 * radius) + 1
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = {
        "circle": right**2 + down**2 <= radius**2,
        "diamond": abs(right) + abs(down) <= 1.25 * radius,
        "square": np.maximum(abs(right), abs(down)) <= 0.85 * radius,
    }
    found = [np.stack([right[inside[name]], down[inside[name]]], axis=1) for name in SYMBOLS]
    most = max(map(len, found))
    return np.stack([np.pad(one, ((0, most - len(one)), (0, 0)), mode="edge") for one in found])


STAMPS = _stamps()


def draw_points(
    behind: np.ndarray, places: np.ndarray, symbols: np.ndarray, colours: np.ndarray, palette: np.ndarray
) -> np.ndarray:
    """Points on a picture; of two that overlap the later one lies above.

    Args:
        behind: The picture, bytes of shape `(height, width, 3)`.
        places: Where each point lies, right and down in pixels, of shape `(n, 2)`; what lies outside is not drawn.
        symbols: Number of each point's symbol in `SYMBOLS`, of shape `(n,)`.
        colours: Number of each point's colour in the palette, below 255, of shape `(n,)`.
        palette: Colours, bytes of shape `(colours, 3)`.

    Returns:
        The picture with its points, of the same shape.
    """
    height, width, _ = behind.shape
    near = (np.abs(places) < 2 * max(height, width)).all(axis=1)  # also those that are numbers at all
    middles = np.floor(FINER * places[near]).astype(int)[:, None]  # (points, 1, 2)
    right, down = np.moveaxis(middles + STAMPS[symbols[near]], -1, 0)  # (points, pixels)
    inside = (right >= 0) & (right < FINER * width) & (down >= 0) & (down < FINER * height)
    owner = np.full((FINER * height, FINER * width), NOBODY, np.uint8)
    # In the order of the points, and what is told last stays.
    owner[down[inside], right[inside]] = np.broadcast_to(colours[near, None], right.shape)[inside]
    parts = [owner[down::FINER, right::FINER] for down in range(FINER) for right in range(FINER)]
    touched = np.logical_or.reduce([part != NOBODY for part in parts])
    shown = np.stack([part[touched] for part in parts], axis=1).astype(int)  # (pixels, 4)
    ground = behind[touched][:, None].astype(np.float32)
    paint = np.where((shown == NOBODY)[..., None], ground, palette[shown % NOBODY % len(palette)])
    drawn = behind.copy()
    drawn[touched] = paint.mean(axis=1).round()
    return drawn
