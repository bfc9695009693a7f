"""A stored run as one zip file, and back. What comes as a file is checked to the last byte before it is kept."""

import csv
import io
import json
import shutil
import threading
import time
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from ae_core.errors import DataError, SettingError, WrongValueError
from ae_core.formats import packing
from ae_core.formats.archive import ZIP_ERRORS, check_members, megabytes, open_archive
from ae_core.formats.checks import word
from ae_core.runs import arrays, classifiers
from ae_core.runs.checks import ABOUT_CHECK, STATUS_CHECK, check_result, check_setup, check_snapshot
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
    folder_bytes,
    kept_steps,
    new_id,
    snapshot_name,
    write,
)
from ae_core.runs.record import ENDED, LARGEST_CHECKPOINT, StoredRun
from ae_core.runs.shelf import Shelf
from ae_core.runs.writer import KEPT_SNAPSHOTS
from ae_core.variants import read_settings

HISTORY = "history.csv"
LARGEST_ZIP = 256 * 2**20
LARGEST_SMALL = 2**20
LARGEST_RESULT = 16 * 2**20
LARGEST_MESSAGES = 128 * 2**20  # of all snapshots together once unpacked
LARGEST_CONFIG = 8 * 2**20
COPIED_AT_ONCE = 2**20

_KERAS = {"config.json": LARGEST_CONFIG, "metadata.json": LARGEST_SMALL, "model.weights.h5": LARGEST_ZIP}
_HDF5 = b"\x89HDF\r\n\x1a\n"
_one_at_a_time = threading.Lock()  # which bounds the memory
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
        about = {
            "format": 1,
            "settings": dict(run.settings),
            "title": run.title,
            "pinned": False,
            "owner": None,
            "origin": run.origin,
            "twin_of": run.twin_of,
            "sweep": run.sweep,
            "created": run.created,
        }
        archive.writestr(RUN, json.dumps(about, indent=1))
        names = [STATUS, SETUP, NEWEST, *(path.name for path in kept_steps(run.folder).values()), RESULT]
        names += [CLASSIFIERS, *_PACKED]
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


def history_csv(run: StoredRun) -> str:
    """A run's curves as CSV: `step`, `epoch`, `seconds` of training, then each loss, training and validation.

    A training loss is the mean over the steps since the row before; what was not measured is empty.

    Raises:
        DataError: If the newest snapshot is damaged.
    """
    newest = run.newest()
    history = {} if newest is None else packing.plain(newest["history"])
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(history)
    rows.writerows(zip(*history.values(), strict=True))
    return text.getvalue()


