"""How much each code unit is active over the images."""

import numpy as np

from ae_core.measuring.metrics import lifetime_sparsity, mean_activation, population_sparsity
from ae_core.measuring.panels import bars
from ae_core.messages import Bars, Numbers
from ae_core.models.contracts import Look

BINS = 50


class Activity:
    """A histogram of the code units: of their mean activation, or of the share of images that activate them.

    Its bins always go from 0 to 1, so that it does not jump. Its numbers are `lifetime_sparsity` and
    `population_sparsity`, see `metrics`; and, unless units are counted, `mean_activation`, the mean of all units'.

    Args:
        target: Where the units ought to be, or None.
        target_name: What stands beside that line.
        counted: Whether a unit's activity is the share of images at which it is not 0, instead of its mean value, which
            for a sigmoid lies between 0 and 1 too.
    """

    name = "activity"

    def __init__(self, target: float | None, target_name: str, counted: bool):
        self._target, self._target_name, self._counted = target, target_name, counted
        self.title, self.help = WORDS[counted]

    def numbers(self, look: Look) -> Numbers:
        """How sparse the code is."""
        found: Numbers = {
            "lifetime_sparsity": lifetime_sparsity(look.codes),
            "population_sparsity": population_sparsity(look.codes),
        }
        return found if self._counted else found | {"mean_activation": float(self.activity(look.codes).mean())}

    def measure(self, look: Look) -> Bars:
        """One bar a bin."""
        counts, edges = np.histogram(np.clip(self.activity(look.codes), 0.0, 1.0), BINS, (0.0, 1.0))
        return bars(
            counts,
            "share of images" if self._counted else "mean activation",
            "units",
            x=(edges[1:] + edges[:-1]) / 2,
            line=self._target,
            line_name=self._target_name,
        )

    def activity(self, codes: np.ndarray) -> np.ndarray:
        """Codes `(n_samples, units)` → activity of each unit, `(units,)`."""
        return mean_activation(codes != 0 if self._counted else codes)


WORDS = {
    False: (
        "Mean activations",
        "How many code units have which mean activation over the held-out images. The penalty draws them from one "
        "half, where they begin, to the target ρ.",
    ),
    True: (
        "Units in use",
        "How many code units are active, that is not zero, at which share of the held-out images. A sparse code stands "
        "far to the left; units at the very left are never used.",
    ),
}
