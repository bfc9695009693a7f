"""The messages of a run as the rules of a diagnosis look at them: curves without gaps, smoothed by medians."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ae_core import variants
from ae_core.diagnosis.limits import LIMITS
from ae_core.messages import Setup, Snapshot
from ae_core.settings import Settings, options, tuner_of

Translate = Callable[[str], str]

# Loss terms of all codes together, whatever each of them tells: an empty code is dear to them, a copy is not.
TO_THE_PRIOR = ("adversarial", "mmd")


@dataclass(frozen=True)
class Finding:
    """One thing that the numbers say.

    Args:
        name: The rule's name, such as `over_fitting`.
        tone: `warning`, `info` or `good`.
        sentence: What is seen, with its number.
        why: Why it may be so and what to try, in one or two sentences.
    """

    name: str
    tone: str
    sentence: str
    why: str


@dataclass(frozen=True)
class Curve:
    """A loss over time, known values only.

    Args:
        epoch: When, ndarray of shape `(n_points,)`, rising.
        value: The loss, finite, ndarray of the same shape.
    """

    epoch: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.value)

    @property
    def epochs(self) -> float:
        """Epochs from the first point to the last."""
        return float(self.epoch[-1] - self.epoch[0]) if len(self) else 0.0

    @property
    def window(self) -> int:
        """How many points each smoothed value is the median of: a tenth of all, odd, at least 3."""
        return max(3, len(self) // 10) | 1

    def smooth(self) -> np.ndarray:
        """Running median, the same at both ends: ndarray of shape `(n_points,)`."""
        half = self.window // 2
        padded = np.pad(self.value, half, mode="edge")
        return np.median(np.lib.stride_tricks.sliding_window_view(padded, self.window), axis=1)

    def medians(self, parts: int) -> np.ndarray:
        """Medians of equal stretches in turn: ndarray of shape `(parts,)`; nan where there are too few points."""
        stretches = np.array_split(self.value, parts)
        return np.array([np.median(stretch) if len(stretch) else math.nan for stretch in stretches])

    def after(self, epoch: float) -> "Curve":
        """The points after an epoch."""
        late = self.epoch > epoch
        return Curve(self.epoch[late], self.value[late])


class Evidence:
    """What is known of a run, read once for all rules.

    Args:
        setup: Its setup message.
        snapshot: A snapshot message.
        translate: Turns a text into the reader's language.
    """

    def __init__(self, setup: Setup, snapshot: Snapshot, translate: Translate = str):
        self.setup, self.snapshot, self.translate = setup, snapshot, translate
        self.settings, self.numbers, self.marks = setup.settings, snapshot.numbers, snapshot.marks
        self.epoch = snapshot.epoch
        self.ended = snapshot.state in ("done", "stopped")
        self.epochs_left = max(0.0, setup.total_epochs - self.epoch)
        self.rate_since = max((mark.epoch for mark in self.marks if mark.name == "learning_rate"), default=0.0)
        # A new phase has another loss, and so has a changed noise or penalty: what was before cannot be compared.
        begins = [phase.epoch for phase in setup.phases if phase.epoch < self.epoch]
        changes = [mark.epoch for mark in self.marks if mark.name != "learning_rate"]
        self.since = max([0.0, *begins, *changes])
        self.whole = len(begins) == len(setup.phases)  # not one of the phases before the training of the whole
        self.floor, self.inputs = setup.loss_floor, setup.inputs
        self.learning_rate = self.now("learning_rate")

    def curve(self, name: str, under_this_rate: bool = False, without: Sequence[str] = ()) -> Curve:
        """A loss of the newest phase.

        Args:
            name: Its name in the history, such as `val_reconstruction`.
            under_this_rate: Whether what was before the last change of the learning rate is left out.
            without: Terms that are taken away from it, those of them that it has.
        """
        epoch, value = self._column("epoch"), self._column(name)
        for term in without:
            part = self._column(f"val_{term}" if name.startswith("val_") else term)
            value = value - part if len(part) else value
        known = np.isfinite(value) & (epoch[: len(value)] > self.since)
        whole = Curve(epoch[: len(value)][known], value[known])
        return whole.after(self.rate_since) if under_this_rate else whole

    def _column(self, name: str) -> np.ndarray:
        values = self.snapshot.history.get(name, ())
        return np.array([math.nan if one is None else one for one in values], np.float64)

    def number(self, name: str) -> float | None:
        """A finite number of the snapshot, or None."""
        value = self.numbers.get(name)
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None

    def list_of(self, name: str) -> list[float]:
        """A list of the snapshot's numbers, such as one for each dimension of the code; empty where there is none."""
        values = self.numbers.get(name)
        return [math.nan if value is None else value for value in values] if isinstance(values, list) else []

    def above_floor(self, loss: float) -> float:
        """How much of a reconstruction loss could still be removed, as far as is known; at least a millionth of it."""
        return max(loss - self.floor, 1e-6 * abs(loss), 1e-12)

    def still_falls(self, curve: Curve) -> bool:
        """Whether a curve's newest third has lost a good part of what now lies above the floor."""
        _start, before, now = curve.medians(3)
        return bool(before - now > LIMITS.unfinished_fall * self.above_floor(now))

    def stopped(self, curve: Curve) -> bool:
        """Whether a curve has hardly fallen since its second quarter."""
        before, now = curve.medians(4)[[1, 3]]
        return bool(before - now < LIMITS.stopped_fall * self.above_floor(now))

    def rate(self, factor: float = 1.0) -> dict[str, str]:
        """The learning rate in words: its label `rate`, its value `now`, and `factor` times that, `next`."""
        following = min(max(self.learning_rate * factor, 1e-6), 1.0)
        return {"rate": self.label("learning_rate"), "now": short(self.learning_rate), "next": short(following)}

    @property
    def by_heart(self) -> bool:
        """Whether training images have much less error than others: something is learnt, but it does not hold."""
        learnt, held = self.curve("reconstruction"), self.curve("val_reconstruction")
        if not len(learnt) or not len(held):
            return False
        of_learnt, of_held = (self.above_floor(float(curve.medians(4)[-1])) for curve in (learnt, held))
        return of_learnt < LIMITS.by_heart * of_held

    @property
    def rate_is_high(self) -> bool:
        """Whether the rate is one from which a stop may be blamed on it."""
        highest = dict(LIMITS.high_rates).get(str(self.settings.get("optimizer")), math.inf)
        return self.learning_rate >= highest

    @property
    def alike(self) -> bool:
        """Whether all examples are the same, as far as numbers of 32 bits can tell."""
        return self.inputs is not None and self.inputs.spread <= LIMITS.alike * self.inputs.offset

    @property
    def unscaled(self) -> bool:
        """Whether values are neither from 0 to 1 nor of such a size by themselves, and standardising was not chosen."""
        given = self.inputs
        if given is None or self.setup.unit_range or self.settings.get("scaling") == "standardize":
            return False
        uncentred = given.offset > LIMITS.uncentred * given.spread
        return uncentred or given.offset > LIMITS.far or not LIMITS.narrow <= given.widest <= LIMITS.wide

    def penalties(self) -> list[str]:
        """Names of the loss terms beside the reconstruction that have a price above 0."""
        names = (name for name in self.setup.terms if name != "reconstruction")
        return [name for name in names if self.now(self.tuner(name), 1.0) > 0]

    @property
    def kept(self) -> int | None:
        """How many numbers of a code may be other than 0 at a time, where a rule keeps the largest ones only."""
        if self.settings.get("sparsity") != "k_sparse":
            return None
        count = int(self.now("active_count"))
        return count if count < self.setup.code_size else None

    @property
    def prices_rise_until(self) -> float:
        """The epoch until which the price of a penalty rises by itself, and with it what the penalty costs."""
        return self.now("kl_warm_up")

    def tuner(self, term: str) -> str:
        """The name of the setting that tunes a loss term; of a term that no setting tunes, its own name."""
        return tuner_of(term, self._kind) or term

    def now(self, name: str, default: float = 0.0) -> float:
        """A setting's present value, changes during the run included.

        Args:
            name: Its name.
            default: What an experiment without this setting has.
        """
        changed = [mark.after for mark in self.marks if mark.name == name]
        value = changed[-1] if changed else self.settings.get(name)
        return float(value) if isinstance(value, int | float) else default

    @property
    def _kind(self) -> type[Settings]:
        variant = variants.registry().get(str(self.settings.get("variant")))
        return variant.settings if variant is not None else Settings

    def label(self, name: str) -> str:
        """A setting's label in quotation marks, as the form shows it."""
        known = options(self._kind)
        text = known[name].label if name in known else name.replace("_", " ").capitalize()
        return f"“{self.translate(text)}”"


def short(value: float) -> str:
    """A number in three digits: `0.167`, `1e-5`, `1,200`."""
    if abs(value) >= 1000:
        return f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.0e}"
    mantissa, _, power = f"{value:.3g}".partition("e")
    return f"{mantissa}e{int(power)}" if power else mantissa


def percent(share: float) -> str:
    """A share in two digits: `0.42 %`, `40 %`."""
    return f"{short(float(f'{100 * share:.2g}'))} %"


def exact(value: float) -> str:
    """A value of the data so that it can be found there: `1700`, `170.25`; six digits where it is not whole."""
    return f"{value:.0f}" if abs(value - round(value)) < 1e-6 * max(1.0, abs(value)) else f"{value:.6g}"
