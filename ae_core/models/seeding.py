"""Initial weights that depend on a seed alone, whatever other threads draw meanwhile."""

import contextlib
import random
import threading
from collections.abc import Iterator

from keras.src.random import seed_generator


class _Draws(threading.local):
    """Stands in for Python's module `random` inside Keras: a thread that builds draws numbers of its own."""

    own: random.Random | None = None

    def randint(self, low: int, high: int) -> int:
        return (self.own or random).randint(low, high)


# A layer without a seed draws one from Python's `random`, which all threads of the process share. In a worker Dask's
# threads draw from it too: four of nine trainings with the same seed began with other weights. Keras offers no public
# way to give one thread its own numbers. Seeding `random` itself under a lock does not keep other threads out of it;
# `keras.utils.set_random_seed` does not either, and makes TensorFlow forget its compiled functions; and a seed given to
# every layer by hand would have to follow the order in which Keras draws, or weights would differ from a script's.
_draws = _Draws()
seed_generator.python_random = _draws
_one_at_a_time = threading.RLock()  # reentrant: a build may describe a model meanwhile


@contextlib.contextmanager
def building(seed: int) -> Iterator[None]:
    """Gives new layers of this thread the weights that `keras.utils.set_random_seed(seed)` gives in a script.

    That function also seeds TensorFlow, which then forgets all functions that it has compiled. Compiling them again at
    each start cost a convolutional network 0.8 s in its first steps, and more in its first snapshots.

    Args:
        seed: At least 0.
    """
    with _one_at_a_time:
        before, _draws.own = _draws.own, random.Random(seed)  # noqa: S311 - weights are no secret
        try:
            yield
        finally:
            _draws.own = before
