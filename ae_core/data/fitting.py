"""A file that is to be scored becomes examples like those of a run's data: in its own order, however few they are."""

import io
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ae_core.data import lookup, pictures, ranges, uploads
from ae_core.data.columns import Column, Understood
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


def fit_apart(filename: str, payload: bytes, dataset: str, label: str, leave_out: str = "") -> bytes:
    """What `fit` gives, packed, done in a process of its own with bounds for memory and time.

    Args:
        filename: See `fit`, like the others and what is raised.
        payload: Likewise.
        dataset: Likewise.
        label: Likewise.
        leave_out: Likewise.
    """
    name = printable(filename, len(filename))[-200:]
    uploads.named(name, payload)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "fitted.npz"
        uploads.apart(FITTING, [name, dataset, label, leave_out, str(place)], name, payload)
        return place.read_bytes()


def fit(filename: str, payload: bytes, dataset: str, label: str, leave_out: str = "") -> Fitted:
    """A file as examples of a run's data.

    Of a table, columns are found by their names; others are not used, and that is said. A category that the run's data
    do not have is none of theirs: all of its columns are 0, and it is named.

    Args:
        filename: The name it had on the person's machine.
        payload: Its bytes, at most `uploads.MAX_UPLOAD_BYTES`.
        dataset: Name of the run's data set.
        label: The run's setting `label`.
        leave_out: The run's setting `leave_out`. What it names may be missing, and tells rows from one another.

    Raises:
        DataError: If anything is wrong with it, or the run's data have columns that it has not.
    """
    fitted = _fit(filename, payload, dataset, label, leave_out)
    return replace(fitted, notes=(*fitted.notes, *_said_of_unknown(fitted.examples)))


def _fit(filename: str, payload: bytes, dataset: str, label: str, leave_out: str) -> Fitted:
    name, _, text = uploads.named(filename, payload)
    info = lookup.info(dataset)
    try:
        wanted = info.labelled(label).without(leave_out)
    except SettingError as error:
        raise DataError(str(error)) from error
    tables = _tables(name, payload, text, _as_written(info, wanted))
    if tables and len(wanted.spec.shape) > 1:
        shape = "×".join(map(str, wanted.spec.shape))
        raise DataError(f"The examples must have the shape {shape}, as those of the run. Received: rows of a table.")
    if tables:
        return _of_table(tables, info, wanted, text)
    sides = wanted.spec.shape if wanted.spec.is_image else (0, 1, 0)
    arrays = uploads.converted(payload, text, name, 1, sides[0] if sides[0] == sides[1] else 0)
    order = np.argsort(arrays[uploads.ORDER], kind="stable")
    examples = np.concatenate([arrays["x_train"], arrays["x_test"]])[order]
    names = arrays.get(uploads.NAMES)
    identities = {} if names is None else {"file": tuple(names[order].tolist())}
    notes = tuple(arrays["note"].tolist()) if "note" in arrays else ()
    columns = [Column(*np.atleast_1d(one).tolist()) for one in arrays.get("columns", ())]
    if columns and wanted.columns:
        examples = examples[..., _places(columns, wanted.columns)]
    if wanted.spec.is_image and examples.ndim == 4:
        if names is not None and sides[2] == 3 > examples.shape[3]:  # grey ones among coloured ones have three, too
            examples = np.repeat(examples, 3, axis=3)
        examples, said = ranges.alike(examples, info.values)
        notes = (*notes, said) if said else notes
    return Fitted(examples, None, identities, notes)


def _tables(name: str, payload: bytes, text: str, texts: Collection[str]) -> "dict[str, Read]":
    """The tables of a file by their names; none if it is another kind of file."""
    from ae_core.data import bringing  # with pandas

    if not name.endswith(uploads.ARCHIVES):
        found = bringing.frame_of(name, payload, text, texts)
        return {} if found is None else {name: found}
    with open_archive(io.BytesIO(payload), len(payload), text) as archive:
        return {} if pictures.members_of(archive) else bringing.frames_in(archive, text, texts)


def _as_written(info: DataInfo, wanted: DataInfo) -> set[str]:
    """What columns may be called whose cells are texts: those that name rows, and the categories."""
    found = {(one.name, one.unit) for one in wanted.columns if one.category}
    found |= {(one.name, one.unit) for one in _naming(info, wanted)}
    return {spelt for one in found for spelt in _spelt(*one)}


def _spelt(name: str, unit: str) -> tuple[str, ...]:
    """How a file may write a column's name."""
    return (name, f"{name} [{unit}]", f"{name} ({unit})")


def _places(columns: list[Column], wanted: tuple[Column, ...]) -> list[int]:
    """Where the columns that are wanted stand among those of another file."""
    found = {(one.name, one.category): place for place, one in enumerate(columns)}
    _refuse_missing([one.name for one in wanted if (one.name, one.category) not in found])
    return [found[one.name, one.category] for one in wanted]


def _refuse_missing(missing: list[str]) -> None:
    if missing:
        some = _some(list(dict.fromkeys(missing)))
        raise DataError(f"The file must have all columns that the network has learnt from. Missing: {some}.")


