"""The layers of a network, for a diagram of it."""

from collections.abc import Callable
from typing import Protocol, TypedDict, runtime_checkable

import keras
import numpy as np

from ae_core import data, variants
from ae_core.data import classes
from ae_core.models.seeding import building
from ae_core.settings import Settings
from ae_core.training import cache, execution


class LayerFacts(TypedDict):
    """One layer of a network.

    Its `part` is `encoder` or `decoder`, `name` and `type` are Keras's, `output_shape` is that of one example,
    `parameters` counts its weights, and `activation` is the function's name, or None.
    """

    part: str
    name: str
    type: str
    output_shape: list[int]
    parameters: int
    activation: str | None


class NetworkFacts(TypedDict):
    """A network: its `layers` in order, `parameters` in all, shapes of one example and one code, kind of corruption.

    `seconds` is about how long its training will take here.
    """

    layers: list[LayerFacts]
    parameters: int
    input_shape: list[int]
    code_shape: list[int]
    corruption: str | None
    seconds: float


@runtime_checkable
class _Activated(Protocol):
    activation: Callable


def describe(settings: Settings) -> NetworkFacts:
    """The layers of the network that these settings build.

    Raises:
        SettingError: If the settings do not fit the data.
        DataError: If the data set is not here any more.
    """
    execution.configure()
    info = data.info(settings.dataset)
    spec = info.seen(settings)
    settings.check(spec)
    # On the processor: a card would compile the drawing of weights for each shape, for a network that is never trained.
    with keras.device("cpu:0"), building(settings.seed):
        model = variants.get(settings.variant).build(settings, spec)
    layers = [
        LayerFacts(
            part=part,
            name=layer.name,
            type=type(layer).__name__,
            output_shape=[int(length) for length in layer.output.shape[1:]],
            parameters=int(sum(np.prod(weight.shape) for weight in layer.weights)),
            activation=layer.activation.__name__ if isinstance(layer, _Activated) else None,
        )
        for part, network in (("encoder", model.encoder), ("decoder", model.decoder))
        for layer in network.layers
    ]
    count = round(info.train_count * classes.share(settings.normal, info.chosen(settings).class_names))
    return NetworkFacts(
        layers=layers,
        parameters=cache.parameter_count(model),
        input_shape=list(spec.shape),
        code_shape=list(model.code_shape),
        corruption=settings.to_dict().get("noise"),
        seconds=cache.training_seconds(model, settings, count),
    )
