"""What the engine does with the store of runs: keeps what it is asked to train, and takes up what was left unfinished.

A disk that refuses does not end a training: it then only lives as long as the app.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ae_core.engine.queue import Queue, Run
from ae_core.errors import DataError, SettingError
from ae_core.runs import RunStore, StoredRun
from ae_core.runs.files import Lock

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # processes that may die over one run before it counts as failed
PATIENCE = 30.0  # seconds in which a training's process lets go of a run that has ended
LOOK = 1.0  # seconds between two looks at a run that another process trains
PROBLEM = "This run was interrupted {count} times and is not begun again."


class Recovery:
    """The store as the engine uses it.

    Args:
        store: The runs on disk.
        queue: The runs in memory.
    """

    def __init__(self, store: RunStore, queue: Queue) -> None:
        self.store, self._queue = store, queue
        self._ended: dict[str, tuple[str, str | None, float]] = {}  # state, error, until when it is tried
        self._looked: dict[str, tuple[float, float]] = {}  # run → when it was read, and its age then
        self._guard = threading.Lock()
        self._claim: Lock | None = None
        self._looked_back = False

    def add(self, run: Run, **origin: Any) -> None:
        """Keeps a new run, under the id that it has."""
        try:
            self.store.create(run.settings, run.owner, run_id=run.id, **origin)
            run.stored = True
        except DataError:
            logger.exception("A run is not kept on disk.")

    def ended(self, run: Run) -> None:
        """Notes that a run has ended; `tick` writes it where its training could not."""
        if run.stored and run.state in ("stopped", "failed"):
            with self._guard:
                self._ended[run.id] = run.state, run.error, time.monotonic() + PATIENCE

    def tick(self) -> None:
        """Writes what has ended. A run whose process still holds it is tried again a little later."""
        with self._guard:
            waiting = dict(self._ended)
        for run_id, (state, error, until) in waiting.items():
            try:
                self.store.end(run_id, state, error)
            except DataError:
                if time.monotonic() < until:
                    continue
                logger.exception("The end of a run could not be kept.")
            with self._guard:
                self._ended.pop(run_id, None)

    def give(self, run: Run) -> None:
        """Keeps a run's new owner."""
        if run.stored:
            try:
                self.store.give(run.id, run.owner)
            except DataError:
                logger.exception("A run's new owner is not kept on disk.")

    def take_up(self) -> list[Run]:
        """Puts the runs of this app that were left unfinished into the queue again, oldest first.

        Of several apps with one store, the first one does this.
        """
        self._looked_back = True
        claim = Lock(self.store.folder / ".app")
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            if not claim.take():
                return []
            self._claim = claim
            left = self.store.left_behind()
        except (DataError, OSError):
            logger.exception("Runs that were left unfinished cannot be looked for.")
            return []
        found = []
        for stored in left:
            known = self._queue.get(stored.id)
            if stored.origin != "app" or (known is not None and not known.elsewhere):
                continue
            try:
                if stored.attempts >= ATTEMPTS:
                    self.store.end(stored.id, "failed", PROBLEM.format(count=stored.attempts))
                    continue
                run = known or Run(stored.experiment, stored.owner or "", self._queue, stored.id)
                _fill(run, stored)
                run.attempts = stored.attempts
            except (DataError, SettingError):
                logger.exception("A run that was left unfinished cannot be taken up.")
                continue
            self._queue.again(run)
            found.append(run)
        return found

    def find(self, run_id: str) -> Run | None:
        """A run that is only on disk, read when it is asked for; None if there is none that can be read.

        One that another process trains is read again about once a second.
        """
        known = self._queue.get(run_id)
        if known is not None and (known.ended or not known.elsewhere):
            return known
        with self._guard:
            read, updated = self._looked.get(run_id, (0.0, -1.0))
            if known is not None and time.monotonic() - read < LOOK:
                return known
        try:
            stored = self.store.open(run_id)
            if known is None:
                known = Run(stored.experiment, stored.owner or "", self._queue, stored.id)
                self._queue.adopt(known)
            if stored.updated != updated or stored.state != known.state:
                _fill(known, stored)
                if stored.state == "interrupted" and stored.origin == "app" and not self._looked_back:
                    known.elsewhere = True  # it will be taken up in a moment
                    known.change(state="starting")
        except (DataError, SettingError):
            return known
        with self._guard:
            self._looked[run_id] = time.monotonic(), stored.updated
            while len(self._looked) > 1000:
                self._looked.pop(next(iter(self._looked)))
        return known

    def close(self) -> None:
        """Lets another app take up what this one leaves."""
        if self._claim is not None:
            self._claim.drop()


def _fill(run: Run, stored: StoredRun) -> None:
    read: dict[str, Callable[[], Any]] = {"setup": stored.setup, "snapshot": stored.newest, "result": stored.result}
    run.stored, run.created, run.elsewhere = True, stored.created, not stored.ended
    state = "starting" if stored.state == "queued" else stored.state
    run.change(
        **{name: value() for name, value in read.items()},
        state=state,
        error=stored.error,
        started=stored.started,
        finished=stored.finished,
    )
