"""One set-up run once: its settings, what came out, and the images it was measured on."""

import functools
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ae_core import data, variants
from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import Numbers, TrainingMessage
from ae_core.settings import DataSpec, Settings

Emit = Callable[[TrainingMessage], None]


class Images:
    """A data set as the literature uses it: what may be learnt from, and the test images.

    Args:
        dataset: Its name.
        train_size: Images that may be learnt from, as the setting of that name.
    """

    def __init__(self, dataset: str, train_size: int):
        everything = variants.read_settings({"dataset": dataset, "train_size": train_size, "validation_share": 0.01})
        self._data = data.prepare(data.load(dataset), everything)

    @functools.cached_property
    def known(self) -> np.ndarray:
        """Training and validation images together, ndarray of shape `(n_samples, *example)`."""
        return self._data.scaled(np.concatenate([self._data.x_train, self._data.x_validation]))

    @functools.cached_property
    def known_labels(self) -> np.ndarray:
        """Their labels."""
        return np.concatenate([self._data.y_train, self._data.y_validation])

    @functools.cached_property
    def test(self) -> np.ndarray:
        """All test images, ndarray of shape `(n_samples, *example)`."""
        return self._data.scaled(self._data.x_test)

    @property
    def test_labels(self) -> np.ndarray:
        """Their labels."""
        return self._data.y_test

    @property
    def spec(self) -> DataSpec:
        """Shape and range of one image."""
        return self._data.spec

    @functools.cached_property
    def pca(self) -> PrincipalComponents:
        """PCA of the images that may be learnt from."""
        pca = PrincipalComponents()
        one = np.ones((1,) * self.known.ndim, np.float32)
        pca.fit(self.known, one, 0 * one)
        return pca


@functools.lru_cache(maxsize=1)
def images(dataset: str, train_size: int) -> Images:
    """The images of a data set; the last ones are kept."""
    return Images(dataset, train_size)


@dataclass(frozen=True)
class Trial:
    """A finished run, from which rows and checks read their numbers.

    Args:
        settings: The experiment.
        numbers: What was measured on the test set, by name; empty where nothing was trained.
        seconds: How long all of it took.
    """

    settings: Settings
    numbers: Numbers
    seconds: float

    @property
    def images(self) -> Images:
        """The images it was measured on."""
        return images(self.settings.dataset, self.settings.train_size)

    def test(self, name: str) -> float:
        """A number of the test set, by its name in the result.

        Raises:
            ValueError: If it is no single number, or has no meaning for these data.
        """
        value = self.numbers[name]
        if value is None or isinstance(value, list):
            raise ValueError(f"{name} must be a number of these data. Received: {value!r}.")
        return float(value)


def train(settings: Settings, emit: Emit) -> Trial:
    """Trains as the command line does."""
    from ae_core.training import session

    begun = time.perf_counter()
    result = session.train(settings, emit=emit)
    return Trial(settings, result.test, time.perf_counter() - begun)


@dataclass(frozen=True)
class Classified:
    """Trains as the command line does, then goes on with all labels as a classifier: `classifier_error`.

    Args:
        epochs: How long it goes on.
        learning_rate: The rate at the beginning of that; None for the classifier's own.
        batch_size: Images per step.
        fine_tune: Whether the encoder learns too; else a softmax is put on its codes, a logistic regression.
    """

    epochs: int
    learning_rate: float | None
    batch_size: int
    fine_tune: bool = True

    def __call__(self, settings: Settings, emit: Emit) -> Trial:
        """Trains, and goes on."""
        from ae_core.training import classifier, session

        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.keras"
            session.train(settings, emit=emit, save_to=file, test_images=50)
            found = classifier.classify_saved(
                file,
                settings,
                fine_tune=self.fine_tune,
                compare=False,
                seed=settings.seed,
                epochs=self.epochs,
                learning_rate=self.learning_rate,
                batch_size=self.batch_size,
            )
        return Trial(settings, {"classifier_error": found.test_error}, time.perf_counter() - begun)


def leave_untrained(settings: Settings, emit: Emit) -> Trial:
    """Trains nothing: for numbers that are those of the images alone."""
    return Trial(settings, {}, 0.0)
