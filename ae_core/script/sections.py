"""The parts of a script that are the same for every network: what it is, the data, the training."""

import ast
from dataclasses import dataclass
from typing import Any

import keras

from ae_core import data
from ae_core.data import built_in, preparation
from ae_core.data.built_in import DataInfo
from ae_core.data.download import PUBLISHED
from ae_core.formats import npz
from ae_core.measuring import probe
from ae_core.models.autoencoder import LEAST_START, Autoencoder
from ae_core.script import source, style
from ae_core.script.inlining import inline_steps, stored
from ae_core.script.library import Library
from ae_core.script.reduced import definition, is_own
from ae_core.settings import Settings, options
from ae_core.training import cache

TOLERANCE = "0.1 %"


@dataclass(frozen=True)
class Rows:
    """How many examples there are of what.

    Args:
        train: Training examples.
        validation: Validation examples that are measured.
        held: Validation examples in all.
        test: Test examples that are measured.
        batch_size: Examples in a step.
    """

    train: int
    validation: int
    held: int
    test: int
    batch_size: int


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
    if settings.outliers != "keep":
        train = len(data.prepare(data.load(info.name), settings).x_train)
    points = probe.most_points(cache.probe_points(model), info.spec.size)
    return Rows(
        train, min(held, probe.measured(points)), held, min(info.test_count, points), min(settings.batch_size, train)
    )


def heading(settings: Settings, title: str, info: DataInfo, packages: list[str]) -> list[str]:
    """The first lines: what is trained, with which settings, and how to run it."""
    usual = type(settings)()
    said = {"epochs", "seed"}
    changed = {
        name: value
        for name, value in settings.to_dict().items()
        if name in options(settings) and name not in said and value != usual.to_dict()[name] and name != "dataset"
    }
    words = ", ".join(f"{name} {_worded(value)}" for name, value in changed.items())
    return [
        f'"""{title} autoencoder on {info.title}: {settings.epochs} epochs, seed {settings.seed}.',
        "",
        *(_wrapped(f"Settings that differ from the usual ones: {words}.") if words else ()),
        f"To run it: pip install {' '.join(packages)}",
        *_wrapped(
            f"The same seed gives the same losses as Autoencoder Lab, within {TOLERANCE}, on the same kind of machine."
        ),
        '"""',
    ]


