"""A layer or panel that does not do what the model asks of it is refused when the model is built, by name."""

from typing import Any

import keras
import pytest
from keras import ops

from ae_core import variants
from ae_core.models.autoencoder import Autoencoder
from ae_core.models.layers.dense import dense_pair
from ae_core.models.layers.randomness import NormalBank
from ae_core.settings import DataSpec

SPEC = DataSpec((5, 4, 1))


class Weighted(keras.layers.Layer):
    """A penalty as it should be."""

    def __init__(self) -> None:
        super().__init__(name="weighted")
        self.weight = self.add_weight(shape=(), initializer="ones", trainable=False)

    def call(self, code, inputs=None, training=False):
        return self.weight * ops.mean(ops.square(code))


class Weightless(keras.layers.Layer):
    def call(self, code, inputs=None, training=False):
        return ops.mean(code)


class Deaf(Weighted):
    def call(self, code):  # type: ignore[override]
        return ops.mean(code)


class Timeless(Weighted):
    def at_epoch(self):
        """The epoch is missing."""


class Halving(keras.layers.Layer):
    """A corruption as it should be."""

    def __init__(self) -> None:
        super().__init__(name="halving")
        self.factor = self.add_weight(shape=(), initializer="ones", trainable=False)
        self.normals = NormalBank(SPEC.size, seed=0, size=100)

    def call(self, inputs):
        return inputs / 2

    def apply(self, inputs, normals):
        return inputs / 2


class Fresh(Halving):
    apply = None  # type: ignore[assignment]  # the damage cannot be made a second time


class HalfHidden(Halving):
    def pixel_weights(self, target, damaged):
        return ops.ones_like(target)


class Rounded(keras.layers.Layer):
    """A bottleneck that does not say what the code is."""

    learnt_weights = ()

    def call(self, features, training=False):
        return ops.round(features)

    def plain(self, encoder, features):
        return encoder


class Mute:
    """A panel without numbers."""

    name, title, help = "mute", "Mute", "Says nothing."

    def measure(self, look):
        return {}


def build(**parts: Any) -> Autoencoder:
    encoder, decoder = dense_pair(SPEC, (), 3, output="sigmoid")
    return Autoencoder(encoder, decoder, variants.get("vanilla").settings(), SPEC, **parts)


def test_layers_that_fulfil_their_contract_are_taken():
    model = build(penalties={"small": Weighted()}, corruption=Halving())
    assert model.term_names == ("reconstruction", "small")
    assert [variable.name for variable in model.constants] == ["bank"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"penalties": {"small": Weightless()}}, "The penalty 'small' must have weight, .* Received: Weightless."),
        ({"penalties": {"small": Deaf()}}, r"'small' must have call\(features, inputs, training\), .* Received: Deaf."),
        ({"penalties": {"small": Timeless()}}, r"'small' must have at_epoch\(epoch\), .*: Timeless."),
        ({"penalties": {"small": lambda code: 0.0}}, "The penalty 'small' must be a Keras layer. Received: function."),
        ({"corruption": Weighted()}, "The corruption must have factor, .* Received: Weighted."),
        ({"corruption": Fresh()}, r"The corruption must have apply\(inputs, normals\), .* Received: Fresh."),
        ({"corruption": HalfHidden()}, r"The corruption must have filled\(damaged, values\), .*: HalfHidden."),
        ({"bottleneck": Rounded()}, r"The bottleneck must have code\(features\), .* Received: Rounded."),
        ({"panels": [Mute()]}, r"A panel must have numbers\(look\), .* Received: Mute."),
    ],
    ids=lambda value: None if isinstance(value, str) else next(iter(value)),
)
def test_a_wrong_part_is_refused_by_name(parts, words):
    with pytest.raises(TypeError, match=words):
        build(**parts)


def test_what_a_setting_tunes_is_declared_beside_the_setting():
    settings = variants.get("sparse").settings()
    encoder, decoder = dense_pair(SPEC, (), 3, output="sigmoid")
    named, other = Weighted(), Weighted()
    model = Autoencoder(encoder, decoder, settings, SPEC, penalties={"sparsity": named, "small": other})
    assert model.tunable == {"sparsity_weight": named.weight}, "no setting tunes the other one"
