"""What else a person may look at while a model trains: pictures and bars beside the loss, the map and the grid.

A panel is measured in the worker at every snapshot, travels as `messages.Pictures` or `messages.Bars`, and becomes a
figure in `ae_core.figures.panel`.
"""

from collections.abc import Callable

import numpy as np

from ae_core.formats.png_sheets import sheet
from ae_core.messages import Bars, Numbers, Pictures
from ae_core.models.contracts import Look

COLUMNS, ROWS = 10, 2  # most tiles of a panel that shows parts of a network


def pictures(tiles: np.ndarray, columns: int, rows: list[str], caption: str = "", shades: int = 256) -> Pictures:
    """Content that is pictures.

    Args:
        tiles: Bytes of shape `(n_samples, height, width, channels)`, row by row.
        columns: Tiles in a row.
        rows: A label for each row.
        caption: One sentence.
        shades: Shades of grey that are kept: few make a sheet of many pictures small.
    """
    gap = 1
    _, height, width, _ = tiles.shape
    return Pictures(
        png=sheet(tiles, columns, gap, shades),
        columns=columns,
        rows=rows,
        tile=(height, width),
        gap=gap,
        caption=caption,
    )


def bars(
    values: np.ndarray,
    x_title: str,
    y_title: str,
    *,
    x: np.ndarray | None = None,
    line: float | None = None,
    line_name: str = "",
    faint: np.ndarray | None = None,
    caption: str = "",
) -> Bars:
    """Content that is bars.

    Args:
        values: Heights of the bars, ndarray of shape `(n_bars,)`.
        x_title: What stands along the axis.
        y_title: What the height means, with its unit.
        x: Centres of the bars; 1, 2, 3 … by default.
        line: A value to compare with: of the height, or, where `x` is given, a place on the axis.
        line_name: Its name.
        faint: Places of the bars that count for little, ndarray of bool.
        caption: One sentence.
    """
    return Bars(
        x=[*range(1, len(values) + 1)] if x is None else x.tolist(),
        values=np.asarray(values, np.float64).round(6).tolist(),
        x_title=x_title,
        y_title=y_title,
        line=line,
        line_name=line_name,
        upright=x is not None,
        faint=[] if faint is None else np.flatnonzero(faint).tolist(),
        caption=caption,
    )


class BeforeAndNow:
    """A panel of tiles that change while a model trains: those before the training above, those of now below.

    Args:
        tiles: Bytes of shape `(n, height, width, channels)`, at most `COLUMNS · ROWS`, as they are when it is called.
        shades: See `pictures`.
    """

    def __init__(self, tiles: Callable[[], np.ndarray], shades: int = 256):
        self._tiles, self._kept = tiles, shades
        self._before = tiles()

    def numbers(self, look: Look) -> Numbers:
        """None."""
        return {}

    def measure(self, look: Look) -> Pictures:
        """Both rows of pictures."""
        now = self._tiles()
        rows = -(-len(now) // COLUMNS)
        columns = -(-len(now) // rows)  # rows of one length: a blank tile looks like a dead unit
        blank = np.zeros((rows * columns - len(now), *now.shape[1:]), np.uint8)
        tiles = np.concatenate([self._before, blank, now, blank])
        labels = ["before", *[""] * (rows - 1), "now", *[""] * (rows - 1)]
        return pictures(tiles, columns, labels, shades=self._kept)
