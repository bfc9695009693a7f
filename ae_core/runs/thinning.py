"""Which of many steps are kept: those of frames, and of what the network was meanwhile."""

import math
from collections.abc import Iterable, Mapping


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


def fitting(steps: Iterable[int], sizes: Mapping[int, int], most: int, most_bytes: float) -> set[int]:
    """At most so many of some steps, see `thinned`, and fewer where what belongs to them takes too many bytes.

    Args:
        steps: Whole numbers, at least 0. What belongs to the largest takes no room.
        sizes: Bytes of what belongs to a step; of those not named, as many as the others on average.
        most: At least 2.
        most_bytes: Bytes of all together.
    """
    chosen = thinned(steps, most)
    usual = sum(sizes.values()) / max(1, len(sizes))
    while len(chosen) > 2 and sum(sizes.get(step, usual) for step in chosen - {max(chosen)}) > most_bytes:
        chosen = thinned(chosen, len(chosen) - 1)
    return chosen
