"""Arrays become the training, validation and test parts of one experiment, cleaned and with their scaling."""

from dataclasses import dataclass

import numpy as np

from ae_core.data import ranges
from ae_core.data.classes import FEWEST, class_numbers, of_classes
from ae_core.data.dataset import DataInfo, Dataset
from ae_core.data.ranges import BYTES, ValueRange
from ae_core.errors import SettingError
from ae_core.settings import DataSpec, Settings

SPLIT_SEED = 60_221_023
ZSCORE_LIMIT = 3.0
IQR_FACTOR = 1.5


@dataclass(frozen=True)
class Prepared:
    """Data split and cleaned for one training.

    The network's input is `table * scale + offset`, see `scaled`.

    Args:
        x_train: Images, uint8 or float32, or rows or series, float32, to learn from; NaN where a value of these is
            unknown. Where one is, rows and series are kept without their mean, so that 0 stands for it.
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
        values: The data set's own range; its ends are what pictures show black and white.
        black: Value of the tables that becomes 0 where they are not standardised; it lies around a picture.
        raw_scale: float64, like `scale`: with the next what makes the network's input of values as the file held them,
            `value * raw_scale + raw_offset`.
        raw_offset: float64, broadcasts to one example.
        variables: Of rows and series whose columns have names: for each column the place of the first one that stands
            for the same variable, which of a category is known or unknown as a whole.
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
    values: ValueRange
    black: float
    raw_scale: np.ndarray
    raw_offset: np.ndarray
    variables: tuple[int, ...] = ()

    @property
    def has_gaps(self) -> bool:
        """Whether a value of any part is unknown."""
        return any(self.known(part) is not None for part in (self.x_train, self.x_validation, self.x_test))

    def known(self, table: np.ndarray) -> np.ndarray | None:
        """Which values of a part are known, bool of its shape; None where all are, as in pictures."""
        if self.spec.is_image:
            return None
        unknown = np.isnan(table)
        return ~unknown if unknown.any() else None

    def filled(self, table: np.ndarray) -> np.ndarray:
        """Rows of a part with the training mean, which is 0 in a part with gaps, where a value is unknown."""
        known = self.known(table)
        return table if known is None else np.where(known, table, table.dtype.type(0))

    def scaled(self, table: np.ndarray) -> np.ndarray:
        """Rows in the units that the network sees, see `scaled`; unknown stays NaN."""
        return scaled(table, self.scale, self.offset)

    def fed(self, table: np.ndarray) -> np.ndarray:
        """Rows as the network is fed them: the same, with the training mean where a value is unknown."""
        return self.scaled(self.filled(table))

    def exact(self, table: np.ndarray) -> np.ndarray:
        """Rows for what is computed in closed form: float64 for vectors, whose mean may be large; unknown stays NaN."""
        if self.spec.is_image:
            return self.scaled(table)
        return table.astype(np.float64) * self.scale + self.offset


def scaled(table: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Raw values as a network sees them: `table * scale + offset`, float32.

    Args:
        table: ndarray of shape `(n_samples, *example)`.
        scale: float32, broadcasts to one example.
        offset: float32, broadcasts to one example.
    """
    return (table * scale + offset).astype(np.float32, copy=False)


