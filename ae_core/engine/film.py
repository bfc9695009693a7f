"""A run's frames, oldest first: what can be gone back to while it trains and after it has ended."""

import functools
from collections.abc import Callable, Sequence
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
        open_run: Opens the run on disk, when something of it is wanted; gives None if it is not there, and the newest
            snapshot then is all there is.
    """

    def __init__(self, setup: Setup, newest: Snapshot, open_run: Callable[[], StoredRun | None]) -> None:
        self.setup, self._newest, self._open_run = setup, newest, open_run

    @functools.cached_property
    def _stored(self) -> StoredRun | None:
        return self._open_run()

    @functools.cached_property
    def steps(self) -> Sequence[int]:
        """See `Film`."""
        kept = [] if self._stored is None else self._stored.kept_steps()
        return [*(step for step in kept if step < self._newest.step), self._newest.step]

    def frame(self, step: int) -> Snapshot | None:
        """See `Film`."""
        if step == self._newest.step:
            return self._newest
        kept = None if self._stored is None else self._stored.kept(step)
        return None if kept is None else replace(kept, history=history_until(self._newest.history, step))