def import_run(shelf: Shelf, source: Path | bytes, owner: str | None, most: int) -> str:
    """Checks a zip file and stores the run in it under a new id.

    Args:
        shelf: Where it will stand.
        source: The file, or its bytes.
        owner: Fingerprint of the token of the person who may command it.
        most: Most bytes that it may unpack to.

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
                small = _Reader(archive, label).everything(run_id, owner)
                with shelf.arriving(run_id) as part:
                    _keep(archive, part, small, label)
                return run_id
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
        SETUP: packing.LARGEST_MESSAGE,
        NEWEST: packing.LARGEST_MESSAGE,
        RESULT: LARGEST_RESULT,
        CHECKPOINT: LARGEST_CHECKPOINT,
        MODEL: LARGEST_ZIP,
        HISTORY: LARGEST_RESULT,
        CLASSIFIERS: classifiers.LARGEST_FILE,
    }
    return packing.LARGEST_MESSAGE if SNAPSHOT.fullmatch(name) else known.get(name, 0)


class _Reader:
    """Reads and checks all but the large files, in memory."""

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        self._archive, self._label = archive, label
        self._names = set(archive.namelist())
        self._left = LARGEST_MESSAGES

    def everything(self, run_id: str, owner: str | None) -> dict[str, bytes]:
        """The files to keep, by name, written anew from what was checked."""
        for name in (RUN, STATUS):
            if name not in self._names:
                raise DataError(f"{self._label} must hold {name}. Received: a file without it.")
        about, status = (packing.parse(self._archive.read(name)) for name in (RUN, STATUS))
        ABOUT_CHECK(about, RUN)
        STATUS_CHECK(status, STATUS)
        now = time.time()
        about["settings"] = self._settings(about["settings"])
        about |= {"pinned": False, "owner": owner, "origin": "imported", "created": now}
        for name in ("started", "finished", "updated"):
            status[name] = status[name] and min(status[name], now)
        if status["state"] not in ENDED:
            status["state"] = "interrupted"
        files = self._messages(run_id, about["settings"])
        if RESULT in self._names:
            result = packing.parse(self._archive.read(RESULT))
            check_result(result)
            result |= {"run_id": run_id, "settings": self._settings(result["settings"])}
            files[RESULT] = json.dumps(result, indent=1, allow_nan=False).encode()
        if CLASSIFIERS in self._names:
            found = classifiers.checked(packing.parse(self._archive.read(CLASSIFIERS)))
            files[CLASSIFIERS] = json.dumps(found, allow_nan=False).encode()
        return files | {RUN: json.dumps(about).encode(), STATUS: json.dumps(status).encode()}

    def _messages(self, run_id: str, settings: dict[str, Any]) -> dict[str, bytes]:
        kept = sorted(name for name in self._names if SNAPSHOT.fullmatch(name))
        if SETUP not in self._names:
            if NEWEST in self._names or kept:
                raise DataError(f"{self._label} must hold {SETUP} where it holds snapshots. Received: one without.")
            return {}
        setup = self._message(SETUP)
        check_setup(setup)
        if self._settings(setup["settings"]) != settings:
            raise DataError(f"{self._label} must have the same settings in {SETUP} and {RUN}. Received: others.")
        files = {SETUP: packing.dump(setup | {"run_id": run_id, "settings": settings})}
        if NEWEST not in self._names:
            if kept:
                raise DataError(f"{self._label} must hold {NEWEST} where it holds snapshots. Received: one without.")
            return files
        newest = self._message(NEWEST)
        if isinstance(newest, dict) and isinstance(newest.get("history"), dict):
            newest["history"] = packing.plain(newest["history"])
        check_snapshot(setup, newest, NEWEST)
        if "history" not in newest:
            raise DataError(f"{self._label}: {NEWEST} must have a history. Received: none.")
        files[NEWEST] = packing.dump(newest | {"run_id": run_id})
        if len(kept) > KEPT_SNAPSHOTS:
            raise DataError(f"{self._label} must hold at most {KEPT_SNAPSHOTS} snapshots. Received: {len(kept)}.")
        for name in kept:
            message = self._message(name)
            check_snapshot(setup, message, name)
            if snapshot_name(message["step"]) != name or message["step"] > newest["step"] or "history" in message:
                raise DataError(f"{self._label}: {name} must be an earlier snapshot of that step. Received: another.")
            files[name] = packing.dump(message | {"run_id": run_id})
        return files

    def _message(self, name: str) -> Any:
        text = packing.unzip(self._archive.read(name), min(self._left, packing.LARGEST_MESSAGE))
        self._left -= len(text)
        return packing.unpack(packing.parse(text))

    def _settings(self, values: dict[str, Any]) -> dict[str, Any]:
        word(values.get("variant"), "the variant")
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
    status = json.loads(small[STATUS]) | {"size": folder_bytes(part)}
    write(part / STATUS, json.dumps(status).encode())


def check_model(path: Path, label: str) -> None:
    """Checks the outside of a `.keras` file: that it holds a model's three files, whole and bounded. Loads nothing.

    Raises:
        DataError: If it is something else.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        with open_archive(stream, size, label, ".keras") as archive:
            check_members(archive, lambda name: _KERAS.get(name, 0), LARGEST_ZIP, label)
            if set(archive.namelist()) != set(_KERAS):
                raise DataError(f"{label} must hold {', '.join(_KERAS)}. Received: not all of them.")
            for name in ("config.json", "metadata.json"):
                if not isinstance(packing.parse(archive.read(name)), dict):
                    raise DataError(f"{label}: {name} must hold names and values. Received: something else.")
            with archive.open("model.weights.h5") as weights:
                if weights.read(len(_HDF5)) != _HDF5:
                    raise DataError(f"{label}: model.weights.h5 must be an HDF5 file. Received: something else.")
                while weights.read(COPIED_AT_ONCE):  # to the end, where the checksum is compared
                    continue
