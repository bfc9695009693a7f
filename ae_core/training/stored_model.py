"""The trained model of a run: our own network, built from the run's settings, with the numbers out of its file.

The file may come from anywhere. So no network is ever made of what it says: only numbers are taken from it, into the
network that the settings give, and only if it is a file of that network. Whatever is handed on is written from ours.
"""

import math
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras

from ae_core import variants, whole_files
from ae_core.formats import keras_file
from ae_core.models.seeding import building
from ae_core.settings import DataSpec, Settings
from ae_core.training import execution, preprocessing

LABEL = "The model"


def network_of(settings: Settings, spec: DataSpec) -> keras.Model:
    """The plain network that a training with these settings leaves, see `Autoencoder.standalone`, untrained.

    Args:
        settings: The experiment.
        spec: Shape and range of what the network sees.

    Raises:
        SettingError: If the settings do not fit the data.
    """
    execution.configure()
    settings.check(spec)
    with building(settings.seed):
        return variants.get(settings.variant).build(settings, spec).standalone()


def count(settings: Settings, spec: DataSpec) -> int:
    """How many numbers that network has, tied ones once. None of them is made.

    Args:
        settings: See `network_of`, like the next and what is raised.
        spec: Likewise.
    """
    execution.configure()
    settings.check(spec)

    def work() -> int:
        with keras.StatelessScope(initialize_variables=False):
            model = variants.get(settings.variant).build(settings, spec)
            sizes = {id(one): math.prod(one.shape) for part in (model.encoder, model.decoder) for one in part.weights}
            return sum(sizes.values())

    # Keras notes for each thread which variables have no numbers yet, and makes them later: this thread has no later.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def restore(path: Path, settings: Settings, spec: DataSpec, label: str = LABEL) -> keras.Model:
    """The trained network of a run; its layers `encoder` and `decoder` are networks themselves.

    Args:
        path: The file that the training left, or that somebody brought in its place.
        settings: The run's settings.
        spec: Shape and range of what the network sees.
        label: What the file is called in a message.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the file is of another network, its numbers are not finite, or it cannot be read.
    """
    keras_file.check_room(path, count(settings, spec), label)
    network = network_of(settings, spec)
    with tempfile.TemporaryDirectory() as folder:
        # Keras alone knows what it calls the weights in a file: so its own file is written, filled and read.
        weights = Path(folder) / "own.weights.h5"
        network.save_weights(weights)
        wanted = keras_file.own(network.to_json(), weights)
        keras_file.put(keras_file.read(path, wanted, label), weights)
        network.load_weights(weights)
    return network


def renew(path: Path, settings: Settings, spec: DataSpec, label: str = LABEL) -> None:
    """Puts a file that is written from our own network in place of one that somebody brought.

    Args:
        path: The file.
        settings: See `restore`, like the next two and what is raised.
        spec: Likewise.
        label: Likewise.
    """
    network = restore(path, settings, spec, label)
    with whole_files.part_of(path) as part:
        network.save(part)
        preprocessing.note(part, preprocessing.noted(path))


def export(path: Path, settings: Settings, spec: DataSpec, part: str) -> bytes:
    """The whole network, or its `encoder` or `decoder`, as a `.keras` file of its own.

    Args:
        path: See `restore`, like the next two and what is raised.
        settings: Likewise.
        spec: Likewise.
        part: `whole`, `encoder` or `decoder`.
    """
    whole = restore(path, settings, spec)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{part}.keras"
        (whole if part == "whole" else whole.get_layer(part)).save(target)
        preprocessing.note(target, preprocessing.noted(path))
        return target.read_bytes()
