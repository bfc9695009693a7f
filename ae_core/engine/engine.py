"""Trains in worker processes: submit an experiment, watch it, pause, step, stop and tune it.

The same class serves the app, a script and a test. It keeps nobody waiting, but for the few methods that say so: a
thread of its own looks after the workers (see `supervisor`), whose messages arrive on a thread of Dask's. TensorFlow is
loaded in the workers only.
"""

import atexit
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ae_core.engine import questions
from ae_core.engine.commands import WORDS, Command, pace_of
from ae_core.engine.descriptions import Description
from ae_core.engine.film import Film, RunFilm
from ae_core.engine.jobs import ClassifierJob, Job, TrainingJob
from ae_core.engine.limits import Limits
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import Recovery
from ae_core.engine.supervisor import Status, Supervisor
from ae_core.errors import DataError, EngineError
from ae_core.ownership import fingerprint, holds
from ae_core.portable.description import Portable
from ae_core.runs import RunStore, StoredRun
from ae_core.runs.store import NO_STATE
from ae_core.settings import DataSpec, Settings
from ae_core.training.control import Pace

if TYPE_CHECKING:
    from distributed.security import Security


class Engine:
    """A queue of jobs, and the worker processes that do them.

    Args:
        address: Address of an outside Dask scheduler, default the variable `AE_SCHEDULER`; without one, workers are
            started on this machine. Outside workers need the resource `training=1` and two threads each.
        concurrent: Most jobs that train side by side, at least 1. Default: one per GPU or per two cores; outside, what
            the workers offer.
        queue_limit: Most jobs that wait.
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
            raise ValueError(f"concurrent must be an integer from 1. Received: {concurrent!r}.")
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
        seconds = self._supervisor.descriptions.seconds(settings)
        problem = "" if seconds is None else self._limits.too_long(seconds)
        if problem:
            raise EngineError(problem)
        with self._lock:
            self._check_that_it_works()
            same = self._queue.unended(settings, fingerprint(owner))
            if same is not None:
                return same
            try:
                self.store.check_room(fingerprint(owner))
            except DataError as error:
                raise EngineError(str(error)) from error
            job = TrainingJob(settings, fingerprint(owner), self._queue.shared, pace=pace_of(pace))
            job.origin = fingerprint(origin) if origin and self._limits.public else ""
            self._queue.add(job)
            self._recovery.add(job, title, twin_of, sweep)
        self._supervisor.wake()
        return job

    def classify(
        self, run_id: str, owner: str, *, labels: int = 0, fine_tune: bool = False, epochs: int = 20
    ) -> ClassifierJob:
        """Puts a classifier on the code of an ended run into the queue.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.
            labels: Labelled examples to learn from, see `ClassifierJob`, like the next two.
            fine_tune: Whether the encoder learns too.
            epochs: How many times each example is seen.

        Raises:
            EngineError: If this run has nothing to classify with, a value is not allowed, or the queue is full.
        """
        with self._lock:
            self._check_that_it_works()
            base = self.run(run_id)
            if base is None:
                raise EngineError("There is no such run any more.")
            if not holds(owner, base.owner):
                raise EngineError("Only the person who may command this run can train a classifier on its code.")
            job = ClassifierJob(base, self._queue.shared, labels, fine_tune, epochs)
            problem = base.why_not_classify()
            if problem:
                raise EngineError(problem)
            before = self.classifier(run_id)
            if before is not None and not before.ended:
                raise EngineError("A classifier of this run trains or waits already; stop it, or wait for it.")
            self._queue.add(job)
        self._supervisor.wake()
        return job

    def extend(self, run_id: str, owner: str, epochs: int) -> TrainingJob:
        """Gives an ended run more epochs: it waits in the queue again, and goes on from where it ended.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.
            epochs: How many more, at least 1.

        Returns:
            The same job.

        Raises:
            EngineError: If it cannot go on, the number is not allowed, or the queue is full.
        """
        with self._lock:
            job = self._own_run(run_id, owner, "give it more epochs")
            problem = self.why_not_extend(job)
            if problem:
                raise EngineError(problem)
            settings = job.extended(epochs)
            self._queue.check_room(job.owner)
            self._recovery.extend(job, settings)
            self._train_again(job, settings)
        return job

    def go_on(self, run_id: str, owner: str) -> TrainingJob:
        """Has a run that was stopped, cut off or has failed train the rest: it waits in the queue again.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.

        Returns:
            The same job.

        Raises:
            EngineError: If it cannot go on, or the queue is full.
        """
        with self._lock:
            job = self._own_run(run_id, owner, "have it go on")
            problem = self.why_not_go_on(job)
            if problem:
                raise EngineError(problem)
            self._queue.check_room(job.owner)
            self._recovery.go_on(job)
            self._train_again(job, job.settings)
        return job

    def _own_run(self, run_id: str, owner: str, what: str) -> TrainingJob:
        self._check_that_it_works()
        job = self.run(run_id)
        if job is None:
            raise EngineError("There is no such run any more.")
        if not holds(owner, job.owner):
            raise EngineError(f"Only the person who may command this run can {what}.")
        return job

    def _train_again(self, job: TrainingJob, settings: Settings) -> None:
        job.setbacks = 0
        job.change(settings=settings, result=None, error=None, progress=None)
        self._queue.again(job)
        self._supervisor.wake()

    def why_not_extend(self, run: TrainingJob) -> str:
        """One sentence: why an ended run cannot be given more epochs; empty if it can."""
        return run.why_not_extend() or self._why_no_state(run)

    def why_not_go_on(self, run: TrainingJob) -> str:
        """One sentence: why a run cannot train the rest; empty if it was stopped, cut off or has failed, and can."""
        return run.why_not_go_on() or self._why_no_state(run)

    def _why_no_state(self, run: TrainingJob) -> str:
        try:
            return "" if self.store.open(run.id).checkpoint_bytes else NO_STATE
        except DataError as error:
            return str(error)

    def classifier(self, run_id: str) -> ClassifierJob | None:
        """The newest classifier on the code of that run; None if none was asked for, or it is forgotten."""
        return self._queue.classifier(run_id)

    def why_not_classify(self, run: TrainingJob) -> str:
        """One sentence: why no classifier can be trained on a run's code; empty if one can."""
        return run.why_not_classify()

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

    def describe(self, settings: Settings) -> Description | None:
        """The layers of the network that these settings build; None until a worker has said it.

        Ask again a moment later. The value is what `training` says of a network; the error, one sentence, why these
        settings build none.
        """
        known = self._supervisor.descriptions.get(settings)
        if known is None:
            self._supervisor.wake()
        return known

    def estimate(self, settings: Settings) -> float | None:
        """About how many seconds an experiment will train on the workers that are there; None until one has said it.

        Ask again a moment later. The numbers of a training that goes on are in its snapshots, `eta_seconds`.
        """
        known = self.describe(settings)
        return None if known is None or known.value is None else float(known.value["seconds"])

    def seen(self, run_id: str) -> None:
        """Notes that somebody has the page of a run open; told again every few seconds, or it counts as closed."""
        job = self._queue.get(run_id)
        if job is not None:
            job.seen_at = time.monotonic()

    def script(self, settings: Settings) -> dict[str, str]:
        """The experiment as a plain Keras script, which a worker writes: waits for it.

        Args:
            settings: The experiment.

        Returns:
            `python`: the source; `notebook`: the same as a Jupyter notebook, in JSON.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the settings do not fit the data.
        """
        return self._supervisor.ask(questions.script, settings.to_dict())

    def model_part(self, run_id: str, part: str) -> bytes:
        """The trained model of a stored run, which a worker reads: waits for it.

        Args:
            run_id: The run.
            part: `whole`, or `encoder` or `decoder` alone.

        Returns:
            Content of a `.keras` file.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the run has no trained model.
        """
        return self._supervisor.ask(questions.model_part, str(self.store.folder), run_id, part)

    def import_zip(self, payload: bytes, owner: str) -> str:
        """Stores a run from a zip file; a worker reads the model in it, if there is one: waits for it.

        Args:
            payload: The file's bytes, see `RunStore.import_zip`.
            owner: Secret token of the person who may command it.

        Returns:
            The run's new id.

        Raises:
            DataError: If anything in it is wrong, no worker is ready to read it, or it cannot be stored.
        """

        def renew(path: Path, settings: Settings, spec: DataSpec) -> None:
            given = str(path), settings.to_dict(), list(spec.shape), spec.unit_range
            try:
                self._supervisor.ask(questions.renew_model, *given)
            except EngineError as error:
                raise DataError(str(error)) from error

        return self.store.import_zip(payload, fingerprint(owner), renew=renew)

    def network(self, run_id: str) -> Portable:
        """The trained network of a stored run for the browser, which a worker reads: waits for it.

        Args:
            run_id: The run.

        Returns:
            The network, or one sentence that says why a browser cannot have it.

        Raises:
            EngineError: If no worker is ready, or it takes too long.
        """
        return self._supervisor.ask(questions.network, str(self.store.folder), run_id)

    def _check_that_it_works(self) -> None:
        if self.status == "failed":
            raise EngineError(self.status_text)
