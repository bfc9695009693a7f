"""One stored run as it is read: what was asked for, where it stands, and what its files hold."""

import dataclasses
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec.structs import asdict, replace

from ae_core.errors import DataError
from ae_core.formats import typed
from ae_core.messages import Curves, Result, RunAbout, RunStatus, Setup, Snapshot, State, TrainingState
from ae_core.runs import arrays, stored_messages
from ae_core.runs.files import (
    CHECKPOINT,
    MODEL,
    NEWEST,
    RESULT,
    RUN,
    SETUP,
    STATUS,
    WRITER_LOCK,
    Lock,
    first_name,
    kept_steps,
    snapshot_name,
)
from ae_core.settings import DataSpec, Settings
from ae_core.variants import read_settings

logger = logging.getLogger(__name__)

FORMAT = 2  # of the files; 1 had messages as JSON, see `first_format`
ENDED = frozenset({"done", "stopped", "diverged", "failed", "interrupted"})
EXTENSIBLE = frozenset({"done", "stopped"})  # with more epochs
CONTINUABLE = frozenset({"stopped", "failed", "interrupted"})  # to the end that they were to have
QUEUED_SECONDS = 86_400.0  # after which a run that still waits counts as interrupted: whoever queued it is gone
LARGEST_CHECKPOINT = 2**30

M = TypeVar("M", Setup, Snapshot)
R = TypeVar("R", RunAbout, RunStatus)


class DamagedError(DataError):
    """A file of a stored run that cannot be read."""


