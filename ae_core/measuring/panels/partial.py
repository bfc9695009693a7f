"""What a network makes of one image of which it sees more and more."""

from collections.abc import Callable

import numpy as np

from ae_core.measuring.panels import pictures
from ae_core.messages import Numbers, Pictures
from ae_core.models.contracts import Look

GAP = 0.5  # what stands for a hidden value


class Partial:
    """Always the same held-out image, from little of it to all of it; below, what comes out of the code each time.

    Args:
        title: Two or three words for a person.
        help: One plain sentence.
        rows: What the network is given, and what it gives back, as labels.
        parts: Clean image of shape `spec.shape` → what the encoder is given of it, one after the other,
            ndarray of shape `(n, *spec.shape)`.
    """

    name = "partial"

    def __init__(self, title: str, help: str, rows: tuple[str, str], parts: Callable[[np.ndarray], np.ndarray]):
        self.title, self.help = title, help
        self._rows, self._parts = rows, parts

    def numbers(self, look: Look) -> Numbers:
        """None."""
        return {}

    def measure(self, look: Look) -> Pictures:
        """Both rows of pictures."""
        given = self._parts(look.images[0])
        made = look.model.decode(look.model.encode(given))
        shown = look.model.without_gaps(given, np.full(given.shape[1:], GAP, np.float32))
        return pictures(np.concatenate([look.show(shown), look.show(made)]), len(given), list(self._rows))