def prepare(dataset: Dataset, settings: Settings) -> Prepared:
    """Splits and cleans a data set for one training.

    The order of the training examples is shuffled once and for all, whatever the seed of the run: the first
    `train_size` of them are taken, of the `normal` classes alone if some are named, and of these the last
    `validation_share` are for validation. Statistics come from the training part alone. Outliers are dropped from it by
    their Euclidean distance d from its mean example: `zscore` drops d above mean + 3 standard deviations, `iqr` drops d
    above the third quartile + 1.5 interquartile ranges. Columns and channels that are to be standardised count in their
    standard deviations, as they may have units of their own: the widest of them would decide alone.

    Args:
        dataset: From `load`.
        settings: Its `label`, `leave_out`, `train_size`, `validation_share`, `scaling`, `outliers` and `normal` are
            used.

    Returns:
        Tables with the scale and offset that make the network's input. Pictures are as loaded, and so are rows and
        series, but that those of 64 bits, those to be standardised, and those of which some values are unknown are kept
        without their mean, which the offset then adds.

    Raises:
        SettingError: If the setting `label` names no column, or one that cannot name classes; if `leave_out` does, or
            leaves nothing; or if the normal classes are none, or have too few examples.
    """
    dataset = dataset.chosen(settings)
    info, spec = dataset.info, dataset.info.spec
    scaling = info.scaling(settings)
    normal = class_numbers(settings.normal, info.class_names)
    train, validation = _parts(_order(dataset, normal)[: settings.train_size], settings)
    x_train, y_train = dataset.x_train[train], dataset.y_train[train]
    values = ranges.chosen(info.values, scaling)
    notes = [info.note] if info.note else []
    if scaling != "standardize" and not values.as_they_are and values.ends != BYTES.ends:
        notes.append(f"{values.sentence.capitalize()}.")
    if normal:
        names = ", ".join(info.class_names[one] for one in normal)
        notes.append(
            f"Learnt from the normal classes alone ({names}): {len(train) + len(validation):,} of "
            f"{len(dataset.x_train):,} examples. The test set holds all classes."
        )

    numbers = np.array([not one.category for one in info.columns] or [True])  # a category's columns stay 0 and 1
    dropped = 0
    if settings.outliers != "keep":
        in_deviations = scaling == "standardize" and not spec.is_image
        keep = ~_outliers(x_train, settings.outliers, _widths(x_train, spec, numbers) if in_deviations else 1.0)
        dropped = int(np.count_nonzero(~keep))
        rule = "a z-score above 3" if settings.outliers == "zscore" else "more than 1.5 interquartile ranges"
        notes.append(
            f"Training examples dropped because they lie too far from the mean ({rule}): {dropped:,} of "
            f"{len(x_train):,}."
        )
        if dropped:
            x_train, y_train = x_train[keep], y_train[keep]

    factor = np.full((1,) * len(spec.shape), 1 / (values.high - values.low))
    shift = -values.low * factor
    x_validation, x_test = dataset.x_train[validation], dataset.x_test
    centre = np.zeros_like(factor)
    gaps = not spec.is_image and any(np.isnan(part).any() for part in (x_train, x_validation, x_test))
    if scaling == "standardize" or x_train.dtype == np.float64 or gaps:
        mean, deviation = (np.broadcast_to(one, spec.shape) for one in _moments(x_train, spec))
        if scaling == "standardize":
            # A value that never changes has no deviation: it is centred and keeps its unit.
            standard = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), factor)
            factor, shift = np.where(numbers, standard, factor), np.where(numbers, -mean * standard, shift)
        if not spec.is_image:
            centre = mean
            x_train, x_validation, x_test = (_centred(one, mean) for one in (x_train, x_validation, x_test))
    return Prepared(
        x_train,
        x_validation,
        x_test,
        y_train,
        dataset.y_train[validation],
        dataset.y_test,
        factor.astype(np.float32),
        (shift + centre * factor + 0.0).astype(np.float32),
        info.seen(settings),
        dropped,
        tuple(notes),
        info.values,
        values.low,
        factor,
        shift + 0.0,
        _variables(info),
    )


def _variables(info: DataInfo) -> tuple[int, ...]:
    places = info.variable_places()
    return tuple(places[one.name][0] if one.category else place for place, one in enumerate(info.columns))


