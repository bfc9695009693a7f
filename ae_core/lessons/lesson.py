"""What a lesson declares: a question, experiments that answer it, and what each answer means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from ae_core.data import Prepared
from ae_core.measuring.pca import PrincipalComponents
from ae_core.settings import Settings
from ae_core.variants import read_settings

Values = Mapping[str, float]
"""Numbers of one finished run by name, see `numbers.of_run`."""
Unit = Literal["", "percent", "degrees", "count"]
"""How a number is written: to three digits, as a share in per cent, in degrees, or as a whole number."""
SettingValue = str | int | float | bool | tuple[int, ...]


class Network(Protocol):
    """A trained network, as a lesson's own function is given it."""

    @property
    def settings(self) -> Settings:
        """The experiment."""

    @property
    def data(self) -> Prepared:
        """The tables that it was trained on."""

    @property
    def test(self) -> np.ndarray:
        """The test examples as the network sees them, ndarray of shape `(n_samples, *example)`."""

    def encode(self, examples: np.ndarray) -> np.ndarray:
        """Codes, ndarray of shape `(n_samples, *code)`."""

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Reconstructions of codes, ndarray of shape `(n_samples, *example)`."""

    def reconstruct(self, examples: np.ndarray) -> np.ndarray:
        """Reconstructions, of the shape of the examples."""

    def pca(self) -> PrincipalComponents:
        """PCA of the same training examples."""


@dataclass(frozen=True)
class Experiment:
    """One training of a lesson.

    Args:
        label: Two to five words that tell it from the other one.
        settings: The variant, and the settings that differ from its own defaults. The seed is the lesson's to choose.
    """

    label: str
    settings: Mapping[str, SettingValue]

    def with_seed(self, seed: int) -> Settings:
        """The whole experiment.

        Args:
            seed: Start of all random numbers, from 0.

        Raises:
            SettingError: If a setting is wrong.
        """
        return read_settings({**self.settings, "seed": seed})


@dataclass(frozen=True)
class Row:
    """A number that is shown of each experiment.

    Args:
        name: Its name among the run's numbers.
        title: What it is, for a person.
        unit: How it is written.
    """

    name: str
    title: str
    unit: Unit = ""


@dataclass(frozen=True)
class Answer:
    """One way in which it can come out.

    Args:
        text: What a person may expect, a short sentence.
        holds: The rule over the lesson's facts by which it came out so.
        said: What is said then; the facts' names stand in braces, each with its format.
        claimed: Whether it is what the lesson claims.
    """

    text: str
    holds: Callable[[Values], bool]
    said: str
    claimed: bool = False


@dataclass(frozen=True)
class Slider:
    """A prediction that is a number.

    Args:
        fact: Name of the fact that is predicted.
        low: Smallest answer.
        high: Largest answer.
        step: From one answer to the next.
        unit: What it is counted in, such as `%`.
    """

    fact: str
    low: float
    high: float
    step: float
    unit: str


@dataclass(frozen=True)
class See:
    """What is seen before anything is asked: the recorded run of a variant as a film.

    Args:
        variant: Its name.
        view: Name of one of the live views.
        text: One or two sentences that say what to look at.
        panel: Name of the panel, for the view of panels.
    """

    variant: str
    view: str
    text: str
    panel: str = ""


@dataclass(frozen=True)
class Look:
    """What each trained network makes of pictures of the lesson's choice, shown beside its numbers.

    Args:
        text: What is to be seen, a sentence or two.
        rows: Pictures in rows, values from 0 to 1, ndarray of shape `(n_rows, n_pictures, height, width, channels)`; a
            worker calls it with the trained network.
    """

    text: str
    rows: Callable[[Network], np.ndarray]


@dataclass(frozen=True)
class Why:
    """Why it comes out so.

    Args:
        text: Two to five plain sentences.
        formula: In LaTeX.
        symbols: Each symbol of the formula in LaTeX, and its meaning.
        keras: The lines of Keras that do it.
    """

    text: str
    formula: str
    symbols: tuple[tuple[str, str], ...]
    keras: str


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Args:
        number: Its place among the lessons.
        title: A few words.
        see: What is seen first.
        question: What a person is to predict.
        experiments: One training, or two that differ in one thing.
        rows: What is shown of each of them.
        facts: What follows from the numbers of all runs: what the answers' rules are about.
        answers: All ways in which it can come out; the first one whose rule holds is how it came out, so the last rule
            always holds.
        why: Why.
        slider: If the prediction is a number; else it is one of the answers.
        measure: Numbers that no training measures by itself: a worker calls it with the trained network.
        look: What is seen of the trained networks at the end, where numbers alone would say too little.
    """

    number: int
    title: str
    see: See
    question: str
    experiments: tuple[Experiment, ...]
    rows: tuple[Row, ...]
    facts: Callable[[Sequence[Values]], Values]
    answers: tuple[Answer, ...]
    why: Why
    slider: Slider | None = None
    measure: Callable[[Network], Values] | None = None
    look: Look | None = None

    @property
    def asks(self) -> bool:
        """Whether a trained network is asked for anything at the end."""
        return self.measure is not None or self.look is not None

    @property
    def choices(self) -> tuple[Answer, ...]:
        """The answers among which a person chooses; those without a text are how it may come out besides."""
        return tuple(answer for answer in self.answers if answer.text)

    def outcome(self, facts: Values) -> Answer:
        """How it came out.

        Args:
            facts: What `facts` made of the numbers of all runs.
        """
        return next(answer for answer in self.answers if answer.holds(facts))


def always(_facts: Values) -> bool:
    """The last rule of a lesson: whatever came out."""
    return True


def texts(lesson: Lesson) -> list[str]:
    """Every sentence of a lesson that a person reads, for whoever translates them."""
    return [
        lesson.title,
        lesson.see.text,
        lesson.question,
        *(one.label for one in lesson.experiments),
        *(row.title for row in lesson.rows),
        *(text for answer in lesson.answers for text in (answer.text, answer.said) if text),
        *((lesson.look.text,) if lesson.look is not None else ()),
        lesson.why.text,
        *(meaning for _symbol, meaning in lesson.why.symbols),
    ]
