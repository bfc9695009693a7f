"""The Keras model of a classifier, and the networks with a head that it trains."""

import keras
import numpy as np
from keras import ops

from ae_core.models.chunks import ChunkedModel
from ae_core.models.layers.table import ResidentTable


class Classifier(ChunkedModel):
    """`p(class | x) = softmax(network(x))`, trained on the cross-entropy of the true class, in nats.

    Training is fed row numbers of a resident table, like that of an `Autoencoder`.

    Args:
        network: `(batch, *example)` → logits `(batch, classes)`.
        table: Its rows, filled.
        labels: Class number of each row, ndarray of shape `(n_samples,)`.
    """

    def __init__(self, network: keras.Model, table: ResidentTable, labels: np.ndarray):
        super().__init__(name="classifier")
        self.network, self.table = network, table
        self.labels = self.add_weight(
            shape=labels.shape, dtype="int32", initializer="zeros", trainable=False, name="labels"
        )
        self.labels.assign(labels.astype(np.int32))
        self.mistakes = keras.metrics.Mean(name="mistakes")

    def call(self, rows, training=False):
        """Row numbers `(batch,)` int32 → logits and true classes."""
        return {"logits": self.network(self.table(rows), training=training), "truth": ops.take(self.labels, rows)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean cross-entropy of a batch; the share of mistakes is also recorded."""
        logits, truth = y_pred["logits"], y_pred["truth"]
        self.mistakes.update_state(ops.cast(ops.argmax(logits, axis=-1) != truth, "float32"))
        chosen = ops.take_along_axis(logits, ops.expand_dims(truth, 1), axis=1)[:, 0]
        return ops.mean(ops.logsumexp(logits, axis=-1) - chosen)


def head(inputs: int, classes: int) -> keras.Model:
    """Logits from a row of numbers: one dense layer that begins at zero, so that no class is preferred.

    Args:
        inputs: Numbers in a row.
        classes: How many there are.
    """
    return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(classes, kernel_initializer="zeros")])


def with_head(encoder: keras.Model, classes: int) -> keras.Model:
    """Logits from an image: a copy of the encoder that learns too, and a dense layer on its flattened code.

    Args:
        encoder: Image → code, of Keras's own layers. It is not changed.
        classes: How many there are.
    """
    copy = keras.models.clone_model(encoder)
    copy.set_weights(encoder.get_weights())
    copy.trainable = True
    images = keras.Input(encoder.input_shape[1:])
    code = keras.layers.Flatten()(copy(images))
    return keras.Model(images, keras.layers.Dense(classes, name="head")(code))
