"""Four words from a page to a trainer: pause, step, stop, tune. No Keras here, and nothing but a lock inside."""

import threading


class Control:
    """Holds what was asked of one training until the training looks, between two chunks of steps.

    Any thread may speak; the training's thread listens through `waiting`, `wait`, `stopped` and `take_changes`.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._paused = False
        self._steps = 0
        self._stopped = False
        self._changes: list[tuple[str, float]] = []

    def pause(self) -> None:
        """Halts after the chunk that runs now."""
        with self._condition:
            self._paused = True
            self._condition.notify_all()

    def resume(self) -> None:
        """Goes on."""
        with self._condition:
            self._paused, self._steps = False, 0
            self._condition.notify_all()

    def step(self) -> None:
        """Trains one chunk, then pauses."""
        with self._condition:
            self._steps += 1 if self._paused else 0
            self._paused = True
            self._condition.notify_all()

    def stop(self) -> None:
        """Ends the training after the chunk that runs now; also a paused one."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def tune(self, name: str, value: float) -> None:
        """Changes a rate, `learning_rate` for one, from the next chunk on."""
        with self._condition:
            self._changes.append((name, float(value)))
            self._condition.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether the training is to end."""
        return self._stopped

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

    def take_changes(self) -> list[tuple[str, float]]:
        """Rates to set, oldest first; each is handed out once."""
        with self._condition:
            changes, self._changes = self._changes, []
            return changes
