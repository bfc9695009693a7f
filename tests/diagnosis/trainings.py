"""Messages of trainings that never were, with curves as a rule wants them, and what the diagnosis finds in them."""

import functools

import numpy as np
from msgspec.structs import replace

from ae_core import variants
from ae_core.diagnosis import diagnose
from ae_core.messages import Mark, PhaseStart, Setup, Snapshot
from tests import demo


@functools.cache
def unremarkable() -> Snapshot:
    """A snapshot of which the rest is taken: its pictures are of no interest here."""
    return demo.snapshot(0)


def setup(terms=(), **changes) -> Setup:
    """A setup message; `settings` are added to the defaults of a variant that has all that is asked."""
    settings = variants.read_settings({"variant": "vanilla"}).to_dict() | changes.pop("settings", {})
    given = {"settings": settings, "terms": ["reconstruction", *terms], "total_epochs": 40, "inputs": None}
    return demo.setup(32, **given | changes)


def snapshot(checked=(), trained=None, terms=None, numbers=None, pca_loss=0.02, **changes) -> Snapshot:
    """A snapshot message with one point an epoch; the training loss is a little below the validation loss."""
    checked = list(checked)
    trained = [0.98 * value for value in checked] if trained is None else list(trained)
    terms = terms or {}
    epochs = list(range(1, len(checked) + 1))
    history = {"step": epochs, "epoch": epochs, "seconds": epochs} | terms
    history |= {"reconstruction": trained, "val_reconstruction": checked} | {
        f"val_{name}": terms[name] for name in terms
    }
    for total, name in (("loss", "reconstruction"), ("val_loss", "val_reconstruction")):
        history[total] = [sum(values) for values in zip(history[name], *terms.values(), strict=True)]
    given = {
        "step": 100 * len(checked),
        "epoch": float(len(checked)),
        "history": history,
        "marks": [],
        "pca_loss": pca_loss,
        "numbers": {"test_mse": 0.021, "pca_mse": 0.02, "active_units": 1.0} | (numbers or {}),
    }
    return replace(unremarkable(), **given | changes)


def mark(epoch: float, name: str, before: float, after: float) -> Mark:
    """A rate that was changed after so many epochs of 100 steps."""
    return Mark(step=int(100 * epoch), epoch=epoch, name=name, before=before, after=after)


def phases(begin: int) -> list[PhaseStart]:
    """One layer first; the whole begins then."""
    return [PhaseStart(name="layer 1", epoch=0), PhaseStart(name="fine-tuning", epoch=begin)]


def names(*messages) -> list[str]:
    return [finding.name for finding in diagnose(*messages)]


def found(name, *messages):
    """The one finding of that name."""
    matching = [finding for finding in diagnose(*messages) if finding.name == name]
    assert len(matching) == 1, names(*messages)
    assert matching[0].tone in ("warning", "info", "good"), matching[0].tone
    return matching[0]


def falling(count=40, start=0.09, end=0.015, pace=0.15, noise=0.0):
    """A loss as it should be: a fall that slows down."""
    ways = np.exp(-pace * np.arange(count))
    return end + (start - end) * ways + noise * np.random.default_rng(0).standard_normal(count)
