"""Trains in worker processes: submit a run, watch it, pause, step, stop and tune it.

The same class serves the app, a script and a test, and never blocks its caller: one background thread starts the worker
processes (or joins an outside Dask scheduler), hands out the queue and looks after what runs, while the workers'
messages arrive on Dask's own thread. TensorFlow is loaded in the workers only.
"""

import atexit
import logging
import os
import secrets
import threading
from collections.abc import Callable
from typing import Any

from ae_core import messages
from ae_core.engine import classifying, worker
from ae_core.engine.commands import Commands, checked
from ae_core.engine.descriptions import Descriptions
from ae_core.engine.dispatch import Dispatch
from ae_core.engine.pool import WARMING, WorkerPool
from ae_core.engine.processes import Processes, default_slots
from ae_core.engine.queue import Queue, Run
from ae_core.engine.recovery import ATTEMPTS, Recovery
from ae_core.engine.renewal import Renewal
from ae_core.errors import EngineError
from ae_core.ownership import fingerprint, holds
from ae_core.runs import RunStore
from ae_core.settings import Settings

__all__ = ["Engine", "EngineError", "Run"]

logger = logging.getLogger(__name__)

_TICK = 0.5  # seconds between looks at workers, waits and pauses when nothing calls earlier
_RESTARTS = 3  # of a scheduler that was lost


