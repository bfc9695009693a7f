"""What is known of a data set, the data set itself, and which of a table's columns names the classes."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ae_core.data import ranges
from ae_core.data.columns import MOST_LABELS, Column, Understood, names_in
from ae_core.data.ranges import BYTES, ValueRange
from ae_core.errors import SettingError, printable
from ae_core.formats import escape
from ae_core.settings import DataSpec, Settings

AUTO, NONE = "auto", "none"  # of the setting `label`
UNKNOWN = "unknown"  # class of a row whose label is not known


@dataclass(frozen=True)
class DataInfo:
    """What is known of a data set without loading it.

    Args:
        name: Name of the setting `dataset`, in the address bar and of the file.
        title: Name for a person.
        spec: Shape and range of one example.
        train_count: Examples for training and validation together.
        test_count: Examples for testing.
        class_names: Names of the classes; empty if there are none or they are unknown until loaded.
        source: Who made it.
        licence: On which terms.
        description: One or two plain sentences.
        note: What a person should know before training on it, or an empty text.
        values: Which values become 0 and 1.
        columns: What the values of a row stand for, or the channels of a series; empty where nothing is known of them.
        rate: Moments of a series a second; 0 if that is unknown.
        unknown: Values of all examples that are unknown; of a category, which has several columns, one a row.
        label: The column that names the classes unless another is chosen. It is among the columns until `labelled` has
            taken it out. Empty if classes come from elsewhere, or there are none.
        understood: What became of each column of a file that was brought; empty for all other data.
        left_out: Columns or channels that a person has left out, which are not among the columns any longer.
    """

    name: str
    title: str
    spec: DataSpec
    train_count: int
    test_count: int
    class_names: tuple[str, ...]
    source: str
    licence: str
    description: str
    note: str = ""
    values: ValueRange = BYTES
    columns: tuple[Column, ...] = ()
    rate: float = 0.0
    unknown: int = 0
    label: str = ""
    understood: tuple[Understood, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Name of the file that a script reads; that of an upload is called after what was uploaded."""
        kept = f"{self.name}.npz"
        if not self.name.startswith("upload-"):
            return self.title if self.title.lower().endswith(".npz") else kept
        stem = escape.file_name(self.title.rpartition(".")[0])
        return kept if stem == escape.UNNAMED else f"{stem}.npz"

    @property
    def variables(self) -> int:
        """Columns of a table of which something is learnt; a category, which has several of `columns`, counts once."""
        return len({one.name for one in self.columns})

    def scaling(self, settings: Settings) -> str:
        """The setting `scaling` after `unit` has met the data: columns and channels of numbers are standardised."""
        measured = bool(self.columns) or self.spec.is_series
        if settings.scaling == "unit" and measured and not all(one.category for one in self.columns or (Column(""),)):
            return "standardize"
        return settings.scaling

    def seen(self, settings: Settings) -> DataSpec:
        """Shape of one example, and whether its values lie in [0, 1], as the network of an experiment sees it.

        Raises:
            SettingError: See `chosen`.
        """
        scaling = self.scaling(settings)
        unit_range = scaling != "standardize" and ranges.chosen(self.values, scaling).unit_range
        return dataclasses.replace(self.chosen(settings).spec, unit_range=unit_range)

    def said(self, settings: Settings) -> tuple[str, float, float]:
        """What becomes of the values in an experiment, see `ValueRange.said`."""
        scaling = self.scaling(settings)
        if scaling != "standardize":
            return ranges.chosen(self.values, scaling).said
        sentence = ranges.STANDARDIZED
        if self.spec.is_series:
            sentence = ranges.CHANNELS_STANDARDIZED
        elif self.columns:
            sentence = ranges.COLUMNS_STANDARDIZED
        return sentence, *self._ends(settings)

    def _ends(self, settings: Settings) -> tuple[float, float]:
        """The least and the largest value that is learnt from; of a table of one's own, in columns of numbers."""
        label = self.label if settings.label == AUTO else settings.label
        learnt = {one.name for one in self.columns if not one.category} - {label, *names_in(settings.leave_out)}
        known = [one for one in self.understood if one.name in learnt]
        least = [one.least for one in known if one.least is not None]
        most = [one.most for one in known if one.most is not None]
        return min(least, default=self.values.least), max(most, default=self.values.most)

    def chosen(self, settings: Settings) -> "DataInfo":
        """What an experiment learns from: with its label column, and without the columns that it leaves out.

        Args:
            settings: Its `label` and `leave_out` are used.

        Raises:
            SettingError: See `labelled` and `without`.
        """
        return self.labelled(settings.label).without(settings.leave_out)

    def without(self, leave_out: str) -> "DataInfo":
        """The same without some columns of a table or channels of a series.

        Args:
            leave_out: The setting: their names, see `columns.names_in`. The column that names the classes is none that
                is learnt from, and may be among them.

        Raises:
            SettingError: If there is no such column or channel, or no other.
        """
        names = names_in(leave_out)
        known = self.variable_places()
        wrong = [name for name in names if name not in {*known, *self.left_out, self.label}]
        if wrong and not known:
            raise SettingError(
                f"leave_out must be empty for data without named columns. Received: {printable(wrong[0])!r}."
            )
        if wrong:
            some = ", ".join(list(known)[:10]) + (", …" if len(known) > 10 else "")
            raise SettingError(
                f"leave_out must name some of {some}, with commas between them. Received: {printable(wrong[0])!r}."
            )
        places = [place for name in names for place in known.get(name, ())]
        if not places:
            return self
        kept = tuple(one for place, one in enumerate(self.columns) if place not in places)
        if not kept:
            raise SettingError(
                f"leave_out must leave something to learn from. Received: {printable(leave_out)!r}, which is all."
            )
        shape = (*self.spec.shape[:-1], len(kept))
        spec = dataclasses.replace(self.spec, shape=shape)
        return dataclasses.replace(self, spec=spec, columns=kept, left_out=(*self.left_out, *names))

    def variable_places(self) -> dict[str, list[int]]:
        """Where each variable of a table stands, or each channel of a series; nothing where these have no names."""
        found: dict[str, list[int]] = {}
        for place, one in enumerate(self.columns):
            found.setdefault(one.name, []).append(place)
        return found

    def labelled(self, label: str) -> "DataInfo":
        """The same with the classes that a column of a table names, and without that column.

        Args:
            label: The setting: `auto`, `none`, or the name of a column.

        Raises:
            SettingError: If there is no such column, or no other.
        """
        if label == NONE:
            return dataclasses.replace(self, class_names=(), label="")
        name = self.label if label == AUTO else label
        places = self.places(name)
        if not places:
            if name == self.label:
                return self
            raise SettingError(f"label must be auto, none{self._columns_in_words()}. Received: {printable(label)!r}.")
        left = tuple(one for one in self.columns if one.name != name)
        if not left:
            raise SettingError(
                f"label must leave a column to learn from. Received: {printable(label)!r}, the only one."
            )
        names = tuple(self.columns[place].category for place in places)
        return dataclasses.replace(
            self,
            spec=dataclasses.replace(self.spec, shape=(len(left),)),
            class_names=names if all(names) else self.class_names if name == self.label else (),
            columns=left,
            label=name,
        )

    def places(self, name: str) -> list[int]:
        """Where the columns of a table's variable stand; none if there is no such variable, or it is no table."""
        if not name or self.spec.is_image or self.spec.is_series:
            return []
        return [place for place, one in enumerate(self.columns) if one.name == name]

    def _columns_in_words(self) -> str:
        names = list(dict.fromkeys(one.name for one in self.columns)) if len(self.spec.shape) == 1 else []
        some = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
        return f", or one of the columns {some}" if names else " for data without named columns"


