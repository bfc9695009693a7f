"""Images decoded from codes that no image was given: what a model invents."""

from statistics import NormalDist

import numpy as np

from ae_core.formats.png_sheets import FEW_SHADES
from ae_core.measuring.panels import pictures
from ae_core.messages import Numbers, Pictures
from ae_core.models.contracts import Look

COLUMNS, ROWS = 10, 4


class Samples:
    """Decoded draws from the prior N(0, I), always the same ones, so that they can be watched as they change.

    For codes of two numbers the whole plane is shown instead: ten quantiles of the prior each way, 5 %, 15 % … 95 %,
    the first number growing to the right and the second upwards, as on the map.

    Args:
        latent_dim: Numbers in a code.

    References:
        Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014, figure 4 (the plane).
    """

    name = "samples"
    title = "Samples"
    help = (
        "Images decoded from random codes, drawn from the prior N(0, I). They look like data once the codes of real "
        "images fill the prior evenly."
    )

    def __init__(self, latent_dim: int):
        self._shades = FEW_SHADES
        if latent_dim == 2:
            self._codes, self._shades = _plane(COLUMNS), FEW_SHADES // 2  # a hundred pictures, each of them small
            self.help = (
                "The plane of codes, decoded: neighbours are equally likely under the prior N(0, I). Pictures change "
                "smoothly and leave no gaps once the codes of real images fill the prior evenly."
            )
        else:
            self._codes = np.random.default_rng(0).standard_normal((COLUMNS * ROWS, latent_dim), np.float32)

    def numbers(self, look: Look) -> Numbers:
        """None."""
        return {}

    def measure(self, look: Look) -> Pictures:
        """Rows of ten pictures."""
        rows = len(self._codes) // COLUMNS
        return pictures(look.show(look.model.decode(self._codes)), COLUMNS, [""] * rows, shades=self._shades)


def _plane(count: int) -> np.ndarray:
    """Codes `(count * count, 2)`, row by row from the upper left: equal shares of the prior lie between them."""
    quantiles = [NormalDist().inv_cdf((place + 0.5) / count) for place in range(count)]
    return np.array([(right, up) for up in quantiles[::-1] for right in quantiles], np.float32)
