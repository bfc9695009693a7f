"""When a training is measured and shown, and how long it is held back so that all of it is seen."""

import time
from collections.abc import Callable, Mapping

from ae_core.training.control import Pace
from ae_core.training.frame_plans import (
    FRAMES,
    FRAMES_A_SECOND,
    WATCH_SECONDS,
    EachStep,
    FramePlan,
    SpreadPlan,
    WatchPlan,
)

SNAPSHOT_SECONDS = 0.4  # between two frames of a long run at full speed, at least
SNAPSHOT_SHARE = 0.02  # of the training time, at most, goes into more frames than are planned
SNAPSHOT_WAIT = 0.3  # seconds that such a frame waits for a planned one, or for the validation at an epoch's end
BETWEEN: Mapping[Pace, float] = {"full": 0.0, "watch": 1 / FRAMES_A_SECOND, "slow": 1.0}  # seconds between two frames


class SnapshotTimes:
    """Says how many steps come before the next frame, when it is due, and how long the training rests before it.

    At full speed the frames of a plan come as they come. While the planned ones cost little, as in a long training,
    more follow by the clock. A run that is watched has more of them, and rests so that none passes too fast: until that
    and what its frames take has taken a minute. A slow one shows every step.

    Args:
        total_steps: Steps of the whole training.
        epoch_steps: Steps of its first epoch.
        frames: Frames in all, if it shall have these and no others; 0 for as many as its pace gives.
        seconds: Between two frames, if the clock alone shall decide.
        clock: Gives seconds.
    """

    def __init__(
        self,
        total_steps: int,
        epoch_steps: int,
        frames: int = 0,
        seconds: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ):
        full: FramePlan = SpreadPlan.of_distinct(total_steps, FRAMES - 1)
        if frames:
            full = SpreadPlan(total_steps, max(1, frames - 1))
        watch = WatchPlan(total_steps, epoch_steps)
        self._plans: Mapping[Pace, FramePlan] = {"full": full, "watch": watch, "slow": EachStep(total_steps)}
        self._fixed, self._seconds, self._clock = frames > 0, seconds, clock
        self._shown_at, self._shown, self._took, self._spent = -1, clock(), 0.0, 0.0
        self._held_back = 0.0  # seconds by which watching has taken longer

    def shown(self, step: int, took: float, pace: Pace) -> None:
        """A frame of this step was measured and sent, which took so many seconds."""
        now = self._clock()
        self._shown_at, self._shown, self._took = step, now, took
        self._spent += took
        self._held_back += took if pace == "watch" else 0.0

    def rested(self, seconds: float, pace: Pace) -> None:
        """The training has rested so long."""
        self._held_back += seconds if pace == "watch" else 0.0

    def steps(self, step: int, most: int, step_seconds: float, pace: Pace) -> int:
        """Steps to train before the next look, from 1 to `most`.

        Args:
            step: Steps done.
            most: Steps of the longest chunk.
            step_seconds: What a step takes, about; 0 while that is unknown.
            pace: The pace.
        """
        if self._seconds is not None:
            return most
        if self._holds_back(pace):
            most = min(most, round(self._unseen(pace) / step_seconds)) if step_seconds else 1
        return max(1, min(most, self._next(pace) - step))

    def rest(self, step: int, pace: Pace) -> float:
        """Seconds for which the training is to rest before it shows this step; 0 if it goes on at once."""
        if not self._holds_back(pace) or step < self._next(pace):
            return 0.0
        return self._unseen(pace)

    def due(self, step: int, epoch_end: int, step_seconds: float, trained: float, pace: Pace) -> bool:
        """Whether a frame is wanted now.

        Args:
            step: Steps done.
            epoch_end: Steps until the epoch ends; 0 if it ends here.
            step_seconds: What a step takes, about.
            trained: Seconds of training so far.
            pace: The pace.
        """
        if step == self._shown_at:
            return False  # while it was paused
        if self._seconds is None and step >= self._next(pace):
            return True
        if self._fixed:
            return False
        if self._holds_back(pace):
            return self._unseen(pace) == 0
        affordable = self._seconds is not None or self._spent + self._took <= SNAPSHOT_SHARE * trained
        between = SNAPSHOT_SECONDS if self._seconds is None else self._seconds
        ahead = [epoch_end] if self._seconds is not None else [epoch_end, self._next(pace) - step]
        better = any(0 < steps * step_seconds <= SNAPSHOT_WAIT for steps in ahead)
        return affordable and self._clock() - self._shown >= between and not better

    def rest_left(self, step: int, seconds: float, pace: Pace) -> float:
        """Seconds for which the training will still rest, about.

        Args:
            step: Steps done.
            seconds: Seconds of training that are left.
            pace: The pace.
        """
        if not self._holds_back(pace):
            return 0.0
        wanted = max(0.0, self._plans[pace].left(step) * (BETWEEN[pace] - self._took) - seconds)
        return wanted if pace == "slow" else min(wanted, WATCH_SECONDS - self._held_back)

    def _unseen(self, pace: Pace) -> float:
        """Seconds for which the newest frame has not been seen long enough, when the next one is measured at once."""
        return max(0.0, self._shown + BETWEEN[pace] - self._took - self._clock())

    def _next(self, pace: Pace) -> int:
        plan = pace if self._holds_back(pace) else "full"
        return self._plans[plan].after(max(0, self._shown_at))

    def _holds_back(self, pace: Pace) -> bool:
        if self._fixed or self._seconds is not None:
            return False
        return pace == "slow" or (pace == "watch" and self._held_back < WATCH_SECONDS)
