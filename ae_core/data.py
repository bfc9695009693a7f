"""A name becomes arrays of stated shape, range and meaning.

Where a name is looked up, first match first: `NAME.npz` in the folder `AE_DATA_DIR`, kept uploads, the built-in data
sets. Files are never trusted: `ae_core.npz` checks each before it decodes anything.
"""

import dataclasses
import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ae_core import download, npz, sources, uploads
from ae_core.archive import DataError, megabytes, open_archive, printable
from ae_core.config import DataSpec, Settings
from ae_core.download import Progress
from ae_core.sources import DataInfo, Dataset

MAX_FILE_BYTES = npz.MAX_RAW_BYTES
SPLIT_SEED = 60_221_023
NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
ZSCORE_LIMIT = 3.0
IQR_FACTOR = 1.5

__all__ = [
    "DataError", "DataInfo", "Dataset", "Prepared", "catalogue", "default_name", "load", "prepare", "store_upload",
]  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """Data split and cleaned for one training.

    The network's input is `table.astype(float32) * scale + offset`.

    Args:
        x_train: uint8 images or float32 vectors to learn from.
        x_validation: Like `x_train`, kept out of training to watch for over-fitting.
        x_test: Like `x_train`, in the data set's own order; never seen in training.
        y_train: int64 class numbers; zeros without classes.
        y_validation: Like `y_train`.
        y_test: Like `y_train`.
        scale: float32, broadcasts to one example.
        offset: float32, broadcasts to one example.
        spec: Shape of one example and range after scaling.
        dropped: Outliers removed from training.
        notes: Sentences for a person.
    """

    x_train: np.ndarray
    x_validation: np.ndarray
    x_test: np.ndarray
    y_train: np.ndarray
    y_validation: np.ndarray
    y_test: np.ndarray
    scale: np.ndarray
    offset: np.ndarray
    spec: DataSpec
    dropped: int
    notes: tuple[str, ...]


def catalogue() -> dict[str, DataInfo]:
    """Every data set by name: built in, from `AE_DATA_DIR`, and kept uploads. Reads files' headers at most.

    A file that is not in order is left out, unless it stands for a built-in data set; `load` says what is wrong.
    """
    infos = dict(sources.INFOS)
    for path in [*_files_in(uploads.uploads_folder(), "upload-*.npz"), *_files_in(data_folder(), "*.npz")]:
        try:
            infos[path.stem] = _info(path)
        except DataError:
            continue  # said by load(), when somebody asks for it
    return infos


def public_names() -> list[str]:
    """Names of the data sets that everybody may know: all but uploads."""
    return [name for name in catalogue() if not name.startswith("upload-")]


def default_name() -> str:
    """The data set to begin with: `mnist` if it lies on this machine in good order, else `digits`."""
    path = _path_of("mnist")
    if path is None:
        return "mnist" if download.available("mnist") else "digits"
    try:
        _info(path)
    except DataError:
        return "digits"
    return "mnist"


def data_folder() -> Path | None:
    """The folder that `AE_DATA_DIR` names, or None."""
    folder = os.environ.get("AE_DATA_DIR")
    return Path(folder).expanduser() if folder else None


def load(name: str, progress: Progress | None = None) -> Dataset:
    """Loads a data set; downloads MNIST and Fashion-MNIST if they are not here yet.

    Args:
        name: A name from `catalogue`.
        progress: Called with a text and a share from 0 to 1, or None while the share is unknown.

    Returns:
        The data set, with its class names.

    Raises:
        DataError: If there is no such data set, or it cannot be had or used.
    """
    path = _path_of(name)
    if path is not None:
        return _load_file(path)
    if name in sources.GENERATED:
        return sources.GENERATED[name]()
    if name in download.PUBLISHED:
        arrays = download.fetch(name, progress or (lambda text, share: None))
        return Dataset(
            sources.INFOS[name],
            arrays["x_train"][..., None], arrays["y_train"].astype(np.int64),
            arrays["x_test"][..., None], arrays["y_test"].astype(np.int64),
        )  # fmt: skip
    allowed = ", ".join(public_names())
    if name.startswith("upload-"):
        raise DataError(
            f"dataset {printable(name)!r} is not kept here any more: upload the file again, or choose one of {allowed}."
        )
    raise DataError(f"dataset must be one of {allowed}. Received: {printable(name)!r}.")


