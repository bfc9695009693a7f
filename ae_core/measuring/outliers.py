"""The value of a table that lies farthest from the others of its column, which stretches the whole column."""

from typing import TYPE_CHECKING

import numpy as np

from ae_core.messages import Outlier

if TYPE_CHECKING:
    from ae_core.data import Prepared

LARGEST = 20_000_000  # numbers that are looked at


def farthest(data: "Prepared", categories: list[bool]) -> Outlier | None:
    """The training value farthest from its column's quartiles, in interquartile ranges `(x - q₃) / (q₃ - q₁)`.

    Columns of which half are the same value have no such range, and are left out.

    Args:
        data: Of rows with named columns.
        categories: Whether each column stands for a category, and is left out.

    Returns:
        It; None if there is no such column.
    """
    table = data.x_train[: max(1, LARGEST // data.spec.size)]
    columns = [place for place, one in enumerate(categories) if not one and not np.isnan(table[:, place]).all()]
    if not columns:
        return None
    numbers = table[:, columns]
    low, high = np.nanquantile(numbers, [0.25, 0.75], axis=0)  # (columns,) each
    spread = high - low
    ends = np.stack([np.nanmin(numbers, axis=0), np.nanmax(numbers, axis=0)])
    apart = np.stack([low - ends[0], ends[1] - high]) / np.where(spread > 0, spread, np.inf)
    side, column = np.unravel_index(int(apart.argmax()), apart.shape)
    if not apart[side, column] > 0:
        return None
    seen = np.array([ends[side, column], low[column], high[column]], np.float64)
    scale, offset, raw_scale, raw_offset = (
        np.broadcast_to(one, data.spec.shape)[columns[column]]
        for one in (data.scale, data.offset, data.raw_scale, data.raw_offset)
    )
    value, low_end, high_end = ((seen * scale + offset - raw_offset) / raw_scale).tolist()
    return Outlier(column=columns[column], value=value, low=low_end, high=high_end, ranges=float(apart[side, column]))
