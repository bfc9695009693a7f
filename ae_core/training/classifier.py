"""A trained encoder goes on as a classifier: its code, and a softmax head on top."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

import keras
import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ae_core import data as datasets
from ae_core import variants
from ae_core.data.preparation import Prepared
from ae_core.errors import SettingError
from ae_core.formats import keras_file
from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import MOST_CLASSIFIER_EPOCHS, ClassifierResult, NetworkErrors
from ae_core.models.autoencoder import in_batches
from ae_core.models.classifier import head, with_head
from ae_core.models.seeding import building
from ae_core.settings import Settings
from ae_core.training import execution
from ae_core.training.classifier_session import ROWS_AT_A_TIME, ClassifierSession, Emit, Inputs, standardized
from ae_core.training.control import Control
from ae_core.training.published import PUBLISHED, PUBLISHED_IN
from ae_core.training.stored_model import LABEL, restore

HEAD_RATE = 0.02
FINE_TUNING_RATE = 0.001


def classify(
    encoder: keras.Model,
    data: Prepared,
    *,
    labels: int = 0,
    fine_tune: bool = False,
    epochs: int = 20,
    learning_rate: float | None = None,
    batch_size: int = 128,
    seed: int = 0,
    dataset: str = "",
    compare: bool = True,
    emit: Emit | None = None,
    control: Control | None = None,
    run_id: str = "",
) -> ClassifierResult:
    """Trains a softmax head on the code, or head and encoder together, and compares with rivals.

    The rivals are the same head on raw pixels and on a PCA code of the same size, trained the same way: Adam, a
    learning rate that falls to zero along half a cosine, the same images, batches and number of steps. Heads alone get
    inputs with mean 0 and one common factor that makes their mean square 1, so that one learning rate suits all of
    them. The validation part is watched and nothing is chosen by it; test images are used once, at the end.

    Args:
        encoder: Image → code, of built-in layers. It is not changed.
        data: The prepared data, with classes.
        labels: Labelled training images to learn from, as many of each class as can be; 0 takes all.
        fine_tune: Whether the encoder learns too. Else its codes stay as they are.
        epochs: How many times each labelled image is seen, at least 1; more often if there are few.
        learning_rate: Step size at the beginning, above 0 and at most 1; by default 0.02 for a head alone, a convex
            problem, and 0.001 where the encoder learns too. The rivals keep their default.
        batch_size: Images per step, at least 1.
        seed: Start of all random numbers, and of the choice of labelled images.
        dataset: Name of the data set, for published figures.
        compare: Whether the rivals are trained.
        emit: Called with each message.
        control: Through which another thread pauses, steps and stops.
        run_id: Stands in every message.

    Returns:
        What the classifier and its rivals came to, and what was asked for.

    Raises:
        SettingError: If there are no classes, or a value is not allowed.
    """
    execution.configure()
    classes = int(data.y_train.max()) + 1  # few training examples may lack one in between: its number stays its own
    learning_rate = learning_rate if learning_rate is not None else FINE_TUNING_RATE if fine_tune else HEAD_RATE
    _check(len(np.unique(data.y_train)), len(data.x_train), labels, epochs, learning_rate, batch_size)
    rows = balanced_rows(data.y_train, labels, seed) if labels else np.arange(len(data.x_train))
    truths = (data.y_train[rows], data.y_validation, data.y_test)
    session = ClassifierSession(
        truths, epochs, batch_size, seed, emit or (lambda message: None), control or Control(), run_id
    )
    train, validation, test = (data.filled(part) for part in (data.x_train[rows], data.x_validation, data.x_test))
    images = Inputs(train, validation, test, data.scale, data.offset)

    codes = () if fine_tune else tuple(_codes(encoder, images, part) for part in _parts(images))
    code_size = int(np.prod(encoder.output_shape[1:]))
    with building(seed):
        network = with_head(encoder, classes) if fine_tune else head(code_size, classes)
    own = session.train("code", network, images if fine_tune else standardized(*codes), learning_rate)
    pixels: NetworkErrors | UnsetType = UNSET
    pca: NetworkErrors | UnsetType = UNSET
    if compare and not session.control.stopped:
        pixels, pca = _rivals(session, data, images, code_size, classes)
    return ClassifierResult(
        dataset=dataset,
        device=execution.device_name(),
        labels=len(rows),
        fine_tune=fine_tune,
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        seed=seed,
        code_size=code_size,
        test_images=len(data.x_test),
        train_error=own.train_error,
        validation_error=own.validation_error,
        test_error=own.test_error,
        history=own.history,
        published=list(PUBLISHED.get(dataset, ())),
        published_in=PUBLISHED_IN if dataset in PUBLISHED else "",
        pixels=pixels,
        pca=pca,
        seconds=session.seconds,
        state="stopped" if session.control.stopped else "done",
    )


def _check(classes: int, images: int, labels: int, epochs: int, learning_rate: float, batch_size: int) -> None:
    if classes < 2:
        raise SettingError(f"dataset must have two classes or more to be classified. Received: {classes}.")
    if labels and not classes <= labels <= images:
        raise SettingError(f"labels must be 0 for all, or an integer from {classes} to {images}. Received: {labels}.")
    if not 1 <= epochs <= MOST_CLASSIFIER_EPOCHS:
        raise SettingError(f"epochs must be an integer from 1 to {MOST_CLASSIFIER_EPOCHS}. Received: {epochs}.")
    if not 0 < learning_rate <= 1:
        raise SettingError(f"learning_rate must be a number above 0 and at most 1. Received: {learning_rate:g}.")
    if not 1 <= batch_size <= 4096:
        raise SettingError(f"batch_size must be an integer from 1 to 4096. Received: {batch_size}.")


def balanced_rows(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Places of `count` examples, as many of each class as can be, drawn with the seed.

    Args:
        labels: Class numbers, ndarray of shape `(n_samples,)`.
        count: At most `n_samples`.
        seed: Start of the random numbers.
    """
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    turn = np.empty(len(labels), np.int64)  # the how-manieth of its class an example is
    for one in np.unique(labels):
        of_class = shuffled[labels[shuffled] == one]
        turn[of_class] = np.arange(len(of_class))
    return shuffled[np.argsort(turn[shuffled], kind="stable")[:count]]


