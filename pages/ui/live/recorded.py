"""The recorded runs that play where nothing is trained: each variant's own, and those of lessons."""

import functools
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from ae_core import lessons, variants
from ae_core.lessons.measured import Measured
from ae_core.messages import Setup, Snapshot
from ae_core.recordings import lessons as of_lessons
from ae_core.recordings import recording

PREFIX = "recording-"  # of its name among the films

_log = logging.getLogger(__name__)


class Recording:
    """A recorded run as a film, see `ae_core.engine.Film`.

    Args:
        setup: The setup message.
        snapshots: The snapshot messages, oldest first.
        network: Its trained network as browsers are sent it; empty for none.
    """

    def __init__(self, setup: Setup, snapshots: Sequence[Snapshot], network: bytes = b"") -> None:
        self.setup, self.network = setup, network
        self._by_step = {snapshot.step: snapshot for snapshot in snapshots}
        self.steps: Sequence[int] = sorted(self._by_step)

    @property
    def newest(self) -> Snapshot:
        """Its last frame."""
        return self._by_step[self.steps[-1]]

    def frame(self, step: int) -> Snapshot | None:
        """See `Film`."""
        return self._by_step.get(step)


@functools.cache
def _read(path: Path) -> Recording | None:
    """A recording, read when it is first asked for and then kept: less than 1 MB."""
    try:
        return Recording(*recording.load(path), recording.load_network(path))
    except (OSError, ValueError, KeyError, TypeError):
        _log.exception("The recording %s cannot be read.", path)
        return None


@functools.cache
def choose(variant: str) -> Recording | None:
    """The recording of a variant, which `python -m ae_core record` makes; None while there is none.

    Args:
        variant: Name of the variant.
    """
    path = recording.file_of(variant)
    return _read(path) if path.is_file() else None


def explorable(variant: str) -> Recording | None:
    """The recording of a variant, if a browser can have its network, else the first that it can; None without one."""
    for one in (variant, *variants.registry()):
        found = choose(one)
        if found is not None and found.network:
            return found
    return None


@functools.cache
def of_lesson(name: str) -> Sequence[tuple[Recording, Measured]]:
    """The recorded runs of a lesson with what was measured of each; none while there are none.

    Args:
        name: Name of the lesson.
    """
    path = of_lessons.file_of(name)
    if not path.is_file():
        return ()
    try:
        return [(Recording(*recording.played(run.film)), run.measured) for run in of_lessons.load(path).runs]
    except (OSError, ValueError, KeyError, TypeError):
        _log.exception("The recording %s cannot be read.", path)
        return ()


@functools.cache
def _runs_of_lessons() -> Mapping[str, tuple[str, int]]:
    """Lesson and place of each of their runs, by its name among the films."""
    return {
        of_lessons.run_id(name, place): (name, place)
        for name, lesson in lessons.registry().items()
        for place in range(len(lesson.experiments))
    }


def named(name: str) -> Recording | None:
    """The recording of that name among the films; None if it is no recording's name.

    Args:
        name: `recording-` and the name of a variant, or `recordings.lessons.run_id`.
    """
    if name in _runs_of_lessons():
        lesson, place = _runs_of_lessons()[name]
        runs = of_lesson(lesson)
        return runs[place][0] if place < len(runs) else None
    variant = name.removeprefix(PREFIX)
    return choose(variant) if name.startswith(PREFIX) and variant in variants.registry() else None
