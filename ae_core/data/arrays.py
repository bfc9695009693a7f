"""Arrays under the names that people give them become those of `formats.npz`: to learn from, to test on, classes."""

import re
from collections.abc import Mapping

import numpy as np

from ae_core.data.columns import Column, Understood
from ae_core.data.tables import MOST_UNDERSTOOD, written, written_summary
from ae_core.errors import DataError, printable
from ae_core.formats import npz_headers
from ae_core.formats.delimited import shown_names

EXAMPLES = {
    "train": ("xtrain", "trainx", "trainimages", "traindata", "trainseries", "xtr"),
    "val": ("xval", "valx", "valimages", "valdata", "xvalid", "xvalidation", "validimages"),
    "test": ("xtest", "testx", "testimages", "testdata", "testseries", "xte"),
    "all": ("x", "data", "features", "fea", "images", "series", "inputs", "samples"),
}
LABELS = {
    "train": ("ytrain", "trainy", "trainlabels", "traintargets", "ytr"),
    "val": ("yval", "valy", "vallabels", "yvalid", "yvalidation", "validlabels"),
    "test": ("ytest", "testy", "testlabels", "testtargets", "yte"),
    "all": ("y", "labels", "label", "gnd", "target", "targets", "class", "classes"),
}


def layout(arrays: Mapping[str, np.ndarray], label: str, axes_reversed: bool = False) -> dict[str, np.ndarray]:
    """The arrays of a file as `formats.npz` reads them. Those for validation are learnt from, too.

    Args:
        arrays: Arrays of plain numbers by name.
        label: The file's name for messages.
        axes_reversed: Whether examples may lie along the last axis, as in files of MATLAB.

    Raises:
        DataError: If none of them holds examples.
    """
    named = {re.sub(r"[\W_]", "", name).lower(): values for name, values in arrays.items()}
    examples, labels = _named(named, EXAMPLES), _named(named, LABELS)
    if not examples:
        large = [values for values in arrays.values() if values.ndim > 1]
        if len(large) != 1:
            found = ", ".join(f"{printable(name)} {npz_headers.show(one.shape)}" for name, one in arrays.items())
            raise DataError(
                f"{label} must hold one array of examples, or one named x_train, train_images or X. "
                f"Received: {found[:120]}."
            )
        examples = {"all": large[0]}
    notes: list[str] = []
    if axes_reversed:
        examples = {part: _examples_first(values, labels.get(part), notes) for part, values in examples.items()}
    labels = _usable(labels, examples, notes)
    return _as_rows(_joined(examples, labels, label)) | (
        {"note": np.array([" ".join(dict.fromkeys(notes))[: npz_headers.LONGEST_NOTE]])} if notes else {}
    )


def _named(arrays: Mapping[str, np.ndarray], names: Mapping[str, tuple[str, ...]]) -> dict[str, np.ndarray]:
    found = {part: next((arrays[one] for one in some if one in arrays), None) for part, some in names.items()}
    parts = {part: values for part, values in found.items() if values is not None}
    return {part: values for part, values in parts.items() if part != "all"} if "train" in parts else parts


def _examples_first(values: np.ndarray, labels: np.ndarray | None, notes: list[str]) -> np.ndarray:
    """The array with its examples along the first axis, where labels or shape say that they lie along the last."""
    count = labels.size if labels is not None else 0
    told = count == values.shape[-1] != values.shape[0]
    looks = not count and values.ndim > 2 and values.shape[0] == values.shape[1] < values.shape[-1]
    if not (told or looks):
        return values
    notes.append("The examples lay along the last axis, which was moved to the front.")
    return np.moveaxis(values, -1, 0)


def _usable(
    labels: Mapping[str, np.ndarray], examples: Mapping[str, np.ndarray], notes: list[str]
) -> dict[str, np.ndarray]:
    """Labels with one whole number for each example; others are left out, and that is said."""
    usable = {}
    for part, values in labels.items():
        if part not in examples:
            continue
        if values.size != len(examples[part]):
            notes.append("Labels that are not one number for each example are left out.")
        elif values.dtype.kind == "f" and not np.array_equal(values, np.rint(values)):
            notes.append("Labels that are no whole numbers are left out.")
        else:
            usable[part] = values.reshape(-1)
    return usable if set(usable) == set(examples) else {}


def _joined(examples: Mapping[str, np.ndarray], labels: Mapping[str, np.ndarray], label: str) -> dict[str, np.ndarray]:
    learnt = [part for part in ("train", "val", "all") if part in examples]
    if not learnt:
        raise DataError(f"{label} must hold examples to learn from. Received: only some to test on.")
    if len({examples[part].shape[1:] for part in learnt}) > 1:
        raise DataError(
            f"{label} must hold examples of one shape for training and validation. Received: different ones."
        )
    arrays = {"x_train": np.concatenate([examples[part] for part in learnt])}
    if "test" in examples:
        arrays["x_test"] = examples["test"]
    if labels:
        arrays["y_train"] = np.concatenate([labels[part] for part in learnt])
        if "test" in labels:
            arrays["y_test"] = labels["test"]
    return arrays


def _as_rows(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same, with names for the columns of a table."""
    values = arrays["x_train"]
    if values.ndim != 2 or not 1 <= values.shape[1] <= npz_headers.MAX_VALUES:
        return arrays
    columns = tuple(Column(name) for name in shown_names((), values.shape[1]))
    parts = [
        arrays[name] for name in ("x_train", "x_test") if name in arrays and arrays[name].shape[1:] == values.shape[1:]
    ]
    return arrays | {"columns": written(columns), "summary": written_summary(understood(columns, parts))}


def understood(columns: tuple[Column, ...], parts: list[np.ndarray]) -> tuple[Understood, ...]:
    """What there is to say of columns of numbers, of the first ones.

    Args:
        columns: Their names.
        parts: Rows `(n, columns)` or series `(n, time, columns)`.
    """
    found = []
    for place, one in enumerate(columns[:MOST_UNDERSTOOD]):
        values = np.concatenate([part[..., place].reshape(-1) for part in parts])
        known = values[~np.isnan(values)]
        least, most = (float(known.min()), float(known.max())) if known.size else (None, None)
        unknown, distinct = len(values) - len(known), len(np.unique(known))
        found.append(Understood(one.name, one.unit, "numbers", "kept", least, most, unknown, distinct))
    return tuple(found)
