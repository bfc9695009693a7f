"""A stretch of training that comes before the training of the whole."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Model = TypeVar("Model")


@dataclass(frozen=True)
class Phase(Generic[Model]):
    """Some epochs in which only a part of the whole is trained.

    Args:
        name: A few words for a person, such as `layer 1`.
        model: What is trained, an `Autoencoder` that shares layers with the whole.
        view: What is watched meanwhile, an `Autoencoder` from image to image: the layers trained so far.
        epochs: How long, at least 1.
    """

    name: str
    model: Model
    view: Model
    epochs: int
