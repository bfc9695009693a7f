"""What each dimension of a variational code tells, and the bound that says what it is all worth."""

import keras
import numpy as np

from ae_core.measuring.metric_table import NATS
from ae_core.measuring.metrics import active_latent_dimensions, bound_in_nats, gaussian_kl
from ae_core.measuring.panels import bars
from ae_core.messages import Bars, Numbers
from ae_core.models.autoencoder import in_batches
from ae_core.models.compiled import Compiled
from ae_core.models.contracts import Look
from ae_core.models.layers.sampling import mean_and_log_var

COLLAPSED = 0.01  # nats per image: a dimension below it says nothing
NAMED = 8  # collapsed dimensions in a caption, at most


class Divergence:
    """`KL(N(μⱼ, σⱼ²) ‖ N(0, 1))` of each dimension, in nats per image, the mean over the held-out ones.

    Its numbers are `kl_per_dimension`, their sum `kl`, `active_latent_dimensions` and, where the loss is cross-entropy,
    `bound`: the negative evidence lower bound in nats per image, with one random code an image, drawn with the same
    numbers each time, and with β = 1 whatever β the training has.
    """

    name = "kl"
    title = "KL per dimension"
    help = (
        "How much each number of the code tells, in nats per image. The highest bars tell most; a bar at zero is a "
        "dimension that the decoder has learnt to ignore."
    )

    def __init__(self, decoder: keras.Model):
        logits = keras.Model(decoder.input, decoder.layers[-1].input)
        self._logits = Compiled(logits, lambda codes: logits(codes, training=False))
        self._features: Compiled | None = None

    def numbers(self, look: Look) -> Numbers:
        """Information in the code, and the bound."""
        mean, log_var = self._posterior(look)
        each = gaussian_kl(mean, log_var).mean(axis=0)
        found = {
            "kl_per_dimension": each.tolist(),
            "kl": float(each.sum()),
            "active_latent_dimensions": active_latent_dimensions(mean),
        }
        if look.model.loss_name == "cross_entropy":
            normals = np.random.default_rng(0).standard_normal(mean.shape, np.float32)
            logits = _in_parts(self._logits, mean + np.exp(0.5 * log_var) * normals)
            found["bound"] = bound_in_nats(look.images, logits, mean, log_var, from_logits=True, known=look.known)
        return found

    def measure(self, look: Look) -> Bars:
        """One bar a dimension; the collapsed ones are faint."""
        each = gaussian_kl(*self._posterior(look)).mean(axis=0)
        faint = each < COLLAPSED
        return bars(each, "code dimension", NATS, faint=faint, caption=_caption(faint))

    def _posterior(self, look: Look) -> tuple[np.ndarray, np.ndarray]:
        """μ and ln σ² of the images, each `(n_samples, latent_dim)`."""
        features = look.model.features
        if self._features is None:
            self._features = Compiled(features, lambda images: features(images, training=False))
        compiled = self._features
        return look.once("posterior", lambda: mean_and_log_var(_in_parts(compiled, look.images)))


def _in_parts(function: Compiled, inputs: np.ndarray) -> np.ndarray:
    return in_batches(lambda part, training: function(part), inputs)


def _caption(collapsed: np.ndarray) -> str:
    """The dimensions that say nothing, in words."""
    places = [str(place + 1) for place in np.flatnonzero(collapsed)]
    if not places:
        return "Every dimension says something."
    if len(places) == 1:
        return f"Dimension {places[0]} says nothing (below {COLLAPSED:g} {NATS})."
    listed = ", ".join(places[:NAMED]) + (" …" if len(places) > NAMED else "")
    return f"{len(places)} dimensions say nothing (below {COLLAPSED:g} {NATS}): {listed}."
