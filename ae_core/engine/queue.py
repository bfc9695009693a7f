"""The line that jobs wait in: whose turn it is, how long it will take, and what is remembered of jobs that have ended.

Pure bookkeeping under one lock, with no worker in sight.
"""

import heapq
import math
import statistics
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Container, Sequence
from typing import TypeVar

from msgspec.structs import replace

from ae_core.engine.commands import Command
from ae_core.engine.jobs import ACTIVE, ClassifierJob, Job, JobState, Shared, TrainingJob, too_large
from ae_core.engine.limits import makes_room
from ae_core.engine.memory import weigh
from ae_core.errors import EngineError
from ae_core.messages import (
    ClassifierFinished,
    ClassifierSnapshot,
    Finished,
    Kept,
    Progress,
    Setup,
    Snapshot,
    Started,
    State,
    WorkerMessage,
)
from ae_core.runs.record import ENDED
from ae_core.settings import Settings

ORIGINS = 5  # addresses, each of which may have as many jobs waiting as `limit` says
_KEPT_JOBS = 200
_KEPT_STORED = 16  # of those that are on disk too, from where they come back when somebody asks for them
_KEPT_BYTES = 64 * 2**20  # of messages of ended jobs
_ADOPTED_BYTES = 96 * 2**20  # the same of those that somebody has looked at since they were read from the disk

AnyJob = TypeVar("AnyJob", bound=Job)


def expected_waits(remaining: Sequence[float], typical: float, count: int) -> list[float | None]:
    """Seconds until each of `count` waiting jobs starts, in their order; None where it cannot be known.

    Args:
        remaining: For each slot the seconds until it is free: 0 if it is, infinity if unknown.
        typical: Seconds that a waiting job will take, infinity if unknown.
        count: Number of jobs that wait.
    """
    slots = list(remaining)
    heapq.heapify(slots)
    waits: list[float | None] = []
    for _ in range(count):
        start = heapq.heappop(slots) if slots else math.inf
        waits.append(start if math.isfinite(start) else None)
        heapq.heappush(slots, start + typical)
    return waits


