"""At which steps a training is measured and shown: close together while learning is fast, wide apart later."""

import math
from typing import Protocol

FRAMES = 128  # of a run at full speed, the first and the last among them
FRAMES_A_SECOND = 9  # of a run that is watched
FIRST_EPOCH_SECONDS = 5.0  # that the first epoch of a run that is watched takes
WATCH_SECONDS = 60.0  # by which a run that is watched takes longer, at most


class FramePlan(Protocol):
    """The steps of the frames of one training."""

    def after(self, step: int) -> int:
        """The step of the next frame after a step, above it."""

    def left(self, step: int) -> float:
        """About how many frames are still to come after a step."""


class SpreadPlan:
    """So many frames over a whole training: the k-th of n at the step `(k / n)² · total`, but no two at one step.

    Args:
        total: Steps of the training.
        frames: Frames after the first, at step 0.
    """

    def __init__(self, total: int, frames: int):
        self._total, self._frames = total, frames

    @classmethod
    def of_distinct(cls, total: int, frames: int) -> "SpreadPlan":
        """A plan that gives so many different steps, or all if there are fewer.

        At first the rule asks for several frames within one step. These would be missing: of n frames `n² / (4 total)`.
        """
        share = min(1.0, frames / total)
        return cls(total, math.ceil(2 * total * (1 - math.sqrt(1 - share))))

    def after(self, step: int) -> int:
        """See `FramePlan`."""
        number = math.floor(self._number(step) + 1e-9) + 1
        return max(step + 1, math.ceil((number / self._frames) ** 2 * self._total - 1e-9))

    def left(self, step: int) -> float:
        """See `FramePlan`."""
        return min(self._total - step, self._frames - self._number(step))

    def _number(self, step: int) -> float:
        return self._frames * math.sqrt(step / self._total)


class WatchPlan:
    """The frames of a training that is watched: as many as a person sees in the time that it may take longer.

    Those of the first epoch are evenly spaced. What follows goes on at the same speed and becomes faster and faster:
    `s(k) = E + a k + b k²` with the epoch's steps E and the distance a of its frames.

    Args:
        total: Steps of the training.
        epoch: Steps of its first epoch.
    """

    def __init__(self, total: int, epoch: int):
        first = min(FRAMES_A_SECOND * FIRST_EPOCH_SECONDS, epoch)
        self._total, self._epoch, self._distance = total, epoch, epoch / first
        rest = total - epoch
        self._later = max(1.0, min(FRAMES_A_SECOND * WATCH_SECONDS - first, rest / self._distance))
        self._bend = max(0.0, (rest - self._distance * self._later) / self._later**2)

    def after(self, step: int) -> int:
        """See `FramePlan`."""
        if step < self._epoch:
            number = math.floor(step / self._distance + 1e-9) + 1
            return max(step + 1, math.ceil(number * self._distance - 1e-9))
        number = math.floor(self._number(step) + 1e-9) + 1
        return max(step + 1, math.ceil(self._epoch + self._distance * number + self._bend * number**2 - 1e-9))

    def left(self, step: int) -> float:
        """See `FramePlan`."""
        if step < self._epoch:
            return (self._epoch - step) / self._distance + (self._later if self._total > self._epoch else 0.0)
        return min(self._total - step, self._later - self._number(step))

    def _number(self, step: int) -> float:
        """How many frames lie between the first epoch and a step behind it."""
        past = step - self._epoch
        if self._bend * past < 1e-9 * self._distance:
            return past / self._distance
        root = math.sqrt(self._distance**2 + 4 * self._bend * past)
        return (root - self._distance) / (2 * self._bend)


class EachStep:
    """A frame at every step.

    Args:
        total: Steps of the training.
    """

    def __init__(self, total: int):
        self._total = total

    def after(self, step: int) -> int:
        """See `FramePlan`."""
        return step + 1

    def left(self, step: int) -> float:
        """See `FramePlan`."""
        return self._total - step
