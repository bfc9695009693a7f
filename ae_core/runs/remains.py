"""What is left of a stored run of which a file is damaged."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from msgspec import structs

from ae_core.errors import DataError
from ae_core.messages import Result, RunAbout, RunStatus, Settings, Setup, Snapshot
from ae_core.runs.consistency import NEEDED
from ae_core.runs.files import NEWEST, RESULT, RUN, SETUP, STATUS
from ae_core.runs.record import FORMAT, DamagedError, StoredRun, fresh_status, read_about, read_status

T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remains:
    """All of a run that can be read.

    Args:
        run: What its small files say; of a damaged one, what the others say.
        setup: Its setup message, or None.
        newest: Its newest snapshot, or the newest frame that can be read, which has no curves; or None.
        result: What the training returned, or None.
        damaged: Names of the files that cannot be read.
    """

    run: StoredRun
    setup: Setup | None
    newest: Snapshot | None
    result: Result | None
    damaged: tuple[str, ...]

    @property
    def problem(self) -> str | None:
        """One sentence: what is damaged; None if nothing is."""
        if not self.damaged:
            return None
        if len(self.damaged) == 1:
            return f"This run is damaged: its file {self.damaged[0]} cannot be read; what is left is shown."
        names = ", ".join(self.damaged)
        return f"This run is damaged: its files {names} cannot be read; what is left is shown."


def remains_of(run: StoredRun) -> Remains:
    """What can be read of a run whose small files are whole."""
    damaged: list[str] = []
    setup = _read(run.setup, SETUP, damaged)
    newest = _read(run.newest, NEWEST, damaged)
    result = _read(run.result, RESULT, damaged)
    if newest is None and NEWEST in damaged:
        newest = _last_frame(run)
    return Remains(run, setup, newest, result, tuple(damaged))


def damaged_run(folder: Path) -> Remains:
    """What can be read of a run of whose small files one is damaged.

    Raises:
        FileNotFoundError: If there is no such run.
        DataError: If nothing that can be read says what it was, or a newer version of the program has written it.
    """
    damaged: list[str] = []
    about, status = _read(lambda: read_about(folder), RUN, damaged), _read(lambda: read_status(folder), STATUS, damaged)
    when = folder.stat().st_mtime
    if status is None:
        status = fresh_status("failed", when)
    if about is None:
        about = RunAbout(
            format=FORMAT,
            settings={},
            title="",
            pinned=False,
            owner=None,
            origin="imported",
            twin_of=None,
            sweep=None,
            created=when,
        )
    left = remains_of(_run_of(folder, about, status))
    settings = about.settings or _settings(left)
    if not settings:
        raise DataError(f"The stored run {folder.name} must be whole. Received: one of which nothing can be read.")
    newest = left.newest
    run = replace(left.run, settings=settings)
    if STATUS in damaged and newest is not None:
        run = replace(run, step=newest.step, epoch=newest.epoch, seconds=newest.seconds or 0.0)
    return replace(left, run=run, damaged=(*damaged, *left.damaged))


def _run_of(folder: Path, about: RunAbout, status: RunStatus) -> StoredRun:
    values = structs.asdict(about) | structs.asdict(status)
    del values["format"]
    return StoredRun(folder=folder, id=folder.name, **values)


def _settings(left: Remains) -> Settings:
    for message in (left.setup, left.result):
        if message is not None:
            return message.settings
    return {}


def _read(read: Callable[[], T], name: str, damaged: list[str]) -> T | None:
    try:
        return read()
    except DamagedError:
        logger.warning("A file of a run is damaged.", exc_info=True)
        damaged.append(name)
        return None


def _last_frame(run: StoredRun) -> Snapshot | None:
    for step in reversed(run.kept_steps()):
        frame = run.kept(step)
        if frame is not None:
            return structs.replace(frame, history={name: [] for name in NEEDED})
    return None