@dataclass(frozen=True)
class StoredRun:
    """One run in the store, as it was when it was read.

    Args:
        folder: Where its files are.
        id: Its id.
        settings: The experiment's plain values, see `experiment`.
        title: What a person calls it, or an empty text.
        pinned: Whether it is kept whatever its age.
        owner: Fingerprint of the token of the person who may command it, or None.
        origin: `app`, `command line` or `imported`.
        twin_of: Id of the run that it is to be compared with, or None.
        sweep: Id that the runs of one sweep share, or None.
        created: When it was stored, in seconds since 1970, like the other times.
        state: `queued`, `running`, `paused`, `done`, `stopped`, `diverged`, `failed`, or `interrupted`: its process
            died.
        started: When its training began, or None.
        finished: When it ended, or None.
        updated: When its status was written.
        error: Why it failed, one sentence, or None.
        attempts: How many times a process began to train it.
        setbacks: Processes that have died over it since it last got further.
        step: Steps done.
        epoch: Epochs done.
        seconds: Seconds of training.
        total_steps: Steps to do; None before the training has begun, like the next ones.
        total_epochs: Epochs to do.
        device: What it trains on, or an empty text.
        backend: Keras's backend, or an empty text.
        parameters: Numbers that are learnt.
        code_size: Numbers in the code.
        numbers: The newest snapshot's numbers by name, with `loss` and `val_loss`.
        test: Numbers on the test set by name; empty before the end.
        size: Bytes that it takes, as of the last time its status was written.
    """

    folder: Path
    id: str
    settings: Mapping[str, Any]
    title: str
    pinned: bool
    owner: str | None
    origin: str
    twin_of: str | None
    sweep: str | None
    created: float
    state: str
    started: float | None
    finished: float | None
    updated: float
    error: str | None
    attempts: int
    setbacks: int
    step: int
    epoch: float
    seconds: float
    total_steps: int | None
    total_epochs: int | None
    device: str
    backend: str
    parameters: int | None
    code_size: int | None
    numbers: Mapping[str, float | None]
    test: Mapping[str, float | None]
    size: int

    @property
    def ended(self) -> bool:
        """Whether nobody trains it and nobody will, unless it is taken up again."""
        return self.state in ENDED

    @property
    def experiment(self) -> Settings:
        """The settings, checked.

        Raises:
            SettingError: If this version of the program does not know them any more.
        """
        return read_settings(self.settings)

    def setup(self) -> Setup | None:
        """The setup message, None before there is one.

        Raises:
            DataError: If the file is damaged.
        """
        return self._message(SETUP, Setup)

    def spec(self) -> DataSpec:
        """Shape and range of what its network sees.

        Raises:
            DataError: If there is no setup that says so, or it is damaged.
        """
        setup = self.setup()
        if setup is None:
            raise DataError(f"The stored run {self.id} must have a setup. Received: one without.")
        return DataSpec(tuple(setup.shape), setup.unit_range)

    def newest(self) -> Snapshot | None:
        """The newest snapshot message, None before there is one.

        Raises:
            DataError: If the file is damaged.
        """
        return self._message(NEWEST, Snapshot)

    def snapshots(self) -> list[Snapshot]:
        """The kept snapshot messages, oldest first, the newest last; a damaged older one is left out.

        Each has the history as it was at its step, on the points that the newest one's history has.

        Raises:
            DataError: If the newest one is damaged.
        """
        newest = self.newest()
        if newest is None:
            return []
        found = []
        for step, path in kept_steps(self.folder).items():
            # What lies beyond the newest was left by an attempt that died.
            if step >= newest.step:
                break
            try:
                message = self._message(path.name, Snapshot)
            except DataError:
                logger.exception("A kept snapshot cannot be read.")
                continue
            if message is not None:
                found.append(replace(message, history=history_until(newest.history, step)))
        return [*found, newest]

    def kept_steps(self) -> list[int]:
        """Steps of the snapshots that are kept beside the newest one, growing."""
        return list(kept_steps(self.folder))

    @property
    def frames(self) -> int:
        """How many snapshots are kept, the newest among them."""
        return sum(step < self.step for step in self.kept_steps()) + (self.folder / NEWEST).is_file()

    def kept(self, step: int) -> Snapshot | None:
        """The snapshot that was kept at a step, without history; None if there is none, or it is damaged."""
        try:
            return self._message(snapshot_name(step), Snapshot)
        except DataError:
            logger.exception("A kept snapshot cannot be read.")
            return None

    def result(self) -> Result | None:
        """What the training returned, None before its end.

        Raises:
            DataError: If the file is damaged.
        """
        payload = self._bytes(RESULT)
        if payload is None:
            return None
        try:
            return typed.from_json(payload, Result, RESULT)
        except ValueError as error:
            raise self._damaged(RESULT) from error

    def checkpoint(self) -> tuple[dict[str, np.ndarray], TrainingState] | None:
        """The last state of the training from which it can go on, None if there is none.

        Raises:
            DataError: If the file is damaged.
        """
        try:
            with (self.folder / CHECKPOINT).open("rb") as stream:
                size = stream.seek(0, 2)
                return arrays.read_arrays(stream, size, LARGEST_CHECKPOINT, f"The stored run {self.id}")
        except FileNotFoundError:
            return None

    @property
    def checkpoint_bytes(self) -> int:
        """Size of the state from which its training can go on; 0 if none is kept."""
        path = self.folder / CHECKPOINT
        return path.stat().st_size if path.is_file() else 0

    @property
    def model(self) -> Path | None:
        """The file of the trained Keras model, None if there is none."""
        path = self.folder / MODEL
        return path if path.is_file() else None

    def _message(self, name: str, kind: type[M]) -> M | None:
        for written in (name, first_name(name), name):  # once more, should it be rewritten this very moment
            payload = self._bytes(written)
            if payload is not None:
                try:
                    return stored_messages.load(payload, written, kind)
                except ValueError as error:
                    raise self._damaged(written) from error
        return None

    def _bytes(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _damaged(self, name: str) -> DamagedError:
        return DamagedError(f"The stored run {self.id} must be whole. Received: a damaged {name}.")


def read_run(folder: Path) -> StoredRun:
    """Reads a run's `run.json` and `status.json`, which says all of it that a list shows.

    Raises:
        FileNotFoundError: If there is no such run.
        DataError: If a file is damaged, or written by a newer version of the program.
    """
    values = asdict(read_about(folder)) | asdict(read_status(folder))
    del values["format"]
    return StoredRun(folder=folder, id=folder.name, **values)


def read_about(folder: Path) -> RunAbout:
    """What a run's `run.json` says.

    Raises:
        FileNotFoundError: If it is not there.
        DataError: If it is damaged, or written by a newer version of the program.
    """
    return _read_small(folder, RUN, RunAbout)


def read_status(folder: Path) -> RunStatus:
    """What a run's `status.json` says.

    Raises:
        FileNotFoundError: If it is not there.
        DataError: If it is damaged, or written by a newer version of the program.
    """
    return _read_small(folder, STATUS, RunStatus)


class _Versioned(msgspec.Struct):
    """Of a small file the version alone, whatever else a newer program has written."""

    format: int


def _read_small(folder: Path, name: str, kind: type[R]) -> R:
    payload = (folder / name).read_bytes()
    try:
        if typed.from_json(payload, _Versioned, name).format > FORMAT:
            raise DataError(f"The stored run {folder.name} was written by a newer version of this program.")
        record = typed.from_json(payload, kind, name)
        typed.check_texts(record, name)
    except DataError:
        raise
    except ValueError as error:
        raise DamagedError(f"The stored run {folder.name} must be whole. Received: a damaged {name}.") from error
    return record


def current(run: StoredRun) -> StoredRun:
    """The run in the state that it is in, whatever its status said last: a process that died could not say so.

    Raises:
        FileNotFoundError: If it was removed meanwhile.
        DataError: If a file is damaged.
    """
    if _state_now(run) == run.state:
        return run
    # It may have ended in good order after its status was read: who trains lets the lock go last.
    run = read_run(run.folder)
    return dataclasses.replace(run, state=_state_now(run))


def _state_now(run: StoredRun) -> str:
    if run.state in ("running", "paused") and not Lock.held(run.folder / WRITER_LOCK):
        return "interrupted"
    if run.state == "queued" and time.time() - run.updated > QUEUED_SECONDS:
        return "interrupted"
    return run.state


def fresh_status(state: State, now: float) -> RunStatus:
    """The content of `status.json` before anything has happened."""
    return RunStatus(
        format=FORMAT,
        state=state,
        started=None,
        finished=None,
        updated=now,
        error=None,
        attempts=0,
        step=0,
        epoch=0.0,
        seconds=0.0,
        total_steps=None,
        total_epochs=None,
        device="",
        backend="",
        parameters=None,
        code_size=None,
        numbers={},
        test={},
        size=0,
    )


def history_until(history: Curves, step: int) -> Curves:
    """The columns of a history, cut behind a step."""
    end = sum(at is not None and at <= step for at in history.get("step", ()))  # the steps grow
    return {name: values[:end] for name, values in history.items()}
