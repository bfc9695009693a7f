"""How runs are told apart in words: by their titles, and by the settings in which they differ."""

import functools
from collections.abc import Sequence

from ae_core import variants
from ae_core.runs import StoredRun
from ae_core.settings import Option, options
from pages.ui.form.form import as_text
from pages.ui.words.language import _
from pages.ui.words.names import Titles, experiment, titles, word

MOST_SETTINGS = 8  # in which runs are said to differ


def title_of(run: StoredRun, known: Titles | None = None) -> str:
    """A run's title, or its variant and data set where nobody gave it one.

    Args:
        run: The run.
        known: Titles of variants and data sets, where they are at hand.
    """
    return run.title or experiment(run.settings, known)


def labels_of(runs: Sequence[StoredRun]) -> list[str]:
    """A short name for each run: what it is called, and where that is not enough, settings in which it differs."""
    known = titles()
    called = [title_of(run, known) for run in runs]
    labels = []
    for run, title in zip(runs, called, strict=True):
        alike = [other for other, its in zip(runs, called, strict=True) if its == title]
        settings = differing_settings(alike)[:3] if len(alike) > 1 else []
        parts = [f"{label_of(alike, name)} {text}" for name in settings if (text := value_of(run, name))]
        labels.append(", ".join(parts if parts and len(alike) == len(runs) else [title, *parts]))
    return [
        f"{label} ({labels[:place].count(label) + 1})" if labels.count(label) > 1 else label
        for place, label in enumerate(labels)
    ]


def differing_settings(runs: Sequence[StoredRun]) -> list[str]:
    """Settings in which some runs differ, as far as more than one of them has the setting."""
    found = []
    for name in dict.fromkeys(name for run in runs for name in run.settings):
        values = [as_text(run.settings[name]) for run in runs if name in run.settings]
        if name not in ("variant", "dataset") and len(set(values)) > 1:
            found.append(name)
    return found[:MOST_SETTINGS]


def label_of(runs: Sequence[StoredRun], name: str) -> str:
    """A setting's label, as the form of one of these runs' variants has it."""
    found = (_option(str(run.settings.get("variant")), name) for run in runs)
    return next((_(option.label) for option in found if option is not None), name)


def value_of(run: StoredRun, name: str) -> str:
    """What a run's setting is, as the form has it; empty if the run has no such setting, or nothing was chosen."""
    value, option = run.settings.get(name), _option(str(run.settings.get("variant")), name)
    if value is None:
        return ""
    return word(str(value)) if option is not None and value in option.choices else as_text(value)


@functools.lru_cache(1000)
def _option(variant: str, name: str) -> Option | None:
    known = variants.registry().get(variant)
    return None if known is None else options(known.settings).get(name)
