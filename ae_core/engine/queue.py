"""Runs and the line they wait in: pure bookkeeping under one lock, with no worker in sight."""

import copy
import heapq
import math
import statistics
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from ae_core.errors import EngineError
from ae_core.messages import (
    ClassifierFinished,
    ClassifierSnapshot,
    Finished,
    Progress,
    Setup,
    Snapshot,
    Started,
    State,
    WorkerMessage,
)
from ae_core.runs.files import new_id
from ae_core.settings import Settings

ENDED = frozenset({"done", "stopped", "failed", "interrupted"})
ACTIVE = frozenset({"starting", "running", "paused"})

LOST = "The worker process that trained this run died, perhaps for want of memory; other runs are not affected."

_KEPT_RUNS = 200
_KEPT_STORED = 16  # of those that are on disk too, from where they come back when somebody asks for them
_KEPT_BYTES = 64 * 2**20  # of messages of ended runs
_KEPT_PAYLOADS = 64  # what viewers share: about three views of each run that is being watched


class Run:
    """One training, or a classifier on its code: what was asked, where it stands, and the newest messages it sent.

    Attributes are replaced, never changed in place, so each one read is whole; `view` gives all of them at one moment.

    Args:
        settings: What to train.
        owner: Fingerprint of the token of the person who may command it, see `ownership`.
        queue: The queue it belongs to.
        run_id: Its id; whoever has it may watch.
    """

    def __init__(self, settings: Settings, owner: str, queue: "Queue", run_id: str) -> None:
        self.id = run_id
        self.owner = owner
        self.heir: str | None = None  # fingerprint of the token by which somebody else may become the owner, once
        self.settings = settings
        self.base: str | None = None  # id of the run on whose code this trains a classifier; None for a training
        self.wishes: dict[str, Any] = {}  # of such a classifier, see `classifying`
        self.state = "queued"  # queued, starting, running, paused, done, stopped, failed, interrupted
        self.setup: Setup | None = None
        self.snapshot: Any = None  # the newest Snapshot, of a classifier ClassifierSnapshot
        self.progress: Progress | None = None
        self.result: Any = None  # a Result, of a classifier ClassifierSummary
        self.error: str | None = None  # one sentence: why it failed, or why the engine stopped it
        self.position: int | None = None  # 1 is the next to start
        self.expected_wait: float | None = None  # seconds
        self.created = time.time()
        self.started: float | None = None
        self.finished: float | None = None
        self.version = 0
        self._queue = queue
        self.stored = False  # whether it is on disk
        self.elsewhere = False  # whether another process trains it
        self.measuring = False  # whether its training is over and its result still to come
        self.attempts = 0  # workers that began to train it
        self.worker: str | None = None  # its address, from when it begins there
        self.commands: list[tuple[str, dict[str, Any]]] = []  # words not yet given to the worker, oldest first
        self.delivering = False  # whether a thread is giving them
        self._paused_at: float | None = None

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.settings.variant} {self.state}>"

    @property
    def ended(self) -> bool:
        """Whether nothing more is trained; its result may follow, see `measuring`."""
        return self.state in ENDED

    def view(self) -> "Run":
        """A copy that stands still, with attributes that belong together."""
        with self._queue.lock:
            return copy.copy(self)

    def cached(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What `build` returns, built once for this version and key, however many viewers ask for it."""
        return self._queue.memo.get((self.id, key), self.version, build)

    def change(self, **values: Any) -> None:
        """Replaces attributes, all of them at one moment."""
        with self._queue.lock:
            self._change(**values)

    def _change(self, **values: Any) -> None:
        if any(getattr(self, name) is not value for name, value in values.items()):
            for name, value in values.items():
                setattr(self, name, value)
            self.version += 1


class Memo:
    """Remembers the newest version of what was built, and lets only one thread build each key.

    Args:
        limit: Keys remembered, at least 1; the one asked for longest ago is forgotten first.
    """

    def __init__(self, limit: int = _KEPT_PAYLOADS) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, version: int, build: Callable[[], Any]) -> Any:
        """The value of that key; `build` is called if none of this version or a later one is there."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.version < version:
                entry.value = build()
                entry.version = version
            return entry.value


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.version = -1
        self.value: Any = None


def expected_waits(remaining: Sequence[float], typical: float, count: int) -> list[float | None]:
    """Seconds until each of `count` waiting runs starts, in their order; None where it cannot be known.

    Args:
        remaining: For each slot the seconds until it is free: 0 if it is, infinity if unknown.
        typical: Seconds that a waiting run will take, infinity if unknown.
        count: Number of runs that wait.
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
    """All runs that are known, and the order of those that wait.

    Args:
        limit: Largest number of runs that wait.
        per_owner: Largest number of runs of one owner that wait or train.
        pause_limit: Seconds that a run may stay paused while others wait.
    """

    def __init__(self, limit: int, per_owner: int, pause_limit: float) -> None:
        self.lock = threading.RLock()
        self.memo = Memo()
        self.on_end: Callable[[Run], None] = lambda run: None  # told of every run that ends
        self.slots = 0  # trainings that can run side by side
        self._limit = limit
        self._per_owner = per_owner
        self._pause_limit = pause_limit
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._waiting: deque[Run] = deque()
        self._durations: deque[float] = deque(maxlen=20)

    def add(self, settings: Settings, owner: str) -> Run:
        """Puts a new run at the end of the queue.

        Raises:
            EngineError: If the queue is full, or this owner has too many runs in it.
        """
        with self.lock:
            # A run for which a slot is free does not wait.
            if len(self._waiting) + len(self.active()) >= self._limit + self.slots:
                raise EngineError(
                    f"The queue is full: {self._limit} trainings are waiting already; try again in a few minutes."
                )
            if (
                sum(run.owner == owner and not run.ended and not run.elsewhere for run in self._runs.values())
                >= self._per_owner
            ):
                raise EngineError(
                    f"{self._per_owner} of your trainings are running or waiting already; stop one, or wait for it."
                )
            run = Run(settings, owner, self, new_id())
            self._runs[run.id] = run
            self._waiting.append(run)
            self.estimate()
            return run

    def unended(self, settings: Settings, owner: str) -> Run | None:
        """The training with these settings that this owner has begun or has waiting; None if there is none."""
        with self.lock:
            for run in self._runs.values():
                if (
                    run.owner == owner
                    and run.settings == settings
                    and run.base is None
                    and not (run.ended or run.elsewhere)
                ):
                    return run
        return None

    def again(self, run: Run) -> None:
        """Puts a run whose training was cut off at the end of the queue again."""
        with self.lock:
            run.worker, run.elsewhere, run._paused_at, run.commands = None, False, None, []
            run._change(state="queued", started=None, finished=None)
            self._runs[run.id] = run
            self._waiting.append(run)
            self.estimate()

    def adopt(self, run: Run) -> None:
        """Takes in a run that is known from elsewhere, as the oldest."""
        with self.lock:
            self._runs[run.id] = run
            self._runs.move_to_end(run.id, last=False)

    def forget(self, run_id: str) -> None:
        """Forgets a run that has ended."""
        with self.lock:
            if run_id in self._runs and self._runs[run_id].ended:
                del self._runs[run_id]

    def get(self, run_id: str) -> Run | None:
        """The run of that id."""
        with self.lock:
            return self._runs.get(run_id)

    def all(self) -> list[Run]:
        """Every run that is known, newest first."""
        with self.lock:
            return list(reversed(self._runs.values()))

    def active(self) -> list[Run]:
        """The runs that occupy a slot."""
        with self.lock:
            return [run for run in self._runs.values() if run.state in ACTIVE and not run.elsewhere]

    def take(self) -> Run | None:
        """Takes the next waiting run out of the queue, to be started."""
        with self.lock:
            if not self._waiting:
                return None
            run = self._line()[0]
            self._waiting.remove(run)
            run._change(state="starting", position=None, expected_wait=None, started=time.time())
            return run

    def _line(self) -> list[Run]:
        """The waiting runs in the order of their turn: everybody's first one, then everybody's second, and so on.

        So one person's many runs do not hold up a hall.
        """
        before = Counter(run.owner for run in self.active())
        turns = []
        for place, run in enumerate(self._waiting):
            turns.append((before[run.owner], place, run))
            before[run.owner] += 1
        return [run for _, _, run in sorted(turns, key=lambda turn: turn[:2])]

    def end(self, run: Run, state: str, error: str | None = None) -> None:
        """Ends a run, if it has not ended; no result will follow."""
        with self.lock:
            run.measuring = False
            if run.ended:
                return
            if run in self._waiting:
                self._waiting.remove(run)
            run._change(state=state, error=error or run.error, position=None, expected_wait=None, finished=time.time())
            if state == "done" and run.started is not None and run.finished is not None:
                self._durations.append(run.finished - run.started)
            self.on_end(run)
            self._forget()

    def receive(self, message: WorkerMessage) -> Run | None:
        """Takes in what a worker sent, and returns the run it belongs to."""
        with self.lock:
            run = self._runs.get(message.run_id)
            if run is None:
                return None
            match message:
                case Started():
                    if run.worker is not None:
                        # A scheduler that was not told otherwise begins a lost training again; half a run is no run.
                        run.commands.append(("stop", {}))
                        self.end(run, "failed", LOST)
                    run.worker = message.worker
                    run.attempts += 1
                case Finished() | ClassifierFinished() if message.error:
                    # Numbers about a trained model can fail after its last snapshot said that it is done.
                    run._change(state="failed", error=message.error, finished=time.time())
                    run.measuring = False
                    self.on_end(run)
                case Finished() | ClassifierFinished():
                    run._change(result=message.result)
                    self.end(run, "stopped" if message.result is None else "done")
                case Progress():
                    run._change(progress=message)
                case Setup():
                    run._change(setup=self._shared(message))
                case Snapshot() | ClassifierSnapshot():
                    run._change(snapshot=message)
                    self._follow(run, message.state)
            return run

    @property
    def waiting(self) -> int:
        """Number of runs that wait."""
        return len(self._waiting)

    def note(self, run: Run, error: str) -> None:
        """Says why a run is going to be stopped."""
        with self.lock:
            run._change(error=error)

    def overdue(self) -> list[Run]:
        """Runs that have been paused for too long while others wait."""
        with self.lock:
            limit = time.monotonic() - self._pause_limit
            paused = [run for run in self.active() if run._paused_at is not None and run._paused_at < limit]
            return [run for run in paused if run.error is None] if self._waiting else []

    def estimate(self) -> None:
        """Writes position and expected wait into every waiting run."""
        with self.lock:
            busy = self.active()
            known = list(self._durations)
            if not known:
                known = [elapsed + eta for elapsed, eta in map(_times, busy) if math.isfinite(eta)]
            typical = statistics.median(known) if known else math.inf
            remaining = [self._remaining(run, typical) for run in busy]
            free = [0.0] * (self.slots - len(busy))
            waits = expected_waits(remaining + free, typical, len(self._waiting))
            for place, (run, wait) in enumerate(zip(self._line(), waits, strict=True), start=1):
                # Whole seconds: a change too small to be shown is none.
                wait = None if wait is None else float(round(wait))
                if (run.position, run.expected_wait) != (place, wait):
                    run._change(position=place, expected_wait=wait)

    def _remaining(self, run: Run, typical: float) -> float:
        if run._paused_at is not None:
            return max(0.0, self._pause_limit - (time.monotonic() - run._paused_at))
        elapsed, eta = _times(run)
        return eta if math.isfinite(eta) else max(0.0, typical - elapsed)

    def _follow(self, run: Run, state: State) -> None:
        if state in ENDED:
            self.end(run, state)
            run.measuring = run.result is None
        elif not run.ended:
            run._paused_at = (run._paused_at or time.monotonic()) if state == "paused" else None
            run._change(state=state)

    def _shared(self, setup: Setup) -> Setup:
        # Runs on the same data send the same pictures, the largest part of what is kept: keep them once.
        for other in reversed(self._runs.values()):
            if other.setup is not None and other.setup.atlas == setup.atlas:
                return replace(setup, atlas=other.setup.atlas)
        return setup

    def _forget(self) -> None:
        """Forgets the oldest ended runs beyond a number, and beyond the memory that they take."""
        seen: set[int] = set()
        size = 0
        for number, run in enumerate(reversed(list(self._runs.values())), start=1):
            size += weigh((run.setup, run.snapshot, run.result), seen)
            most = _KEPT_RUNS if run.heir is not None or not run.stored else _KEPT_STORED
            if run.ended and not run.measuring and (number > most or size > _KEPT_BYTES):
                del self._runs[run.id]


def _times(run: Run) -> tuple[float, float]:
    """Seconds since a run's start, and seconds until its end, infinity if unknown."""
    elapsed = time.time() - (run.started or time.time())
    eta = run.snapshot.numbers.get("eta_seconds") if isinstance(run.snapshot, Snapshot) else None
    return elapsed, float(eta) if isinstance(eta, int | float) else math.inf


def weigh(value: Any, seen: set[int]) -> int:
    """About the bytes that a message takes in memory; what was `seen` before weighs nothing."""
    if id(value) in seen:
        return 0
    if isinstance(value, bytes | str):
        seen.add(id(value))
        return len(value)
    if isinstance(value, Struct):
        return weigh(asdict(value), seen)
    if isinstance(value, dict):
        return sum(64 + weigh(one, seen) for one in value.values())
    if isinstance(value, list | tuple):
        # Long lists hold numbers: an object and a reference to it each.
        return 32 * len(value) if len(value) > 50 else sum(32 + weigh(one, seen) for one in value)
    return 32
