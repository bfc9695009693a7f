"""The part of a script that makes the training and validation examples, as a training sees them."""

import ast
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ae_core import data
from ae_core.data import built_in, preparation, ranges
from ae_core.data.classes import class_numbers
from ae_core.data.dataset import DataInfo, Dataset
from ae_core.data.download import PUBLISHED
from ae_core.formats import npz
from ae_core.measuring import probe
from ae_core.models.autoencoder import Autoencoder
from ae_core.script.constructors import WIDTH, literal
from ae_core.script.library import Library, source
from ae_core.settings import Settings
from ae_core.training import cache

COLUMNS_NAMED = 30  # in a comment


@dataclass(frozen=True)
class Rows:
    """How many examples there are of what.

    Args:
        train: Training examples.
        validation: Validation examples that are measured.
        held: Validation examples in all.
        test: Test examples that are measured.
        batch_size: Examples in a step.
        gaps: Whether some of their values are unknown.
    """

    train: int
    validation: int
    held: int
    test: int
    batch_size: int
    gaps: bool = False


def rows_of(settings: Settings, info: DataInfo, model: Autoencoder) -> Rows:
    """Counts the examples as a training does. Loads the data only if outliers are dropped.

    Args:
        settings: The experiment.
        info: Its data set.
        model: Its network.
    """
    taken = min(settings.train_size, info.train_count)
    held = min(max(1, round(settings.validation_share * taken)), taken - 1)
    train = taken - held
    if settings.outliers != "keep" or settings.normal:
        prepared = data.prepare(data.load(info.name), settings)
        train, held = len(prepared.x_train), len(prepared.x_validation)
    points = probe.most_points(cache.probe_points(model), info.seen(settings).size)
    measured, tested = min(held, probe.measured(points)), min(info.test_count, points)
    return Rows(train, measured, held, tested, min(settings.batch_size, train), info.unknown > 0)


def examples(settings: Settings, info: DataInfo, rows: Rows, library: Library) -> str:
    """The code that makes `x_train` and `x_val`; they are raw if they are scaled after being moved.

    Args:
        settings: The experiment.
        info: Its data set.
        rows: How many examples there are.
        library: Where functions of this package go that the code calls.
    """
    brought, info = info, info.chosen(settings)
    taken = min(settings.train_size, info.train_count)
    some = "" if taken == info.train_count else f"[:{taken}]"
    wanted = _wanted(settings, brought, info)
    chosen = f"\norder = order[np.isin(labels[order], {wanted})]{some}  # of the normal classes alone" if wanted else ""
    first = "" if wanted else some
    used = "" if rows.validation == rows.held else f"[:{rows.validation}]"
    split = f"""\
order = np.random.default_rng({preparation.SPLIT_SEED}).permutation(len(data)){first}{chosen}
x_train, x_val = data[order[:-{rows.held}]], data[order[-{rows.held}:]]{used}  # {rows.held} are kept out of training"""
    axes = literal(tuple(range(1, 1 + len(info.spec.shape))))
    shown = [": ".join(filter(None, (one.name, one.category))) for one in info.columns]
    words = ", ".join(shown[:COLUMNS_NAMED]) + (", …" if len(shown) > COLUMNS_NAMED else "")
    what = "channels" if info.spec.is_series else "columns"
    titles = textwrap.fill(f"The {what} are {words}.", WIDTH, initial_indent="# ", subsequent_indent="# ")
    label = brought.places(info.label)
    named = _learnt_from(brought, info, label)
    if label and wanted:
        named = f"{_labels(brought, label)}\n{named}"
    loaded = _loaded(brought, library, bool(wanted) and not label)
    scaling = info.scaling(settings)
    categories = [place for place, one in enumerate(info.columns) if one.category]
    over = "(0, 1)" if info.spec.is_series else "0"  # axes over which a value or a channel is one
    outliers = []
    if settings.outliers != "keep":
        given = {"axes": axes, "over": over, "each": EACH[info.spec.noun], "widths": ""}
        if scaling == "standardize" and not info.spec.is_image:
            outliers.append((WIDTHS_KNOWN if rows.gaps else WIDTHS).format(**given))
            outliers.append(f"widths[{categories}] = 1  # categories stay 0 and 1" if categories else "")
            given["widths"] = " / widths"
        outliers.append((DISTANCE_KNOWN if rows.gaps else DISTANCE).format(**given) + OUTLIERS[settings.outliers])
    parts = [loaded, named, titles if shown else "", split, *outliers]
    values = ranges.chosen(info.values, scaling)
    if scaling == "standardize":
        span = values.high - values.low
        unit = "1" if span == 1 else f"1 / {_number(span)}"
        statistics = STANDARDIZED_KNOWN if rows.gaps else STANDARDIZED
        parts.append(statistics.format(unit=unit, axes=over, each=EACH[info.spec.noun]))
        parts.append(f"mean[{categories}], scale[{categories}] = 0, 1  # categories stay 0 and 1" if categories else "")
        parts.append(STANDARDIZED_ALIKE)
        black = f"\nx_train, mean = x_train - {low}, mean - {low}" if (low := _number(values.low)) != "0" else ""
        parts.append(SCALED_NOW if settings.augmentation == "none" else SCALED_LATER + black)
    else:
        parts.append(f"{PREPROCESS}{values.sentence}.")
        parts.append(f"x_train, x_val = {_scaled('x_train', values)}, {_scaled('x_val', values)}")
    parts.append(FILL.format(axes=over) if rows.gaps else "")
    return "\n".join(filter(None, parts))


