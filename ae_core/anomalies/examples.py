"""The oddest and the plainest test examples, each with what made it odd: the largest parts of its error."""

import numpy as np

from ae_core.anomalies.scores import Network
from ae_core.anomalies.split import Examples, Split
from ae_core.formats.png_sheets import FEW_ERRORS, FEW_GREYS, draw_curves, sheet_with_errors
from ae_core.messages import Example, Feature

SHOWN = 12  # of the oddest, and of the plainest
FEATURES = 4  # of an example
GAP = 1  # pixels between the pictures of an example


def extremes(network: Network, examples: Examples, errors: np.ndarray) -> tuple[list[Example], list[Example]]:
    """The examples with the largest error and those with the smallest, most extreme first.

    Args:
        network: The network.
        examples: Those that are looked through.
        errors: Its error of each.
    """
    order = np.argsort(-errors, kind="stable")
    return _described(network, examples, errors, order[:SHOWN]), _described(
        network, examples, errors, order[::-1][:SHOWN]
    )


def _described(network: Network, examples: Examples, errors: np.ndarray, rows: np.ndarray) -> list[Example]:
    known = None if examples.known is None else examples.known[rows]
    few = Examples(examples.inputs[rows], known, examples.labels[rows], examples.odd[rows])
    outputs = network.reconstruct(few)
    squares = np.square(outputs - few.inputs) * (1.0 if known is None else known)
    split = network.split
    pictures = _pictures(split, few.inputs, outputs, squares)
    return [
        Example(
            row=int(row),
            label=int(few.labels[place]),
            score=float(errors[row]),
            features=[] if split.spec.is_image else features(split, few.inputs[place], outputs[place], squares[place]),
            picture=pictures[place],
        )
        for place, row in enumerate(rows)
    ]


def features(split: Split, value: np.ndarray, expected: np.ndarray, squares: np.ndarray) -> list[Feature]:
    """The values of one example with the largest parts of its error, the largest first.

    Of a series its channels, each with the moment at which it is farthest from what is expected.

    Args:
        split: Its data.
        value: The example as the network sees it, ndarray of shape `spec.shape`, like the next two.
        expected: Its reconstruction.
        squares: Squared error of each value; 0 where the value is unknown.
    """
    total = float(squares.sum()) or 1.0
    moments = squares.reshape(-1, squares.shape[-1])  # (1 or time, columns or channels)
    parts = moments.sum(axis=0)
    raw, made = (_raw(split, one).reshape(moments.shape) for one in (value, expected))
    found = []
    for column in np.argsort(-parts, kind="stable")[:FEATURES]:
        share = float(parts[column]) / total
        place = int(moments[:, column].argmax()), int(column)
        if share > 0:
            found.append(
                Feature(
                    name=_name(split, *place)[:200],
                    share=min(share, 1.0),
                    value=float(raw[place]),
                    expected=float(made[place]),
                )
            )
    return found


def _raw(split: Split, values: np.ndarray) -> np.ndarray:
    """Network values in the units of the data."""
    return (values - split.data.raw_offset) / split.data.raw_scale


def _name(split: Split, moment: int, place: int) -> str:
    column = split.info.columns[place] if split.info.columns else None
    name = f"x{place + 1}" if column is None else column.name
    if column is not None and column.category:
        name += f" = {column.category}"
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
        columns = np.linspace(0, lines[2].shape[1] - 1, width).round().astype(int)
        parts = np.broadcast_to(lines[2][:, None, columns], (len(inputs), height, width))
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
