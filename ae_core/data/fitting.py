"""A file that is to be scored becomes examples like those of a run's data: in its own order, however few they are."""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ae_core.data import lookup, pictures, uploads
from ae_core.data.columns import Column
from ae_core.data.dataset import DataInfo
from ae_core.errors import DataError, SettingError, printable
from ae_core.formats.archive import open_archive

if TYPE_CHECKING:
    import pandas as pd

    from ae_core.formats.frames import Read

FITTING = "ae_core.data.fit_file"  # the module that does it in a process of its own
NAMING = ("counts_rows", "many_texts")  # what became of a column that tells rows apart
MOST_NAMING = 3  # columns that are kept to find a row by
MOST_SAID = 5  # new categories, or columns, that are named


@dataclass(frozen=True)
class Fitted:
    """Examples of a file.

    Args:
        examples: As the file held them, ndarray of shape `(n_samples, *spec.shape)` of the run's data.
        rows: The row of each in the file, as a spreadsheet counts them; None for what is no table.
        identities: What tells one from another, by column: ids and names; the names of pictures.
        notes: Sentences for a person.
    """

    examples: np.ndarray
    rows: np.ndarray | None
    identities: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def packed(self) -> bytes:
        """The same as bytes of an `.npz` file."""
        arrays = {"examples": self.examples, "columns": np.array(list(self.identities), str)}
        arrays["notes"] = np.array(self.notes, str)
        arrays |= {f"column_{place}": np.array(texts, str) for place, texts in enumerate(self.identities.values())}
        if self.rows is not None:
            arrays["rows"] = self.rows
        stream = io.BytesIO()
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        return stream.getvalue()


def unpacked(payload: bytes) -> Fitted:
    """What was packed.

    Args:
        payload: From `Fitted.packed`.
    """
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        identities = {
            name: tuple(arrays[f"column_{place}"].tolist()) for place, name in enumerate(arrays["columns"].tolist())
        }
        rows = arrays["rows"] if "rows" in arrays.files else None
        return Fitted(arrays["examples"], rows, identities, tuple(arrays["notes"].tolist()))


def fit_apart(filename: str, payload: bytes, dataset: str, label: str) -> bytes:
    """What `fit` gives, packed, done in a process of its own with bounds for memory and time.

    Args:
        filename: See `fit`, like the others and what is raised.
        payload: Likewise.
        dataset: Likewise.
        label: Likewise.
    """
    name = printable(filename, len(filename))[-200:]
    uploads.named(name, payload)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "fitted.npz"
        uploads.apart(FITTING, [name, dataset, label, str(place)], name, payload)
        return place.read_bytes()


def fit(filename: str, payload: bytes, dataset: str, label: str) -> Fitted:
    """A file as examples of a run's data.

    Of a table, columns are found by their names; others are not used, and that is said. A category that the run's data
    do not have is none of theirs: all of its columns are 0, and it is named.

    Args:
        filename: The name it had on the person's machine.
        payload: Its bytes, at most `uploads.MAX_UPLOAD_BYTES`.
        dataset: Name of the run's data set.
        label: The run's setting `label`.

    Raises:
        DataError: If anything is wrong with it, or the run's data have columns that it has not.
    """
    name, _, text = uploads.named(filename, payload)
    info = lookup.info(dataset)
    try:
        wanted = info.labelled(label)
    except SettingError as error:
        raise DataError(str(error)) from error
    table = _table(name, payload, text)
    if table is not None and len(wanted.spec.shape) > 1:
        shape = "×".join(map(str, wanted.spec.shape))
        raise DataError(f"The examples must have the shape {shape}, as those of the run. Received: rows of a table.")
    if table is not None:
        found = _of_table(table.frame, info, wanted, text)
        return replace(found, notes=(*table.notes, *found.notes))
    arrays = uploads.converted(payload, text, name, 1)
    order = np.argsort(arrays[uploads.ORDER], kind="stable")
    examples = np.concatenate([arrays["x_train"], arrays["x_test"]])[order]
    names = arrays.get(uploads.NAMES)
    identities = {} if names is None else {"file": tuple(names[order].tolist())}
    notes = tuple(arrays["note"].tolist()) if "note" in arrays else ()
    columns = [Column(*np.atleast_1d(one).tolist()) for one in arrays.get("columns", ())]
    if columns and wanted.columns:
        examples = examples[..., _places(columns, wanted.columns)]
    return Fitted(examples, None, identities, notes)


