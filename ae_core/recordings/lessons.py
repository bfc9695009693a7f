"""The recorded runs of lessons: what a lesson shows and reveals where nothing can be trained.

One file for each lesson, with all of its runs: the curves and the grid of each, few frames, and what was measured at
the end, so that the words follow from recorded numbers as they do from live ones. It loads no Keras.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ae_core import lessons
from ae_core.folders import ROOT
from ae_core.lessons.measured import Measured
from ae_core.messages import Setup, Snapshot, TrainingMessage
from ae_core.recordings import recording
from ae_core.recordings.recording import Recorded
from ae_core.variants import read_settings

FOLDER = ROOT / "assets" / "recorded_lessons"
SEED = 0  # of all of them
FRAMES = 9
POINTS = 20  # of the map, which a lesson's runs do not show


class RecordedRun(Struct, kw_only=True):
    """One run of a lesson.

    Args:
        film: Its setup and snapshots.
        measured: What the lesson has measured of it.
    """

    film: Recorded
    measured: Measured


class RecordedLesson(Struct, kw_only=True):
    """What a file holds.

    Args:
        runs: One for each experiment, in their order.
    """

    runs: list[RecordedRun]


def file_of(name: str, folder: Path = FOLDER) -> Path:
    """The file of a lesson's recorded runs, whether or not it is there."""
    return folder / f"{name}{recording.SUFFIX}"


def run_id(name: str, place: int) -> str:
    """What a recorded run is called among the films.

    Args:
        name: The lesson's name.
        place: Of the run among those of the lesson, from 0.
    """
    return f"lesson-{name}-{place}"


def load(path: Path) -> RecordedLesson:
    """Reads the runs of a lesson. Raises as `recording.load` does."""
    return recording.read(path, RecordedLesson)


def missing(folder: Path = FOLDER) -> list[str]:
    """Names of the lessons that have no recorded runs, or those of other experiments than theirs.

    Args:
        folder: Where the files are.
    """
    return [name for name in lessons.registry() if not _current(name, file_of(name, folder))]


def _current(name: str, path: Path) -> bool:
    if not path.is_file():
        return False
    wanted = [one.with_seed(SEED) for one in lessons.get(name).experiments]
    # A setting that came later is at its default in what was recorded before.
    return [read_settings(run.film.setup.settings) for run in load(path).runs] == wanted


def record(name: str, folder: Path, emit: Callable[[TrainingMessage], None]) -> Path:
    """Trains what a lesson trains and writes the recorded runs, the same for the same seed. Needs Keras.

    Args:
        name: The lesson's name.
        folder: Where the file goes.
        emit: Called with each message of the trainings.

    Returns:
        The file.
    """
    from ae_core.lessons import checking

    folder.mkdir(parents=True, exist_ok=True)  # before the training, which would be lost
    lesson, runs = lessons.get(name), []
    for place, one in enumerate(lesson.experiments):
        messages: list[TrainingMessage] = []

        def keep(message: TrainingMessage, kept: list[TrainingMessage] = messages) -> None:
            kept.append(message)
            emit(message)

        measured = checking.trained(lesson, one.with_seed(SEED), emit=keep, run_id=run_id(name, place), frames=FRAMES)
        film = recording.of_messages(map(_bare, messages), FRAMES, points=POINTS)
        runs.append(RecordedRun(film=film, measured=measured))
    file = file_of(name, folder)
    recording.write(file, RecordedLesson(runs=runs))
    return file


def _bare(message: TrainingMessage) -> TrainingMessage:
    """A message without what no lesson's run shows: panels, and what the decoder makes of the plane of codes."""
    match message:
        case Setup():
            return replace(message, panels=[])
        case Snapshot():
            return replace(message, panels={}, plane=None)
    return message
