"""Weights that depend on a seed and on nothing else, whatever other threads do meanwhile."""

import contextlib
import random
import threading
from collections.abc import Iterator

from keras.src.random import seed_generator


class _Draws(threading.local):
    """What Keras takes for Python's module `random`: numbers of the thread's own where it builds, else everybody's."""

    own: random.Random | None = None

    def randint(self, low: int, high: int) -> int:
        return (self.own or random).randint(low, high)


# A layer that is given no seed draws one from the numbers that all threads of the process share. In a worker those of
# Dask draw too: four of nine trainings with the same seed began with other weights. Keras has no public name for this.
_draws = _Draws()
seed_generator.python_random = _draws
_one_at_a_time = threading.RLock()  # some who build look at what is built


@contextlib.contextmanager
def building(seed: int) -> Iterator[None]:
    """Meanwhile new layers of this thread get the weights that `keras.utils.set_random_seed(seed)` gives in a script.

    That function also seeds TensorFlow, which forgets all functions that it has made ready then. They were made ready
    once more at each start: a convolutional network lost 0.8 s in its first steps, and more in its first snapshots.

    Args:
        seed: At least 0.
    """
    with _one_at_a_time:
        before, _draws.own = _draws.own, random.Random(seed)  # noqa: S311 - weights are no secret
        try:
            yield
        finally:
            _draws.own = before
