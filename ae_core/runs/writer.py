"""The training's side of a stored run: keeps its messages, its state and its end, at a bounded cost."""

import contextlib
import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, get_args

import msgspec
import numpy as np
from msgspec.structs import replace

from ae_core.errors import DataError, disk_reason, printable
from ae_core.formats.archive import megabytes
from ae_core.messages import (
    LONGEST_ERROR,
    NAME,
    Numbers,
    Outcome,
    Result,
    RunStatus,
    Scalars,
    Setup,
    Snapshot,
    State,
    TrainingMessage,
    TrainingState,
)
from ae_core.runs.arrays import write_arrays
from ae_core.runs.files import (
    CHECKPOINT,
    MODEL,
    NEWEST,
    RESULT,
    RUN,
    SETUP,
    STATUS,
    Lock,
    clean,
    folder_bytes,
    kept_steps,
    line,
    scratch_file,
    snapshot_name,
    write_small,
)
from ae_core.runs.record import ENDED, FORMAT, read_run, read_status
from ae_core.runs.stored_messages import dump, dump_frame, frame, upgrade
from ae_core.runs.thinning import fitting
from ae_core.runs.weights_film import WeightsFilm
from ae_core.whole_files import PART, force, write

logger = logging.getLogger(__name__)

KEPT_SNAPSHOTS = 160  # of one run, the newest among them
FRAME_BYTES = 6 * 2**20  # of the others together, for images of 28×28 pixels
FRAME_PIXELS = 784
LARGEST_FRAMES = 8  # times as much, at most, for larger ones
SNAPSHOT_SECONDS = 2.0  # between two writes while nothing but the numbers changes
SNAPSHOT_SHARE = 0.01  # of the time, at most, goes into them
MOST_NUMBERS = 100
NO_MODEL = "The trained model of this run is not kept, because {reason}."
FRAMES = "What is seen"
AGAIN_SECONDS = 3.0  # between two attempts to write how a run ended
PATIENCE = 3600.0  # seconds for which that is tried
UNKEPT = "This run is in memory only, because {reason}; it is written as soon as that is over."


