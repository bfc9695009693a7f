"""How a person's own values become what a trained network takes: goes with the model, in its file and in its result."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from ae_core.data import Column, DataInfo, Prepared
from ae_core.data.ranges import worded
from ae_core.formats import keras_file
from ae_core.formats.archive import ZIP_ERRORS
from ae_core.messages import ColumnTitle, Preprocessing
from ae_core.settings import Settings


def preprocessing(info: DataInfo, data: Prepared, settings: Settings) -> Preprocessing:
    """The message.

    Args:
        info: The data set.
        data: Its prepared tables.
        settings: The experiment.
    """
    scale, offset = (_listed(numbers, data.spec.shape) for numbers in (data.raw_scale, data.raw_offset))
    return Preprocessing(
        values=worded(*info.said(settings)), scale=scale, offset=offset, columns=column_titles(info.columns)
    )


def column_titles(columns: Sequence[Column]) -> list[ColumnTitle]:
    """Columns as messages have them."""
    return [ColumnTitle(name=one.name, unit=one.unit, category=one.category) for one in columns]


def _listed(numbers: np.ndarray, shape: tuple[int, ...]) -> list[float]:
    """One number where all are the same, else one for each value of an example."""
    flat = np.unique(numbers)
    return (flat if flat.size == 1 else np.broadcast_to(numbers, shape).reshape(-1)).astype(float).tolist()


def note(path: Path, told: Preprocessing | None) -> None:
    """Puts it into a `.keras` file that Keras has written; Keras reads past it.

    Args:
        path: The file.
        told: What to put there; None is nothing.
    """
    if told is not None:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(keras_file.PREPROCESSING, msgspec.json.encode(told))


def noted(path: Path) -> Preprocessing | None:
    """What stands in a `.keras` file; None where nothing does, as in files of earlier versions, or something else.

    Args:
        path: The file, of which at least the members were checked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if keras_file.PREPROCESSING not in archive.namelist():
                return None
            if archive.getinfo(keras_file.PREPROCESSING).file_size > keras_file.LARGEST_CONFIG:
                return None
            return msgspec.json.decode(archive.read(keras_file.PREPROCESSING), type=Preprocessing)
    except (*ZIP_ERRORS, msgspec.DecodeError):
        return None
