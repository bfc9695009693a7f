"""How odd a trained network finds examples: what it cannot write anew, codes far from others, and surprise."""

import keras
import numpy as np

from ae_core.anomalies.split import Examples, Split
from ae_core.models.autoencoder import in_batches
from ae_core.settings import Settings, tuner_of

LARGEST_CODE = 1024  # numbers, of which a covariance is taken
DRAWS, SEED = 4, 0  # random codes of an example in the bound
SURE = 1e-7  # the resolution of a 32-bit number below 1
SPREAD = "z_log_var"  # layer of a variational encoder


class Network:
    """A trained network that is asked how odd examples are.

    Args:
        whole: The plain network; its layers `encoder` and `decoder` are networks themselves.
        settings: The run's.
        split: Its data.
    """

    def __init__(self, whole: keras.Model, settings: Settings, split: Split):
        self.encoder, self.decoder = whole.get_layer("encoder"), whole.get_layer("decoder")
        self.settings, self.split = settings, split
        self.code_size = int(np.prod(self.encoder.output_shape[1:]))

    def encode(self, examples: Examples) -> np.ndarray:
        """Codes, ndarray of shape `(n_samples, *code)`."""
        return in_batches(self.encoder, examples.inputs)

    def reconstruct(self, examples: Examples) -> np.ndarray:
        """Reconstructions, of the shape of the inputs."""
        return in_batches(self.decoder, self.encode(examples))

    def errors(self, examples: Examples) -> np.ndarray:
        """Reconstruction error: the mean of `(x - x̂)²` over the values of each example that are known.

        Args:
            examples: Of the split.
        """
        return examples.mean(np.square(self.reconstruct(examples) - examples.inputs))

    def distances(self, *parts: Examples) -> list[np.ndarray]:
        """Mahalanobis distance `√((z - μ)ᵀ Σ⁻¹ (z - μ))` of codes to those of the training examples.

        Σ is shrunk towards a multiple of the identity, so that it has an inverse whatever the code's size.

        Args:
            parts: Examples.

        Returns:
            One array for each part; none if a code has more than `LARGEST_CODE` numbers, or all codes are the same.

        References:
            Ledoit & Wolf, A well-conditioned estimator for large-dimensional covariance matrices, Journal of
            Multivariate Analysis 2004; Denouden et al., Improving reconstruction autoencoder out-of-distribution
            detection with Mahalanobis distance, 2018.
        """
        from sklearn.covariance import LedoitWolf

        if self.code_size > LARGEST_CODE:
            return []
        codes = _rows(self.encode(self.split.train))
        if not np.ptp(codes, axis=0).any():
            return []
        fitted = LedoitWolf().fit(codes)
        return [np.sqrt(np.maximum(fitted.mahalanobis(_rows(self.encode(part))), 0.0)) for part in parts]

    def bounds(self, *parts: Examples) -> list[np.ndarray]:
        """Negative evidence lower bound, `E_q[-ln p(x | z)] + KL(q(z | x) ‖ N(0, I))`, in nats.

        The expectation is the mean over a few random codes, drawn with the same numbers each time. Where the loss is
        the squared error, pixels are normal with variance β / 2, and what is the same for all examples is left out.

        Args:
            parts: Examples.

        Returns:
            One array for each part; none if the network is not variational.

        References:
            An & Cho, Variational autoencoder based anomaly detection using reconstruction probability, 2015.
        """
        if SPREAD not in [layer.name for layer in self.encoder.layers]:
            return []
        spread = self.encoder.get_layer(SPREAD).output
        posterior = keras.Model(self.encoder.input, keras.layers.Concatenate()([self.encoder.output, spread]))
        return [self._bound(posterior, part) for part in parts]

    def _bound(self, posterior: keras.Model, examples: Examples) -> np.ndarray:
        mean, log_var = np.split(in_batches(posterior, examples.inputs), 2, axis=1)  # each (n_samples, code)
        divergence = 0.5 * np.sum(np.square(mean) + np.exp(log_var) - 1.0 - log_var, axis=1, dtype=np.float64)
        random = np.random.default_rng(SEED)
        surprise = np.zeros(len(mean))
        for _ in range(DRAWS):
            draw = mean + np.exp(0.5 * log_var) * random.standard_normal(mean.shape, np.float32)
            surprise += examples.total(self._surprise(examples.inputs, in_batches(self.decoder, draw))) / DRAWS
        return surprise + divergence

    def _surprise(self, inputs: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        if self.settings.resolved_loss(self.split.spec) == "cross_entropy":
            sure = np.clip(outputs, SURE, 1 - SURE)
            return -(inputs * np.log(sure) + (1 - inputs) * np.log1p(-sure))
        tuner = tuner_of("kl", self.settings)
        beta = float(self.settings.to_dict()[tuner]) if tuner is not None else 1.0
        return np.square(inputs - outputs) / (beta or 1.0)


def _rows(codes: np.ndarray) -> np.ndarray:
    return codes.reshape(len(codes), -1).astype(np.float64)
