"""The training of networks that end in classes, one after the other, with few or many labelled images."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from ae_core.data.preparation import scaled
from ae_core.messages import ClassifierSnapshot, ErrorCurve, Network, NetworkErrors, State
from ae_core.models.autoencoder import in_batches
from ae_core.models.classifier import Classifier
from ae_core.models.layers.table import ResidentTable
from ae_core.training import execution
from ae_core.training.control import Control
from ae_core.training.loop import Loop, Stage, half_cosine

Emit = Callable[[ClassifierSnapshot], None]

MESSAGE_SECONDS = 0.3
LEAST_STEPS = 50  # in an epoch: a handful of labelled images is seen several times
ROWS_AT_A_TIME = 2000  # so that memory stays bounded


@dataclass(frozen=True)
class Inputs:
    """What one network is trained and judged on: raw values, of which it sees `row * scale + offset`.

    Args:
        train: ndarray of shape `(n_samples, *example)`.
        validation: Likewise.
        test: Likewise.
        scale: float32, broadcasts to one example.
        offset: float32, broadcasts to one example.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    scale: np.ndarray
    offset: np.ndarray

    def scaled(self, raw: np.ndarray) -> np.ndarray:
        """Rows of one of the three as the network sees them."""
        return scaled(raw, self.scale, self.offset)


def standardized(train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> Inputs:
    """Inputs whose training rows have mean 0 in every column, and mean square 1 over all columns."""
    mean = train.mean(axis=0, dtype=np.float64)
    spread = math.sqrt(np.mean(np.square(train - mean.astype(train.dtype)), dtype=np.float64)) or 1.0
    scale = np.full((1,), 1 / spread, np.float32)
    return Inputs(train, validation, test, scale, (-mean / spread).astype(np.float32))


class ClassifierSession:
    """Trains one network after the other in the same way, and tells of it.

    Args:
        truths: Class numbers of the training, validation and test rows.
        epochs: See `classifier.classify`, as for the others.
        batch_size: Likewise.
        seed: Likewise.
        emit: Likewise.
        control: Likewise.
        run_id: Likewise.

    Attributes:
        seconds: Seconds of training so far, of all networks.
        curves: Errors so far, by what the network is trained on.
    """

    def __init__(
        self,
        truths: Sequence[np.ndarray],
        epochs: int,
        batch_size: int,
        seed: int,
        emit: Emit,
        control: Control,
        run_id: str = "",
    ):
        self.run_id = run_id
        self.truths, self.epochs, self.seed = truths, epochs, seed
        self.emit, self.control = emit, control
        self.batch_size = min(batch_size, len(truths[0]))
        self.seconds = 0.0
        self.curves: dict[Network, ErrorCurve] = {}

    def train(self, name: Network, network: keras.Model, inputs: Inputs, learning_rate: float) -> NetworkErrors:
        """Trains one network; its errors and history.

        Args:
            name: `code`, `pixels` or `pca`.
            network: `(batch, *example)` → logits.
            inputs: What it sees.
            learning_rate: Step size at the beginning.
        """
        begun = time.perf_counter()
        self._name, self._network, self._inputs = name, network, inputs
        self._history: dict[str, list[float]] = {"loss": [], "train_error": [], "validation_error": []}
        self._since: list[dict[str, float]] = []
        self._next_message = 0.0
        self._rate = learning_rate
        self._loop = Loop([self._stage(network, inputs)], self.batch_size, self.control)
        self._loop.run(self)
        errors = NetworkErrors(
            train_error=self._error(inputs.train, self.truths[0]),
            validation_error=self._error(inputs.validation, self.truths[1]),
            test_error=self._error(inputs.test, self.truths[2]),
            history=self._history,
        )
        self.seconds += time.perf_counter() - begun
        self._say("stopped" if self.control.stopped else "done", errors.test_error)
        return errors

    def _stage(self, network: keras.Model, inputs: Inputs) -> Stage[Classifier]:
        table = ResidentTable(inputs.train.shape, str(inputs.train.dtype))
        table.fill(inputs.train, inputs.scale, inputs.offset)
        model = Classifier(network, table, self.truths[0])
        # A head on flat rows is one small multiplication; a whole network may be large, or convolve.
        jit_compile, wanted = execution.plan(network.layers, self.batch_size, augmented=False)
        chunk, steps = execution.even_chunks(max(len(inputs.train) // self.batch_size, LEAST_STEPS), wanted)
        model.compile(optimizer=keras.optimizers.Adam(self._rate), jit_compile=jit_compile)
        return Stage("", model, model, self.epochs, chunk, steps)

    def orders(self, first: int) -> Iterator[np.ndarray]:
        """See `loop.Training`, like the next ones: every image once before any comes again."""
        rows, random = len(self.truths[0]), np.random.default_rng(self.seed)
        times = -(-self._loop.stage.steps_per_epoch * self.batch_size // rows)
        epoch = 0
        while True:
            order = np.concatenate([random.permutation(rows) for _ in range(times)])
            if epoch >= first:
                yield order
            epoch += 1

    def learning_rate(self, share: float) -> float:
        """A rate that falls to zero."""
        return self._rate * half_cosine(share)

    def stage_begun(self) -> None:
        """Nothing: nobody waits for the first step."""

    def chunk_steps(self, most: int) -> int:
        """As many as there may be."""
        return most

    def chunk_done(self, losses: dict[str, float], rows: np.ndarray, seconds: float) -> None:
        """Records a chunk."""
        self._since.append(losses)

    def epoch_done(self) -> bool:
        """Records an epoch; it always goes on."""
        self._history["loss"].append(float(np.mean([part["loss"] for part in self._since])))
        self._history["train_error"].append(float(np.mean([part["mistakes"] for part in self._since])))
        self._history["validation_error"].append(self._error(self._inputs.validation, self.truths[1]))
        self._since = []
        return True

    def tuned(self, name: str, value: float) -> None:
        """Nothing: no rate of a classifier can be changed."""

    def rest(self) -> float:
        """Never: a classifier trains at full speed."""
        return 0.0

    def rested(self, seconds: float) -> None:
        """Nothing, see `rest`."""

    def paused(self) -> None:
        """Says so."""
        self._say("paused")

    def tuned_while_paused(self) -> None:
        """Nothing, see `tuned`."""

    def resumed(self) -> None:
        """Nothing: the next message says so."""

    def between_chunks(self) -> None:
        """Says how it goes, if that was not said a moment ago."""
        if time.perf_counter() >= self._next_message:
            self._say("running")

    def stopping(self) -> None:
        """Nothing: the numbers follow at once."""

    def _error(self, raw: np.ndarray, truth: np.ndarray) -> float:
        """Share of mistakes."""
        wrong = 0
        for first in range(0, len(raw), ROWS_AT_A_TIME):
            part = self._inputs.scaled(raw[first : first + ROWS_AT_A_TIME])
            answers = in_batches(self._network, part).argmax(axis=1)
            wrong += int(np.sum(answers != truth[first : first + ROWS_AT_A_TIME]))
        return wrong / len(raw)

    def _say(self, state: State, test_error: float | None = None) -> None:
        self._next_message = time.perf_counter() + MESSAGE_SECONDS
        self.curves[self._name] = ErrorCurve(
            validation_error=list(self._history["validation_error"]), test_error=test_error
        )
        self.emit(
            ClassifierSnapshot(
                run_id=self.run_id,
                state=state,
                name=self._name,
                epoch=self._loop.epoch,
                epochs=self.epochs,
                curves=dict(self.curves),
            )
        )
