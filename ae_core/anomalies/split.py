"""The examples by which a run is judged: those it learnt from, those that a threshold is chosen on, the test."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ae_core import data
from ae_core.data import DataInfo, Prepared
from ae_core.data.classes import class_numbers, of_classes
from ae_core.data.preparation import left_out
from ae_core.settings import DataSpec, Settings

MOST_TEST, MOST_VALIDATION = 10_000, 4000  # examples; of validation so many of each kind
MOST_TRAIN = 5000  # training examples that codes and rivals are compared with
LARGEST = 20_000_000  # numbers in each of these tables


@dataclass(frozen=True)
class Examples:
    """Some examples as the network sees them.

    Args:
        inputs: float32 ndarray of shape `(n_samples, *spec.shape)`; the training mean stands where a value is unknown.
        known: How much each value counts: 1, or 0 where it is unknown; of the same shape, or None: all are known.
        labels: Class numbers.
        odd: Whether each is of another class than the normal ones.
        raw: Values as the file had them, of the shape of the inputs; None where nobody asks for them.
    """

    inputs: np.ndarray
    known: np.ndarray | None
    labels: np.ndarray
    odd: np.ndarray
    raw: np.ndarray | None = None

    def some(self, rows: np.ndarray) -> "Examples":
        """Some of them.

        Args:
            rows: Their numbers.
        """
        known, raw = (None if one is None else one[rows] for one in (self.known, self.raw))
        return Examples(self.inputs[rows], known, self.labels[rows], self.odd[rows], raw)

    def mean(self, errors: np.ndarray) -> np.ndarray:
        """Mean of each example's errors over the values that are known: ndarray of shape `(n_samples,)`."""
        return self.total(errors) / self.counts

    def total(self, errors: np.ndarray) -> np.ndarray:
        """Their sum, likewise."""
        rows = errors if self.known is None else errors * self.known
        return rows.reshape(len(rows), -1).sum(axis=1, dtype=np.float64)

    @property
    def gapped(self) -> np.ndarray:
        """The inputs with NaN where a value is unknown."""
        return self.inputs if self.known is None else np.where(self.known > 0, self.inputs, np.nan)

    @property
    def counts(self) -> np.ndarray:
        """How many values of each example are known; at least 1."""
        if self.known is None:
            return np.full(len(self.inputs), self.inputs[0].size if len(self.inputs) else 1)
        return np.maximum(self.known.reshape(len(self.known), -1).sum(axis=1), 1)


@dataclass(frozen=True)
class Split:
    """What a run is judged by.

    Args:
        info: The data set.
        data: As the training had it.
        normal: Numbers of the classes that are called normal; empty if none are.
        train: Training examples, at most `MOST_TRAIN`.
        validation: Normal ones that were kept out of training and, where some classes were left out of it, some of
            those.
        test: Test examples of all classes.
        alone: Whether nothing but normal examples was trained on.
        rows: The row of each test example in the file that was brought, see `Dataset.places_test`.
    """

    info: DataInfo
    data: Prepared
    normal: tuple[int, ...]
    train: Examples
    validation: Examples
    test: Examples
    alone: bool
    rows: np.ndarray | None = None

    @property
    def spec(self) -> DataSpec:
        """Shape and range of an example."""
        return self.data.spec


def load(settings: Settings, normal: str = "") -> Split:
    """The split of a run.

    Args:
        settings: The run's.
        normal: Classes that are called normal, see `data.classes`; empty for those that the run was trained on.

    Raises:
        SettingError: If one of these classes is none.
        DataError: If the data cannot be had.
    """
    dataset = data.load(settings.dataset).chosen(settings)
    prepared = data.prepare(dataset, settings)
    trained = class_numbers(settings.normal, dataset.info.class_names)
    classes = class_numbers(normal, dataset.info.class_names) or trained
    fits = max(1, LARGEST // prepared.spec.size)
    most = min(MOST_VALIDATION, fits)

    def examples(inputs: np.ndarray, labels: np.ndarray) -> Examples:
        return _examples(inputs, labels, ~of_classes(labels, classes), prepared)

    others, other_labels = left_out(dataset, settings)
    others = (others[:most] * prepared.raw_scale + prepared.raw_offset).astype(np.float32)
    validation = np.concatenate([prepared.scaled(prepared.x_validation[:most]), others])
    test = examples(*_first(prepared, prepared.x_test, prepared.y_test, min(MOST_TEST, fits)))
    rows = dataset.places_test
    return Split(
        dataset.info,
        prepared,
        classes,
        examples(*_first(prepared, prepared.x_train, prepared.y_train, min(MOST_TRAIN, fits))),
        examples(validation, np.concatenate([prepared.y_validation[:most], other_labels[:most]])),
        replace(test, raw=dataset.x_test[: len(test.inputs)]),
        bool(trained) and set(trained) <= set(classes),
        None if rows is None else rows[: len(test.inputs)],
    )


def brought(of_run: Split, rows: np.ndarray) -> Examples:
    """Examples of another file as a run's network sees them; none of them is called odd.

    Args:
        of_run: The run's split.
        rows: As the file had them.
    """
    inputs = (rows * of_run.data.raw_scale + of_run.data.raw_offset).astype(np.float32)
    nothing = np.zeros(len(rows), np.int64)
    return replace(_examples(inputs, nothing, nothing.astype(bool), of_run.data), raw=rows)


def pieces(of_run: Split, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Stretches of rows of which each fits into memory as the network sees them.

    Args:
        of_run: The run's split.
        rows: As a file had them.
    """
    step = max(1, LARGEST // of_run.spec.size)
    return (rows[first : first + step] for first in range(0, len(rows), step))


def _examples(inputs: np.ndarray, labels: np.ndarray, odd: np.ndarray, prepared: Prepared) -> Examples:
    unknown = np.isnan(inputs)
    if not unknown.any():
        return Examples(inputs, None, labels, odd)
    return Examples(np.where(unknown, _mean(prepared), inputs), (~unknown).astype(np.float32), labels, odd)


def _first(prepared: Prepared, rows: np.ndarray, labels: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    return prepared.scaled(rows[:most]), labels[:most]


def _mean(prepared: Prepared) -> np.ndarray:
    """Mean training example as the network sees it, over what is known of each value."""
    known = ~np.isnan(prepared.x_train)
    total = np.where(known, prepared.x_train, 0.0).sum(axis=0, dtype=np.float64)
    return prepared.scaled(total / np.maximum(known.sum(axis=0), 1))
