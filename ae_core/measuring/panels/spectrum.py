"""How far, and in how many directions, the code moves when the image moves: the encoder's Jacobian."""

import numpy as np

from ae_core.measuring.panels import bars
from ae_core.messages import Bars, Numbers
from ae_core.models.contracts import Look
from ae_core.models.layers.contraction import dense_layers, responses

MOST_IMAGES = 100
MOST_WORK = 2e8  # multiply-adds: some hundredths of a second
MOST_BARS = 100
KEPT_SHARE = 0.95  # of ‖J‖²; the directions that bring the rest count for little


class Spectrum:
    """Singular values of the Jacobian ∂z/∂x, the largest first, averaged over held-out images.

    Exact at each image, by the chain rule. Its number `jacobian_norm` is the mean of `‖∂z/∂x‖`, the root of the sum of
    their squares. Both are of the first 100 held-out images, or fewer where the layers are large.

    References:
        Rifai, Vincent, Muller, Glorot & Bengio, Contractive auto-encoders, ICML 2011, figure 3.
    """

    name = "spectrum"
    title = "Jacobian spectrum"
    help = (
        "Singular values of the Jacobian: how far the code moves when the image moves a little in one direction, the "
        "most sensitive direction first. A contractive code keeps few directions; those that bring the last 5 % of "
        "the squared norm are grey."
    )

    def numbers(self, look: Look) -> Numbers:
        """The mean norm."""
        squares = np.trace(_responses(look), axis1=1, axis2=2)
        return {"jacobian_norm": float(np.sqrt(squares).mean())}

    def measure(self, look: Look) -> Bars:
        """One bar a direction."""
        squares = np.linalg.eigvalsh(_responses(look))[:, ::-1]  # (n_images, units)
        values = np.sqrt(np.maximum(squares, 0.0)).mean(axis=0)[:MOST_BARS]
        before = np.cumsum(values**2) - values**2
        faint = before >= KEPT_SHARE * np.sum(values**2)
        return bars(values, "direction", "singular value", faint=faint)


def _responses(look: Look) -> np.ndarray:
    widths = [layer.kernel.shape for layer in dense_layers(look.model.encoder)]
    # The first layer's share is the same for all images; the eigenvalues take some ten cubes of the code's size.
    work = sum(before * after * (before + after) for before, after in widths[1:]) + 10 * widths[-1][1] ** 3
    count = int(np.clip(MOST_WORK / work, 1, MOST_IMAGES))
    return responses(look.model.encoder, look.images[:count])
