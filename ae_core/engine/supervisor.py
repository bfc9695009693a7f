"""The engine's own thread: it starts the workers, gives them jobs, and looks after both until the engine is closed."""

import logging
import math
import os
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ae_core import messages
from ae_core.engine.answer import Answer
from ae_core.engine.commands import Command
from ae_core.engine.delivery import Delivery
from ae_core.engine.descriptions import Descriptions
from ae_core.engine.dispatch import Dispatch
from ae_core.engine.jobs import Job
from ae_core.engine.limits import Limits
from ae_core.engine.pool import WARMING, WorkerPool
from ae_core.engine.processes import Processes, default_slots
from ae_core.engine.queue import Queue
from ae_core.engine.recovery import Recovery
from ae_core.engine.renewal import Renewal
from ae_core.engine.requests import Requests
from ae_core.engine.signs import silence
from ae_core.errors import EngineError, WarmingError
from ae_core.settings import Settings

if TYPE_CHECKING:
    from distributed.security import Security

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 60.0  # longest wait for a worker's answer
_TICK = 0.5  # seconds between looks at workers, waits and pauses when nothing calls earlier
_PAUSES = (0.0, 5.0, 30.0)  # seconds before each new attempt, when the scheduler is lost again and again
_FORGOTTEN = 600.0  # seconds after which a loss counts no more

HALTED = "The host of this app has stopped this run; its last state is kept."

Status = Literal["starting", "warming", "ready", "failed"]

T = TypeVar("T")


class _UnreachableError(EngineError):
    """No scheduler answers."""