def _of_table(tables_read: "Mapping[str, Read]", info: DataInfo, wanted: DataInfo, text: str) -> Fitted:
    import pandas as pd

    from ae_core.data import tables

    frames = [one.frame for one in tables_read.values()]
    frame = pd.concat(frames) if frames[1:] else frames[0]
    rows = frame.index.to_numpy(np.int64)
    notes = list(dict.fromkeys(note for one in tables_read.values() for note in one.notes))
    identities: dict[str, tuple[str, ...]] = {}
    if frames[1:]:
        identities["file"] = tuple(name for name, one in tables_read.items() for _ in range(len(one.frame)))
    if len(rows) * max(len(wanted.columns), frame.shape[1]) > tables.MOST_NUMBERS:
        raise DataError(
            f"{text} must have at most {tables.MOST_NUMBERS / 1e6:.0f} million numbers, once each category has a "
            "column. Received: more of them."
        )
    titles = [str(one) for one in frame.columns]
    parted = tables.names_and_units(titles)
    unread: dict[str, int] = {}

    def numbers(place: int) -> np.ndarray:
        name = parted[place][0]
        values, unread[name] = tables.numbers_of(frame.iloc[:, place], name, text)
        return values

    if not wanted.columns:
        values = np.stack([numbers(place) for place in range(len(titles))], axis=1)
        return Fitted(values, rows, identities, (*notes, *_said_of_unread(unread)))
    variables: dict[str, list[Column]] = {}
    for one in wanted.columns:
        variables.setdefault(one.name, []).append(one)
    places = {name: _place(name, columns[0].unit, titles, parted) for name, columns in variables.items()}
    _refuse_missing([name for name, place in places.items() if place is None])
    blocks = []
    for name, columns in variables.items():
        place, unit = places[name] or 0, columns[0].unit
        if columns[0].category:
            block, new = tables.one_hot(frame.iloc[:, place], [one.category for one in columns])
            blocks.append(block)
            notes += [_said_of(name, new)] if new else []
            continue
        blocks.append(numbers(place)[:, None])
        same = _spelt(name, unit)[bool(unit) :]  # without a unit, the whole title was the name
        if parted[place][1] != unit and titles[place] not in same:
            notes.append(_said_of_units(name, parted[place][1], unit))
    notes += _said_of_unread(unread)
    known = {info.label, wanted.label, *(one.name for one in info.understood)} - set(variables)
    used = set(places.values())
    others = [name for place, (name, _) in enumerate(parted) if place not in used and name not in known]
    if others:
        notes.append(f"Not used, as the network has not learnt from it: {_some(others)}.")
    identities |= _named(frame, _naming(info, wanted), titles, parted)
    ordered = [list(variables).index(one.name) for one in wanted.columns]
    order = np.argsort(np.argsort(ordered, kind="stable"), kind="stable")  # columns of one variable may lie apart
    return Fitted(np.concatenate(blocks, axis=1)[:, order], rows, identities, tuple(notes))


def _naming(info: DataInfo, wanted: DataInfo) -> list[Understood]:
    """The columns that tell rows apart: in the run's data, or because they are left out of it."""
    return [one for one in info.understood if one.became in NAMING or one.name in wanted.left_out]


def _named(
    frame: "pd.DataFrame", naming: list[Understood], titles: list[str], parted: list[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """The cells of these columns."""
    from ae_core.data import tables

    found = [(one.name, _place(one.name, one.unit, titles, parted)) for one in naming]
    return {
        name: tuple(text or "" for text in tables.texts_of(frame.iloc[:, place]))
        for name, place in [one for one in found if one[1] is not None][:MOST_NAMING]
    }


def _place(name: str, unit: str, titles: list[str], parted: list[tuple[str, str]]) -> int | None:
    """Where a column stands: with its unit if that can be had, else with another one or none; None if nowhere."""
    for found in (
        [place for place, title in enumerate(titles) if title in _spelt(name, unit)[1:]],
        [place for place, title in enumerate(titles) if title == name],
        [place for place, (plain, _) in enumerate(parted) if plain == name],
    ):
        if found:
            return found[0]
    return None


def _some(names: list[str]) -> str:
    return ", ".join(printable(name) for name in names[:MOST_SAID]) + (", …" if names[MOST_SAID:] else "")


def _said_of_units(name: str, here: str, there: str) -> str:
    here, there = (printable(one) or "–" for one in (here, there))
    return f"Column {printable(name)}: the unit is {here}, in the run's data {there}; its numbers stay what they are."


def _said_of_unread(unread: Mapping[str, int]) -> list[str]:
    count, some = sum(unread.values()), _some([name for name, count in unread.items() if count])
    if count == 1:
        return [f"One cell is no number and counts as unknown, in: {some}."]
    return [f"{count:,} cells are no numbers and count as unknown, in: {some}."] if count else []


def _said_of_unknown(examples: np.ndarray) -> list[str]:
    if examples.dtype.kind != "f":
        return []
    count = int(np.isnan(examples.reshape(len(examples), -1)).all(axis=1).sum())
    if count == 1:
        return ["Of one example nothing is known: its error is 0, which does not mean that it is normal."]
    said = f"Of {count:,} examples nothing is known: their error is 0, which does not mean that they are normal."
    return [said] if count else []


def _said_of(name: str, new: list[str]) -> str:
    some = _some(new)
    return f"Column {printable(name)}: {some} did not occur in the run's data, and counts as none of its categories."