def _worded(value: Any) -> str:
    return "-".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _wrapped(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if len(line) + len(word) > style.WIDTH - 2:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def data_lines(settings: Settings, info: DataInfo, rows: Rows, library: Library) -> list[str]:
    """The code that makes `x_train` and `x_val` as a training sees them; raw, if they are scaled after being moved."""
    lines = _loaded(info, library)
    library.imports.add("import numpy as np")
    taken = min(settings.train_size, info.train_count)
    some = "" if taken == info.train_count else f"[:{taken}]"
    used = "" if rows.validation == rows.held else f"[:{rows.validation}]"
    lines += [
        f"order = np.random.default_rng({preparation.SPLIT_SEED}).permutation(len(data)){some}",
        f"x_train, x_val = data[order[:-{rows.held}]], data[order[-{rows.held}:]]{used}"
        f"  # {rows.held} images are kept out of training",
    ]
    lines += _cleaned(settings, info)
    return lines + _scaled(settings, info)


def _loaded(info: DataInfo, library: Library) -> list[str]:
    if info == built_in.INFOS.get(info.name):
        if info.name in built_in.GENERATED:
            return _generated(info, library)
        if info.name in PUBLISHED:
            library.imports.add("import keras")
            return [f"(data, _), _ = keras.datasets.{info.name}.load_data()", "data = data[..., None]"]
    return _from_file(info, library)


def _from_file(info: DataInfo, library: Library) -> list[str]:
    """Reads what a person brought, as the reader of files does: with or without a test set, bytes or fractions."""
    library.function(npz, "split_rows")
    named = info.title.lower().endswith(".npz")
    note = "" if named else "  # the arrays x_train and, where there are any, x_test and y_train"
    shape = ", ".join(map(str, info.spec.shape))
    lines = [
        f"file = np.load({style.value(info.title if named else info.name + '.npz')}){note}",
        'data = file["x_train"]',
        'if "x_test" not in file:',
        '    labels = file["y_train"].reshape(-1) if "y_train" in file else None',
        "    data = data[split_rows(len(data), labels)[0]]",
    ]
    if info.spec.is_image:
        return [*lines, f"data = np.rint(data * (255 if data.max() <= 1 else 1)).reshape(-1, {shape})"]
    if info.spec.unit_range:
        lines.append("data = data / 255 if data.max() > 1 else data")
    return [*lines, 'data = data.astype("float32")']


def _generated(info: DataInfo, library: Library) -> list[str]:
    """The body of the function that makes a data set, without what only a test set and labels need."""
    make = built_in.GENERATED[info.name].__name__
    function = source.read(built_in, make)
    imports = [node for node in function.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    library.imports |= {ast.unparse(node) for node in imports}
    imported = {alias.asname or alias.name for node in imports for alias in node.names}
    body = [node for node in function.body if node not in imports]
    made = body.pop()
    body.append(ast.parse(f"data = {ast.unparse(made.value.args[1])}").body[0])
    kept: list[Any] = []
    needed = {"data"}
    for node in reversed(inline_steps(body, _own_function)):
        written = stored(node)
        if isinstance(node, ast.For):  # may write into anything that it reads
            written |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        if written & needed:
            kept.insert(0, node)
            needed |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    whole = ast.Module(body=kept, type_ignores=[])
    library.needs(whole, built_in, imported)
    for node in kept:
        node.spaced = False
    return [line for node in kept for line in source.written(node)]


def _own_function(name: str) -> Any:
    """A fresh tree of the function of this package that a name means where data are made, or None."""
    return source.read(*definition(built_in, name)) if is_own(getattr(built_in, name, None)) else None


def _cleaned(settings: Settings, info: DataInfo) -> list[str]:
    if settings.outliers == "keep":
        return []
    axes = tuple(range(1, 1 + len(info.spec.shape)))
    lines = [
        "distance = np.sqrt(np.square(x_train - x_train.mean(0, dtype=np.float64)).sum("
        f"{axes if len(axes) > 1 else axes[0]}))  # from the mean example: outliers are dropped"
    ]
    if settings.outliers == "zscore":
        return [
            *lines,
            f"x_train = x_train[distance <= distance.mean() + {preparation.ZSCORE_LIMIT:g} * distance.std()]",
        ]
    return [
        *lines,
        "low, high = np.quantile(distance, [0.25, 0.75])",
        f"x_train = x_train[distance <= high + {preparation.IQR_FACTOR} * (high - low)]",
    ]


def _scaled(settings: Settings, info: DataInfo) -> list[str]:
    if settings.scaling != "standardize":
        if not info.spec.is_image:
            return []
        return ['x_train, x_val = x_train.astype("float32") / 255, x_val.astype("float32") / 255']
    unit = "1 / 255" if info.spec.is_image else "1"
    lines = [
        "mean, deviation = x_train.mean(0, dtype=np.float64), x_train.std(0, dtype=np.float64)",
        "deviation[(x_train == x_train[0]).all(0)] = 0  # a value that never changes is only centred",
        f"scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), {unit})",
        'x_val = ((x_val - mean) * scale).astype("float32")',
    ]
    if settings.augmentation == "none":
        return [*lines, 'x_train = ((x_train - mean) * scale).astype("float32")']
    # Images are moved before they are scaled, so that what moves in from outside is black.
    return [*lines, 'x_train, mean, scale = (one.astype("float32") for one in (x_train, mean, scale))']


def start_lines(model: Autoencoder) -> list[str]:
    """What the decoder begins with, see `Autoencoder.start_at`; nothing where that is chance alone."""
    if not model.starts_at_mean:
        return []
    place = model.decoder.layers.index(model.decoder.get_layer("pixels")) - len(model.decoder.layers)
    bias, mean = f"decoder.layers[{place}].bias.assign", "x_train.mean(axis=0).ravel()"
    if model.decoder.layers[-1].activation is not keras.activations.sigmoid:
        return [f"{bias}({mean})  # the mean image"]
    return [
        f"mean = np.clip({mean}, {LEAST_START}, {1 - LEAST_START})",
        f"{bias}(np.log(mean / (1 - mean)))  # the mean image, not grey",
    ]
