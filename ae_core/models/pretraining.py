"""Greedy layer-wise pretraining: one layer after the other, then the whole."""

from collections.abc import Callable

import keras

from ae_core.models.autoencoder import Autoencoder
from ae_core.models.layers.corruption import Corruption
from ae_core.models.layers.dense import Preactivation, TiedDense
from ae_core.models.phases import Phase
from ae_core.settings import DataSpec, Settings


def greedy_phases(
    encoder: keras.Model,
    decoder: keras.Model,
    settings: Settings,
    spec: DataSpec,
    *,
    epochs: int,
    corruption: Corruption | None = None,
    corrupt: Callable[[DataSpec], Corruption] | None = None,
) -> tuple[Phase[Autoencoder], ...]:
    """Trains each layer of a mirrored dense stack on what the layers before it make of the image.

    Phase k minimises `ℓ(h, g(V f(W h̃ + b) + c))` over its own `W, b, V, c`, where `h` is the output of the layers
    1 … k-1, which stay fixed, `h̃` is `h` or a damaged `h`, and `V` is the mirror image of `W` in the decoder. ℓ is the
    run's own loss for pixels, cross-entropy for sigmoid units, and for others the squared error as a share of the mean
    square of h, so that layers of any scale share one axis. A stack of one layer needs none of this.

    Args:
        encoder: From `dense_pair`.
        decoder: Its mirror image.
        settings: The experiment.
        spec: Shape and range of the images.
        epochs: How long each layer is trained; 0 for no pretraining.
        corruption: What damages the images of the whole, or None.
        corrupt: Makes the layer that damages what a deeper layer sees, from its shape and range; None: nothing does.

    Returns:
        One phase a layer, the code's the last; none for a stack of one layer, or without epochs.

    References:
        Bengio, Lamblin, Popovici & Larochelle, Greedy layer-wise training of deep networks, NIPS 2006;
        Vincent et al., Stacked denoising autoencoders, JMLR 11, 2010, section 3.5.
    """
    layers = [layer for layer in encoder.layers if isinstance(layer, keras.layers.Dense)]
    mirrors = [layer for layer in decoder.layers if isinstance(layer, keras.layers.Dense | TiedDense)][::-1]
    if len(layers) == 1 or epochs == 0:
        return ()
    phases = []
    for place, (layer, mirror) in enumerate(zip(layers, mirrors, strict=True)):
        view = Autoencoder(
            keras.Model(encoder.input, layer.output, name="encoder"),
            _unrolled(mirrors[place::-1], layer.units, spec, decoder.layers[-1].activation),
            settings,
            spec,
            corruption=corruption,
        )
        model = view
        if place > 0:
            before = layers[place - 1]
            kind = keras.activations.serialize(before.activation)
            inner = DataSpec((before.units,), unit_range=kind == "sigmoid")
            inputs, code = keras.Input(inner.shape), keras.Input((layer.units,))
            logits = Preactivation(mirror)(code)
            model = Autoencoder(
                keras.Model(inputs, layer(inputs), name="encoder"),
                keras.Model(code, keras.layers.Activation(kind, name="reconstruction")(logits), name="decoder"),
                settings,
                inner,
                corruption=corrupt(inner) if corrupt is not None else None,
                front=keras.Model(encoder.input, before.output, name="front"),
                loss_name="cross_entropy" if inner.unit_range else "relative",
            )
        phases.append(Phase(f"layer {place + 1}", model, view, epochs))
    return tuple(phases)


def _unrolled(mirrors: list[keras.layers.Layer], units: int, spec: DataSpec, output: Callable) -> keras.Model:
    """A decoder from an inner layer to the image: the whole's own layers, behind an entrance of its own."""
    code = hidden = keras.Input((units,), name="code_input")
    for mirror in mirrors:
        hidden = mirror(hidden)
    hidden = keras.layers.Reshape(spec.shape, name="shape")(hidden)
    return keras.Model(code, keras.layers.Activation(output, name="reconstruction")(hidden), name="decoder")
