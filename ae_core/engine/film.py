"""A run's frames, oldest first: what can be gone back to while it trains and after it has ended."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from ae_core.messages import Setup, Snapshot
from ae_core.runs import StoredRun
from ae_core.runs.record import history_until


class Film(Protocol):
    """The frames of a run or of a recording.

    Attributes:
        setup: The setup message.
        steps: Steps of the frames, growing.
    """

    @property
    def setup(self) -> Setup: ...

    @property
    def steps(self) -> Sequence[int]: ...

    def frame(self, step: int) -> Snapshot | None:
        """The frame of a step, with the curves up to it; None if there is none (any more).

        Args:
            step: One of `steps`.
        """


class RunFilm:
    """The frames of one run: those on disk, and the newest snapshot.

    Args:
        setup: The run's setup message.
        newest: Its newest snapshot message.
        stored: The run on disk; None if it is not there, and the newest snapshot then is all there is.
    """

    def __init__(self, setup: Setup, newest: Snapshot, stored: StoredRun | None) -> None:
        self.setup, self._newest, self._stored = setup, newest, stored
        kept = [] if stored is None else stored.kept_steps()
        self.steps: Sequence[int] = [*(step for step in kept if step < newest.step), newest.step]

    def frame(self, step: int) -> Snapshot | None:
        """See `Film`."""
        if step == self._newest.step:
            return self._newest
        kept = None if self._stored is None else self._stored.kept(step)
        return None if kept is None else replace(kept, history=history_until(self._newest.history, step))
