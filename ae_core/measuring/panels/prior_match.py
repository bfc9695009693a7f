"""How well the codes of real images match the prior N(0, I)."""

from collections.abc import Callable

import numpy as np

from ae_core.measuring.metric_table import LOWER, Metric
from ae_core.measuring.metrics import max_mean_discrepancy
from ae_core.measuring.panels import bars
from ae_core.messages import Bars, Numbers
from ae_core.models.contracts import Look

MMD = Metric(
    "mmd",
    "MMD to prior",
    "",
    LOWER,
    "Maximum mean discrepancy between codes and prior: about 0 once both have the same distribution.",
)

MOST_COMPARED = 500  # images: the number has no bias, and costs their square


class PriorMatch:
    """Standard deviation of each code unit over the held-out images, beside the prior's, which is 1.

    Its numbers are `mmd`, the discrepancy between the codes of 500 images and as many fixed draws, and those that the
    variant adds.

    Args:
        numbers: What else to measure: from codes `(n_samples, latent_dim)` to a number, by name.
    """

    name = "prior_match"
    title = "Spread of the code"
    help = (
        "Standard deviation of each code unit over the held-out images. All bars at the line: the codes are spread as "
        "widely as the prior, from which samples are drawn."
    )

    def __init__(self, **numbers: Callable[[np.ndarray], float]):
        self._numbers = numbers

    def numbers(self, look: Look) -> Numbers:
        """The discrepancy, and what the variant adds."""
        codes = look.codes[:MOST_COMPARED]
        draws = np.random.default_rng(0).standard_normal(codes.shape, np.float32)
        found: Numbers = {"mmd": max_mean_discrepancy(codes, draws) if len(codes) > 1 else None}
        return found | {name: measure(look.codes) for name, measure in self._numbers.items()}

    def measure(self, look: Look) -> Bars:
        """One bar a unit."""
        return bars(look.codes.std(axis=0), "code unit", "standard deviation", line=1.0, line_name="prior")
