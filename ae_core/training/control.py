"""The words from a page to a trainer: pause, step, stop, tune, pace. No Keras here, and nothing but a lock inside."""

import threading
from typing import Literal, get_args

Pace = Literal["full", "watch", "slow"]
"""How fast a training goes: as fast as it can, held back so that each frame is seen, or one batch at a time."""

PACES: tuple[Pace, ...] = get_args(Pace)


class LeftError(Exception):
    """Ends a training that has made room for others; its state is kept."""


class Control:
    """Holds what was asked of one training until the training looks, between two chunks of steps.

    Any thread may speak; the training's thread listens through `waiting`, `wait`, `rest`, `stopped`, `pace` and
    `take_changes`.

    Args:
        pace: How fast the training goes at first.
    """

    def __init__(self, pace: Pace = "full") -> None:
        self._condition = threading.Condition()
        self._paused = False
        self._steps = 0
        self._stopped = self._leaves = False
        self._changes: list[tuple[str, float]] = []
        self._pace, self._hurried = pace, False
        self._news = False  # whether anything was said since the last rest

    def pause(self) -> None:
        """Halts after the chunk that runs now."""
        with self._condition:
            self._paused = True
            self._tell()

    def resume(self) -> None:
        """Goes on."""
        with self._condition:
            self._paused, self._steps = False, 0
            self._tell()

    def step(self) -> None:
        """Trains one chunk, then pauses."""
        with self._condition:
            self._steps += 1 if self._paused else 0
            self._paused = True
            self._tell()

    def stop(self) -> None:
        """Ends the training after the chunk that runs now; also a paused one."""
        with self._condition:
            self._stopped, self._leaves = True, False
            self._tell()

    def leave(self) -> None:
        """Makes room after the chunk that runs now: the training keeps its state and goes on at another time."""
        with self._condition:
            self._leaves = not self._stopped
            self._stopped = True
            self._tell()

    def tune(self, name: str, value: float) -> None:
        """Changes a rate, `learning_rate` for one, from the next chunk on."""
        with self._condition:
            self._changes.append((name, float(value)))
            self._tell()

    def set_pace(self, pace: Pace) -> None:
        """Goes on at another pace, at once."""
        with self._condition:
            self._pace = pace
            self._tell()

    def hurry(self, hurried: bool) -> None:
        """Goes on at full speed, because others wait, or at its own pace again."""
        with self._condition:
            self._hurried = hurried
            self._tell()

    def _tell(self) -> None:
        self._news = True
        self._condition.notify_all()

    @property
    def pace(self) -> Pace:
        """How fast the training is to go now."""
        return "full" if self._hurried else self._pace

    @property
    def stopped(self) -> bool:
        """Whether the training is to end."""
        return self._stopped

    @property
    def leaves(self) -> bool:
        """Whether it ends for now only, because others wait."""
        return self._leaves

    @property
    def waiting(self) -> bool:
        """Whether the training is to halt now, if only to use up a granted step in `wait`."""
        with self._condition:
            return self._paused and not self._stopped

    def wait(self, seconds: float) -> bool:
        """Blocks while halted, at most so long; a granted step is used up.

        Returns:
            Whether to go on waiting.
        """
        with self._condition:
            if self._paused and not self._steps and not self._stopped and not self._changes:
                self._condition.wait(seconds)
            if self._stopped or not self._paused:
                return False
            if self._steps:
                self._steps -= 1
                return False
            return True

    def rest(self, seconds: float) -> None:
        """Blocks so long, or until something is said; what was said since the last rest counts too."""
        with self._condition:
            self._condition.wait_for(lambda: self._news, seconds)
            self._news = False

    def take_changes(self) -> list[tuple[str, float]]:
        """Rates to set, oldest first; each is handed out once."""
        with self._condition:
            changes, self._changes = self._changes, []
            return changes
