"""The store of runs on disk: every training with its settings, snapshots, numbers and model, also after a restart.

A run is a folder `<AE_RUNS_DIR>/<run id>/`. Web process, worker processes and command line use it at the same time, so
each file has one lock, and only who holds it may write:

- `run.json`: what was asked for, title, pin and owner. Written where the run is made and by `rename`, `pin` and `give`,
  under the store's lock (`.lock` in the store's folder).
- `classifiers.json`: what `keep_classifier` was given. Written under the run's lock, once the training has ended.
- everything else is the training's: `status.json` (where it stands), `setup.msgpack.gz`, `newest.msgpack.gz` (the
  newest snapshot, with the whole history), `snapshot-<step>.msgpack.gz` (earlier ones, without), `weights-<step>.f2`
  (what the network was at some of them, see `weights_film`), `checkpoint.npz`, `result.json` and `model.keras`.
  Written by `RunWriter` under the run's lock (`.writer` in its folder), which it holds as long as it lives; `end` takes
  the same lock, so it can only speak for a training whose process is dead.

Readers take no lock: every file is put in place whole, and a run appears and vanishes whole.
"""

import functools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from ae_core.errors import DataError, disk_reason
from ae_core.folders import runs_folder
from ae_core.messages import LONGEST_TITLE, ORIGINS, ClassifierSummary, Origin, RunAbout
from ae_core.runs import classifiers, zipped
from ae_core.runs.changes import Changes
from ae_core.runs.files import RUN, STATUS, is_id, line, new_id
from ae_core.runs.quota import Going, Room, goes_on
from ae_core.runs.record import (
    CONTINUABLE,
    ENDED,
    EXTENSIBLE,
    FORMAT,
    DamagedError,
    StoredRun,
    current,
    fresh_status,
    read_run,
)
from ae_core.runs.remains import Remains, damaged_run, remains_of
from ae_core.runs.shelf import Shelf, unknown
from ae_core.runs.writer import RunWriter
from ae_core.settings import Settings
from ae_core.whole_files import write


