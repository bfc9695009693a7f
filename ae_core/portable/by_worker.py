"""A trained network that answers from a worker, for browsers that cannot compute it: a few of them, kept ready."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

import keras
import numpy as np

from ae_core.errors import DataError
from ae_core.models.autoencoder import in_batches
from ae_core.models.compiled import Compiled
from ae_core.portable.description import PARTS
from ae_core.settings import DataSpec, Settings
from ae_core.training.stored_model import restore

MOST_KEPT = 3  # networks in a worker
AT_ONCE = 64  # rows


class Answering:
    """Encoder and decoder of a run.

    Args:
        model: The file that the training left.
        settings: The run's settings.
        spec: Shape and range of what the network sees.

    Raises:
        DataError: If the file is of another network, or cannot be read.
    """

    def __init__(self, model: Path, settings: Settings, spec: DataSpec) -> None:
        whole = restore(model, settings, spec)
        self._parts = {name: whole.get_layer(name) for name in PARTS}
        self._compiled = {name: _compiled(part) for name, part in self._parts.items()}

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
        inputs = np.frombuffer(rows, "<f4").astype(np.float32).reshape(-1, *shape)
        if not np.isfinite(inputs).all():
            raise DataError("All numbers must be finite.")
        return in_batches(self._compiled[part], inputs, AT_ONCE).astype("<f4").tobytes()


def _compiled(part: keras.Model) -> Callable[..., np.ndarray]:
    made = Compiled(part, lambda rows: part(rows, training=False), few=0)
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

    def compute(self, key: Hashable, bring: Callable[[], Answering], part: str, rows: bytes) -> bytes:
        """See `Answering.compute`.

        Args:
            key: The network.
            bring: Reads it, if it is not kept.
            part: Its part.
            rows: What the part is given.
        """
        with self._lock:
            if key not in self._kept:
                self._kept[key] = bring()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key].compute(part, rows)


READY = Ready()