@dataclass(frozen=True)
class Dataset:
    """A data set in memory.

    Args:
        info: What it is.
        x_train: Images `(n, height, width, channels)`, uint8 if they are whole numbers from 0 to 255, else float32; or
            rows `(n, columns)` or series `(n, time, channels)`, float32, or float64 if 32 bits would lose what varies
            in them; NaN where a value of these is unknown.
        y_train: int64 class numbers `(n,)`; zeros if there are no classes.
        x_test: Like `x_train`.
        y_test: Like `y_train`.
        factors: Name of a generating factor → its value for each training example; None if unknown.
        factors_test: The same for the test examples.
        places_test: The row of each test example in the file that was brought, as a spreadsheet counts them; None if
            that is unknown, or it was no table.
    """

    info: DataInfo
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    factors: Mapping[str, np.ndarray] | None = None
    factors_test: Mapping[str, np.ndarray] | None = None
    places_test: np.ndarray | None = None

    def chosen(self, settings: Settings) -> "Dataset":
        """What an experiment learns from, see `DataInfo.chosen`.

        Args:
            settings: Its `label` and `leave_out` are used.

        Raises:
            SettingError: See `labelled` and `DataInfo.without`.
        """
        return self.labelled(settings.label).without(settings.leave_out)

    def without(self, leave_out: str) -> "Dataset":
        """The same without some columns of a table or channels of a series, see `DataInfo.without`."""
        info = self.info.without(leave_out)
        if info is self.info:
            return self
        gone = set(info.left_out)
        kept = [place for place, one in enumerate(self.info.columns) if one.name not in gone]
        x_train, x_test = self.x_train[..., kept], self.x_test[..., kept]
        return dataclasses.replace(self, info=info, x_train=x_train, x_test=x_test)

    def labelled(self, label: str) -> "Dataset":
        """The same with the classes that a column of a table names, and without that column.

        Args:
            label: See `DataInfo.labelled`, like what is raised.

        Raises:
            SettingError: Also if the column has too many values for classes.
        """
        info = self.info.labelled(label)
        if info == self.info:
            return self
        parts = self.x_train, self.x_test
        if label == NONE:
            nobody, none = (np.zeros(len(part), np.int64) for part in parts)
            return dataclasses.replace(self, info=info, y_train=nobody, y_test=none)
        places = self.info.places(info.label)
        categories = tuple(self.info.columns[place].category for place in places)
        labels, names = classes_of([part[:, places] for part in parts], categories, info.label)
        x_train, x_test = (np.delete(part, places, axis=1) for part in parts)
        info = dataclasses.replace(info, class_names=names)
        return dataclasses.replace(self, info=info, x_train=x_train, y_train=labels[0], x_test=x_test, y_test=labels[1])


