"""The workers that a Dask client can reach: who is there, how far each has warmed up, and how to give one a task."""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from ae_core.engine import worker
from ae_core.engine.answer import LOST, Answer
from ae_core.engine.processes import RESOURCE
from ae_core.errors import EngineError, WarmingError

if TYPE_CHECKING:
    from distributed import Client, Future

logger = logging.getLogger(__name__)

WARMING = "The training processes are warming up; try again in a moment."

_LOOK = 1.0  # seconds between looks at who is there, once all are ready
LATELY = 5.0  # seconds after a question in which the loss of a worker may have been its doing
_ANSWER = 0.25  # seconds in which the scheduler says who is there; one that takes longer is not waited for

Stage = Literal["loading", "warming", "ready", "broken", "lost"]
Condition = Literal["starting", "warming", "ready", "broken"]

T = TypeVar("T")


@dataclass
class Member:
    """One worker process.

    Args:
        name: Dask's name for it.
        task: The task that warms it up at present.
        slots: Trainings that it takes at a time; none while it is only getting ready to replace another, see `renewal`.
        memory: Resident bytes, when last looked at.
        memory_when_loaded: The same before its first training.
        stage: `loading` (Keras), `warming` (a tiny training), `ready`, `broken`, or `lost`.
        error: Why it is broken, one sentence.
        beat: The scheduler's time of its last heartbeat; on whose clock does not matter.
        heard_at: When another heartbeat was noticed here, on the monotonic clock.
    """

    name: str
    task: "Future | None"
    slots: int = 0
    memory: int = 0
    memory_when_loaded: int = 0
    stage: Stage = "loading"
    error: str = ""
    beat: float = 0.0
    heard_at: float = 0.0


