"""A trained network that a lesson asks for numbers of its own. For whoever has Keras: a worker, or the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from ae_core import data, lessons
from ae_core.data import Prepared
from ae_core.errors import DataError
from ae_core.measuring.pca import PrincipalComponents
from ae_core.models.autoencoder import in_batches
from ae_core.runs import StoredRun
from ae_core.settings import Settings
from ae_core.training.stored_model import restore

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


def of_stored(run: StoredRun, name: str) -> Mapping[str, float]:
    """What a lesson's own function measures of a stored run; nothing if it has none.

    Args:
        run: A run that has ended.
        name: The lesson's name.

    Raises:
        SettingError: If there is no such lesson.
        DataError: If the run has no model, or its data cannot be had.
    """
    extra = lessons.get(name).measure
    if extra is None:
        return {}
    if run.model is None:
        raise DataError(NO_MODEL)
    settings = run.experiment
    prepared = data.prepare(data.load(settings.dataset), settings)
    return extra(Trained(restore(run.model, settings, prepared.spec), prepared, settings))
