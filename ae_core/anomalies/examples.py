"""The oddest and the plainest test examples, each with what made it odd: the largest parts of its error."""

from collections.abc import Callable

import numpy as np

from ae_core.anomalies.scores import Network
from ae_core.anomalies.split import Examples, Split
from ae_core.formats.png_sheets import FEW_ERRORS, FEW_GREYS, draw_curves, largest, sheet_with_errors
from ae_core.messages import Example, Feature

SHOWN = 12  # of the oddest, and of the plainest
FEATURES = 4  # of an example
LEAST_SHARE = 0.005  # of an example's error, from which a value is worth a line
GAP = 1  # pixels between the pictures of an example


def extremes(
    network: Network, some: Callable[[np.ndarray], Examples], errors: np.ndarray
) -> tuple[list[Example], list[Example]]:
    """The examples with the largest error and those with the smallest, most extreme first.

    Args:
        network: The network.
        some: Gives the examples with these numbers, such as `Examples.some`.
        errors: The network's error of each that is looked through.
    """
    order = np.argsort(-errors, kind="stable")
    ends = order[:SHOWN], order[::-1][:SHOWN]
    oddest, plainest = (_described(network, some(rows), errors, rows) for rows in ends)
    return oddest, plainest


def _described(network: Network, few: Examples, errors: np.ndarray, rows: np.ndarray) -> list[Example]:
    outputs = network.reconstruct(few)
    squares = np.square(outputs - few.inputs) * (1.0 if few.known is None else few.known)
    split = network.split
    raw = _raw(split, few.inputs) if few.raw is None else few.raw
    pictures = _pictures(split, few.inputs, outputs, squares)
    return [
        Example(
            row=int(row),
            label=int(few.labels[place]),
            score=float(errors[row]),
            features=[] if split.spec.is_image else features(split, raw[place], outputs[place], squares[place]),
            picture=pictures[place],
        )
        for place, row in enumerate(rows)
    ]


def features(split: Split, raw: np.ndarray, expected: np.ndarray, squares: np.ndarray) -> list[Feature]:
    """The values of one example with the largest parts of its error, the largest first.

    Of a series its channels, each with the moment at which it is farthest from what is expected; of a category all
    columns that stand for it together.

    Args:
        split: Its data.
        raw: The example as the file had it, ndarray of shape `spec.shape`, like the next two.
        expected: Its reconstruction, as the network gives it.
        squares: Squared error of each value; 0 where the value is unknown.
    """
    total = float(squares.sum()) or 1.0
    moments = squares.reshape(-1, squares.shape[-1])  # (1 or time, columns or channels)
    raw, made = (one.reshape(moments.shape) for one in (raw, _raw(split, expected)))
    together = _together(split, moments.shape[-1])
    parts = np.array([moments[:, columns].sum() for columns in together])
    found = []
    for one in np.argsort(-parts, kind="stable")[:FEATURES]:
        columns, share = together[one], min(float(parts[one]) / total, 1.0)
        place = int(moments[:, columns[0]].argmax()), columns[0]
        if share < LEAST_SHARE:
            continue
        if split.info.columns and split.info.columns[columns[0]].category:
            found.append(_category(split, columns, raw[0], made[0], share))
        else:
            name = _name(split, *place)[:200]
            found.append(Feature(name=name, share=share, value=float(raw[place]), expected=float(made[place])))
    return found


def _together(split: Split, count: int) -> list[list[int]]:
    """Columns that stand for the same: all of a category, else each alone."""
    if not split.info.columns or split.spec.is_series:
        return [[column] for column in range(count)]
    found: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(split.info.columns):
        found.setdefault((one.name, -1 if one.category else place), []).append(place)
    return list(found.values())


def _category(split: Split, columns: list[int], raw: np.ndarray, made: np.ndarray, share: float) -> Feature:
    names = [split.info.columns[column].category for column in columns]
    value, guess = int(raw[columns].argmax()), int(made[columns].argmax())
    known = bool(raw[columns[value]] > 0)
    return Feature(
        name=split.info.columns[columns[0]].name[:200],
        share=share,
        value=float(known),
        expected=float(made[columns[guess]]),
        category=names[value][:80] if known else "",
        guess=names[guess][:80],
    )


def _raw(split: Split, values: np.ndarray) -> np.ndarray:
    """Network values in the units of the data."""
    return (values - split.data.raw_offset) / split.data.raw_scale


def _name(split: Split, moment: int, place: int) -> str:
    column = split.info.columns[place] if split.info.columns else None
    name = f"x{place + 1}" if column is None else column.name
    if column is not None and column.unit:
        name += f" ({column.unit})"
    if not split.spec.is_series:
        return name
    rate = split.info.rate
    return f"{name}, {moment / rate:.3g} s" if rate else f"{name}, {moment + 1}"


def _pictures(split: Split, inputs: np.ndarray, outputs: np.ndarray, squares: np.ndarray) -> list[bytes]:
    """For each example a PNG: itself, its reconstruction, and where the error lies; nothing for a table's row."""
    if split.spec.is_image:
        low, high = split.data.values.ends
        shown = [
            (np.clip((_raw(split, one) - low) / (high - low), 0, 1) * 255).round().astype(np.uint8)
            for one in (inputs, outputs)
        ]
        parts = squares.sum(axis=-1)  # (n, height, width)
    elif split.spec.is_series or not split.info.columns:
        lines = [_lines(split, one, squares) for one in (inputs, outputs, squares)]
        widest = np.abs(lines[0]).max() or 1.0
        shown = [draw_curves(one, -widest, widest) for one in lines[:2]]
        _, height, width, _ = shown[0].shape
        parts = np.broadcast_to(largest(lines[2], width)[:, None], (len(inputs), height, width))
    else:
        return [b""] * len(inputs)
    most = parts.reshape(len(parts), -1).max(axis=1)[:, None, None]
    shares = np.sqrt(parts / np.where(most > 0, most, 1.0))
    return [
        sheet_with_errors(
            np.stack([shown[0][place], shown[1][place]]), shares[place][None], 3, GAP, FEW_GREYS, FEW_ERRORS
        )
        for place in range(len(inputs))
    ]


def _lines(split: Split, values: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """One curve for each example: its values, or of a series the channel with the largest error."""
    if not split.spec.is_series:
        return values
    channels = squares.sum(axis=1).argmax(axis=1)  # (n,)
    return values[np.arange(len(values)), :, channels]