def left_out(dataset: Dataset, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Examples of the other classes for choosing a threshold: neither trained on nor tested on.

    They are the same share of the other classes as the validation part is of the normal ones, from the same shuffled
    order, so that odd examples are as frequent beside that part as they are in the data.

    Args:
        dataset: From `load`.
        settings: See `prepare`.

    Returns:
        Rows as the data set has them, and their class numbers; none where no class is called normal.

    Raises:
        SettingError: If the normal classes are none.
    """
    dataset = dataset.chosen(settings)
    normal = class_numbers(settings.normal, dataset.info.class_names)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(dataset.x_train))
    others = order[~of_classes(dataset.y_train[order], normal)]
    rows = others[: round(settings.validation_share * len(others))]
    return dataset.x_train[rows], dataset.y_train[rows]


def _order(dataset: Dataset, normal: tuple[int, ...]) -> np.ndarray:
    """Row numbers of all that may be learnt from, shuffled."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(dataset.x_train))
    if not normal:
        return order
    order = order[of_classes(dataset.y_train[order], normal)]
    if len(order) < FEWEST:
        names = ", ".join(dataset.info.class_names[one] for one in normal)
        raise SettingError(
            f"normal must name classes with {FEWEST} training examples or more. Received: {names!r}, of which there "
            f"are {len(order)}."
        )
    return order


def _parts(order: np.ndarray, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers for training and for validation."""
    held = min(max(1, round(settings.validation_share * len(order))), len(order) - 1)
    return order[: len(order) - held], order[len(order) - held :]


def _pieces(table: np.ndarray) -> list[np.ndarray]:
    """Views of a table small enough to be worked on in 64-bit numbers."""
    rows = max(1, 2**21 // max(1, table[0].size))
    return [table[first : first + rows] for first in range(0, len(table), rows)]


def _centred(table: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Vectors without their mean, as float32: what varies in them keeps its digits, however large the mean."""
    centred = np.empty(table.shape, np.float32)
    rows = max(1, 2**21 // table[0].size)
    for first in range(0, len(table), rows):
        centred[first : first + rows] = table[first : first + rows] - mean
    return centred


def _moments(table: np.ndarray, spec: DataSpec) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each value over all rows, or of each channel over all moments too.

    Unknown values are left out; of what is never known both are 0. The deviation is exactly 0 where nothing changes.
    """
    axes = (0, 1) if spec.is_series else (0,)
    pieces = _pieces(table)
    known = np.maximum(sum(np.count_nonzero(~np.isnan(piece), axes) for piece in pieces), 1)
    mean = sum(np.nansum(piece, axes, dtype=np.float64) for piece in pieces) / known
    variance = sum(np.nansum(np.square(piece - mean), axes) for piece in pieces) / known
    changes = np.fmin.reduce(table, axes) < np.fmax.reduce(table, axes)
    return mean, np.where(changes, np.sqrt(variance), 0.0)


def _widths(table: np.ndarray, spec: DataSpec, numbers: np.ndarray) -> np.ndarray:
    """Standard deviation of each value or channel; 1 of a category's columns, and where nothing changes."""
    deviation = _moments(table, spec)[1]
    return np.where(numbers & (deviation > 0), deviation, 1.0)


def _outliers(table: np.ndarray, rule: str, widths: np.ndarray | float) -> np.ndarray:
    """Marks the rows that lie far from the mean row, as far as they are known, with each value told in its width."""
    mean = sum(np.nansum(piece, 0, dtype=np.float64) for piece in _pieces(table)) / np.maximum(
        sum(np.count_nonzero(~np.isnan(piece), 0) for piece in _pieces(table)), 1
    )
    distance = np.concatenate([_distances(piece, mean, widths) for piece in _pieces(table)])
    if rule == "zscore":
        return distance > distance.mean() + ZSCORE_LIMIT * distance.std()
    low, high = np.quantile(distance, [0.25, 0.75])
    return distance > high + IQR_FACTOR * (high - low)


def _distances(piece: np.ndarray, mean: np.ndarray, widths: np.ndarray | float) -> np.ndarray:
    """Euclidean distances from the mean; what is unknown is as far from it as what is known."""
    axes = tuple(range(1, piece.ndim))
    known = np.count_nonzero(~np.isnan(piece), axes) / piece[0].size
    return np.sqrt(np.nansum(np.square((piece - mean) / widths), axes) / np.where(known > 0, known, 1))
