"""Weights that depend on the seed alone."""

import random
import threading
import time

import keras
import numpy as np
import pytest

from ae_core.models.seeding import building


def weights(seed: int) -> list[np.ndarray]:
    with building(seed):
        network = keras.Sequential([keras.Input((6,)), *(keras.layers.Dense(5) for _ in range(10))])
    return network.get_weights()


@pytest.fixture
def noisy():
    """A thread that draws from the numbers that all threads share, as Dask does in a worker."""
    done = threading.Event()

    def draw() -> None:
        while not done.is_set():
            random.random()
            keras.initializers.GlorotUniform()  # as one that makes layers, too
            time.sleep(0.0005)

    thread = threading.Thread(target=draw)
    thread.start()
    yield
    done.set()
    thread.join()


def test_a_seed_gives_the_weights_of_a_script():
    keras.utils.set_random_seed(7)
    plain = keras.Sequential([keras.Input((6,)), *(keras.layers.Dense(5) for _ in range(10))]).get_weights()
    for ours, theirs in zip(weights(7), plain, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(weights(8)[0], plain[0])


def test_other_threads_change_nothing(noisy):
    first = weights(3)
    for _ in range(5):
        for one, other in zip(first, weights(3), strict=True):
            np.testing.assert_array_equal(one, other)


def test_outside_everybody_draws_from_the_same_numbers_again():
    keras.utils.set_random_seed(1)
    expected = keras.initializers.GlorotUniform()((3, 3))
    weights(5)
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(keras.initializers.GlorotUniform()((3, 3)), expected)


def test_functions_that_were_made_ready_stay_ready(monkeypatch):
    """TensorFlow forgets them when it is given a seed."""
    tensorflow = pytest.importorskip("tensorflow")
    given: list[int] = []
    monkeypatch.setattr(tensorflow.random, "set_seed", given.append)
    keras.utils.set_random_seed(1)
    assert given == [1], "this is what Keras calls"
    weights(3)
    assert given == [1]
