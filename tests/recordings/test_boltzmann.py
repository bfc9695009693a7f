"""The Boltzmann machine beside an autoencoder: its formulas, and the pictures that ship."""

import io

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from ae_core.lessons.theory import THEORY
from ae_core.recordings import boltzmann

HIDDEN = 32


def sigmoid(numbers: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-numbers))


def test_a_machine_learns_what_digits_look_like():
    digits = (load_digits().data / 16).astype(np.float32)
    train, test = digits[:1500], digits[1500:]
    made = boltzmann.machine(train, HIDDEN, 20, 20)
    weights, hidden, visible = made.components_, made.intercept_hidden_, made.intercept_visible_
    expected = sigmoid(sigmoid(test @ weights.T + hidden) @ weights + visible)
    found = boltzmann.reconstruction(made, test)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    mean = ((test - train.mean(axis=0)) ** 2).mean()
    assert ((found - test) ** 2).mean() < 0.75 * mean, "better than the mean of all digits"
    alone = boltzmann.drawn(made, 20, 50)
    nearest = ((alone[:, None] - train[None]) ** 2).mean(axis=2).min(axis=1)
    noise = np.random.default_rng(0).random(alone.shape)
    assert nearest.mean() < 0.5 * ((noise[:, None] - train[None]) ** 2).mean(axis=2).min(axis=1).mean()
    np.testing.assert_array_equal(alone, boltzmann.drawn(made, 20, 50))


def test_the_pictures_that_ship_are_of_four_rows_and_their_errors_are_said():
    rivals = boltzmann.load()
    assert 0 < rivals.errors["autoencoder"] < rivals.errors["boltzmann"] < 0.05
    with Image.open(io.BytesIO(rivals.picture)) as sheet:
        width, height = sheet.size
    assert round(width / height) == boltzmann.SEEN // 4
    (told,) = [one.rival for one in THEORY if one.rival]
    assert f"{rivals.errors['boltzmann']:.4f}" in told.format(**rivals.errors)
    for part in ("784 pixels", f"{boltzmann.HIDDEN} units", f"{boltzmann.EPOCHS} epochs"):
        assert part in told
