"""A stored run as one zip file, and back. What comes as a file is checked to the last byte before it is kept."""

import csv
import io
import math
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
from msgspec.structs import replace

from ae_core.errors import DataError, SettingError, WrongValueError
from ae_core.formats import escape, gzipped, keras_file, typed
from ae_core.formats.archive import ZIP_ERRORS, check_members, megabytes, open_archive
from ae_core.formats.npz_headers import MAX_VALUES
from ae_core.messages import Curves, Preprocessing, Result, RunAbout, RunStatus, Setup, Snapshot
from ae_core.messages import Settings as Values
from ae_core.runs import arrays, classifiers
from ae_core.runs.consistency import check_result, check_setup, check_snapshot
from ae_core.runs.files import (
    CHECKPOINT,
    CLASSIFIERS,
    MODEL,
    NEWEST,
    RESULT,
    RUN,
    SETUP,
    SNAPSHOT,
    STATUS,
    first_name,
    folder_bytes,
    kept_steps,
    new_id,
    snapshot_name,
)
from ae_core.runs.record import ENDED, EXTENSIBLE, FORMAT, LARGEST_CHECKPOINT, StoredRun, read_about
from ae_core.runs.shelf import Shelf
from ae_core.runs.stored_messages import LARGEST_MESSAGE, decode, dump, dump_frame
from ae_core.runs.writer import KEPT_SNAPSHOTS, result_json
from ae_core.settings import DataSpec, Settings
from ae_core.variants import read_settings
from ae_core.whole_files import force, write

HISTORY = "history.csv"
LARGEST_ZIP = 256 * 2**20
LARGEST_SPARE = 64 * 2**20  # the checkpoint of a run that has ended, which is whole without it
LARGEST_SMALL = 2**20
LARGEST_RESULT = 16 * 2**20
LARGEST_MESSAGES = 128 * 2**20  # of all snapshots together once unpacked
COPIED_AT_ONCE = 2**20

_KERAS = {
    keras_file.CONFIG: keras_file.LARGEST_CONFIG,
    keras_file.METADATA: LARGEST_SMALL,
    keras_file.WEIGHTS: keras_file.LARGEST_WEIGHTS,
}
_KERAS_AND_OURS = _KERAS | {keras_file.PREPROCESSING: keras_file.LARGEST_CONFIG}  # which earlier versions had not
_HDF5 = b"\x89HDF\r\n\x1a\n"
_one_at_a_time = threading.Lock()  # which bounds the memory

Renew = Callable[[Path, Settings, DataSpec], None]
"""Checks the model in a file from elsewhere, and puts one that is written from our own network in its place.

Given the file, the run's settings, and shape and range of what its network sees, it raises `DataError` or
`SettingError` if the file is of another network. Only where Keras is can this be done.
"""

M = TypeVar("M", Setup, Snapshot)
R = TypeVar("R", RunAbout, RunStatus)
_PACKED = (MODEL, CHECKPOINT)  # and all that ends in .gz: to pack it again would gain nothing


def export_run(run: StoredRun, target: Path | BinaryIO) -> None:
    """Writes a run as a zip file. Who owns it is not in it.

    Args:
        run: The run; one in training is written as it stands.
        target: File to write, or an open one.

    Raises:
        DataError: If a file of the run is damaged.
        OSError: If the target cannot be written.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        about = replace(read_about(run.folder), pinned=False, owner=None)
        archive.writestr(RUN, msgspec.json.format(msgspec.json.encode(about), indent=1))
        names = [STATUS, *_messages_of(run), RESULT, CLASSIFIERS, MODEL]
        if run.state not in EXTENSIBLE or run.checkpoint_bytes <= LARGEST_SPARE:
            names.append(CHECKPOINT)
        for name in names:
            path = run.folder / name
            try:
                # Opened once: what replaces it meanwhile is another file.
                with path.open("rb") as file:
                    kind = zipfile.ZIP_STORED if name in _PACKED or name.endswith(".gz") else zipfile.ZIP_DEFLATED
                    member = zipfile.ZipInfo(name, time.localtime()[:6])
                    member.compress_type = kind
                    with archive.open(member, "w", force_zip64=True) as entry:
                        shutil.copyfileobj(file, entry, COPIED_AT_ONCE)
            except FileNotFoundError:
                continue
        if run.newest() is not None:
            archive.writestr(HISTORY, history_csv(run))


def _messages_of(run: StoredRun) -> list[str]:
    """Names of the files of a run's messages; of one that was not trained since, in the form of an earlier version."""
    found = [name if (run.folder / name).exists() else first_name(name) for name in (SETUP, NEWEST)]
    return [*found, *(path.name for path in kept_steps(run.folder).values())]


def history_csv(run: StoredRun) -> str:
    """A run's curves as CSV: `step`, `epoch`, `seconds` of training, then each loss, training and validation.

    A training loss is the mean over the steps since the row before; what was not measured is empty.

    Raises:
        DataError: If the newest snapshot is damaged.
    """
    newest = run.newest()
    history = {} if newest is None else finite(newest.history)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(map(escape.csv_cell, history))
    rows.writerows(zip(*history.values(), strict=True))
    return text.getvalue()


