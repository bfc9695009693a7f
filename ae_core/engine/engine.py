"""Trains in worker processes: submit an experiment, watch it, pause, step, stop and tune it.

The same class serves the app, a script and a test. It keeps nobody waiting, but for the few methods that say so: a
thread of its own looks after the workers (see `supervisor`), whose messages arrive on a thread of Dask's. TensorFlow is
loaded in the workers only.
"""

import atexit
import secrets
import time
from typing import TYPE_CHECKING, final

from ae_core.engine.asking import Asking
from ae_core.engine.commands import WORDS, Command, pace_of
from ae_core.engine.film import Film, RunFilm
from ae_core.engine.going_on import GoingOn
from ae_core.engine.hosting import Hosting
from ae_core.engine.jobs import Job, TrainingJob
from ae_core.engine.limits import Limits
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import Recovery
from ae_core.engine.supervisor import Status, Supervisor
from ae_core.errors import DataError, EngineError
from ae_core.ownership import fingerprint, holds
from ae_core.runs import RunStore, StoredRun, UnreadableError
from ae_core.settings import Settings
from ae_core.training.control import Pace

if TYPE_CHECKING:
    from distributed.security import Security


@final
class Engine(Asking, GoingOn, Hosting):
    """A queue of jobs, and the worker processes that do them.

    Args:
        address: Address of an outside Dask scheduler, default the variable `AE_SCHEDULER`; without one, workers are
            started on this machine. Outside workers need the resource `training=1` and two threads each.
        concurrent: Most jobs that train side by side, at least 1. Default: one per GPU or per two cores; outside, what
            the workers offer.
        queue_limit: Most jobs that wait; on an open server, from one address.
        per_owner_limit: Most jobs of one owner that wait or train.
        pause_limit: Seconds that a job may stay paused while others wait; then it is stopped.
        store: Where runs are kept, default the folder that `AE_RUNS_DIR` names or this user's cache.
        limits: What a run may take, default what the environment says, see `Limits`.
        security: Certificate with which to join the scheduler at `address`, default what Dask's configuration says.
    """

    def __init__(
        self,
        address: str | None = None,
        concurrent: int | None = None,
        queue_limit: int = 20,
        per_owner_limit: int = 8,
        pause_limit: float = 600.0,
        store: RunStore | None = None,
        limits: Limits | None = None,
        security: "Security | None" = None,
    ) -> None:
        if concurrent is not None and concurrent < 1:
            raise ValueError(f"concurrent must be an integer of at least 1. Received: {concurrent!r}.")
        self._queue = Queue(queue_limit, per_owner_limit, pause_limit)
        self._lock = self._queue.lock
        self._recovery = Recovery(store or RunStore(), self._queue)
        self._queue.on_end = self._recovery.ended
        self._limits = limits or Limits.from_environment()
        self._supervisor = Supervisor(address, security, concurrent, self._queue, self._recovery, self._limits)

    def start(self) -> None:
        """Begins to start the workers, once, and returns at once."""
        if self._supervisor.start():
            atexit.register(self.close)

    def close(self) -> None:
        """Ends the jobs and all processes, and waits for that."""
        self._supervisor.close()
        atexit.unregister(self.close)

    @property
    def status(self) -> Status:
        """`starting`, then `warming` (a worker imports Keras), then `ready`; or `failed`."""
        return self._supervisor.status

    @property
    def status_text(self) -> str:
        """The same as a sentence for a person."""
        return self._supervisor.status_text

    @property
    def healthy(self) -> bool:
        """Whether trainings are possible, now or soon; if not, only a new start of the app helps."""
        return self.status != "failed"

    @property
    def address(self) -> str | None:
        """Address of the scheduler, at which another engine can join; None while there is none."""
        return self._supervisor.address

    @property
    def security(self) -> "Security | None":
        """The certificate with which another engine can join; None where Dask's configuration says it, or nothing."""
        return self._supervisor.security

    @property
    def store(self) -> RunStore:
        """The runs on disk."""
        return self._recovery.store

    def submit(
        self,
        settings: Settings,
        owner: str,
        *,
        title: str = "",
        twin_of: str | None = None,
        sweep: str | None = None,
        pace: Pace = "full",
        origin: str = "",
    ) -> TrainingJob:
        """Puts a training into the queue; it starts as soon as it can.

        If this person has a training with these very settings in the queue already, that one is returned: so a double
        click starts one run.

        Args:
            settings: What to train.
            owner: Secret token of the person who may command it.
            title: What a person calls the run, see `RunStore.create`, like the next two.
            twin_of: Id of the run that it is to be compared with.
            sweep: Id that the runs of one sweep share.
            pace: `full` speed, `watch` to be held back so that all is seen, or `slow`, one batch at a time. While
                others wait it goes at full speed.
            origin: Address of the person's machine, whose jobs are counted together on an open server; empty if
                unknown.

        Raises:
            EngineError: If the queue is full, the owner has too many jobs or runs, their address has too many jobs, the
                run would take longer than allowed, or the workers have failed.
        """
        problem = self._supervisor.too_long(settings)
        if problem:
            raise EngineError(problem)
        self._supervisor.check()
        same = self._queue.unended(settings, fingerprint(owner))
        if same is not None:
            return same
        try:
            self.store.check_room(fingerprint(owner))
        except DataError as error:
            if not isinstance(error, UnreadableError):  # else it trains all the same, and says that it is not kept
                raise EngineError(str(error)) from error
        with self._lock:
            self._supervisor.check()
            same = self._queue.unended(settings, fingerprint(owner))
            if same is not None:
                return same
            job = TrainingJob(settings, fingerprint(owner), self._queue.shared, pace=pace_of(pace))
            job.origin, job.storing = self._limits.origin(origin), True
            self._queue.add(job)
        try:
            self._recovery.add(job, title, twin_of, sweep)
        finally:
            with self._lock:
                job.storing = False
                if job.ended:  # it was stopped meanwhile
                    self._recovery.ended(job)
        self._supervisor.wake()
        return job

    def run(self, run_id: str) -> TrainingJob | None:
        """The job of that run, made from the store if need be; None if there is no such run, or it was removed."""
        return self._recovery.find(run_id)

    def film(self, run_id: str) -> Film | None:
        """The frames of a run; None if there is no such run, or it has none yet."""
        job = self.run(run_id)
        if job is None:
            return None
        now = job.view()
        if now.setup is None or now.snapshot is None:
            return None

        def open_run() -> StoredRun | None:
            try:
                return self.store.open_any(run_id) if now.stored else None
            except DataError:
                return None

        return RunFilm(now.setup, now.snapshot, open_run)

    def job(self, job_id: str) -> Job | None:
        """The job of that id, if the queue remembers it."""
        return self._queue.get(job_id)

    def jobs(self) -> list[Job]:
        """Every job that the queue remembers, newest first."""
        return self._queue.all()

    def command(
        self, job_id: str, owner: str, word: str, *, name: str | None = None, value: float | str | None = None
    ) -> None:
        """Tells a job to `pause`, `resume`, `step` (one chunk of steps, then pause), `stop`, `tune`, or go at a `pace`.

        Returns at once; the job's state and snapshot tell when it has happened.

        Args:
            job_id: The job.
            owner: Secret token of the person.
            word: The command.
            name: Setting that `tune` changes.
            value: Its new value; or the pace, see `submit`.

        Raises:
            EngineError: If there is no such job, the owner is another, or the job cannot do this now.
        """
        with self._lock:
            job = self._queue.get(job_id)
            if job is None:
                raise EngineError("There is no such run any more.")
            if not holds(owner, job.owner):
                raise EngineError("Only the person who started this run may command it.")
            if word not in WORDS:
                raise EngineError(f"The command must be one of {', '.join(WORDS)}. Received: {word!r}.")
            if job.elsewhere and not job.ended:
                raise EngineError("Another program trains this run, so it can only be watched here.")
            if job.ended:
                raise EngineError(f"This run has ended ({job.state}), so it cannot be told to {word}.")
            if word == "pace" and name is None:
                self._set_pace(job, pace_of(str(value)))
                return
            if job.state == "queued" and word != "stop":
                raise EngineError(f"This run still waits in the queue; it can only be stopped. Received: {word}.")
            if word == "tune":
                command = job.tuning(name or "", value)
            elif name is None and value is None:
                command = Command(word)
            else:
                given = {"name": name, "value": value}
                received = ", ".join(key for key, one in given.items() if one is not None)
                raise EngineError(f"The command {word} takes no values. Received: {received}.")
            self._supervisor.order(job, command)

    def _set_pace(self, job: Job, pace: Pace) -> None:
        if not isinstance(job, TrainingJob):
            raise EngineError("A classifier always trains at full speed.")
        job.change(pace=pace)
        if job.state != "queued":  # else its worker is told when it begins
            self._supervisor.order(job, Command("pace", pace))

    def remove(self, run_id: str, owner: str) -> None:
        """Removes an ended run, from the disk too.

        Raises:
            EngineError: If the owner is another.
            DataError: If it cannot be removed.
        """
        run = self.run(run_id)
        if run is not None and not holds(owner, run.owner):
            raise EngineError("Only the person who may command this run can remove it.")
        self.store.remove(run_id)
        self._queue.forget(run_id)

    def offer(self, job_id: str, owner: str) -> str:
        """Lets somebody else become the owner of a job.

        Returns:
            A token that works once, see `take_over`; an offer made before is void.

        Raises:
            EngineError: If there is no such job, or the owner is another.
        """
        with self._lock:
            job = self._queue.get(job_id)
            if job is None:
                raise EngineError("There is no such run any more.")
            if not holds(owner, job.owner):
                raise EngineError("Only the person who may command this run can hand it on.")
            token = secrets.token_urlsafe(16)
            job.heir = fingerprint(token)
            return token

    def take_over(self, job_id: str, token: str, owner: str) -> None:
        """Makes the person with the token `owner` the owner of a job that was offered.

        Raises:
            EngineError: If there is no such job, or no such offer any more.
        """
        with self._lock:
            job = self._queue.get(job_id)
            if job is None or not holds(token, job.heir):
                raise EngineError("This offer to take over a run does not hold any more; ask for a new one.")
            job.heir = None
            job.change(owner=fingerprint(owner))
        self._recovery.give(job)

    def seen(self, run_id: str) -> None:
        """Notes that somebody has the page of a run open; told again every few seconds, or it counts as closed."""
        job = self._queue.get(run_id)
        if job is not None:
            job.seen_at = time.monotonic()
