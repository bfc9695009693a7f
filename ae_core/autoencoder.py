"""The one Keras model that every variant returns: an encoder, a decoder, and a loss that is fed row numbers."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from ae_core.config import DataSpec, Settings
from ae_core.layers import Augmentation, Corruption, ResidentTable, TiedDense


class Autoencoder(keras.Model):
    """`x̂ = decoder(encoder(corruption(x)))`, trained on `reconstruction(x, x̂) + Σ penalties(code)`.

    The reconstruction error is a mean over pixels, then over the batch; its target is always the clean image.
    Training is fed row numbers of a resident table, see `attach`.

    Args:
        encoder: `(batch, *spec.shape)` → `(batch, *code_shape)`.
        decoder: `(batch, *code_shape)` → `(batch, *spec.shape)`; its last layer is an `Activation`.
        settings: The experiment, for its loss and its augmentation.
        spec: Shape and range of the data.
        corruption: Layer that damages the input of a training step, or None.
        penalties: Layers by the name of their loss term, each called with the code.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        settings: Settings,
        spec: DataSpec,
        corruption: Corruption | None = None,
        penalties: Mapping[str, keras.layers.Layer] | None = None,
    ):
        super().__init__(name=settings.variant)
        self.encoder = encoder
        self.decoder = decoder
        self.corruption = corruption
        self.penalties = dict(penalties or {})
        self.augmentation = (
            Augmentation(settings.augmentation, settings.seed) if settings.augmentation != "none" else None
        )
        self.loss_name = settings.resolved_loss(spec)
        self._pixel_loss = PIXEL_LOSSES[self.loss_name]
        # Without the last activation: cross-entropy is exact, and cheaper, from the logits.
        self._decoder_core = keras.Model(decoder.inputs, decoder.layers[-1].input, name="decoder_core")
        self._activation = decoder.layers[-1]
        self.term_names = ("reconstruction", *self.penalties)
        self._trackers = {name: keras.metrics.Mean(name=name) for name in self.term_names}

    @property
    def code_shape(self) -> tuple[int, ...]:
        """Shape of one code."""
        return tuple(self.encoder.output_shape[1:])

    @property
    def tunable(self) -> dict[str, keras.Variable]:
        """Variables that may be changed while a training runs, by the name of their setting."""
        found = {"learning_rate": self.optimizer.learning_rate} if self.optimizer else {}
        if self.corruption is not None:
            found["noise_factor"] = self.corruption.factor
        for name, layer in self.penalties.items():
            found[f"{name}_weight"] = layer.weight
        return found

    def attach(self, table: ResidentTable) -> None:
        """Gives the model the table whose row numbers `fit` will feed."""
        self.table: ResidentTable = table

    def build(self, input_shape):
        """Nothing is left to build: encoder and decoder come built."""

    def call(self, rows, training=False):
        """Row numbers `(batch,)` int32 → target, code and logits."""
        raw = self.table.gather(rows)
        if self.augmentation is not None and training:
            raw = self.augmentation(raw)
        target = self.table.scaled(raw)  # (batch, *spec.shape)
        damaged = self.corruption(target) if self.corruption is not None else target
        code = self.encoder(damaged, training=training)
        return {"target": target, "code": code, "logits": self._decoder_core(code, training=training)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Total loss of one batch; each term is also recorded under its name."""
        terms = self.loss_terms(y_pred["target"], y_pred["code"], y_pred["logits"], training)
        for name, value in terms.items():
            self._trackers[name].update_state(value)
        return sum(terms.values())

    def loss_terms(self, target, code, logits, training: bool = False) -> dict[str, Any]:
        """Every loss term of a batch by name, as it enters the sum: scalars."""
        terms = {"reconstruction": self._pixel_loss(target, logits, self._activation)}
        return terms | {name: layer(code, training=training) for name, layer in self.penalties.items()}

    def evaluate_terms(self, target: np.ndarray, inputs: np.ndarray) -> dict[str, float]:
        """Every loss term, and `loss`, their sum, on given images.

        Args:
            target: Clean images, ndarray of shape `(n_samples, *spec.shape)`.
            inputs: What the encoder sees, of the same shape.
        """
        code = self.encoder(inputs, training=False)
        logits = self._decoder_core(code, training=False)
        terms = {name: float(value) for name, value in self.loss_terms(target, code, logits).items()}
        return {"loss": sum(terms.values())} | terms

    def encode(self, images: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """Images `(n_samples, *spec.shape)` → codes `(n_samples, *code_shape)`, in bounded memory."""
        return _in_batches(self.encoder, images, batch_size)

    def decode(self, codes: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """Codes `(n_samples, *code_shape)` → reconstructions `(n_samples, *spec.shape)`, in bounded memory."""
        return _in_batches(self.decoder, codes, batch_size)

    def standalone(self) -> keras.Model:
        """A plain Keras model, image → reconstruction, of built-in layers with the present weights.

        It loads anywhere in Keras's safe mode, without this package. Tied layers become ordinary ones.
        """
        return keras.Sequential([keras.Input(self.encoder.input_shape[1:]), self.encoder, _untie(self.decoder)])


def _cross_entropy(target, logits, activation):
    # -[t ln σ(a) + (1-t) ln(1-σ(a))] = max(a, 0) - a t + ln(1 + e^-|a|), in nats
    return ops.mean(ops.maximum(logits, 0.0) - logits * target + ops.log1p(ops.exp(-ops.abs(logits))))


def _mean_squared_error(target, logits, activation):
    return ops.mean(ops.square(activation(logits) - target))


PIXEL_LOSSES = {"cross_entropy": _cross_entropy, "mse": _mean_squared_error}


def _in_batches(model: keras.Model, inputs: np.ndarray, batch_size: int) -> np.ndarray:
    parts = [
        ops.convert_to_numpy(model(inputs[start : start + batch_size], training=False))
        for start in range(0, len(inputs), batch_size)
    ]
    return np.concatenate(parts)


def _untie(decoder: keras.Model) -> keras.Model:
    tied = {layer.name: layer for layer in decoder.layers if isinstance(layer, TiedDense)}
    clone = keras.models.clone_model(
        decoder,
        clone_function=lambda layer: (
            layer.untied() if layer.name in tied else type(layer).from_config(layer.get_config())
        ),
    )
    for layer in clone.layers:
        layer.set_weights(
            tied[layer.name].untied_weights() if layer.name in tied else decoder.get_layer(layer.name).get_weights()
        )
    return clone
