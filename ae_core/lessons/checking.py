"""Every lesson's experiments trained without a page, and whether its claim holds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ae_core import lessons
from ae_core.lessons import numbers
from ae_core.lessons.lesson import Answer, Lesson, Values
from ae_core.lessons.measured import Measured
from ae_core.lessons.trained import Trained, measured
from ae_core.messages import TrainingMessage
from ae_core.settings import Settings
from ae_core.training.session import TrainingSession


@dataclass(frozen=True)
class Checked:
    """What a lesson came to with one seed.

    Args:
        name: The lesson's name.
        seed: The seed of its runs.
        runs: The numbers of each run.
        facts: What follows from them.
        outcome: How it came out.
        seconds: How long each training took, with its evaluation.
    """

    name: str
    seed: int
    runs: Sequence[Values]
    facts: Values
    outcome: Answer
    seconds: Sequence[float]

    @property
    def line(self) -> str:
        """One line for a person."""
        said = self.outcome.said.format(**self.facts)
        took = " + ".join(f"{one:.1f}" for one in self.seconds)
        return f"{'ok    ' if self.outcome.claimed else 'failed'}  {self.name}, seed {self.seed}: {said} ({took} s)"

    def to_dict(self) -> dict[str, object]:
        """Plain values by name."""
        return {
            "lesson": self.name,
            "seed": self.seed,
            "holds": self.outcome.claimed,
            "said": self.outcome.said.format(**self.facts),
            "facts": dict(self.facts),
            "runs": [dict(run) for run in self.runs],
            "seconds": list(self.seconds),
        }


def check(name: str, seed: int, say: Callable[[str], None]) -> Checked:
    """Trains what a lesson trains, and says how it came out.

    Args:
        name: The lesson's name.
        seed: The seed of its runs.
        say: Called with a line when a training begins.

    Raises:
        SettingError: If there is no such lesson.
        DataError: If its data cannot be had.
    """
    lesson = lessons.get(name)
    runs, seconds = [], []
    for experiment in lesson.experiments:
        say(f"{name}: {experiment.label} …")
        begun = time.perf_counter()
        runs.append(trained(lesson, experiment.with_seed(seed)).numbers)
        seconds.append(time.perf_counter() - begun)
    facts = lesson.facts(runs)
    return Checked(name, seed, runs, facts, lesson.outcome(facts), seconds)


def trained(
    lesson: Lesson,
    settings: Settings,
    *,
    emit: Callable[[TrainingMessage], None] | None = None,
    run_id: str = "",
    frames: int = 0,
) -> Measured:
    """Trains one experiment of a lesson, and measures what the lesson speaks of.

    Args:
        lesson: The lesson.
        settings: The experiment, its seed among them.
        emit: Called with each message of the training. Default: nobody hears them.
        run_id: Stands in every message.
        frames: See `training.session.train`.
    """
    session = TrainingSession(settings, emit=emit, run_id=run_id, frames=frames)
    result = session.run()
    found = Measured(numbers={})
    if lesson.asks:
        found = measured(lesson, Trained(session.model.standalone(), session.data, session.settings))
    every = numbers.of_run(session.setup, session.snapshot, result, found.numbers)
    return Measured(numbers=every, picture=found.picture)
