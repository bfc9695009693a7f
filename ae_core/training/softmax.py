"""Training of a network that ends in classes, with few or many labelled images."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from ae_core.messages import ClassifierSnapshot, ErrorCurve, Network, NetworkErrors, State
from ae_core.models.autoencoder import in_batches
from ae_core.models.chunks import LONGEST_ORDER, ChunkedModel, ChunkEnd, feed
from ae_core.models.layers.table import ResidentTable
from ae_core.training import execution
from ae_core.training.control import Control

Emit = Callable[[ClassifierSnapshot], None]

MESSAGE_SECONDS = 0.3
WAIT_SECONDS = 0.2
LEAST_STEPS = 50  # in an epoch: a handful of labelled images is seen several times


class Classifier(ChunkedModel):
    """`p(class | x) = softmax(network(x))`, trained on the cross-entropy of the true class, in nats.

    Training is fed row numbers of a resident table, like that of an `Autoencoder`.

    Args:
        network: `(batch, *example)` → logits `(batch, classes)`.
        table: Its rows, filled.
        labels: Class number of each row, ndarray of shape `(n_samples,)`.
    """

    def __init__(self, network: keras.Model, table: ResidentTable, labels: np.ndarray):
        super().__init__(name="classifier")
        self.network, self.table = network, table
        self.labels = self.add_weight(
            shape=labels.shape, dtype="int32", initializer="zeros", trainable=False, name="labels"
        )
        self.labels.assign(labels.astype(np.int32))
        self.mistakes = keras.metrics.Mean(name="mistakes")

    def call(self, rows, training=False):
        """Row numbers `(batch,)` int32 → logits and true classes."""
        return {"logits": self.network(self.table(rows), training=training), "truth": ops.take(self.labels, rows)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean cross-entropy of a batch; the share of mistakes is also recorded."""
        logits, truth = y_pred["logits"], y_pred["truth"]
        self.mistakes.update_state(ops.cast(ops.argmax(logits, axis=-1) != truth, "float32"))
        chosen = ops.take_along_axis(logits, ops.expand_dims(truth, 1), axis=1)[:, 0]
        return ops.mean(ops.logsumexp(logits, axis=-1) - chosen)


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


def standardized(train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> Inputs:
    """Inputs whose training rows have mean 0 in every column, and mean square 1 over all columns."""
    mean = train.mean(axis=0, dtype=np.float64)
    spread = math.sqrt(np.mean(np.square(train - mean.astype(train.dtype)), dtype=np.float64)) or 1.0
    scale = np.full((1,), 1 / spread, np.float32)
    return Inputs(train, validation, test, scale, (-mean / spread).astype(np.float32))


class SoftmaxRun:
    """Trains one network after the other in the same way, and tells of it.

    Args:
        truths: Class numbers of the training, validation and test rows.
        epochs: See `classify`, as for the others.
        batch_size: Likewise.
        seed: Likewise.
        emit: Likewise.
        control: Likewise.
        run_id: Likewise.
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
        self.name, self.network, self.inputs, self.step = name, network, inputs, 0
        self.learning_rate = learning_rate
        self.history: dict[str, list[float]] = {"loss": [], "train_error": [], "validation_error": []}
        self._since: list[dict[str, float]] = []
        self._next_message = 0.0
        table = ResidentTable(inputs.train.shape, str(inputs.train.dtype))
        table.fill(inputs.train, inputs.scale, inputs.offset)
        self.model = Classifier(network, table, self.truths[0])
        # A head on flat rows is one small multiplication; a whole network may be large, or convolve.
        jit_compile, wanted = execution.plan(network.layers, self.batch_size, augmented=False)
        rows = len(inputs.train)
        self.chunk, self.steps = execution.even_chunks(max(rows // self.batch_size, LEAST_STEPS), wanted)
        self.model.compile(optimizer=keras.optimizers.Adam(self.learning_rate), jit_compile=jit_compile)
        follower = ChunkEnd(self.chunk_done)
        for order in self._orders(rows):
            self.model.fit(**feed(order, self.batch_size, self.chunk), callbacks=[follower])
            if self.control.stopped:
                break
        errors = NetworkErrors(
            train_error=self._error(inputs.train, self.truths[0]),
            validation_error=self._error(inputs.validation, self.truths[1]),
            test_error=self._error(inputs.test, self.truths[2]),
            history=self.history,
        )
        self.seconds += time.perf_counter() - begun
        self._say("stopped" if self.control.stopped else "done", errors.test_error)
        return errors

    def _orders(self, rows: int) -> Any:
        """Row numbers, some epochs at a time: every image once before any comes again."""
        taken = self.steps * self.batch_size
        random = np.random.default_rng(self.seed)
        together = max(1, LONGEST_ORDER // taken)
        for first in range(0, self.epochs, together):
            epochs = min(together, self.epochs - first)
            orders = [
                np.concatenate([random.permutation(rows) for _ in range(-(-taken // rows))])[:taken]
                for _ in range(epochs)
            ]
            yield np.concatenate(orders).astype(np.int32)

    def chunk_done(self, logs: dict[str, float], seconds: float) -> None:
        """Called after each chunk of steps, see `ChunkEnd`: records it, sets the next learning rate, obeys."""
        self.step += self.chunk
        self._since.append(logs)
        if self.step % self.steps == 0:
            self.history["loss"].append(float(np.mean([part["loss"] for part in self._since])))
            self.history["train_error"].append(float(np.mean([part["mistakes"] for part in self._since])))
            self.history["validation_error"].append(self._error(self.inputs.validation, self.truths[1]))
            self._since = []
        done = self.step / (self.epochs * self.steps)
        self.model.optimizer.learning_rate.assign(self.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done)))
        if self.control.waiting:
            self._say("paused")
            while self.control.wait(WAIT_SECONDS):
                pass
        if time.perf_counter() >= self._next_message:
            self._say("running")
        if self.control.stopped:
            self.model.stop_training = True

    def _error(self, raw: np.ndarray, truth: np.ndarray) -> float:
        """Share of mistakes."""
        wrong = 0
        for first in range(0, len(raw), 2000):
            part = (raw[first : first + 2000] * self.inputs.scale + self.inputs.offset).astype(np.float32)
            wrong += int(np.sum(in_batches(self.network, part).argmax(axis=1) != truth[first : first + 2000]))
        return wrong / len(raw)

    def _say(self, state: State, test_error: float | None = None) -> None:
        self._next_message = time.perf_counter() + MESSAGE_SECONDS
        self.curves[self.name] = ErrorCurve(
            validation_error=list(self.history["validation_error"]), test_error=test_error
        )
        self.emit(
            ClassifierSnapshot(
                run_id=self.run_id,
                state=state,
                name=self.name,
                epoch=self.step / self.steps,
                epochs=self.epochs,
                curves=dict(self.curves),
            )
        )