def _scaled(name: str, values: ranges.ValueRange) -> str:
    """What makes the network's input of raw values."""
    span = values.high - values.low
    divided = "" if span == 1 else f" / {_number(span)}"
    if values.low:  # before 64 bits become 32
        return f'(({name} {"-" if values.low > 0 else "+"} {_number(abs(values.low))}){divided}).astype("float32")'
    return f'{name}.astype("float32"){divided}'


def _number(value: float) -> str:
    """A number as it stands in a script: `255`, `1.66`."""
    return literal(int(value)) if value == int(value) else str(np.float32(value))


def _wanted(settings: Settings, brought: DataInfo, info: DataInfo) -> str:
    """The normal classes as a tuple of the labels that a script meets; nothing where all are learnt from."""
    if not settings.normal:
        return ""
    names = info.class_names or data.load(info.name).chosen(settings).info.class_names
    numbers = class_numbers(settings.normal, names)
    places = brought.places(info.label)
    if len(places) == 1 and not brought.columns[places[0]].category:
        return literal(tuple(float(names[one]) for one in numbers))
    # A file's own labels are numbers, and where these are not 0, 1, 2, … they have become the names of the classes.
    named = not places and all(name.lstrip("-").isdecimal() for name in names)
    return literal(tuple(int(names[one]) if named else one for one in numbers))


def _learnt_from(brought: DataInfo, info: DataInfo, label: list[int]) -> str:
    """What takes columns away that are not learnt from: the one that names the classes, and those that are left out."""
    variables = brought.variable_places()
    gone = sorted({*label, *(place for name in info.left_out for place in variables.get(name, ()))})
    if not gone:
        return ""
    names = "what names the classes" if label else ""
    why = (
        f"{names} and what is left out are" if label and len(gone) > len(label) else f"{names or 'what is left out'} is"
    )
    return f"data = np.delete(data, {gone}, axis={len(info.spec.shape)})  # {why} not learnt from"


def _labels(brought: DataInfo, places: list[int]) -> str:
    """What takes the labels out of a table's columns: numbers, or which of its categories a row has."""
    if len(places) == 1 and not brought.columns[places[0]].category:
        return f"labels = data[:, {places[0]}]"
    known = f"np.isnan(data[:, {places}]).any(axis=1)"
    return f"labels = np.where({known}, {len(places)}, np.nan_to_num(data[:, {places}]).argmax(axis=1))"


def _loaded(info: DataInfo, library: Library, labelled: bool) -> str:
    if info == built_in.INFOS.get(info.name):
        if info.name in built_in.GENERATED:
            return _generated(built_in.GENERATED[info.name], library, labelled)
        if info.name in PUBLISHED:
            labels = "labels" if labelled else "_"
            return f"(data, {labels}), _ = keras.datasets.{info.name}.load_data()\ndata = data[..., None]"
    return _from_file(info, library, labelled)


def _generated(make: Callable[[], Dataset], library: Library, labelled: bool) -> str:
    """What stands in the function that makes a data set, up to the training images, and labels, of what it returns."""
    module = source(make.__module__)
    function = module.statements[make.__name__]
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(f"A data set must be made by a function. Received: {make.__name__}.")
    _docstring, *steps, last = function.body
    match last:
        case ast.Return(value=ast.Call(args=[_, images, labels, *_])):
            returned = [images, labels] if labelled else [images]
        case _:
            raise TypeError(f"{make.__name__} must end in `return Dataset(info, x_train, …)`.")
    for step in steps:
        if isinstance(step, ast.Import | ast.ImportFrom):
            library.add_import(step)
    steps = [step for step in steps if not isinstance(step, ast.Import | ast.ImportFrom)]
    library.take_for(make.__module__, [*steps, *returned])
    made = [f"{name} = {ast.unparse(one)}" for name, one in zip(("data", "labels"), returned, strict=False)]
    return "\n".join([textwrap.dedent(module.text(*steps)), *made])