class Supervisor:
    """Runs the queue's jobs on workers.

    Args:
        address: Address of an outside Dask scheduler, default the variable `AE_SCHEDULER`; without one, workers are
            started on this machine.
        security: Certificate with which to join the one at `address`; None for what Dask's configuration says.
        concurrent: Most jobs that train side by side; None for as many as the workers take.
        queue: The jobs.
        recovery: Takes up what was left unfinished.
        limits: What a run may take.

    Attributes:
        status: See `Engine.status`.
        status_text: See `Engine.status_text`.
        address: See `Engine.address`.
        security: See `Engine.security`.
        pool: The workers; None while there is no connection to a scheduler.
        delivery: Takes the jobs their commands.
        descriptions: What workers said of networks.
    """

    def __init__(
        self,
        address: str | None,
        security: "Security | None",
        concurrent: int | None,
        queue: Queue,
        recovery: Recovery,
        limits: Limits,
    ) -> None:
        self.status: Status = "starting"
        self.status_text = "The training processes are starting."
        self.address: str | None = None
        self.security = security
        self.pool: WorkerPool | None = None
        self.delivery = Delivery()
        self.descriptions = Descriptions()
        self._outside = address or os.environ.get("AE_SCHEDULER")
        self._concurrent = concurrent
        self._queue = queue
        self._recovery = recovery
        self._limits = limits
        self._topic = f"autoencoder-{secrets.token_hex(8)}"
        self._dispatch = Dispatch(queue, self._topic, str(recovery.store.folder), recovery.set_back)
        self._renewal = Renewal()
        self._requests = Requests(recovery.store.folder)
        self._processes: Processes | None = None
        self._taken_up = False
        self._losses: list[float] = []  # when a scheduler was lost of late, on the monotonic clock
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    # Any thread may call these.

    def start(self) -> bool:
        """Begins to work, unless it has begun or was closed before. Returns at once: whether it has begun now."""
        with self._queue.lock:
            if self._thread is not None or self._closing:
                return False
            self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
            self._thread.start()
            return True

    def close(self) -> None:
        """Ends the jobs and all processes, and waits for that."""
        self._closing = True
        self.wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=60)

    def wake(self) -> None:
        """Has the thread look at everything now, not only when its pause is over."""
        self._wake.set()

    def check(self) -> None:
        """Makes sure that trainings are possible, now or soon.

        Raises:
            EngineError: If they are not.
        """
        if self.status == "failed":
            raise EngineError(self.status_text)

    def too_long(self, settings: Settings) -> str:
        """One sentence: why a training would take too long; empty if it may begin, as far as a worker has said."""
        seconds = self.descriptions.seconds(settings)
        return "" if seconds is None else self._limits.too_long(seconds)

    def ask(self, question: Callable[..., Answer[T]], *arguments: Any) -> T:
        """Has a worker answer a question beside its trainings, and waits for that.

        Args:
            question: A function of `questions`.
            arguments: What it is given.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the answer is an error.
        """
        pool = self.pool
        if pool is None:
            raise WarmingError(WARMING)
        return pool.ask(question, *arguments, seconds=ANSWER_SECONDS)

    def order(self, job: Job, command: Command) -> None:
        """Sends a job a command, after those it was sent before."""
        with self._queue.lock:
            job.commands.append(command)
            job.stopping = job.stopping or command.word == "stop"
            self.delivery.deliver(job)
            if command.word == "stop" and job.worker is None:
                # Should a worker have taken it this very moment, the command reaches that worker once it is known.
                self._queue.end(job, "stopped")
                self.wake()

    def halt(self, job_id: str) -> None:
        """Ends a job on the host's word, see `Engine.halt`."""
        with self._queue.lock:
            job = self._queue.get(job_id)
            if job is None or job.elsewhere:
                raise EngineError("This app trains no such run.")
            if job.ended:
                raise EngineError(f"This run has ended ({job.state}).")
            job.change(error=HALTED)
            self.order(job, Command("stop"))

    # What follows runs on the engine's own thread, except where it says otherwise.

    def _serve(self) -> None:
        problem = "The training processes were lost again and again; the log has the details."
        while not self._closing:
            try:
                self._work(self._connect())
            except _UnreachableError as error:
                if not self._taken_up:
                    problem = str(error)
                    break
                logger.warning("%s", error)  # it was there before, and may come back
            except EngineError as error:
                problem = str(error)
                break
            except Exception:
                # Whatever it is, the app must go on and the processes must be ended; the log has the trace.
                logger.exception("The connection to the training processes failed.")
            if self._closing:
                break
            self._disconnect()
            if not self._try_again():
                break
        if self._closing:
            problem = "The training processes were ended."
        self._say("failed", problem)
        # On disk they count as interrupted, because nothing says that they ended: the next start takes them up.
        self._queue.on_end = lambda job: None
        for job in self._queue.all():
            self._queue.end(job, "stopped" if self._closing else "failed", problem)
        self._disconnect()
        self._recovery.close()

    def _try_again(self) -> bool:
        """Waits a little because the scheduler was lost; False if that has happened too often of late."""
        now = time.monotonic()
        self._losses = [*(at for at in self._losses if now - at < _FORGOTTEN), now]
        if len(self._losses) > len(_PAUSES):
            return False
        self._say("starting", "The training processes were lost, and start again.")
        until = now + _PAUSES[len(self._losses) - 1]
        while not self._closing and time.monotonic() < until:
            self._wake.wait(_TICK)
            self._wake.clear()
        return True

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
                self.security = self._processes.security
            client = Client(address, security=self.security, set_as_default=False, timeout=5)
        except (OSError, ValueError) as error:
            logger.warning("No connection to a scheduler.", exc_info=error)
            place = f"at {self._outside}" if self._outside else "on this machine"
            raise _UnreachableError(
                f"The training processes cannot be reached: no Dask scheduler answers {place}."
            ) from error
        except TypeError as error:  # how Dask says that an address that begins with tls:// needs a certificate
            logger.warning("No connection to a scheduler.", exc_info=error)
            raise EngineError(
                f"The training processes cannot be reached: {self._outside} asks for a certificate, which Dask's "
                "configuration must name."
            ) from error
        client.subscribe_topic(self._topic, self._receive)
        client.subscribe_topic("worker-restart-memory", lambda event: self._queue.exhaust(event[1]["worker"]))
        if not self._taken_up:
            self._taken_up = True
            self._recovery.take_up()
        self.delivery.client, self.address = client, address
        self.pool = WorkerPool(client, self._wake)
        return self.pool

    def _disconnect(self) -> None:
        for job in self._queue.active():
            if job.stored and not self._closing:
                self._queue.again(job)
            else:
                self._queue.end(job, "failed", "The training processes ended while this run trained.")
        self._dispatch.disconnect()
        self._renewal = Renewal()
        self.descriptions.disconnect()
        client, self.delivery.client, self.address, self.pool = self.delivery.client, None, None, None
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
        self.descriptions.exchange(pool)
        for training, hurried in self._queue.impatience():
            training.change(hurried=hurried)
            self.order(training, Command("hurry", value=float(hurried)))
        for job in self._queue.overdue():
            job.change(error="This run was paused for long while others waited, so it was stopped.")
            self.order(job, Command("stop"))
        for run_id in self._requests.waiting():
            wanted = self._queue.get(run_id)
            if wanted is not None and not wanted.elsewhere and self._requests.take_back(run_id) and not wanted.ended:
                self.halt(run_id)
        for job in self._queue.active():
            member = pool.members.get(job.worker or "")
            job.change(silent=silence(job, member))
            grown = 0 if member is None else member.memory - member.memory_when_loaded
            problem = "" if job.stopping else self._limits.exceeded(job, grown)
            if problem:
                job.change(error=problem)
                self.order(job, Command("stop"))
        if math.isfinite(self._limits.run_minutes):
            self._refuse_too_long()
        for job in self._queue.leaving():
            if self._recovery.can_wait(job):
                job.leaving = True
                self.order(job, Command("leave"))
        self._queue.estimate()

    def _refuse_too_long(self) -> None:
        """Ends what waits and would take too long: Start may be pressed before a worker has said how long it takes."""
        for training in self._queue.not_begun():
            self.descriptions.get(training.settings)  # asks for it, if it is not known
            problem = self.too_long(training.settings)
            if problem:
                self._queue.end(training, "failed", problem)

    def _say(self, status: Status, text: str) -> None:
        with self._queue.lock:
            self.status, self.status_text = status, text

    def _receive(self, event: tuple[float, bytes]) -> None:
        """Takes in a worker's message. Runs on Dask's thread, which must neither wait nor see an exception."""
        try:
            job = self._queue.receive(messages.decode(event[1]))
        except (TypeError, ValueError):
            logger.exception("A worker sent a message that cannot be read.")
            return
        if job is not None:
            if job.ended:
                self.wake()
            self.delivery.deliver(job)
