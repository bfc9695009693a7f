"""What a contender's rounds say: images a second."""

import statistics
from collections.abc import Mapping, Sequence


def pace(one: Mapping[str, float]) -> float:
    """Images a second of one round."""
    return one["images"] / one["seconds"]


def rate(rounds: Sequence[Mapping[str, float]]) -> float:
    """Images a second, median over rounds."""
    return statistics.median(map(pace, rounds))
