"""How trainings survive: the engine keeps them in the store of runs, and takes up those that were left unfinished.

A training goes on even if the disk refuses to keep it; then its run lives only as long as the app.
"""

import logging
import threading
import time

from ae_core.engine.jobs import Job, TrainingJob
from ae_core.engine.queue import Queue
from ae_core.errors import DataError, EngineError, SettingError
from ae_core.runs import Remains, RunStore, StoredRun
from ae_core.runs.files import Lock
from ae_core.settings import Settings

logger = logging.getLogger(__name__)

SETBACKS = 3  # processes that may die over one run, while it gets no further, before it counts as failed
PATIENCE = 30.0  # seconds within which the process that trained a run must let go of it
LOOK = 1.0  # seconds between two looks at a run that another process trains
ORDERLY = ".closed"  # in the store's folder: the app that trained its runs was closed, nothing has died over them
PROBLEM = "This run was interrupted {count} times without getting any further, so it does not go on by itself."


class Recovery:
    """The store as the engine uses it.

    Args:
        store: The runs on disk.
        queue: The jobs in memory.
    """

    def __init__(self, store: RunStore, queue: Queue) -> None:
        self.store, self._queue = store, queue
        self._ended: dict[str, tuple[str, str | None, float]] = {}  # state, error, until when to try writing them
        self._trained: list[TrainingJob] = []  # to the end, of which it is not known yet whether their worker kept them
        self._looked: dict[str, tuple[float, float]] = {}  # run → when it was read, and its age then
        self._guard = threading.Lock()
        self._claim: Lock | None = None
        self._looked_back = False

    def add(self, job: TrainingJob, title: str, twin_of: str | None, sweep: str | None) -> None:
        """Keeps the run of a new job under the job's id. For the other values see `RunStore.create`."""
        try:
            self.store.create(job.settings, job.owner, run_id=job.id, title=title, twin_of=twin_of, sweep=sweep)
            job.stored = True
        except DataError as error:
            logger.exception("A run is not kept on disk.")
            job.unkept = str(error)

    def ended(self, job: Job) -> None:
        """Notes that a job has ended; `tick` writes that into its run where the training itself could not."""
        if job.stored and job.state in ("stopped", "failed"):
            with self._guard:
                self._ended[job.id] = job.state, job.error, time.monotonic() + PATIENCE
        elif job.stored and isinstance(job, TrainingJob):
            with self._guard:
                self._trained.append(job)

    def set_back(self, job: Job) -> bool:
        """Notes that a process died over a job; whether it is begun again."""
        if not job.stored:
            return False
        job.setbacks += 1
        try:
            job.setbacks = self.store.set_back(job.id)
        except DataError:
            logger.exception("It is not kept on disk that a process died over a run.")
        return job.setbacks < SETBACKS

    def can_wait(self, job: Job) -> bool:
        """Whether a job that trains could go on later from what is kept of it."""
        try:
            return self.store.open(job.id).checkpoint_bytes > 0
        except DataError:
            return False

    def tick(self) -> None:
        """Writes the ends that were noted. A run that its process still holds is tried again a little later."""
        with self._guard:
            measured = [job for job in self._trained if not job.measuring]
            self._trained = [job for job in self._trained if job.measuring]
        for job in measured:
            self._keep_from_afar(job)
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

    def _keep_from_afar(self, job: TrainingJob) -> None:
        """Keeps what is known of a run that a machine without this folder has trained, or it would be trained again."""
        now = job.view()
        try:
            if self.store.open(job.id).state not in ("queued", "interrupted") or now.result is None:
                return
            with self.store.writer(job.id) as writer:
                if now.setup is not None and now.snapshot is not None:
                    writer.message(now.setup)
                    writer.message(now.snapshot)
                writer.finish(now.result)
        except DataError:
            logger.exception("A run that another machine has trained is not kept on disk.")

    def extend(self, job: TrainingJob, settings: Settings) -> None:
        """Has the run of a job that has ended wait for more epochs.

        Raises:
            EngineError: If its state is not kept, or it cannot be written.
        """
        try:
            self.store.extend(job.id, settings)
        except DataError as error:
            raise EngineError(str(error)) from error
        with self._guard:
            self._ended.pop(job.id, None)  # the end that it had before

    def go_on(self, job: TrainingJob) -> None:
        """Has the run of a job that was cut off wait for the rest of its training.

        Raises:
            EngineError: If its state is not kept, or it cannot be written.
        """
        try:
            self.store.go_on(job.id)
        except DataError as error:
            raise EngineError(str(error)) from error
        with self._guard:
            self._ended.pop(job.id, None)

    def give(self, job: Job) -> None:
        """Keeps the new owner of a job's run."""
        if job.stored:
            try:
                self.store.give(job.id, job.owner)
            except DataError:
                logger.exception("A run's new owner is not kept on disk.")

    def take_up(self) -> None:
        """Puts the runs of this app that were left unfinished into the queue again, oldest first.

        If several apps share a store, only the first of them does this.
        """
        self._looked_back = True
        claim = Lock(self.store.folder / ".app")
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
            if not claim.take():
                return
            self._claim = claim
            closed = self.store.folder / ORDERLY
            orderly = closed.exists()
            closed.unlink(missing_ok=True)
            left = self.store.left_behind()
        except (DataError, OSError):
            logger.exception("Runs that were left unfinished cannot be looked for.")
            return
        for stored in left:
            known = self._known(stored.id)
            if stored.origin != "app" or (known is not None and not known.elsewhere):
                continue
            try:
                died = stored.state == "interrupted" and not orderly
                count = self.store.set_back(stored.id) if died else stored.setbacks
                if count >= SETBACKS:
                    self.store.end(stored.id, "failed", PROBLEM.format(count=count))
                    continue
                run = known or self._job_of(stored)
                self._fill(run, self.store.remains(stored.id))
                run.change(error=None)  # what is damaged is written anew
                run.attempts, run.setbacks = stored.attempts, count
            except (DataError, SettingError):
                logger.exception("A run that was left unfinished cannot be taken up.")
                continue
            self._queue.again(run)

    def _known(self, run_id: str) -> TrainingJob | None:
        found = self._queue.get(run_id)
        return found if isinstance(found, TrainingJob) else None

    def _job_of(self, stored: StoredRun) -> TrainingJob:
        return TrainingJob(stored.experiment, stored.owner or "", self._queue.shared, stored.id)

    def find(self, run_id: str) -> TrainingJob | None:
        """The job of a run, made from the store if it is not in the queue; None if no such run can be read.

        A run that another process trains is read again about once a second.
        """
        known = self._known(run_id)
        if known is not None and (known.ended or not known.elsewhere):
            return known
        with self._guard:
            read, updated = self._looked.get(run_id, (0.0, -1.0))
            if known is not None and time.monotonic() - read < LOOK:
                return known
        try:
            if known is None:
                left = self.store.remains(run_id)
                stored, known = left.run, self._job_of(left.run)
                self._fill(known, left)
                self._queue.adopt(known)
                if not (self.store.folder / run_id).is_dir():  # it was removed while it was read
                    self._queue.forget(run_id)
                    return None
            else:
                stored = self.store.open(run_id)
                if stored.updated != updated or stored.state != known.state:
                    self._fill(known, self.store.remains(run_id))
        except (DataError, SettingError):
            return known
        with self._guard:
            self._looked[run_id] = time.monotonic(), stored.updated
            while len(self._looked) > 1000:
                self._looked.pop(next(iter(self._looked)))
        return known

    def _fill(self, run: TrainingJob, left: Remains) -> None:
        """Brings a job to where its stored run is. One that is damaged has failed, whatever it was before."""
        stored, damaged = left.run, left.problem if left.run.ended else None
        run.stored, run.created, run.elsewhere = True, stored.created, not stored.ended
        run.change(
            setup=left.setup,
            snapshot=left.newest,
            result=left.result if stored.ended else None,  # of the epochs before, if it was given more
            state="failed" if damaged else "starting" if stored.state == "queued" else stored.state,
            error=damaged or stored.error,
            started=stored.started,
            finished=stored.finished,
        )
        if run.state == "interrupted" and stored.origin == "app" and not self._looked_back:
            run.elsewhere = True  # until it is taken up, in a moment
            run.change(state="starting")

    def close(self) -> None:
        """Lets another app take up what this one leaves, and says that no run is to blame for the end of this one."""
        if self._claim is None:
            return
        try:
            (self.store.folder / ORDERLY).touch()
        except OSError:
            logger.exception("It is not kept on disk that the app was closed.")
        self._claim.drop()
