"""Vectors drawn as curves: the pictures of data that are not images."""

import numpy as np

HEIGHT = 28  # pixels of a tile, as many as most images here have
NARROWEST, WIDEST = 28, 56
LINE = 1.4  # thickness of the line in pixels
MARGIN = 1.5  # pixels above the highest and below the lowest value
TOGETHER = 250  # curves drawn at a time, so that the work stays in the processor's cache


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
    tiles = np.empty((count, HEIGHT, width, 1), np.uint8)
    # Whole places along the vector and the borders between the columns, in order: a column is what lies between its
    # borders. Both are needed, for peaks and for a line without gaps.
    borders = np.linspace(0, length - 1, width + 1)
    places = np.union1d(np.arange(length), borders)
    starts, ends = np.searchsorted(places, borders[:-1]), np.searchsorted(places, borders[1:])
    below = np.minimum(places.astype(int), length - 1)
    above = np.minimum(below + 1, length - 1)
    share = (places - below).astype(np.float32)
    middles = np.arange(HEIGHT, dtype=np.float32)[:, None]
    for first in range(0, count, TOGETHER):
        part = np.nan_to_num(values[first : first + TOGETHER].astype(np.float32), posinf=0.0, neginf=0.0)
        level = np.clip((part - low) / (high - low), 0.0, 1.0)
        rows = MARGIN + (1.0 - level) * (HEIGHT - 1 - 2 * MARGIN)  # in pixels from the top
        line = rows[:, below] * (1.0 - share) + rows[:, above] * share  # (n, places)
        pairs = np.stack([starts, ends + 1], axis=1).ravel()
        # One more place at the end, because a stretch may reach up to it.
        padded = np.concatenate([line, line[:, -1:]], axis=1)
        top = np.minimum.reduceat(padded, pairs, axis=1)[:, None, ::2] - LINE / 2  # (n, 1, width)
        bottom = np.maximum.reduceat(padded, pairs, axis=1)[:, None, ::2] + LINE / 2
        covered = np.minimum(bottom, middles + 0.5) - np.maximum(top, middles - 0.5)  # (n, 28, width)
        tiles[first : first + TOGETHER, ..., 0] = np.rint(255 * np.clip(covered, 0.0, 1.0))
    return tiles