class RunStore:
    """All stored runs.

    Args:
        folder: Where they are kept, default `AE_RUNS_DIR` or this user's cache. Made when the first run is stored.
        limit_mb: Room for all runs in MB (2^20 bytes), default `AE_RUNS_LIMIT_MB` or 2048.
        limit_days: Days that a run is kept after its end, default `AE_RUNS_DAYS` or 30.

    Raises:
        DataError: If one of the variables is not a number above 0.
    """

    def __init__(
        self, folder: Path | None = None, limit_mb: float | None = None, limit_days: float | None = None
    ) -> None:
        self.folder = runs_folder() if folder is None else folder
        self._shelf = Shelf(self.folder)
        self._room = Room(self._shelf, limit_mb, limit_days)
        self._changes = Changes(self._shelf, self._room)

    @property
    def limit_bytes(self) -> int:
        """Room for all runs."""
        return self._room.bytes

    @property
    def used_bytes(self) -> int:
        """Room that all runs take now."""
        return self._room.used()

    def create(
        self,
        settings: Settings,
        owner: str | None = None,
        *,
        title: str = "",
        origin: Origin = "app",
        twin_of: str | None = None,
        sweep: str | None = None,
        run_id: str | None = None,
    ) -> StoredRun:
        """Stores a new run that waits for its training, and removes old ones where the room is short.

        Args:
            settings: What will be trained.
            owner: Fingerprint of the token of the person who may command it, see `ownership`; None for nobody.
            title: What a person calls it; cut to 80 characters.
            origin: `app`, `command line` or `imported`.
            twin_of: Id of the run that it is to be compared with.
            sweep: Id that the runs of one sweep share.
            run_id: Its id, default a new one.

        Raises:
            DataError: If it cannot be written, or what is pinned, waits or trains leaves no room for it.
        """
        run_id = new_id() if run_id is None else run_id
        if not is_id(run_id) or origin not in ORIGINS or (self.folder / run_id).exists():
            raise DataError(f"A new run must have an id and an origin that are allowed. Received: {run_id[:40]!r}.")
        self.check_room(owner)
        now = time.time()
        about = RunAbout(
            format=FORMAT,
            settings=settings.to_dict(),
            title=line(title, LONGEST_TITLE),
            pinned=False,
            owner=owner,
            origin=origin,
            twin_of=twin_of,
            sweep=sweep,
            created=now,
        )
        with self._shelf.arriving(run_id) as part:
            write(part / RUN, msgspec.json.encode(about))
            write(part / STATUS, msgspec.json.encode(fresh_status("queued", now)))
        self.prune()
        return self.open(run_id)

    def open(self, run_id: str) -> StoredRun:
        """The run of that id.

        Raises:
            DataError: If there is none, or it is damaged.
        """
        try:
            return current(read_run(self._shelf.path(run_id)))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise unknown() from error
        except OSError as error:
            raise DataError(f"The stored run {run_id} cannot be read ({error.strerror}).") from error

    def remains(self, run_id: str) -> Remains:
        """All that can be read of a run, whichever of its files is damaged.

        Raises:
            DataError: If there is no such run, or nothing that can be read says what it was.
        """
        try:
            return remains_of(self.open(run_id))
        except DamagedError:
            return damaged_run(self._shelf.path(run_id))

    def open_any(self, run_id: str) -> StoredRun:
        """The run of that id; of one that is damaged, what is left of it.

        Raises:
            DataError: See `remains`.
        """
        try:
            return self.open(run_id)
        except DamagedError:
            return damaged_run(self._shelf.path(run_id)).run

    def list_runs(self) -> list[StoredRun]:
        """Every run that can be read, newest first.

        Raises:
            UnreadableError: If the disk does not say which there are.
        """
        return self._shelf.runs()

    def damaged(self) -> list[str]:
        """Ids of the runs that cannot be read, which `list_runs` leaves out."""
        return [one for one in self._shelf.ids() if self._shelf.entry(one) is None and self._shelf.path(one).is_dir()]

    def writer(self, run_id: str) -> RunWriter:
        """The training's side of a run that waits or was interrupted, see `RunWriter`.

        Raises:
            DataError: If there is no such run, another process trains it, or it has ended.
        """
        lock = self._shelf.take(run_id)
        try:
            run = read_run(self._shelf.path(run_id))
            if run.state in ENDED - {"interrupted"}:
                raise DataError(f"The run {run_id} has ended ({run.state}), so it cannot be trained further.")
            return RunWriter(run.folder, lock, self._room.largest_run)
        except OSError as error:
            lock.drop()
            raise DataError(f"The run {run_id} cannot be trained because {disk_reason(error)}.") from error
        except BaseException:
            lock.drop()
            raise

    def end(self, run_id: str, state: str, error: str | None = None) -> None:
        """Says how a run ended that has no living writer: one that never started, or whose process died.

        Args:
            run_id: The run.
            state: `stopped`, `failed` or `interrupted`.
            error: Why, one sentence.

        Raises:
            DataError: If there is no such run, a process trains it, or it cannot be written.
        """
        self._changes.end(run_id, state, error)

    def set_back(self, run_id: str) -> int:
        """Notes that the process died which trained a run.

        Returns:
            How many have died over it since it last got further.

        Raises:
            DataError: If there is no such run, a process trains it, or it cannot be written.
        """
        return self._changes.set_back(run_id)

    def extend(self, run_id: str, settings: Settings) -> None:
        """Has a run that has ended wait for more training, from its last checkpoint on.

        Args:
            run_id: The run.
            settings: Its settings, with more epochs.

        Raises:
            DataError: If there is no such run, it has not ended well, its state is not kept, or it cannot be written.
        """
        self._changes.wait_again(run_id, EXTENSIBLE, "be given more epochs", settings)

    def go_on(self, run_id: str) -> None:
        """Has a run that was cut off wait for the rest of its training, from its last checkpoint on.

        Raises:
            DataError: If there is no such run, it has ended well, its state is not kept, or it cannot be written.
        """
        self._changes.wait_again(run_id, CONTINUABLE, "go on", None)

    def classifiers(self, run_id: str) -> Sequence[ClassifierSummary]:
        """What was kept of the classifiers on a run's code, the newest first, see `classifiers.summary`.

        Raises:
            DataError: If the file is damaged.
        """
        return classifiers.read(self._shelf.path(run_id))

    def keep_classifier(self, run_id: str, found: ClassifierSummary) -> None:
        """Keeps a classifier on the code of a run that has ended.

        Args:
            run_id: The run.
            found: What `classifiers.summary` made.

        Raises:
            DataError: If there is no such run, a process trains it, or it cannot be written.
        """
        with self._changes.taken(run_id, "classifier could not be kept") as folder:
            classifiers.add(folder, found)

    def rename(self, run_id: str, title: str) -> None:
        """Gives a run a title; cut to 80 characters.

        Raises:
            DataError: If there is no such run, or it cannot be written.
        """
        self._changes.about(run_id, title=line(title, LONGEST_TITLE))

    def give(self, run_id: str, owner: str | None) -> None:
        """Gives a run another owner, by the fingerprint of a token.

        Raises:
            DataError: If there is no such run, or it cannot be written.
        """
        self._changes.about(run_id, owner=owner)

    def pin(self, run_id: str, pinned: bool = True) -> None:
        """Keeps a run whatever its age, or no longer.

        Raises:
            DataError: If there is no such run, or the pinned ones would take more than half of the room.
        """
        self._changes.about(run_id, pinned=pinned)

    def remove(self, run_id: str) -> None:
        """Removes a run for good.

        Raises:
            DataError: If there is no such run, or it waits or trains.
        """
        run = self._shelf.entry(run_id) if is_id(run_id) else None
        if run is not None and not run.ended:
            raise DataError("This run waits or trains; stop it before you remove it.")
        if not self._shelf.path(run_id).is_dir():
            raise unknown()
        if not self._shelf.take_away(run_id):
            raise DataError("This run trains in another process; stop it before you remove it.")

    def prune(self) -> list[str]:
        """Removes runs that are too old, and of the others as many as `room` says; none that is pinned or in training.

        Returns:
            Ids of the runs that were removed.
        """
        return self._room.prune()

    def about_to_go(self) -> list[Going]:
        """The runs that would go within two days, or if newer ones took a tenth of the room more; next first."""
        return self._room.about_to_go()

    def left_behind(self) -> list[StoredRun]:
        """The runs that wait, or that their process left unfinished, oldest first: for who starts to take up or end.

        Call it before anything is queued in this process. What waits in another process is among them.
        """
        return [run for run in reversed(self.list_runs()) if run.state in ("queued", "interrupted")]

    @property
    def days_kept(self) -> float:
        """Days that a run is kept after its end, unless it is pinned."""
        return self._room.seconds / 86_400.0

    def needed_data(self) -> set[str]:
        """Names of the data sets of the runs that wait or train."""
        return {str(run.settings.get("dataset")) for run in self.list_runs() if not run.ended or goes_on(run)}

    def check_room(self, owner: str | None) -> None:
        """Checks that one more run of that owner can be stored.

        Raises:
            UnreadableError: If the disk does not say which runs there are.
            DataError: If what is pinned, waits or trains leaves no room for it.
        """
        self._room.admit(owner, 0)

    def export_zip(self, run_id: str, target: Path | BinaryIO) -> None:
        """Writes a whole run as a zip file, with its curves as `history.csv` beside its own files.

        Args:
            run_id: The run.
            target: File to write, or an open one.

        Raises:
            DataError: If there is no such run, or it is damaged.
            OSError: If the target cannot be written.
        """
        zipped.export_run(self.open(run_id), target)

    def import_zip(self, source: Path | bytes, owner: str | None = None, *, renew: zipped.Renew) -> str:
        """Stores a run from a zip file that `export_zip` may have written; everything in it is checked before.

        Args:
            source: The file, or its bytes.
            owner: Fingerprint of the token of the person who may command it.
            renew: Checks the model in it and writes it anew, see `zipped.Renew`; called if it has one.

        Returns:
            The run's new id.

        Raises:
            DataError: If anything in it is wrong, or it cannot be stored; then nothing has changed.
        """
        admit = functools.partial(self._room.admit, owner)
        run_id = zipped.import_run(self._shelf, source, owner, self._room.largest_run, renew, admit)
        self.prune()
        return run_id

    def history_csv(self, run_id: str) -> str:
        """The curves of a run as CSV, see `zipped.history_csv`.

        Raises:
            DataError: If there is no such run, or it is damaged.
        """
        return zipped.history_csv(self.open(run_id))