class Queue:
    """All jobs that are known, and the order of those that wait.

    Args:
        limit: Largest number of jobs that wait: from one address, where addresses count, else of all.
        per_owner: Largest number of jobs of one owner that wait or train.
        pause_limit: Seconds that a job may stay paused while others wait.

    Attributes:
        shared: What a job needs to become one of this queue.
        on_end: Told of every job that ends.
        slots: Jobs that can train side by side.
    """

    def __init__(self, limit: int, per_owner: int, pause_limit: float) -> None:
        self.shared = Shared()
        self.lock = self.shared.lock
        self.on_end: Callable[[Job], None] = lambda job: None
        self.slots = 0
        self._limit = limit
        self._per_owner = per_owner
        self._pause_limit = pause_limit
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._adopted: dict[str, int] = {}  # bytes of those that were read from the disk, the last one last
        self._waiting: deque[Job] = deque()
        self._durations: deque[float] = deque(maxlen=20)

    def add(self, job: AnyJob) -> AnyJob:
        """Puts a new job at the end of the queue.

        Raises:
            EngineError: If the queue is full, or its owner has too many jobs in it.
        """
        with self.lock:
            self.check_room(job.owner, job.origin)
            self._jobs[job.id] = job
            self._waiting.append(job)
            self.estimate()
            return job

    def check_room(self, owner: str, origin: str = "") -> None:
        """Makes sure that one more job of this owner may wait.

        Args:
            owner: Fingerprint of the owner's token.
            origin: Fingerprint of the address that it comes from; empty where addresses do not count.

        Raises:
            EngineError: If the queue is full, or the owner has too many jobs in it.
        """
        # Whoever throws cookies away is somebody else each time, but comes from one address. So does a hall: it has as
        # many places as there would be if nobody else came.
        most = ORIGINS * self._limit if origin else self._limit
        jobs = [*self._waiting, *self.active()]
        alike = [one for one in jobs if one.origin == origin] if origin else jobs
        # A job for which a slot is free does not wait.
        if len(jobs) >= most + self.slots:
            raise EngineError(f"The queue is full: {most} trainings are waiting already; try again in a few minutes.")
        if len(alike) >= self._limit + self.slots:
            raise EngineError("Too many trainings from your address are running or waiting already; try again later.")
        if sum(one.owner == owner for one in self._unended()) >= self._per_owner:
            raise EngineError(
                f"{self._per_owner} of your trainings are running or waiting already; stop one, or wait for it."
            )

    def _unended(self) -> list[Job]:
        """The jobs of this process that wait or train."""
        return [job for job in self._jobs.values() if not (job.ended or job.elsewhere)]

    def unended(self, settings: Settings, owner: str) -> TrainingJob | None:
        """The training with these settings that this owner has begun or has waiting; None if there is none."""
        with self.lock:
            for job in self._unended():
                if isinstance(job, TrainingJob) and job.owner == owner and job.settings == settings:
                    return job
        return None

    def classifier(self, base: str) -> ClassifierJob | None:
        """The newest classifier on the code of that run; None if there is none, or it is forgotten."""
        found = (job for job in self.all() if isinstance(job, ClassifierJob))
        return next((job for job in found if job.base == base), None)

    def again(self, job: Job) -> None:
        """Puts a job that was cut off at the end of the queue again."""
        with self.lock:
            job.used = job.seconds_used()
            job.worker, job.elsewhere, job.paused_at, job.begun, job.commands = None, False, None, None, []
            job.exhausted = job.leaving = job.stopping = False
            self._adopted.pop(job.id, None)
            job.change(state="queued", hurried=False, silent=0, started=None, finished=None)
            self._jobs[job.id] = job
            self._waiting.append(job)
            self.estimate()

    def adopt(self, job: Job) -> None:
        """Takes in a job that was read from the disk, as the oldest; where many are looked at, the first ones go."""
        with self.lock:
            self._jobs[job.id] = job
            self._jobs.move_to_end(job.id, last=False)
            self._adopted.pop(job.id, None)
            self._adopted[job.id] = weigh(job.messages, set())
            while len(self._adopted) > 1 and sum(self._adopted.values()) > _ADOPTED_BYTES:
                gone = next(iter(self._adopted))
                del self._adopted[gone]
                found = self._jobs.get(gone)
                if found is not None and found.heir is None and (found.ended or found.elsewhere):
                    del self._jobs[gone]  # whoever still looks at it has it read again

    def forget(self, job_id: str) -> None:
        """Forgets a job that has ended, and with a run what was trained on its code."""
        with self.lock:
            for one in [*self._jobs.values()]:
                of_it = one.id == job_id or (isinstance(one, ClassifierJob) and one.base == job_id)
                if of_it and one.ended:
                    del self._jobs[one.id]
                    self.shared.memo.forget(one.id)

    def get(self, job_id: str) -> Job | None:
        """The job of that id. Waits for nobody: the server's own loop asks too, at each message to a page."""
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """Every job that is known, newest first."""
        with self.lock:
            return list(reversed(self._jobs.values()))

    def active(self) -> list[Job]:
        """The jobs that occupy a slot."""
        with self.lock:
            return [job for job in self._jobs.values() if job.state in ACTIVE and not job.elsewhere]

    def take(self, held: Container[str] = ()) -> Job | None:
        """Takes the next waiting job out of the queue, to be started; None if there is none that is written down.

        Args:
            held: Ids of jobs that a worker still holds, and that therefore wait on.
        """
        with self.lock:
            job = next((one for one in self._line() if one.id not in held and not one.storing), None)
            if job is None:
                return None
            self._waiting.remove(job)
            job.begun = time.monotonic()
            job.change(state="starting", position=None, expected_wait=None, started=time.time())
            return job

    def _line(self) -> list[Job]:
        """The waiting jobs in the order of their turn: everybody's first one, then everybody's second, and so on.

        So one person's many jobs do not hold up a hall. Among everybody's first ones, addresses take turns, where they
        count: so those of many made-up persons do not hold up somebody elsewhere.
        """
        active = self.active()
        before = Counter(job.owner for job in active)
        busy = Counter(job.origin for job in active if job.origin)
        alike: Counter[tuple[str, int]] = Counter()  # from the same address, in the same round
        turns = []
        for place, job in enumerate(self._waiting):
            turn = before[job.owner]
            turns.append((turn, busy[job.origin] + alike[job.origin, turn], place, job))
            before[job.owner] += 1
            alike[job.origin, turn] += bool(job.origin)
        return [job for *_, job in sorted(turns, key=lambda turn: turn[:3])]

    def end(self, job: Job, state: JobState, error: str | None = None) -> None:
        """Ends a job, if it has not ended; no result will follow."""
        with self.lock:
            job.measuring = False
            self._close(job, state, error)

    def _close(self, job: Job, state: JobState, error: str | None = None) -> None:
        """Its training is over, if it was not."""
        if job.ended:
            return
        if job in self._waiting:
            self._waiting.remove(job)
        known = {"state": state, "error": error or job.error, "finished": time.time()}
        job.change(position=None, expected_wait=None, silent=0, **known)
        if state == "done" and job.begun is not None:
            self._durations.append(time.monotonic() - job.begun)
        self.on_end(job)
        self._forget()

    def receive(self, message: WorkerMessage) -> Job | None:
        """Takes in what a worker sent, and returns the job it belongs to."""
        with self.lock:
            job = self._jobs.get(message.run_id)
            if job is None:
                return None
            job.heard_at = time.monotonic()
            match message:
                case Started():
                    # Unless told otherwise, a scheduler gives a lost training to another worker by itself.
                    if job.worker is not None and job.exhausted:
                        job.commands.append(Command("stop"))
                        self.end(job, "failed", too_large(job.settings))  # it would only happen again
                    elif job.worker is not None and not job.ended:
                        job.paused_at = None
                        job.change(state="starting", progress=None, silent=0)
                    job.worker = message.worker
                    job.attempts += 1
                case Finished() | ClassifierFinished() if message.error:
                    # The last snapshot may have said that it is done, and measuring the model failed after that.
                    job.change(state="failed", error=message.error, finished=time.time())
                    job.measuring = False
                    self.on_end(job)
                case Finished() if message.again and not job.stopping:
                    self.again(job)
                case Finished():
                    job.change(result=message.result)
                    self.end(job, "stopped" if message.result is None else message.result.state)
                case ClassifierFinished():
                    job.change(result=message.result)
                    self.end(job, "stopped" if message.result is None else "done")
                case Kept():
                    job.change(unkept=message.problem)
                case Progress():
                    job.change(progress=message)
                case Setup():
                    job.change(setup=self._with_shared_pictures(message))
                case Snapshot() | ClassifierSnapshot():
                    job.change(snapshot=message)
                    self._follow(job, message.state)
            return job

    def exhaust(self, worker: str) -> None:
        """Notes that a worker is ended because it took too much memory."""
        with self.lock:
            for job in self.active():
                job.exhausted = job.exhausted or job.worker == worker

    @property
    def waiting(self) -> int:
        """Number of jobs that wait."""
        return len(self._waiting)

    def not_begun(self) -> list[TrainingJob]:
        """Trainings that wait and of which no step is done."""
        with self.lock:
            return [job for job in self._waiting if isinstance(job, TrainingJob) and job.snapshot is None]

    def overdue(self) -> list[Job]:
        """Jobs that have been paused for too long while others wait."""
        with self.lock:
            limit = time.monotonic() - self._pause_limit
            paused = [job for job in self.active() if job.paused_at is not None and job.paused_at < limit]
            return [job for job in paused if job.error is None] if self._waiting else []

    def leaving(self) -> list[Job]:
        """Jobs that are to make room now for others that wait: those that train longest, and no more than wait."""
        with self.lock:
            busy = self.active()
            wanted = len(self._waiting) - (self.slots - len(busy)) - sum(job.leaving for job in busy)
            ready = sorted(filter(makes_room, busy), key=lambda job: job.begun or 0.0)
            return ready[: max(0, wanted)]

    def impatience(self) -> list[tuple[TrainingJob, bool]]:
        """Trainings that are to hurry from now on, because others wait, or not any longer."""
        with self.lock:
            trainings = [job for job in self.active() if isinstance(job, TrainingJob)]
            wanted = [(job, bool(self._waiting) and job.pace != "full") for job in trainings]
            return [(job, hurried) for job, hurried in wanted if job.hurried is not hurried]

    def estimate(self) -> None:
        """Writes position and expected wait into every waiting job."""
        with self.lock:
            busy = self.active()
            known = list(self._durations)
            if not known:
                known = [elapsed + eta for elapsed, eta in map(_times, busy) if math.isfinite(eta)]
            typical = statistics.median(known) if known else math.inf
            remaining = [self._remaining(job, typical) for job in busy]
            free = [0.0] * (self.slots - len(busy))
            waits = expected_waits(remaining + free, typical, len(self._waiting))
            for place, (job, wait) in enumerate(zip(self._line(), waits, strict=True), start=1):
                # Whole seconds: a change too small to be shown is none.
                wait = None if wait is None else float(round(wait))
                if (job.position, job.expected_wait) != (place, wait):
                    job.change(position=place, expected_wait=wait)

    def _remaining(self, job: Job, typical: float) -> float:
        if job.paused_at is not None:
            return max(0.0, self._pause_limit - (time.monotonic() - job.paused_at))
        elapsed, eta = _times(job)
        return eta if math.isfinite(eta) else max(0.0, typical - elapsed)

    def _follow(self, job: Job, state: State) -> None:
        if state in ENDED:
            job.measuring = job.result is None  # first: whoever looks meanwhile must not take it for measured
            self._close(job, state)
        elif not job.ended:
            job.paused_at = (job.paused_at or time.monotonic()) if state == "paused" else None
            job.change(state=state)

    def _with_shared_pictures(self, setup: Setup) -> Setup:
        # Runs on the same data send the same pictures, the largest part of what is kept: keep them once.
        for other in reversed(self._jobs.values()):
            if isinstance(other, TrainingJob) and other.setup is not None and other.setup.atlas == setup.atlas:
                return replace(setup, atlas=other.setup.atlas)
        return setup

    def _forget(self) -> None:
        """Forgets the oldest ended jobs beyond a number, and beyond the memory that they take."""
        seen: set[int] = set()
        size = 0
        for number, job in enumerate(reversed(list(self._jobs.values())), start=1):
            size += weigh(job.messages, seen)
            most = _KEPT_JOBS if job.heir is not None or not job.stored else _KEPT_STORED
            if job.ended and not job.measuring and (number > most or size > _KEPT_BYTES):
                del self._jobs[job.id]


def _times(job: Job) -> tuple[float, float]:
    """Seconds since a job's start, and seconds until its end, infinity if unknown."""
    elapsed = 0.0 if job.begun is None else time.monotonic() - job.begun
    eta = job.snapshot.numbers.get("eta_seconds") if isinstance(job.snapshot, Snapshot) else None
    return elapsed, float(eta) if isinstance(eta, int | float) else math.inf
