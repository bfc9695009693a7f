"""Which of many steps are kept: those of frames, and of what the network was meanwhile."""

import math
from collections.abc import Iterable


def thinned(steps: Iterable[int], most: int) -> set[int]:
    """At most so many of some steps: the first, the last, and others close at first and wide apart later.

    Learning is fast at first and slow later, so the square roots of the steps that stay lie about equally far apart:
    as long as there are too many, that one goes whose neighbours' roots are closest. As it looks at the steps that are
    left only, it can be asked again whenever a step is added.

    Args:
        steps: Whole numbers, at least 0.
        most: At least 2.
    """
    left = sorted(set(steps))
    while len(left) > most:
        roots = [math.sqrt(step) for step in left]
        gaps = [roots[place + 1] - roots[place - 1] for place in range(1, len(left) - 1)]
        del left[1 + gaps.index(min(gaps))]
    return set(left)
