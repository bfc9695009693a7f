"""What follows when a run has ended: more epochs, the rest of its training, or a classifier on its code."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from ae_core.engine.jobs import ClassifierJob, TrainingJob
from ae_core.engine.limits import Limits
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import Recovery
from ae_core.engine.supervisor import Supervisor
from ae_core.errors import DataError, EngineError
from ae_core.ownership import holds
from ae_core.runs.changes import NO_STATE
from ae_core.settings import Settings


class GoingOn(ABC):
    """The part of an engine that has ended runs go on."""

    _queue: Queue
    _limits: Limits
    _recovery: Recovery
    _supervisor: Supervisor

    @abstractmethod
    def run(self, run_id: str) -> TrainingJob | None:
        """See `Engine.run`."""

    def classify(
        self, run_id: str, owner: str, *, labels: int = 0, fine_tune: bool = False, epochs: int = 20, origin: str = ""
    ) -> ClassifierJob:
        """Puts a classifier on the code of an ended run into the queue.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.
            labels: Labelled examples to learn from, see `ClassifierJob`, like the next two.
            fine_tune: Whether the encoder learns too.
            epochs: How many times each example is seen.
            origin: See `Engine.submit`.

        Raises:
            EngineError: If this run has nothing to classify with, a value is not allowed, or the queue is full.
        """
        with self._queue.lock:
            base = self._own_run(run_id, owner, "train a classifier on its code")
            job = ClassifierJob(base, self._queue.shared, labels, fine_tune, epochs)
            problem = base.why_not_classify()
            if problem:
                raise EngineError(problem)
            before = self.classifier(run_id)
            if before is not None and not before.ended:
                raise EngineError("A classifier of this run trains or waits already; stop it, or wait for it.")
            job.origin = self._limits.origin(origin)
            self._queue.add(job)
        self._supervisor.wake()
        return job

    def extend(self, run_id: str, owner: str, epochs: int, *, origin: str = "") -> TrainingJob:
        """Gives an ended run more epochs: it waits in the queue again, and goes on from where it ended.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.
            epochs: How many more, at least 1.
            origin: See `Engine.submit`.

        Returns:
            The same job.

        Raises:
            EngineError: If it cannot go on, the number is not allowed, or the queue is full.
        """
        with self._queue.lock:
            job = self._own_run(run_id, owner, "give it more epochs")
            problem = self.why_not_extend(job)
            if problem:
                raise EngineError(problem)
            settings = job.extended(epochs)
            self._queue.check_room(job.owner, self._limits.origin(origin))
            job.storing = True
        self._train_again(job, settings, origin, lambda: self._recovery.extend(job, settings))
        return job

    def go_on(self, run_id: str, owner: str, *, origin: str = "") -> TrainingJob:
        """Has a run that was stopped, cut off or has failed train the rest: it waits in the queue again.

        Args:
            run_id: The run.
            owner: Secret token of the person who asks for it; the run must be theirs.
            origin: See `Engine.submit`.

        Returns:
            The same job.

        Raises:
            EngineError: If it cannot go on, or the queue is full.
        """
        with self._queue.lock:
            job = self._own_run(run_id, owner, "have it go on")
            problem = self.why_not_go_on(job)
            if problem:
                raise EngineError(problem)
            self._queue.check_room(job.owner, self._limits.origin(origin))
            job.storing = True
        self._train_again(job, job.settings, origin, lambda: self._recovery.go_on(job))
        return job

    def _own_run(self, run_id: str, owner: str, what: str) -> TrainingJob:
        self._supervisor.check()
        job = self.run(run_id)
        if job is None:
            raise EngineError("There is no such run any more.")
        if not holds(owner, job.owner):
            raise EngineError(f"Only the person who may command this run can {what}.")
        return job

    def _train_again(self, job: TrainingJob, settings: Settings, origin: str, write: Callable[[], None]) -> None:
        """Puts a run into the queue again once that is written, for which nobody holds the lock: a disk may be slow."""
        try:
            write()
            with self._queue.lock:
                self._supervisor.check()  # nobody would take it any more; the next start does, as it is written
                job.setbacks, job.origin = 0, self._limits.origin(origin)
                job.change(settings=settings, result=None, error=None, progress=None)
                self._queue.again(job)
        finally:
            job.storing = False
        self._supervisor.wake()

    def why_not_extend(self, run: TrainingJob) -> str:
        """One sentence: why an ended run cannot be given more epochs; empty if it can."""
        return run.why_not_extend() or self._why_no_state(run)

    def why_not_go_on(self, run: TrainingJob) -> str:
        """One sentence: why a run cannot train the rest; empty if it was stopped, cut off or has failed, and can."""
        return run.why_not_go_on() or self._why_no_state(run)

    def _why_no_state(self, run: TrainingJob) -> str:
        try:
            return "" if self._recovery.store.open(run.id).checkpoint_bytes else NO_STATE
        except DataError as error:
            return str(error)

    def classifier(self, run_id: str) -> ClassifierJob | None:
        """The newest classifier on the code of that run; None if none was asked for, or it is forgotten."""
        return self._queue.classifier(run_id)

    def why_not_classify(self, run: TrainingJob) -> str:
        """One sentence: why no classifier can be trained on a run's code; empty if one can."""
        return run.why_not_classify()
