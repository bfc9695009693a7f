"""The one Keras model that every variant returns: an encoder, a decoder, and a loss that is fed row numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ae_core.models.chunks import ChunkedModel
from ae_core.models.compiled import Compiled
from ae_core.models.contracts import (
    Bottleneck,
    ChangesWithTime,
    Corruption,
    HidesPixels,
    Panel,
    Penalty,
    Tensor,
    UsesNormals,
    fulfil,
)
from ae_core.models.layers.augmentation import Augmentation
from ae_core.models.layers.dense import TiedDense
from ae_core.models.layers.table import ResidentTable
from ae_core.models.layers.upsampling import without_upsampling
from ae_core.models.phases import Phase
from ae_core.models.reconstruction import reconstruction_error
from ae_core.settings import CORRUPTION, DataSpec, Settings, options

LARGEST_PART = 6_000_000  # numbers that one layer may produce at a time when many images are encoded or decoded
PART_ROWS = (100, 2000)  # fewest and most images at a time: each call takes a millisecond, however few they are
LEAST_START = 0.01  # an untrained decoder is no surer than this that a pixel is black, or white


class Autoencoder(ChunkedModel):
    """`x̂ = decoder(encoder(corruption(x)))`, trained on `reconstruction(x, x̂) + Σ penalties(features)`.

    The reconstruction error is the mean over all known values of a batch, which of images are all; its target is
    always the clean image. An unknown value has `w = 0` in `Σ w e / Σ w`, and the encoder is fed the training mean in
    its place, which no corruption touches. Training is fed row numbers of a resident table, see `attach`.

    Where the decoder sees something else than the encoder's output, such as a random sample or a codebook's entry, a
    `bottleneck` stands between them. What bottleneck, corruption, penalties and panels must be able to do is written
    down in `contracts`.

    Args:
        encoder: `(batch, *spec.shape)` → `(batch, *code_shape)`, without chance.
        decoder: `(batch, *code_shape)` → `(batch, *spec.shape)`; its last layer is an `Activation`.
        settings: The experiment, for its loss, its augmentation and its epochs.
        spec: Shape and range of the data.
        features: `(batch, *spec.shape)` → what bottleneck and penalties are called with; by default the encoder.
        bottleneck: Layer between features and decoder, or None.
        corruption: Layer that damages the input of a training step, or None.
        penalties: Layers by the name of their loss term.
        front: Layers before this model, which are not trained with it: `(batch, *image)` → `(batch, *spec.shape)`.
        loss_name: `cross_entropy`, `mse`, or `relative`, the squared error as a share of the target's mean square; by
            default what the settings say.
        phases: What is trained before the whole.
        panels: What else a person may look at while it trains.
        starts_at_mean: Whether the decoder begins with the mean image, see `start_at`; its last weights are then those
            of a dense layer called `pixels`.

    Raises:
        TypeError: If a layer or a panel does not fulfil its contract.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        settings: Settings,
        spec: DataSpec,
        *,
        features: keras.Model | None = None,
        bottleneck: Bottleneck | None = None,
        corruption: Corruption | None = None,
        penalties: Mapping[str, Penalty] | None = None,
        front: keras.Model | None = None,
        loss_name: str | None = None,
        phases: "Sequence[Phase[Autoencoder]]" = (),
        panels: Sequence[Panel] = (),
        starts_at_mean: bool = False,
    ):
        super().__init__(name=settings.variant)
        _check_parts(bottleneck, corruption, penalties or {}, panels)
        self.settings = settings
        self.encoder = encoder
        self.decoder = decoder
        self.features = features if features is not None else encoder
        # Each is a Keras layer and fulfils its contract: a type that Python cannot name.
        self.bottleneck: Any = bottleneck
        self.corruption: Any = corruption
        self.penalties: dict[str, Any] = dict(penalties or {})
        self.front = front
        self.augmentation = (
            Augmentation(settings.augmentation, settings.seed) if settings.augmentation != "none" else None
        )
        self.starts_at_mean = starts_at_mean
        self.loss_name = loss_name or settings.resolved_loss(spec)
        # Without the last activation: cross-entropy is exact, and cheaper, from the logits.
        core = keras.Model(decoder.input, decoder.layers[-1].input, name="decoder_core")
        self._decoder_core = without_upsampling(core)
        self._activation = decoder.layers[-1]
        self.term_names = ("reconstruction", *self.penalties)
        self._trackers = {name: keras.metrics.Mean(name=name) for name in self.term_names}
        # In functions, so that Keras does not take the weights of other models for this one's.
        found, shown = tuple(phases), tuple(panels)
        self._phases, self._panels = (lambda: found), (lambda: shown)
        self._part = _rows_at_once(self.features, encoder, decoder)
        self._encode = Compiled(self, self.encoding)
        self._decode = Compiled(self, lambda codes: self._activation(self._decoder_core(codes, training=False)))
        self._evaluate = Compiled(self, lambda given: self.terms_of(*given))

    @property
    def phases(self) -> "tuple[Phase[Autoencoder], ...]":
        """What is trained before the whole; usually nothing."""
        return self._phases()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """What else a person may look at."""
        return self._panels()

    @property
    def code_shape(self) -> tuple[int, ...]:
        """Shape of one code."""
        return tuple(self.encoder.output_shape[1:])

    @property
    def parts(self) -> list[Any]:
        """The networks and layers that this model is made of, without what stands in front of it."""
        parts = [self.features, self.encoder, self.decoder, self.bottleneck, self.corruption, self.augmentation]
        return [part for part in (*parts, *self.penalties.values()) if part is not None]

    @property
    def constants(self) -> list[keras.Variable]:
        """Variables that follow from the seed and never change: the banks of random numbers."""
        return [part.normals.bank for part in self.parts if isinstance(part, UsesNormals)]

    @property
    def learnt_without_gradient(self) -> list[keras.Variable]:
        """What the bottleneck learns in its own way."""
        return [] if self.bottleneck is None else list(self.bottleneck.learnt_weights)

    @property
    def learnt(self) -> list[keras.Variable]:
        """All that training has taught it, in an order that stays; not what a person tunes, nor states of chance."""
        constant = {id(variable) for variable in self.constants}
        found = {id(weight): weight for weight in (*self.mapping, *self.trainable_variables)}
        return [weight for key, weight in found.items() if key not in constant]

    @property
    def mapping(self) -> list[keras.Variable]:
        """Weights that make a code of an image and an image of a code, in an order that stays; no banks of numbers."""
        networks = [part for part in (self.features, self.encoder, self.decoder, self.bottleneck) if part is not None]
        constant = {id(variable) for variable in self.constants}
        found = {id(weight): weight for network in networks for weight in network.weights}
        return [weight for key, weight in found.items() if key not in constant]

    @property
    def tunable(self) -> dict[str, keras.Variable]:
        """Variables that may be changed while a training runs, by the name of their setting."""
        strengths = {name: layer.weight for name, layer in self.penalties.items()}
        if self.corruption is not None:
            strengths[CORRUPTION] = self.corruption.factor
        tuned = {name: option.tunes for name, option in options(self.settings).items() if option.tunes in strengths}
        rate = {"learning_rate": self.optimizer.learning_rate} if self.compiled else {}
        return rate | {name: strengths[part] for name, part in tuned.items()}

    @property
    def trainable_variables(self):
        """Everything that is learned here: not what stands in front."""
        return self._without_fixed(super().trainable_variables)

    @property
    def trainable_weights(self):
        """The same: TensorFlow's training step asks for these, JAX's for the others."""
        return self._without_fixed(super().trainable_weights)

    @property
    def non_trainable_variables(self):
        """What is not learned, with what stands in front."""
        fixed = self._fixed_before()
        before = [variable for variable in super().trainable_variables if id(variable) in fixed]
        return super().non_trainable_variables + before

    def _without_fixed(self, variables: list) -> list:
        fixed = self._fixed_before()
        return [variable for variable in variables if id(variable) not in fixed]

    def _fixed_before(self) -> set[int]:
        return set() if self.front is None else {id(variable) for variable in self.front.trainable_variables}

    def attach(self, table: ResidentTable) -> None:
        """Gives the model the table whose row numbers `fit` will feed."""
        self.table: ResidentTable = table

    def start_at(self, mean: np.ndarray) -> None:
        """Sets the last bias so that an untrained decoder paints roughly the mean image instead of grey.

        Otherwise the first thing learnt is that most pixels are dark, and the quickest way there drives all code units
        to one end of their range. Units that saturate, sigmoid or tanh, then stay there: their slope has vanished.

        Args:
            mean: Mean training image as the network sees it, ndarray of shape `spec.shape`.

        References:
            Hinton, A practical guide to training restricted Boltzmann machines, 2010, section 8.
        """
        if self.decoder.layers[-1].activation is keras.activations.sigmoid:
            shares = np.clip(mean, LEAST_START, 1 - LEAST_START)
            mean = np.log(shares / (1 - shares))
        self.decoder.get_layer("pixels").bias.assign(mean.reshape(-1))

    def at_epoch(self, epoch: float) -> None:
        """Tells penalties that change with time how many epochs are done."""
        for layer in self.penalties.values():
            if isinstance(layer, ChangesWithTime):
                layer.at_epoch(epoch)

    @property
    def settled_after(self) -> float:
        """After how many epochs its loss means the same from one to the next."""
        timed = [layer for layer in self.penalties.values() if isinstance(layer, ChangesWithTime)]
        return max((layer.settled_after() for layer in timed), default=0.0)

    def call(self, rows, training=False):
        """Row numbers `(batch,)` int32 → target, features, logits, and the weights of the pixels if they differ."""
        raw = self.table.gather(rows)
        known, raw = self.table.known(raw), self.table.filled(raw)
        if self.augmentation is not None and training:
            black = self.table.black  # a picture moves over black, which the layer takes for 0
            raw = self.augmentation(raw - black) + black
        target = self.table.scaled(raw)  # (batch, *image)
        if self.front is not None:
            target = ops.stop_gradient(self.front(target, training=False))  # (batch, *spec.shape)
            known = None  # what a hidden unit answers is never unknown
        damaged = self.corruption(target) if self.corruption is not None else target
        if known is not None and self.corruption is not None:
            damaged = ops.where(known > 0, damaged, target)
        return {"target": target} | self._forwards(target, damaged, training, known)

    def _forwards(self, target, damaged, training: bool, known=None) -> dict[str, Tensor]:
        features = self.features(damaged, training=training)
        seen = features if self.bottleneck is None else self.bottleneck(features, training=training)
        result = {"features": features, "inputs": damaged, "logits": self._decoder_core(seen, training=training)}
        weights = self.pixel_weights(target, damaged, known)
        return result if weights is None else result | {"pixel_weights": weights}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Total loss of one batch; each term is also recorded under its name."""
        terms = self.loss_terms(**y_pred, training=training)
        for name, value in terms.items():
            self._trackers[name].update_state(value)
        return sum(terms.values())

    def loss_terms(
        self, target, features, logits, inputs=None, pixel_weights=None, training: bool = False
    ) -> dict[str, Tensor]:
        """Every loss term of a batch by name, as it enters the sum: scalars."""
        error = reconstruction_error(self.loss_name, target, logits, self._activation, pixel_weights)
        return {"reconstruction": error} | {
            name: ops.cast(layer(features, inputs=inputs, training=training), error.dtype)
            for name, layer in self.penalties.items()
        }

    def evaluate_terms(self, target: Any, inputs: Any, known: Any = None) -> dict[str, float]:
        """Every loss term, and `loss`, their sum, on given images.

        Args:
            target: Clean images, ndarray or tensor of shape `(n_samples, *spec.shape)`; the mean where one is unknown.
            inputs: What the encoder sees, of the same shape.
            known: 1 where a value is known and 0 where it is not, float32 of the same shape; None where all are known.
        """
        given = (target, inputs) if known is None else (target, inputs, known)
        terms = {name: float(value) for name, value in self._evaluate(given).items()}
        return {"loss": sum(terms.values())} | terms

    def terms_of(self, target, inputs, known=None) -> dict[str, Tensor]:
        """Every loss term on given images, as tensors."""
        return self.loss_terms(target=target, **self._forwards(target, inputs, training=False, known=known))

    def pixel_weights(self, target: Any, damaged: Any, known: Any = None) -> Any:
        """How much each value counts in the loss, of the shape of the images, or None: all alike.

        Args:
            target: Clean images.
            damaged: What the encoder sees of them.
            known: 1 where a value is known and 0 where it is not, or None.
        """
        hides = isinstance(self.corruption, HidesPixels)
        weights = self.corruption.pixel_weights(target, damaged) if hides else None
        if known is None or weights is None:
            return known if weights is None else weights
        return weights * known

    def without_gaps(self, damaged: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Damaged images with values in place of hidden pixels, for eyes and for PCA, which cannot do without.

        Args:
            damaged: What the encoder sees, ndarray of shape `(n_samples, *spec.shape)`.
            values: What takes the place of hidden pixels; they broadcast to `damaged`.
        """
        return self.corruption.filled(damaged, values) if isinstance(self.corruption, HidesPixels) else damaged

    def encode(self, images: Any) -> np.ndarray:
        """Images `(n_samples, *spec.shape)`, an array or a tensor → codes `(n_samples, *code_shape)`."""
        return _in_parts(self._encode, images, self._part)

    def encoding(self, images):
        """The same for tensors, all at once."""
        if self.bottleneck is None:
            return self.encoder(images, training=False)
        return self.bottleneck.code(self.features(images, training=False))

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Codes `(n_samples, *code_shape)` → reconstructions `(n_samples, *spec.shape)`, in bounded memory."""
        return _in_parts(self._decode, codes, self._part)

    def standalone_parts(self) -> tuple[keras.Model, keras.Model]:
        """Encoder and decoder as plain Keras models of built-in layers, with their present weights.

        They load anywhere in Keras's safe mode, without this package. Tied layers become ordinary ones.
        """
        encoder = self.encoder if self.bottleneck is None else self.bottleneck.plain(self.encoder, self.features)
        return encoder, _untie(self.decoder)

    def standalone(self) -> keras.Model:
        """Both parts as one plain Keras model, image → reconstruction."""
        encoder, decoder = self.standalone_parts()
        return keras.Sequential([keras.Input(self.encoder.input_shape[1:]), encoder, decoder])


def _check_parts(
    bottleneck: Bottleneck | None,
    corruption: Corruption | None,
    penalties: Mapping[str, Penalty],
    panels: Sequence[Panel],
) -> None:
    layers: list[tuple[str, Any, type]] = [
        ("The bottleneck", bottleneck, Bottleneck),
        ("The corruption", corruption, Corruption),
        *((f"The penalty {name!r}", layer, Penalty) for name, layer in penalties.items()),
    ]
    for place, layer, contract in layers:
        if layer is None:
            continue
        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(f"{place} must be a Keras layer. Received: {type(layer).__name__}.")
        fulfil(layer, contract, place)
    for panel in panels:
        fulfil(panel, Panel, "A panel")


def in_batches(model: Any, inputs: np.ndarray, batch_size: int = 500) -> np.ndarray:
    """A model's output for many inputs, a bounded number at a time: ndarray of shape `(n_samples, *output)`."""
    return _in_parts(lambda part: ops.convert_to_numpy(model(part, training=False)), inputs, batch_size)


def _rows_at_once(*networks: keras.Model) -> int:
    made = [tensor for network in networks for layer in network.layers for tensor in keras.tree.flatten(layer.output)]
    widest = max(int(np.prod(tensor.shape[1:])) for tensor in made)
    return int(np.clip(LARGEST_PART // widest, *PART_ROWS))


def _in_parts(function: Callable[[Any], np.ndarray], inputs: Any, batch_size: int) -> np.ndarray:
    if len(inputs) <= batch_size:
        return function(inputs)
    starts = range(0, len(inputs), batch_size)
    return np.concatenate([function(inputs[start : start + batch_size]) for start in starts])


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