def _table(name: str, payload: bytes, text: str) -> "Read | None":
    """The table of a file; None if it is none."""
    from ae_core.data import bringing  # with pandas

    if not name.endswith(uploads.ARCHIVES):
        return bringing.frame_of(name, payload, text)
    with open_archive(io.BytesIO(payload), len(payload), text) as archive:
        return None if pictures.members_of(archive) else bringing.frame_in(archive, text)


def _places(columns: list[Column], wanted: tuple[Column, ...]) -> list[int]:
    """Where the columns that are wanted stand among those of another file."""
    found = {(one.name, one.category): place for place, one in enumerate(columns)}
    _refuse_missing([one.name for one in wanted if (one.name, one.category) not in found])
    return [found[one.name, one.category] for one in wanted]


def _refuse_missing(missing: list[str]) -> None:
    if missing:
        names = list(dict.fromkeys(printable(one) for one in missing))
        some = ", ".join(names[:MOST_SAID]) + (", …" if names[MOST_SAID:] else "")
        raise DataError(f"The file must have all columns that the network has learnt from. Missing: {some}.")


def _of_table(frame: "pd.DataFrame", info: DataInfo, wanted: DataInfo, text: str) -> Fitted:
    from ae_core.data import tables

    rows = frame.index.to_numpy(np.int64)
    named = {name: place for place, (name, _) in enumerate(tables.names_and_units([str(one) for one in frame.columns]))}
    if not wanted.columns:
        cells = [tables.numbers_of(frame.iloc[:, place], name, text) for name, place in named.items()]
        return Fitted(np.stack(cells, axis=1), rows, {}, ())
    variables: dict[str, list[Column]] = {}
    for one in wanted.columns:
        variables.setdefault(one.name, []).append(one)
    for place, whole in enumerate(map(str, frame.columns)):  # as it is called where its unit was not taken for one
        if whole in variables and whole not in named:
            named = {name: at for name, at in named.items() if at != place} | {whole: place}
    _refuse_missing([name for name in variables if name not in named])
    blocks, notes = [], []
    for name, columns in variables.items():
        cells = frame.iloc[:, named[name]]
        if columns[0].category:
            block, new = tables.one_hot(cells, [one.category for one in columns])
            blocks.append(block)
            notes += [_said_of(name, new)] if new else []
        else:
            blocks.append(tables.numbers_of(cells, name, text)[:, None])
    known = {*variables, info.label, wanted.label, *(one.name for one in info.understood)}
    others = [printable(name) for name in named if name not in known]
    if others:
        notes.append(f"Not used, as the network has not learnt from it: {', '.join(others[:MOST_SAID])}.")
    naming = [one.name for one in info.understood if one.became in NAMING and one.name in named][:MOST_NAMING]
    identities = {name: tuple(tables.text_of(cell) or "" for cell in frame.iloc[:, named[name]]) for name in naming}
    places = [list(variables).index(one.name) for one in wanted.columns]
    order = np.argsort(np.argsort(places, kind="stable"), kind="stable")  # columns of one variable may lie apart
    return Fitted(np.concatenate(blocks, axis=1)[:, order], rows, identities, tuple(notes))


def _said_of(name: str, new: list[str]) -> str:
    some = ", ".join(new[:MOST_SAID]) + (", …" if new[MOST_SAID:] else "")
    return f"Column {printable(name)}: {some} did not occur in the run's data, and counts as none of its categories."