def split_factors(
    factors: Mapping[str, np.ndarray], count: int
) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    """The generating factors of the examples for training, which are the first ones, and of those for testing.

    Args:
        factors: Values of all examples, an ndarray of shape `(n_samples,)` for each factor by name.
        count: Examples for training.
    """
    return (
        {name: values[:count] for name, values in factors.items()},
        {name: values[count:] for name, values in factors.items()},
    )


def classes_of(
    parts: list[np.ndarray], categories: tuple[str, ...], label: str
) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Class numbers of each part, and the names of the classes; unknown ones are a class of their own, the last.

    Args:
        parts: Values of the columns of one variable, ndarrays of shape `(n_samples, columns)`.
        categories: The columns' categories; one empty text for a column of numbers.
        label: The variable's name.

    Raises:
        SettingError: If it has too many values for classes, or none.
    """
    known = [~np.isnan(part).any(axis=1) for part in parts]
    if all(categories):
        names = list(categories)
        labels = [
            np.where(sure, np.nan_to_num(part).argmax(axis=1), len(names))
            for part, sure in zip(parts, known, strict=True)
        ]
    else:
        values = np.unique(np.concatenate([part[sure, 0] for part, sure in zip(parts, known, strict=True)]))
        if not 1 <= len(values) <= MOST_LABELS:
            raise SettingError(
                f"label must name a column with at most {MOST_LABELS} values. "
                f"Received: {printable(label)!r}, which has {len(values):,}."
            )
        names = [f"{value:.15g}" for value in values]
        labels = [
            np.where(sure, np.searchsorted(values, part[:, 0]), len(names))
            for part, sure in zip(parts, known, strict=True)
        ]
    if not all(sure.all() for sure in known):
        names.append(UNKNOWN)
    return [one.astype(np.int64) for one in labels], tuple(names)
