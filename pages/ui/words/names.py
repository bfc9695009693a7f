"""What things are called in front of a person: choices, curves, states, experiments, metrics."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ae_core import data, variants
from ae_core.data.built_in import INFOS
from ae_core.data.dataset import DataInfo
from ae_core.measuring.metric_table import Metric
from pages.ui.words.language import _


def word(name: str) -> str:
    """A choice's or setting's internal name as words: `salt_and_pepper` → `Salt and pepper`."""
    return _(english(name))


def english(name: str) -> str:
    """The same in English, as the catalogue has it."""
    known = {
        "relu": "ReLU",
        "elu": "ELU",
        "gelu": "GELU",
        "mse": "Mean squared error",
        "cross_entropy": "Cross-entropy",
        "auto": "Automatic",
        "sgd": "SGD",
        "rmsprop": "RMSprop",
        "l1": "L1",
        "l2": "L2",
        "kl": "KL",
        "mmd": "MMD",
        "pca": "PCA",
        "gru": "GRU",
        "lstm": "LSTM",
        "zscore": "Drop by z-score",
        "iqr": "Drop by interquartile range",
        "shift_rotate": "Shift and rotate",
    }
    return known.get(name, name.replace("_", " ").capitalize())


def quantity(name: str) -> str:
    """A column of a run's history as words: `val_loss` → `Total loss, validation`."""
    kind = _("validation") if name.startswith("val_") else _("training")
    term = name.removeprefix("val_")
    named = _("Total loss") if term == "loss" else word(term)
    return _("{quantity}, {kind}").format(quantity=named, kind=kind)


def state(name: str) -> str:
    """Where a run stands, in a word."""
    known = {
        "queued": _("Waiting"),
        "starting": _("Starting"),
        "running": _("Training"),
        "paused": _("Paused"),
        "done": _("Done"),
        "stopped": _("Stopped"),
        "diverged": _("Diverged"),
        "failed": _("Failed"),
        "interrupted": _("Interrupted"),
    }
    return known[name]


def better(metric: Metric) -> str:
    """Which way a metric is better, or nothing."""
    return {"lower": _("less is better"), "higher": _("more is better")}.get(metric.better, "")


class Titles(NamedTuple):
    """Titles in the reader's language, by name.

    Args:
        variants: Of variants.
        datasets: Of data sets.
    """

    variants: Mapping[str, str]
    datasets: Mapping[str, str]


def of_data(info: DataInfo) -> str:
    """What a data set is called; a person's file as that person called it, in every language."""
    known = INFOS.get(info.name)
    return _(info.title) if known is not None and known.title == info.title else info.title


def titles() -> Titles:
    """Those of all variants and data sets. For many experiments ask once: to find them takes a look at the disk."""
    return Titles(
        {name: _(variant.title) for name, variant in variants.registry().items()},
        {name: of_data(info) for name, info in data.catalogue().items()},
    )


def experiment(settings: Mapping[str, Any], known: Titles | None = None) -> str:
    """Variant and data set in words: `Sparse on Digits`.

    Args:
        settings: The experiment's plain values by name.
        known: Titles, where they are at hand.
    """
    variant, dataset = str(settings.get("variant")), str(settings.get("dataset"))
    known = known or _titles_of(variant, dataset)
    return _("{variant} on {dataset}").format(
        variant=known.variants.get(variant, variant), dataset=known.datasets.get(dataset, dataset)
    )


def _titles_of(variant: str, dataset: str) -> Titles:
    one, info = variants.registry().get(variant), data.catalogue().get(dataset)
    return Titles(
        {variant: _(one.title)} if one is not None else {}, {dataset: of_data(info)} if info is not None else {}
    )