def _from_file(info: DataInfo, library: Library, labelled: bool) -> str:
    """Reads what a person brought, as the reader of files does: with or without a test set."""
    library.take(npz.__name__, npz.split_rows.__name__)
    note = ""
    if info.name.startswith("upload-"):
        note = "  # from the app: Export, Data"
    elif info.file != info.title:
        note = "  # the arrays x_train and, where there are any, x_test and y_train"
    if info == built_in.INFOS.get(info.name):
        note = "  # it lies in the app's folder assets/data"
    file = LABELLED_FILE if labelled else FILE
    text = file.format(name=literal(info.file), note=note)
    shape = ", ".join(map(str, info.spec.shape))
    return text + f"data = data.reshape(-1, {shape})"


FILE = """\
file = np.load({name}){note}
data = file["x_train"]
if "x_test" not in file:
    labels = file["y_train"].reshape(-1) if "y_train" in file else None
    data = data[split_rows(len(data), labels)[0]]
"""

LABELLED_FILE = """\
file = np.load({name}){note}
data, labels = file["x_train"], file["y_train"].reshape(-1)
if "x_test" not in file:
    training = split_rows(len(data), labels)[0]
    data, labels = data[training], labels[training]
"""

WIDTHS = """\
# In the distances below each {each} counts in its standard deviations.
widths = x_train.std({over}, dtype=np.float64)
widths[x_train.max({over}) == x_train.min({over})] = 1"""
WIDTHS_KNOWN = """\
# In the distances below each {each} counts in its standard deviations.
known = np.maximum(np.count_nonzero(~np.isnan(x_train), {over}), 1)
widths = np.sqrt(np.nansum(np.square(x_train - np.nansum(x_train, {over}, dtype=np.float64) / known), {over}) / known)
widths[~(np.fmin.reduce(x_train, {over}) < np.fmax.reduce(x_train, {over}))] = 1"""
DISTANCE = """\
# Outliers are dropped: what lies far from the mean example.
distance = np.sqrt(np.square((x_train - x_train.mean(0, dtype=np.float64)){widths}).sum({axes}))
"""
DISTANCE_KNOWN = """\
# Outliers are dropped: what lies far from the mean example, as far as it is known.
middle = np.nansum(x_train, 0, dtype=np.float64) / np.maximum(np.count_nonzero(~np.isnan(x_train), 0), 1)
share = np.count_nonzero(~np.isnan(x_train), {axes}) / x_train[0].size
distance = np.sqrt(np.nansum(np.square((x_train - middle){widths}), {axes}) / np.where(share > 0, share, 1))
"""
ZSCORE = f"x_train = x_train[distance <= distance.mean() + {preparation.ZSCORE_LIMIT:g} * distance.std()]"
IQR = f"""\
low, high = np.quantile(distance, [0.25, 0.75])
x_train = x_train[distance <= high + {preparation.IQR_FACTOR} * (high - low)]"""
OUTLIERS = {"zscore": ZSCORE, "iqr": IQR}

PREPROCESS = "# Preprocess new data alike before the network sees them: "
EACH = {"image": "value", "row": "value", "series": "channel"}
STANDARDIZED = f"""\
{PREPROCESS}each {{each}} is standardised.
mean, deviation = x_train.mean({{axes}}, dtype=np.float64), x_train.std({{axes}}, dtype=np.float64)
deviation[x_train.max({{axes}}) == x_train.min({{axes}})] = 0  # what never changes is only centred
scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), {{unit}})"""
STANDARDIZED_KNOWN = f"""\
{PREPROCESS}each {{each}} is standardised.
known = np.maximum(np.count_nonzero(~np.isnan(x_train), {{axes}}), 1)
mean = np.nansum(x_train, {{axes}}, dtype=np.float64) / known
deviation = np.sqrt(np.nansum(np.square(x_train - mean), {{axes}}) / known)
changes = np.fmin.reduce(x_train, {{axes}}) < np.fmax.reduce(x_train, {{axes}})
deviation[~changes] = 0  # what never changes is only centred
scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), {{unit}})"""
FILL = """\
# NaN stands for what is unknown. The network sees the mean in its place, and is told nothing of its error there.
known = np.maximum(np.count_nonzero(~np.isnan(x_train), {axes}), 1)
fill = (np.nansum(x_train, {axes}, dtype=np.float64) / known).astype("float32")"""
STANDARDIZED_ALIKE = 'x_val = ((x_val - mean) * scale).astype("float32")'
SCALED_NOW = 'x_train = ((x_train - mean) * scale).astype("float32")'
SCALED_LATER = """\
# Images are moved before they are scaled, so that what moves in from outside is black.
x_train, mean, scale = (one.astype("float32") for one in (x_train, mean, scale))"""