def _parts(images: Inputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return images.train, images.validation, images.test


def _codes(encoder: Callable, images: Inputs, raw: np.ndarray) -> np.ndarray:
    """What an encoder makes of raw images, some at a time: ndarray of shape `(n_samples, code)`."""
    pieces = np.array_split(raw, -(-len(raw) // ROWS_AT_A_TIME))
    codes = [in_batches(encoder, images.scaled(piece)) for piece in pieces]
    return np.concatenate(codes).reshape(len(raw), -1).astype(np.float32, copy=False)


def _rivals(
    session: ClassifierSession, data: Prepared, images: Inputs, code_size: int, classes: int
) -> tuple[NetworkErrors, NetworkErrors]:
    """The same head on raw pixels, and on as many principal components of all training images."""
    pixels = standardized(*(_codes(lambda part, training: part, images, part) for part in _parts(images)))
    pca = PrincipalComponents()
    pca.fit(data.filled(data.x_train), data.scale, data.offset)
    size = min(code_size, len(pca.components_))
    components = standardized(
        *(_codes(lambda part, training: pca.encode(part, size), images, part) for part in _parts(images))
    )
    on_pixels = session.train("pixels", head(pixels.train.shape[1], classes), pixels, HEAD_RATE)
    on_components = session.train("pca", head(size, classes), components, HEAD_RATE)
    return on_pixels, replace(on_components, code_size=size)


class Wishes(TypedDict, total=False):
    """What `classify` may be given by name, but for the data set's name."""

    labels: int
    fine_tune: bool
    epochs: int
    learning_rate: float | None
    batch_size: int
    seed: int
    compare: bool
    emit: Emit | None
    control: Control | None
    run_id: str


def classify_saved(place: Path, settings: Settings | None = None, **wishes: Unpack[Wishes]) -> ClassifierResult:
    """Goes on with a run on disk.

    Args:
        place: The folder that a training left, or the file `model.keras` itself.
        settings: The run's settings, for its data; by default those in `result.json` beside the model.
        wishes: Given to `classify`.

    Raises:
        SettingError: If there is no such model, or it does not fit the data.
        DataError: If the data cannot be had, or the file holds something else.
    """
    file = place / "model.keras" if place.is_dir() else place
    if not file.is_file():
        raise SettingError(f"DIR must be a folder that `train --out DIR` has left. Received: {str(place)[:200]!r}.")
    execution.configure()
    settings = settings or _settings_beside(file)
    if settings.normal:
        raise SettingError(
            "normal must be empty in the training that a classifier goes on with, as it learns all classes. Received: "
            f"{settings.normal!r}."
        )
    data = datasets.prepare(datasets.load(settings.dataset), settings)
    settings.check(data.spec)
    shape = keras_file.input_shape(file, LABEL)
    if shape != data.spec.shape:
        raise SettingError(
            f"dataset must have examples of shape {shape}, as the model saw in training. Received: {data.spec.shape}."
        )
    encoder = restore(file, settings, data.spec).get_layer("encoder")
    return classify(encoder, data, dataset=settings.dataset, **wishes)


def _settings_beside(file: Path) -> Settings:
    result = file.with_name("result.json")
    try:
        values = json.loads(result.read_text())["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingError(
            f"DIR must hold the model's result.json beside it. Received: {str(file.parent)[:200]!r}."
        ) from error
    return variants.read_settings(values)