class WorkerPool:
    """All workers of one scheduler that take trainings.

    Args:
        client: The connection to the scheduler.
        wake: Set whenever a task has ended.

    Attributes:
        members: Workers by address.
        expected: Name of a worker that is to be warmed up although it takes no trainings yet.
    """

    def __init__(self, client: "Client", wake: threading.Event) -> None:
        self.client = client
        self.members: dict[str, Member] = {}
        self.expected: str | None = None
        self._wake = wake
        self._looked_at = -math.inf
        self._looking: _Look | None = None
        self._asking, self._asked_at = 0, -math.inf  # questions under way, and when the last one ended
        self._guard = threading.Lock()

    @property
    def asked_lately(self) -> bool:
        """Whether a worker answers questions beside its trainings, or has just done so."""
        with self._guard:
            return self._asking > 0 or time.monotonic() - self._asked_at < LATELY

    @property
    def usable(self) -> list[str]:
        """Addresses of the workers that have loaded Keras and take trainings."""
        return [address for address, one in self.members.items() if one.slots and one.stage in ("warming", "ready")]

    @property
    def slots(self) -> int:
        """Trainings that the usable workers run side by side."""
        return sum(self.members[address].slots for address in self.usable)

    def submit(self, function: Callable[..., Any], *arguments: Any, **where: Any) -> "Future":
        """Gives a task to Dask, for one of the `workers=` or for one that has the `resources=`. It is never retried."""
        future = self.client.submit(function, *arguments, pure=False, retries=0, **where)
        future.add_done_callback(lambda _: self._wake.set())
        return future

    def ask(self, question: Callable[..., Answer[T]], *arguments: Any, seconds: float) -> T:
        """Has a worker answer a question beside its trainings, and waits for that. Runs on any thread.

        Args:
            question: A function of `questions`.
            arguments: What it is given.
            seconds: Longest wait.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the answer is an error.
        """
        usable = self.usable
        if not usable:
            raise WarmingError(WARMING)
        with self._guard:
            self._asking += 1
        try:
            said: Answer[T] = self.submit(question, *arguments, workers=usable).result(timeout=seconds)
        except Exception as error:
            logger.warning("A worker gave no answer.", exc_info=error)
            raise EngineError("No answer came from the training processes; try again in a moment.") from error
        finally:
            with self._guard:
                self._asking, self._asked_at = self._asking - 1, time.monotonic()
        return said.result()

    def recount(self) -> None:
        """Makes the next call of `look` look at once, because a worker was lost or replaced."""
        self._looked_at = -math.inf

    def look(self, idle: bool) -> None:
        """Notices workers that came or went, and warms each up: Keras first, then a tiny training if no job waits.

        Args:
            idle: Whether no job waits.
        """
        settled = self.members and all(one.stage == "ready" for one in self.members.values())
        if settled and time.monotonic() - self._looked_at < _LOOK:
            return
        self._looking = self._looking or _Look(self.client)
        found = self._looking.workers()
        if found is None:
            return
        self._looking, self._looked_at = None, time.monotonic()
        workers = {
            address: info
            for address, info in found.items()
            if info["resources"].get(RESOURCE) or info["name"] == self.expected
        }
        self.members = {address: one for address, one in self.members.items() if address in workers}
        for address, info in workers.items():
            if address not in self.members:
                self.members[address] = Member(info["name"], self.submit(worker.load, workers=[address]))
            one = self.members[address]
            one.slots = int(info["resources"].get(RESOURCE, 0))
            one.memory = info["metrics"].get("memory", 0)
            if info["last_seen"] != one.beat:
                one.beat, one.heard_at = info["last_seen"], time.monotonic()
        for address, one in self.members.items():
            if one.task is None or not one.task.done():
                continue
            died = one.task.status != "finished"
            said: Answer[int] = answer_of(one.task)
            one.task = None
            if died:
                one.stage = "lost"  # the one that its nanny starts again has another address
            elif said.error:
                one.stage, one.error = "broken", said.error
            else:
                one.memory_when_loaded = said.result()
                if one.stage == "loading" and idle:
                    one.stage, one.task = "warming", self.submit(worker.warm, workers=[address])
                else:
                    one.stage = "ready"

    def condition(self) -> tuple[Condition, str]:
        """How the workers are, in a word and in a sentence for a person."""
        members = [one for one in self.members.values() if one.slots]
        if any(one.stage == "ready" for one in members):
            return "ready", "The training processes are ready."
        if members and all(one.stage == "broken" for one in members):
            return "broken", next(one.error for one in members)
        if members:
            return "warming", "The training processes are warming up, which takes some ten seconds."
        return "starting", f"The training processes are starting: no worker with the resource {RESOURCE} is there yet."


class Known(TypedDict):
    """What a scheduler says of a worker, as far as it is asked here."""

    name: str
    resources: Mapping[str, float]
    metrics: Mapping[str, int]
    last_seen: float


class _Look:
    """Asks a scheduler for its workers: on a thread of its own, as one that is stopped does not answer.

    Args:
        client: The connection to the scheduler.
    """

    def __init__(self, client: "Client") -> None:
        self._found: dict[str, Known] | None = None
        self._thread = threading.Thread(target=self._ask, args=(client,), name="engine-look", daemon=True)
        self._thread.start()

    def _ask(self, client: "Client") -> None:
        try:
            self._found = dict(client.scheduler_info().get("workers", {}))
        except Exception:  # the connection is lost, which the client's state says too
            logger.warning("The scheduler does not say who is there.", exc_info=True)
            self._found = {}

    def workers(self) -> dict[str, Known] | None:
        """By address what it says of each; None while it has not answered."""
        self._thread.join(_ANSWER)
        return self._found


def answer_of(future: "Future") -> Answer[Any]:
    """What a small task that has ended answered; an error if its worker died over it."""
    if future.status == "finished":
        return future.result(timeout=10)
    return Answer(error=LOST)


def failure(future: "Future") -> str:
    """Why Dask gave up on a training, in one sentence."""
    from distributed import KilledWorker

    if future.status == "error":
        error = future.exception(timeout=10)
        if not isinstance(error, KilledWorker):
            logger.error("A training failed outside of itself.", exc_info=error)
            return (
                f"The training stopped because of an internal error ({type(error).__name__}); the log has the details."
            )
    return LOST