class RunWriter:
    """Writes one run while it trains; made by `RunStore.writer`.

    It holds the run's lock until it is closed, so a run has one writer at a time, and if the process dies, everybody
    sees that at once. A disk that is full, or a folder that is gone, does not end a training: what could not be written
    stays in memory and is tried again with the next message, and after the end every few seconds, as long as this
    process lives.

    Args:
        folder: The run's folder.
        lock: Its lock, taken.
        most_bytes: Most bytes of a checkpoint; a larger one is not kept.

    Attributes:
        goes_on: Whether the run had ended and was given more epochs, so that it goes on from its checkpoint.
        tell: Called with `problem` whenever it changes, on any thread.
    """

    def __init__(self, folder: Path, lock: Lock, most_bytes: int) -> None:
        self.id = folder.name
        self._problems: dict[str, str] = {}  # by what is not kept
        self.tell: Callable[[str | None], None] = lambda problem: None
        self._setup: Setup | None = None  # until it is written, like the next four
        self._checkpoint: tuple[Mapping[str, np.ndarray], TrainingState] | None = None
        self._model: bytes | None = None
        self._result: Result | None = None
        self._end: RunStatus | None = None  # what is to be said of the end
        self._folder, self._lock, self._most_bytes = folder, lock, most_bytes
        clean(folder, keep=f"{PART}{RUN}")
        upgrade(folder)
        self._status = read_status(folder)
        self._unwritten: dict[int, Snapshot] = {}  # by step, the newest among them, which alone has its history
        self._kept = {step: path.stat().st_size for step, path in kept_steps(folder).items()}  # bytes by step
        self._room = FRAME_BYTES
        self._state: State | None = None  # of the newest snapshot
        self._next = 0.0
        self._saved_at = -1  # step of the newest snapshot that was written
        self._weights = WeightsFilm(folder)
        self._closed = False
        self._begun_at = 0  # step at which this process took it up
        self.goes_on = self._status.state == "queued" and self._status.step > 0
        started = self._status.started or time.time()
        attempts = self._status.attempts + 1
        self._say(state="running", started=started, finished=None, error=None, attempts=attempts)

    @property
    def problem(self) -> str | None:
        """One sentence: what could not be kept; None if all is."""
        return next(iter(self._problems.values()), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def message(self, message: TrainingMessage) -> None:
        """Takes each message of a training.

        A setup and a change of state are written at once; snapshots every two seconds, or less often where that would
        take more than a hundredth of the time. Those of them are kept that lie close at first and wide apart later, at
        most `KEPT_SNAPSHOTS`, and no more than `frame_bytes`.
        """
        if isinstance(message, Setup):
            self._room = frame_bytes(message.input_size)
            self._setup = message
            with self._trying(FRAMES):
                self._save_setup()
        elif isinstance(message, Snapshot):
            self._add(message)

    def weights(self, step: int, take: Callable[[], bytes]) -> None:
        """Keeps what the network is at a step whose snapshot was just written, see `weights_film`.

        Args:
            step: The step.
            take: Gives its weights; called only if they are to be kept.
        """
        if step == self._saved_at:
            self._weights.keep(step, take)

    def checkpoint(self, arrays: Mapping[str, np.ndarray], state: TrainingState) -> None:
        """Keeps a state of the training in place of the one before.

        Args:
            arrays: Weights, optimiser and random states by name.
            state: Where it stands.
        """
        size = sum(array.nbytes for array in arrays.values())
        if size > self._most_bytes:
            self._note(
                CHECKPOINT,
                f"The state of the run {self.id} could not be kept because it takes {megabytes(size)}; "
                f"allowed are {megabytes(self._most_bytes)}.",
            )
            (self._folder / CHECKPOINT).unlink(missing_ok=True)  # nothing goes on from an earlier one
            return
        self._checkpoint = arrays, state
        with self._trying(CHECKPOINT):
            self._save_checkpoint()

    def restore(self) -> tuple[dict[str, np.ndarray], TrainingState] | None:
        """The last state that was kept; None if there is none that can be read."""
        try:
            found = read_run(self._folder).checkpoint()
        except (DataError, OSError):
            logger.exception("The checkpoint of the run %s cannot be read; it begins anew.", self.id)
            return None
        self._begun_at = 0 if found is None else found[1].step
        return found

    @contextlib.contextmanager
    def model_file(self) -> Iterator[Path]:
        """Gives a path for Keras to save the model to; it is in place once the block ends without an exception.

        Where the folder has no room, the path is elsewhere, and the model stays in memory until there is. A model that
        cannot be saved at all is not kept, which `problem` says.
        """
        try:
            with scratch_file(self._folder, MODEL) as part:
                yield part
                self._model = part.read_bytes()
        except OSError as error:
            logger.exception("The model of the run %s could not be saved.", self.id)
            self._note(MODEL, NO_MODEL.format(reason=disk_reason(error)))
            return
        with self._trying(FRAMES):
            self._save_model()

    def finish(self, result: Result) -> None:
        """Keeps what the training returned and ends the run as its last snapshot said: done, stopped or diverged.

        Its last checkpoint stays: from there it goes on if it is given more epochs.

        Args:
            result: What `training.train` returned.
        """
        state: State = "done"
        if self._state is not None and self._state in get_args(Outcome):
            state = self._state
        self._result = result
        self._ended(state=state, test=_scalars(result.test))

    def fail(self, error: str) -> None:
        """Ends the run as failed.

        Args:
            error: Why, one sentence for a person.
        """
        self._ended(state="failed", error=line(error, LONGEST_ERROR))

    def wait(self) -> None:
        """Lets the run wait for the rest of its training, which goes on from its checkpoint."""
        with self._trying(FRAMES):
            self._save()
            self._say(state="queued")
        self.close()

    def close(self) -> None:
        """Lets the run go. One that has not ended counts as interrupted from now on."""
        if not self._closed:
            self._closed = True
            with self._trying(FRAMES):
                if self._status.state not in ENDED | {"queued"}:
                    self._save()
            self._lock.drop()

    def _ended(self, **changes: Any) -> None:
        """Writes what is left to write, now or as soon as that can be done."""
        self._end = replace(self._status, **changes, finished=time.time())
        if self._write_end():
            self.close()
            return
        self._closed = True  # by this one the run is let go of
        threading.Thread(target=self._write_end_later, name=f"writer-{self.id}", daemon=True).start()

    def _write_end(self) -> bool:
        end = self._end
        if end is None:
            return True
        with self._trying(FRAMES):
            self._save_setup()
            self._save_model()
            self._save_checkpoint()
            self._save()
            if self._result is not None:
                write(self._folder / RESULT, result_json(self._result))
            self._say(state=end.state, finished=end.finished, error=end.error, test=end.test)
            force(self._folder)
            self._end = None
        if self._end is None:
            return True
        with contextlib.suppress(OSError):  # should this process end before there is room, the run has not just stopped
            self._say(state="failed", finished=time.time(), error=line(self.problem or "", LONGEST_ERROR))
        return False

    def _write_end_later(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._write_end() and time.monotonic() < until:
            time.sleep(AGAIN_SECONDS)
        self._lock.drop()

    def _save_setup(self) -> None:
        setup = self._setup
        if setup is not None:
            write(self._folder / SETUP, dump(setup))
            self._say(
                total_steps=setup.total_steps,
                total_epochs=setup.total_epochs,
                device=printable(setup.device, 200),
                backend=printable(setup.backend, 40),
                parameters=setup.parameters,
                code_size=setup.code_size,
            )
            self._setup = None

    def _save_checkpoint(self) -> None:
        if self._checkpoint is not None:
            arrays, state = self._checkpoint
            write(self._folder / CHECKPOINT, lambda stream: write_arrays(stream, arrays, state))
            self._checkpoint = None
            self._note(CHECKPOINT, None)
            if self._status.setbacks and state.step > self._begun_at:
                self._say(setbacks=0)

    def _save_model(self) -> None:
        if self._model is not None:
            write(self._folder / MODEL, self._model)
            self._model = None

    def _add(self, snapshot: Snapshot) -> None:
        changed, self._state = snapshot.state != self._state, snapshot.state
        step = snapshot.step
        # A training that goes on from a checkpoint goes back in time; what lies ahead of it will come again.
        self._unwritten = {at: frame(one) for at, one in self._unwritten.items() if at < step} | {step: snapshot}
        chosen = self._chosen(step)
        self._unwritten = {at: one for at, one in self._unwritten.items() if at in chosen}
        begun = time.monotonic()
        if changed or begun >= self._next:
            with self._trying(FRAMES):
                self._save()
            ended = time.monotonic()
            self._next = ended + max(SNAPSHOT_SECONDS, (ended - begun) / SNAPSHOT_SHARE)

    def _chosen(self, newest: int) -> set[int]:
        """Steps of the snapshots that are kept, if this is the newest."""
        steps = {step for step in self._kept if step < newest} | set(self._unwritten)
        return fitting(steps, self._kept, KEPT_SNAPSHOTS, self._room)

    def _save(self) -> None:
        """Writes the newest snapshot, and those before it that were chosen to be kept."""
        self._save_setup()
        if not self._unwritten:
            return
        newest = max(self._unwritten)
        for step in sorted(self._chosen(newest) & set(self._unwritten) - {newest}):
            content = dump_frame(self._unwritten[step])
            write(self._folder / snapshot_name(step), content, forced=False)
            self._kept[step] = len(content)
            del self._unwritten[step]
        snapshot = self._unwritten[newest]
        write(self._folder / NEWEST, dump(snapshot))
        self._saved_at = newest
        self._unwritten = {newest: snapshot}
        chosen = self._chosen(newest) - {newest}
        for step in set(self._kept) - chosen:
            (self._folder / snapshot_name(step)).unlink(missing_ok=True)
            del self._kept[step]
        losses: Numbers = {name: (snapshot.history[name] or [None])[-1] for name in ("loss", "val_loss")}
        # The end is said by `finish`, when the result and the model are there too.
        state: State = "paused" if snapshot.state == "paused" else "running"
        self._say(
            state=state,
            step=newest,
            epoch=snapshot.epoch,
            seconds=snapshot.seconds or 0.0,
            numbers=_scalars(losses | snapshot.numbers),
        )

    def _say(self, **changes: Any) -> None:
        size = folder_bytes(self._folder)
        self._status = replace(self._status, **changes, format=FORMAT, updated=time.time(), size=size)
        write_small(self._folder / STATUS, msgspec.json.encode(self._status))

    @contextlib.contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        """Notes whether something could be written, and lets the training go on."""
        try:
            yield
        except OSError as error:
            if self.problem is None:
                logger.exception("%s of the run %s could not be written to %s.", what, self.id, self._folder)
            self._note(what, UNKEPT.format(reason=disk_reason(error)))
        else:
            self._note(what, None)

    def _note(self, what: str, problem: str | None) -> None:
        before = self.problem
        self._problems.pop(what, None)
        if problem is not None:
            self._problems[what] = problem
        if self.problem != before:
            self.tell(self.problem)


def frame_bytes(input_size: int) -> int:
    """Most bytes of all kept snapshots but the newest.

    Args:
        input_size: Numbers in one example.
    """
    return int(FRAME_BYTES * min(max(1.0, input_size / FRAME_PIXELS), LARGEST_FRAMES))


def result_json(result: Result) -> bytes:
    """The content of `result.json`, which every tool reads: a number that is not finite becomes null."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1)


def _scalars(values: Numbers) -> Scalars:
    """The single numbers among some values, as `status.json` may hold them."""
    found: Scalars = {}
    for name, value in values.items():
        if not isinstance(value, list | bool) and re.search(NAME, name):
            found[name] = value if value is None or math.isfinite(value) else None
    return dict(list(found.items())[:MOST_NUMBERS])