class Engine:
    """A queue of runs and the worker processes that train them.

    Args:
        address: Address of an outside Dask scheduler, default the variable `AE_SCHEDULER`; without one, workers are
            started on this machine. Outside workers need the resource `training=1` and two threads each.
        concurrent: Most trainings side by side, at least 1. Default: one per GPU or per two cores; outside, what the
            workers offer.
        queue_limit: Most runs that wait.
        per_owner_limit: Most runs of one owner that wait or train.
        pause_limit: Seconds that a run may stay paused while others wait; then it is stopped.
        store: Where runs are kept, default the folder that `AE_RUNS_DIR` names or this user's cache.
    """

    def __init__(
        self,
        address: str | None = None,
        concurrent: int | None = None,
        queue_limit: int = 20,
        per_owner_limit: int = 8,
        pause_limit: float = 600.0,
        store: RunStore | None = None,
    ) -> None:
        if concurrent is not None and concurrent < 1:
            raise ValueError(f"concurrent must be an integer from 1. Received: {concurrent!r}.")
        self._outside = address or os.environ.get("AE_SCHEDULER")
        self._concurrent = concurrent
        self._queue = Queue(queue_limit, per_owner_limit, pause_limit)
        self._lock = self._queue.lock
        self._recovery = Recovery(store or RunStore(), self._queue)
        self._queue.on_end = self._recovery.ended
        self._topic = f"autoencoder-{secrets.token_hex(8)}"
        self._status, self._status_text = "starting", "The training processes are starting."
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._taken_up = False
        self._address: str | None = None
        self._commands = Commands(self._queue)
        self._pool: WorkerPool | None = None
        self._processes: Processes | None = None
        self._dispatch = Dispatch(self._queue, self._topic, str(self.store.folder))
        self._renewal = Renewal()
        self._descriptions = Descriptions()

    def start(self) -> None:
        """Begins to start the workers, once, and returns at once."""
        with self._lock:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    @property
    def status(self) -> str:
        """`starting`, then `warming` (a worker imports Keras), then `ready`; or `failed`."""
        return self._status

    @property
    def status_text(self) -> str:
        """The same as a sentence for a person."""
        return self._status_text

    @property
    def address(self) -> str | None:
        """Address of the scheduler, at which another engine can join; None while there is none."""
        return self._address

    @property
    def store(self) -> RunStore:
        """The runs on disk."""
        return self._recovery.store

    def submit(self, settings: Settings, owner: str, **origin: Any) -> Run:
        """Puts a training into the queue; it starts as soon as it can.

        The very training that this person has in the queue already is not put there again: the second press of a
        double click finds what the first one began.

        Args:
            settings: What to train.
            owner: Secret token of the person who may command it.
            origin: What the store shall know of it: `title`, `twin_of`, `sweep`, see `RunStore.create`.

        Raises:
            EngineError: If the queue is full, the owner has too many runs in it, or there is nothing to train on.
        """
        with self._lock:
            if self._status == "failed":
                raise EngineError(self._status_text)
            same = self._queue.unended(settings, fingerprint(owner))
            if same is not None:
                return same
            run = self._queue.add(settings, fingerprint(owner))
            self._recovery.add(run, **origin)
        self._wake.set()
        return run

    def classify(self, run_id: str, owner: str, **wishes: Any) -> Run:
        """Puts a classifier on the code of an ended run into the queue, see `classifying.add`."""
        with self._lock:
            if self._status == "failed":
                raise EngineError(self._status_text)
            run = classifying.add(self._queue, self.run(run_id), owner, wishes)
        self._wake.set()
        return run

    def classifier(self, run_id: str) -> Run | None:
        """The newest classifier on the code of that run; None if none was asked for, or it is forgotten."""
        return classifying.of(self._queue, run_id)

    def run(self, run_id: str) -> Run | None:
        """The run of that id, from the store if need be; None if it is unknown or was removed."""
        return self._recovery.find(run_id)

    def runs(self) -> list[Run]:
        """Every run that is known, newest first; classifiers too."""
        return self._queue.all()

    def command(self, run_id: str, owner: str, word: str, **values: Any) -> None:
        """Tells a run to `pause`, `resume`, `step` (one chunk, then pause), `stop`, or `tune` (`name=`, `value=`).

        Returns at once; the run's state and snapshot tell when it has happened.

        Raises:
            EngineError: If there is no such run, the owner is another, or the run cannot do this now.
        """
        with self._lock:
            run = self._queue.get(run_id)
            if run is None:
                raise EngineError("There is no such run any more.")
            if not holds(owner, run.owner):
                raise EngineError("Only the person who started this run may command it.")
            if word not in worker.WORDS:
                raise EngineError(f"The command must be one of {', '.join(worker.WORDS)}. Received: {word!r}.")
            if run.elsewhere and not run.ended:
                raise EngineError("Another program trains this run, so it can only be watched here.")
            if run.ended:
                raise EngineError(f"This run has ended ({run.state}), so it cannot be told to {word}.")
            if run.state == "queued" and word != "stop":
                raise EngineError(f"This run still waits in the queue; it can only be stopped. Received: {word}.")
            if word == "tune":
                values = checked(run, **values)
            elif values:
                raise EngineError(f"The command {word} takes no values. Received: {', '.join(values)}.")
            self._order(run, word, values)

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

    def ask(self, task: Callable[..., dict[str, Any]], *arguments: Any, seconds: float = 60.0) -> Any:
        """Has a worker do a small task beside its trainings, and waits for the answer.

        Args:
            task: A function of `worker` that gives a `worker.answer`.
            arguments: What it is called with.
            seconds: How long to wait.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the task says what is wrong.
        """
        pool = self._pool
        if pool is None:
            raise EngineError(WARMING)
        return pool.ask(task, *arguments, seconds=seconds)

    def offer(self, run_id: str, owner: str) -> str:
        """Lets somebody else become the owner of a run.

        Returns:
            A token that works once, see `take_over`; an offer made before is void.

        Raises:
            EngineError: If there is no such run, or the owner is another.
        """
        with self._lock:
            run = self._queue.get(run_id)
            if run is None:
                raise EngineError("There is no such run any more.")
            if not holds(owner, run.owner):
                raise EngineError("Only the person who may command this run can hand it on.")
            token = secrets.token_urlsafe(16)
            run.heir = fingerprint(token)
            return token

    def take_over(self, run_id: str, token: str, owner: str) -> None:
        """Makes the person with the token `owner` the owner of a run that was offered.

        Raises:
            EngineError: If there is no such run, or no such offer any more.
        """
        with self._lock:
            run = self._queue.get(run_id)
            if run is None or not holds(token, run.heir):
                raise EngineError("This offer to take over a run does not hold any more; ask for a new one.")
            run.heir = None
            run.change(owner=fingerprint(owner))
            self._recovery.give(run)

    def describe(self, settings: Settings) -> dict[str, Any] | None:
        """The layers of the network that these settings build; None until a worker has said it.

        Ask again a moment later. See `training.describe`; `{"error": sentence}` if these settings cannot be built.
        """
        known = self._descriptions.get(settings)
        if known is None:
            self._wake.set()
        return known

    def close(self) -> None:
        """Ends the runs and all processes."""
        self._closing = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=60)
        atexit.unregister(self.close)

    # What follows runs on the engine's own thread, except where it says otherwise.

    def _serve(self) -> None:
        problem = "The training processes were lost again and again; the log has the details."
        for _ in range(1 + _RESTARTS):
            try:
                self._work(self._connect())
            except EngineError as error:
                problem = str(error)
                break
            except Exception:
                # Whatever it is, the app must go on and the processes must be ended; the log has the trace.
                logger.exception("The connection to the training processes failed.")
            if self._closing:
                break
            self._disconnect()
        if self._closing:
            problem = "The training processes were ended."
        self._say("failed", problem)
        # On disk they count as interrupted, because they have said no end: the next start takes them up.
        self._queue.on_end = lambda run: None
        for run in self._queue.all():
            self._queue.end(run, "stopped" if self._closing else "failed", problem)
        self._disconnect()
        self._recovery.close()

    def _work(self, pool: WorkerPool) -> None:
        """Looks after everything until the scheduler is lost or the engine is closed."""
        while not self._closing and pool.client.status == "running":
            if self._processes is not None and not self._processes.keep():
                return
            self._tick(pool)
            self._wake.wait(_TICK)
            self._wake.clear()

    def _connect(self) -> WorkerPool:
        from distributed import Client  # half a second, not to be spent on the caller's thread

        self._say("starting", "The training processes are starting.")
        try:
            address = self._outside
            if address is None:
                self._processes = Processes(self._concurrent or default_slots())
                address = self._processes.start()
            client = Client(address, set_as_default=False, timeout=5)
        except (OSError, ValueError) as error:
            logger.warning("No connection to a scheduler.", exc_info=error)
            place = f"at {self._outside}" if self._outside else "on this machine"
            raise EngineError(
                f"The training processes cannot be reached: no Dask scheduler answers {place}."
            ) from error
        client.subscribe_topic(self._topic, self._receive)
        if not self._taken_up:
            self._taken_up = True
            self._recovery.take_up()
        self._commands.client, self._address = client, address
        self._pool = WorkerPool(client, self._wake)
        return self._pool

    def _disconnect(self) -> None:
        for run in self._queue.active():
            if run.stored and run.attempts < ATTEMPTS and not self._closing:
                self._queue.again(run)
            else:
                self._queue.end(run, "failed", "The training processes ended while this run trained.")
        self._dispatch.disconnect()
        self._renewal = Renewal()
        self._descriptions.disconnect()
        client, self._commands.client, self._address, self._pool = self._commands.client, None, None, None
        processes, self._processes = self._processes, None
        if client is not None:
            client.close(timeout=2)
        if processes is not None:
            processes.close()

    def _tick(self, pool: WorkerPool) -> None:
        self._dispatch.collect(pool, self._closing)
        pool.look(idle=not self._queue.waiting)
        status, text = pool.condition()
        if status == "broken":
            raise EngineError(text)
        self._say(status, text)
        if self._processes is not None:
            self._renewal.tick(pool, self._processes, self._dispatch.workers)
        self._dispatch.dispatch(pool, self._concurrent)
        self._recovery.tick()
        self._descriptions.exchange(pool)
        for run in self._queue.overdue():
            self._queue.note(run, "This run was paused for long while others waited, so it was stopped.")
            self._order(run, "stop", {})
        self._queue.estimate()

    def _say(self, status: str, text: str) -> None:
        with self._lock:
            self._status, self._status_text = status, text

    def _receive(self, event: tuple[float, bytes]) -> None:
        """Takes in a worker's message. Runs on Dask's thread, which must neither wait nor see an exception."""
        try:
            run = self._queue.receive(messages.decode(event[1]))
        except (TypeError, ValueError):
            logger.exception("A worker sent a message that cannot be read.")
            return
        if run is not None:
            if run.ended:
                self._wake.set()
            self._commands.deliver(run)

    def _order(self, run: Run, word: str, values: dict[str, Any]) -> None:
        """Sends a run a command, after those it was sent before. Runs on any thread."""
        with self._lock:
            run.commands.append((word, values))
            self._commands.deliver(run)
            if word == "stop" and run.worker is None:
                # Should a worker have taken it this very moment, the order reaches it as soon as that is known.
                self._queue.end(run, "stopped")
                self._wake.set()
