"""A trained network that answers from a worker, for browsers that cannot compute it: a few of them, kept ready."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import keras
import numpy as np

from ae_core.errors import DataError
from ae_core.models.autoencoder import in_batches
from ae_core.models.compiled import Compiled
from ae_core.models.layers.quantizer import nearest_entries
from ae_core.portable.description import PARTS

MOST_KEPT = 3  # networks in a worker
MOST_STEPS = 4  # of a run whose weights are kept beside those that it has at present
AT_ONCE = 64  # rows
MOST_ROWS = 2048  # of a question, many times what a page asks at once; a worker is busy for a second with them


class Answering:
    """Encoder and decoder of a run, at one step of its training or another.

    Args:
        whole: The plain network at some step, see `network.network_of`.
        step: That step.
    """

    def __init__(self, whole: keras.Model, step: int = 0) -> None:
        self._whole, self._step = whole, step
        self._known: OrderedDict[int, list[np.ndarray]] = OrderedDict()
        self._parts = {name: whole.get_layer(name) for name in PARTS}
        encoder, decoder = self._parts.values()
        # What a person makes up becomes what the decoder could have been given.
        self._compiled = {
            "encoder": _compiled(whole, lambda examples: encoder(examples, training=False)),
            "decoder": _compiled(whole, lambda codes: decoder(nearest_entries(encoder, codes), training=False)),
        }
        for name, part in self._parts.items():
            for count in (1, 2):  # two numbers of rows: from then on the graph takes any, and no drag waits for it
                self._compiled[name](np.zeros((count, *part.input_shape[1:]), np.float32), training=False)

    def go_to(self, step: int, bring: Callable[[], keras.Model]) -> None:
        """Stands at another step: takes its weights, as compiling anew would take a second.

        Args:
            step: The step.
            bring: Gives the network as it was there, if that is not kept.
        """
        if step == self._step:
            return
        found = self._known.pop(step, None) or bring().get_weights()
        self._known[self._step] = self._whole.get_weights()
        while len(self._known) > MOST_STEPS:
            self._known.popitem(last=False)
        self._whole.set_weights(found)
        self._step = step

    def compute(self, part: str, rows: bytes) -> bytes:
        """What a part makes of some rows.

        Args:
            part: `encoder`, from examples as the network sees them to codes; or `decoder`, the other way.
            rows: float32, little-endian, one row behind the other.

        Returns:
            The same of what it makes of each.

        Raises:
            DataError: If that is no part, or these are no whole rows of finite numbers.
        """
        if part not in self._parts:
            raise DataError(f"part must be one of {', '.join(PARTS)}. Received: {part!r}.")
        shape = self._parts[part].input_shape[1:]
        size = int(np.prod(shape))
        if not rows or len(rows) % (4 * size):
            raise DataError(f"There must be some rows of {size} numbers. Received: {len(rows)} bytes.")
        if len(rows) > 4 * size * MOST_ROWS:
            raise DataError(f"There must be at most {MOST_ROWS} rows. Received: {len(rows) // (4 * size)}.")
        inputs = np.frombuffer(rows, "<f4").astype(np.float32).reshape(-1, *shape)
        if not np.isfinite(inputs).all():
            raise DataError("All numbers must be finite.")
        return in_batches(self._compiled[part], inputs, AT_ONCE).astype("<f4").tobytes()


def _compiled(whole: keras.Model, function: Callable[[Any], Any]) -> Callable[..., np.ndarray]:
    made = Compiled(whole, function, few=0)
    return lambda rows, training: made(rows)


class Ready:
    """The networks that were asked for last. Any thread may use it.

    Args:
        most: How many there are at most.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Answering] = OrderedDict()
        self._lock = threading.Lock()  # one question at a time: a training beside it shall go on

    def compute(self, key: Hashable, step: int, bring: Callable[[], keras.Model], part: str, rows: bytes) -> bytes:
        """See `Answering.compute`.

        Args:
            key: The run.
            step: The step of its training.
            bring: Gives its network at that step, if it is not kept.
            part: The network's part.
            rows: What the part is given.
        """
        with self._lock:
            if key not in self._kept:
                self._kept[key] = Answering(bring(), step)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            self._kept[key].go_to(step, bring)
            return self._kept[key].compute(part, rows)


READY = Ready()
