"""When a training is measured and shown: often enough to be watched, and rarely enough to cost little."""

import math
import time

SNAPSHOT_SECONDS = 0.4  # so that a page that looks twice a second has something new each time
SNAPSHOT_SHARE = 0.04  # of the training time, at most, goes into snapshots that take long
SNAPSHOT_LATEST = 0.9  # but there is about one a second
EPOCH_WAIT = 0.3  # seconds that a snapshot waits for the end of an epoch, where the validation loss is measured anyway


class SnapshotTimes:
    """Says when the next snapshot is due.

    Args:
        total_steps: Steps of the whole training.
        frames: Snapshots in all, close at first and wide apart later: of `n + 1` frames the k-th is due at the step
            `(k / n)² · total_steps`. 0 for as many as cost little time.
        seconds: Between two snapshots, where `frames` is 0; by default as long as keeps them cheap.
    """

    def __init__(self, total_steps: int, frames: int = 0, seconds: float | None = None):
        self._total_steps, self._frames, self._seconds = total_steps, frames, seconds
        self._shown_at = 0
        self._next = 0.0

    def shown(self, step: int, took: float) -> None:
        """A snapshot of this step was measured and sent, which took so many seconds."""
        self._shown_at = step
        cheap = min(max(SNAPSHOT_SECONDS, took / SNAPSHOT_SHARE), SNAPSHOT_LATEST)
        self._next = time.perf_counter() + (cheap if self._seconds is None else self._seconds)

    def due(self, step: int, epoch_end: float) -> bool:
        """Whether a snapshot is wanted now.

        Args:
            step: Steps done.
            epoch_end: Seconds until the epoch ends; 0 if it ends here.
        """
        if step == self._shown_at:
            return False  # while it was paused
        if self._frames > 1:
            last = self._frames - 1
            after = math.floor(last * math.sqrt(self._shown_at / self._total_steps) + 1e-9) + 1  # the one shown last
            return step >= (after / last) ** 2 * self._total_steps
        return time.perf_counter() >= self._next and not 0 < epoch_end <= EPOCH_WAIT
