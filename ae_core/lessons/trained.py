"""A trained network that a lesson asks for numbers of its own. For whoever has Keras: a worker, or the command line."""

from dataclasses import dataclass

import keras
import numpy as np

from ae_core import data, lessons
from ae_core.data import Prepared
from ae_core.errors import DataError
from ae_core.formats import png_sheets
from ae_core.lessons.lesson import Lesson
from ae_core.lessons.measured import Measured
from ae_core.measuring.pca import PrincipalComponents
from ae_core.models.autoencoder import in_batches
from ae_core.runs import StoredRun
from ae_core.settings import Settings
from ae_core.training.stored_model import restore

GAP = 1  # pixels between two pictures
SHADES = 32
NO_MODEL = "This run has no trained model: it failed, or has not ended."


@dataclass(frozen=True)
class Trained:
    """A trained network and its data, see `lesson.Network`.

    Args:
        whole: The plain network; its layers `encoder` and `decoder` are networks themselves.
        data: The tables that it was trained on.
        settings: The experiment.
    """

    whole: keras.Model
    data: Prepared
    settings: Settings

    @property
    def test(self) -> np.ndarray:
        """See `Network`, like the next ones."""
        return self.data.fed(self.data.x_test)

    def encode(self, examples: np.ndarray) -> np.ndarray:
        """See `Network`."""
        return in_batches(self.whole.get_layer("encoder"), examples)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """See `Network`."""
        return in_batches(self.whole.get_layer("decoder"), codes)

    def reconstruct(self, examples: np.ndarray) -> np.ndarray:
        """See `Network`."""
        return self.decode(self.encode(examples))

    def pca(self) -> PrincipalComponents:
        """See `Network`."""
        pca = PrincipalComponents()
        pca.fit(self.data.x_train, self.data.scale, self.data.offset)
        return pca


def measured(lesson: Lesson, network: Trained) -> Measured:
    """What a lesson asks a trained network for: its own numbers, and the pictures that it shows at the end.

    Args:
        lesson: The lesson.
        network: The network.
    """
    found = {} if lesson.measure is None else lesson.measure(network)
    return Measured(numbers=dict(found), picture=_sheet(lesson, network))


def _sheet(lesson: Lesson, network: Trained) -> bytes:
    if lesson.look is None:
        return b""
    rows = lesson.look.rows(network)  # (rows, pictures, height, width, channels)
    tiles = (np.clip(rows, 0.0, 1.0) * 255).round().astype(np.uint8)
    return png_sheets.sheet(tiles.reshape(-1, *rows.shape[2:]), rows.shape[1], GAP, SHADES)


def of_stored(run: StoredRun, name: str) -> Measured:
    """What a lesson asks a stored run for; nothing if it asks for nothing.

    Args:
        run: A run that has ended.
        name: The lesson's name.

    Raises:
        SettingError: If there is no such lesson.
        DataError: If the run has no model, or its data cannot be had.
    """
    lesson = lessons.get(name)
    if not lesson.asks:
        return Measured(numbers={})
    if run.model is None:
        raise DataError(NO_MODEL)
    settings = run.experiment
    prepared = data.prepare(data.load(settings.dataset), settings)
    return measured(lesson, Trained(restore(run.model, settings, prepared.spec), prepared, settings))