def store_upload(filename: str, payload: bytes) -> DataInfo:
    """Checks, converts and keeps an uploaded `.npz` file or `.zip` of pictures.

    Args:
        filename: The name it had on the person's machine.
        payload: Its bytes, at most `uploads.MAX_UPLOAD_BYTES`.

    Returns:
        What it is, with the name under which `load` finds it.

    Raises:
        DataError: If anything is wrong with it, or it cannot be kept.
    """
    return _info(uploads.keep_upload(filename, payload))


def _files_in(folder: Path | None, pattern: str) -> list[Path]:
    """Files with usable names in a folder, in order; none if there is no such folder."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path for path in folder.glob(pattern) if NAME_PATTERN.fullmatch(path.stem) and path.is_file())


def _path_of(name: str) -> Path | None:
    """The file that a name stands for, or None. A name is matched before it becomes part of a path."""
    if not NAME_PATTERN.fullmatch(name):
        return None
    folders = [data_folder(), uploads.uploads_folder() if name.startswith("upload-") else None]
    paths = [folder / f"{name}.npz" for folder in folders if folder is not None]
    return next((path for path in paths if path.is_file()), None)


def _info(path: Path) -> DataInfo:
    """What a file is, from its headers."""
    try:
        facts = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return _info_at(path, facts.st_mtime_ns, facts.st_size)


@functools.lru_cache(maxsize=256)
def _info_at(path: Path, modified: int, size: int) -> DataInfo:
    """What a file was at that moment; remembered until it changes."""
    label = _label(path)
    try:
        with path.open("rb") as stream, open_archive(stream, _checked_size(path, size), label) as archive:
            headers = npz.read_headers(archive, label)
            class_names, title = npz.read_texts(archive, headers, label)
    except OSError as error:
        raise _unreadable(path, error) from error
    spec, (train_count, test_count) = npz.spec_of(headers), npz.counts_of(headers)
    known = sources.INFOS.get(path.stem)
    if known is not None and known.spec == spec and path.stem in download.PUBLISHED:
        return dataclasses.replace(known, train_count=train_count, test_count=test_count)
    upload = path.parent == uploads.uploads_folder()
    what = f"images of {spec.shape[0]}×{spec.shape[1]} pixels" if spec.is_image else f"vectors of {spec.size} numbers"
    colour = ", in colour" if spec.is_image and spec.shape[2] == 3 else ""
    return DataInfo(
        name=path.stem,
        title=title or path.stem,
        spec=spec,
        train_count=train_count,
        test_count=test_count,
        class_names=class_names,
        source="Uploaded by a visitor." if upload else "A file in this machine's data folder.",
        licence="As its owner says.",
        description=f"{train_count + test_count:,} {what}{colour}.",
    )


def _checked_size(path: Path, size: int) -> int:
    if size > MAX_FILE_BYTES:
        raise DataError(f"{_label(path)} must have at most {megabytes(MAX_FILE_BYTES)}. Received: {megabytes(size)}.")
    return size


def _label(path: Path) -> str:
    return f"The file {printable(path.name)}"


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{_label(path)} must be readable. Received: {error.strerror or type(error).__name__}.")


def _load_file(path: Path) -> Dataset:
    """Loads a file of this layout, from the data folder or from the uploads."""
    info, label = _info(path), _label(path)
    try:
        with path.open("rb") as stream:
            size = _checked_size(path, os.fstat(stream.fileno()).st_size)
            with open_archive(stream, size, label) as archive:
                table = npz.read_table(archive, npz.read_headers(archive, label), label, info.class_names)
    except OSError as error:
        raise _unreadable(path, error) from error
    info = dataclasses.replace(info, class_names=table.class_names)
    y_train = np.zeros(len(table.x_train), np.int64) if table.y_train is None else table.y_train
    y_test = np.zeros(len(table.x_test), np.int64) if table.y_test is None else table.y_test
    return Dataset(info, table.x_train, y_train, table.x_test, y_test)


def prepare(dataset: Dataset, settings: Settings) -> Prepared:
    """Splits and cleans a data set for one training.

    The order of the training examples is shuffled once and for all, whatever the seed of the run: the first
    `train_size` of them are taken, and of these the last `validation_share` are for validation. Statistics come from
    the training part alone. Outliers are dropped from it by their Euclidean distance d from its mean example:
    `zscore` drops d above mean + 3 standard deviations, `iqr` drops d above the third quartile + 1.5 interquartile
    ranges.

    Args:
        dataset: From `load`.
        settings: Its `train_size`, `validation_share`, `scaling` and `outliers` are used.

    Returns:
        Tables as loaded, with the scale and offset that make the network's input.
    """
    info, spec = dataset.info, dataset.info.spec
    order = np.random.default_rng(SPLIT_SEED).permutation(len(dataset.x_train))[: settings.train_size]
    held = min(max(1, round(settings.validation_share * len(order))), len(order) - 1)
    train, validation = order[: len(order) - held], order[len(order) - held :]
    x_train, y_train = dataset.x_train[train], dataset.y_train[train]
    notes = [info.note] if info.note else []

    dropped = 0
    if settings.outliers != "keep":
        keep = ~_outliers(x_train, settings.outliers)
        dropped = int(np.count_nonzero(~keep))
        rule = "a z-score above 3" if settings.outliers == "zscore" else "more than 1.5 interquartile ranges"
        notes.append(
            f"{dropped:,} of {len(x_train):,} training examples were dropped because they lie too far from the mean "
            f"({rule})."
        )
        if dropped:
            x_train, y_train = x_train[keep], y_train[keep]

    unit = np.float32(1 / 255) if spec.is_image else np.float32(1)
    scale = np.full((1,) * len(spec.shape), unit, np.float32)
    offset = np.zeros_like(scale)
    if settings.scaling == "standardize":
        mean, deviation = _moments(x_train)
        # A value that never changes has no deviation: it is centred and keeps its unit.
        factor = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), unit)
        scale, offset = factor.astype(np.float32), (-mean * factor).astype(np.float32)
    return Prepared(
        x_train, dataset.x_train[validation], dataset.x_test,
        y_train, dataset.y_train[validation], dataset.y_test,
        scale, offset, settings.scaled(spec), dropped, tuple(notes),
    )  # fmt: skip


def _pieces(table: np.ndarray) -> list[np.ndarray]:
    """Views of a table small enough to be worked on in 64-bit numbers."""
    rows = max(1, 2**21 // max(1, table[0].size))
    return [table[first : first + rows] for first in range(0, len(table), rows)]


def _moments(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each value over all rows; the deviation is exactly 0 where nothing changes."""
    mean = sum(piece.sum(0, dtype=np.float64) for piece in _pieces(table)) / len(table)
    variance = sum(np.square(piece - mean).sum(0) for piece in _pieces(table)) / len(table)
    constant = (table == table[0]).all(0)
    return mean, np.where(constant, 0.0, np.sqrt(variance))


def _outliers(table: np.ndarray, rule: str) -> np.ndarray:
    """Marks the rows that lie far from the mean row."""
    mean = sum(piece.sum(0, dtype=np.float64) for piece in _pieces(table)) / len(table)
    axes = tuple(range(1, table.ndim))
    distance = np.concatenate([np.sqrt(np.square(piece - mean).sum(axes)) for piece in _pieces(table)])
    if rule == "zscore":
        return distance > distance.mean() + ZSCORE_LIMIT * distance.std()
    low, high = np.quantile(distance, [0.25, 0.75])
    return distance > high + IQR_FACTOR * (high - low)