def finite(history: Curves) -> Curves:
    """The curves with None for what is not finite."""
    return {
        name: [value if value is not None and math.isfinite(value) else None for value in values]
        for name, values in history.items()
    }


def import_run(
    shelf: Shelf, source: Path | bytes, owner: str | None, most: int, renew: Renew, admit: Callable[[int], None]
) -> str:
    """Checks a zip file and stores the run in it under a new id.

    Args:
        shelf: Where it will stand.
        source: The file, or its bytes.
        owner: Fingerprint of the token of the person who may command it.
        most: Most bytes that it may unpack to.
        renew: Called with its model, if it has one.
        admit: Called with the bytes that it takes; raises `DataError` if there is no room.

    Returns:
        The new id.

    Raises:
        DataError: If anything is wrong with it, or the disk does not take it; nothing has changed then.
    """
    label, most = "The file of a run", min(most, LARGEST_ZIP)
    try:
        with _one_at_a_time, io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            size = stream.seek(0, io.SEEK_END)
            if not 0 < size <= most:
                raise DataError(f"{label} must have 1 byte to {megabytes(most)}. Received: {size:,} bytes.")
            with open_archive(stream, size, label, ".zip") as archive:
                check_members(archive, _largest, most, label)
                run_id = new_id()
                reader = _Reader(archive, label)
                status, small = reader.everything(run_id, owner)
                with shelf.arriving(run_id) as part:
                    _keep(archive, part, small, label)
                    if (part / MODEL).exists():
                        renew(part / MODEL, *reader.model())
                    for name in (CHECKPOINT, MODEL):
                        if (part / name).exists():
                            force(part / name)
                    size = folder_bytes(part)
                    admit(size)
                    write(part / STATUS, msgspec.json.encode(replace(status, size=size)))
                return run_id
    except SettingError as error:
        raise DataError(f"{label} has settings that do not fit its data: {error}") from error
    except WrongValueError as error:
        raise DataError(f"{label} is not right: {error}") from error
    except (*ZIP_ERRORS, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        if isinstance(error, OSError) and error.errno is not None:
            raise DataError(f"{label} cannot be read ({error.strerror}).") from error
        raise DataError(f"{label} must be whole. Received: a damaged one.") from error


def _largest(name: str) -> int:
    """Most bytes that a file in the zip may unpack to; 0 for one that no run has."""
    known = {
        RUN: LARGEST_SMALL,
        STATUS: LARGEST_SMALL,
        SETUP: LARGEST_MESSAGE,
        NEWEST: LARGEST_MESSAGE,
        first_name(SETUP): LARGEST_MESSAGE,
        first_name(NEWEST): LARGEST_MESSAGE,
        RESULT: LARGEST_RESULT,
        CHECKPOINT: LARGEST_CHECKPOINT,
        MODEL: LARGEST_ZIP,
        HISTORY: LARGEST_RESULT,
        CLASSIFIERS: classifiers.LARGEST_FILE,
    }
    return LARGEST_MESSAGE if SNAPSHOT.fullmatch(name) else known.get(name, 0)


class _Reader:
    """Reads and checks all but the large files, in memory."""

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        self._archive, self._label = archive, label
        self._names = set(archive.namelist())
        self._left = LARGEST_MESSAGES
        self._setup: Setup | None = None

    def everything(self, run_id: str, owner: str | None) -> tuple[RunStatus, dict[str, bytes]]:
        """The status, and the other files to keep, by name, written anew from what was checked."""
        about, status = self._small(RUN, RunAbout), self._small(STATUS, RunStatus)
        now = time.time()
        about = replace(
            about,
            format=FORMAT,
            settings=self._settings(about.settings),
            pinned=False,
            owner=owner,
            origin="imported",
            created=now,
        )
        status = replace(
            status,
            format=FORMAT,
            state=status.state if status.state in ENDED else "interrupted",
            started=status.started and min(status.started, now),
            finished=status.finished and min(status.finished, now),
            updated=min(status.updated, now),
        )
        files = self._messages(run_id, about.settings)
        if RESULT in self._names:
            result = typed.from_json(self._archive.read(RESULT), Result, "result")
            typed.check_texts(result, "result")
            check_result(result)
            result = replace(result, run_id=run_id, settings=self._settings(result.settings))
            files[RESULT] = result_json(result)
        if CLASSIFIERS in self._names:
            files[CLASSIFIERS] = classifiers.packed(classifiers.checked(self._archive.read(CLASSIFIERS)))
        return status, files | {RUN: msgspec.json.encode(about)}

    def _small(self, name: str, kind: type[R]) -> R:
        if name not in self._names:
            raise DataError(f"{self._label} must hold {name}. Received: a file without it.")
        record = typed.from_json(self._archive.read(name), kind, name)
        typed.check_texts(record, name)
        if record.format > FORMAT:
            raise WrongValueError(f"{name}.format", f"be at most {FORMAT}", record.format)
        return record

    def model(self) -> tuple[Settings, DataSpec]:
        """Of what run the model in it is, once everything else was read."""
        setup = self._setup
        if setup is None:
            raise DataError(f"{self._label} must hold {SETUP} where it holds {MODEL}. Received: one without.")
        if setup.input_size > MAX_VALUES:
            raise WrongValueError("setup.input_size", f"be at most {MAX_VALUES:,}", setup.input_size)
        return read_settings(setup.settings), DataSpec(tuple(setup.shape), setup.unit_range)

    def _messages(self, run_id: str, settings: Values) -> dict[str, bytes]:
        kept = sorted(name for name in self._names if SNAPSHOT.fullmatch(name))
        setup, newest = self._message(SETUP, Setup), self._message(NEWEST, Snapshot)
        if setup is None:
            if newest is not None or kept:
                raise DataError(f"{self._label} must hold {SETUP} where it holds snapshots. Received: one without.")
            return {}
        check_setup(setup)
        if self._settings(setup.settings) != settings:
            raise DataError(
                f"{self._label} must have the same settings in {SETUP} and {RUN}. Received: different ones."
            )
        setup = self._setup = replace(setup, run_id=run_id, settings=settings)
        files = {SETUP: dump(setup)}
        if newest is None:
            if kept:
                raise DataError(f"{self._label} must hold {NEWEST} where it holds snapshots. Received: one without.")
            return files
        newest = replace(newest, history=finite(newest.history))
        check_snapshot(setup, newest, NEWEST)
        if not newest.history:
            raise DataError(f"{self._label}: {NEWEST} must have a history. Received: none.")
        files[NEWEST] = dump(replace(newest, run_id=run_id))
        if len(kept) > KEPT_SNAPSHOTS:
            raise DataError(f"{self._label} must hold at most {KEPT_SNAPSHOTS} snapshots. Received: {len(kept)}.")
        for name in kept:
            message = self._read(name, Snapshot)
            check_snapshot(setup, message, name)
            written = snapshot_name(message.step)
            if name not in (written, first_name(written)) or message.step > newest.step or message.history:
                raise DataError(f"{self._label}: {name} must be an earlier snapshot of that step. Received: another.")
            files[written] = dump_frame(replace(message, run_id=run_id))
        return files

    def _message(self, name: str, kind: type[M]) -> M | None:
        for written in (name, first_name(name)):
            if written in self._names:
                return self._read(written, kind)
        return None

    def _read(self, name: str, kind: type[M]) -> M:
        content = gzipped.unpack(self._archive.read(name), min(self._left, LARGEST_MESSAGE))
        self._left -= len(content)
        message = decode(content, name, kind)
        typed.check_texts(message, "setup" if kind is Setup else name)
        return message

    def _settings(self, values: Values) -> Values:
        if not isinstance(values.get("variant"), str):
            raise WrongValueError("the variant", "be a short plain name", values.get("variant"))
        try:
            return read_settings(values).to_dict()
        except SettingError as error:
            raise DataError(f"{self._label} has settings that this version does not know: {error}") from error


def _keep(archive: zipfile.ZipFile, part: Path, small: dict[str, bytes], label: str) -> None:
    """Writes the files of an imported run into a folder that is not in place yet, and checks the large ones there."""
    for name in (CHECKPOINT, MODEL):
        if name in archive.namelist():
            with archive.open(name) as entry, (part / name).open("xb") as file:
                shutil.copyfileobj(entry, file, COPIED_AT_ONCE)
    if (part / CHECKPOINT).exists():
        with (part / CHECKPOINT).open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            arrays.check_arrays(file, size, LARGEST_CHECKPOINT, f"{label}: {CHECKPOINT}")
    if (part / MODEL).exists():
        check_model(part / MODEL, f"{label}: {MODEL}")
    for name, payload in small.items():
        write(part / name, payload)


def check_model(path: Path, label: str) -> None:
    """Checks the outside of a `.keras` file: that it holds a model's three files, whole and bounded. Loads nothing.

    Raises:
        DataError: If it is something else.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        with open_archive(stream, size, label, ".keras") as archive:
            check_members(archive, lambda name: _KERAS_AND_OURS.get(name, 0), LARGEST_ZIP, label)
            if not set(archive.namelist()) >= set(_KERAS):
                raise DataError(f"{label} must hold {', '.join(_KERAS)}. Received: not all of them.")
            for name in (keras_file.CONFIG, keras_file.METADATA):
                # `Raw` because nothing in it is looked at, and so nothing is made of it.
                typed.from_json(archive.read(name), dict[str, msgspec.Raw], name)
            if keras_file.PREPROCESSING in archive.namelist():
                typed.from_json(archive.read(keras_file.PREPROCESSING), Preprocessing, keras_file.PREPROCESSING)
            with archive.open(keras_file.WEIGHTS) as weights:
                if weights.read(len(_HDF5)) != _HDF5:
                    raise DataError(f"{label}: {keras_file.WEIGHTS} must be an HDF5 file. Received: something else.")
                while weights.read(COPIED_AT_ONCE):  # to the end, where the checksum is compared
                    continue
