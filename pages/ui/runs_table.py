"""The table of runs: which there are, what they were asked for, and how well they did."""

import functools
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ae_core import data, variants
from ae_core.config import option_of, options
from ae_core.metric_table import METRICS
from ae_core.runs import StoredRun
from pages.ui import static
from pages.ui.form import as_text
from pages.ui.text import _, duration, number, percent

NUMBERS = ("test_mse", "pca_mse", "knn1_accuracy", "linear_probe_accuracy", "active_units")
MOST_SETTINGS = 8  # columns of settings that differ
_KEY = "runs_table"
_ROOT = '<div class="ae-runs"></div>'


def table(runs: Sequence[StoredRun], chosen: Sequence[str], on_choice: Callable[[list[str]], None]) -> None:
    """Draws the table.

    Args:
        runs: The runs, in the order in which they stand until somebody sorts them.
        chosen: Ids of those that are ticked.
        on_choice: Called with the ids of the ticked runs, in the order of ticking, when somebody ticks.
    """

    def ticked() -> None:
        told = st.session_state[_KEY].get("chosen")
        known = {run.id for run in runs}
        on_choice([run_id for run_id in str(told or "").split() if run_id in known])

    _component()(key=_KEY, data=_payload(runs, chosen), on_chosen_change=ticked)


def _payload(runs: Sequence[StoredRun], chosen: Sequence[str]) -> bytes:
    together = [run for run in runs if run.id in chosen] or list(runs)
    differing = _differing(together)
    columns = [
        _column("name", _("Run"), _("Variant, data set and title.")),
        _column("state", _("State"), _("Whether it still trains.")),
        _column("created", _("Age"), _("Time since it was started."), number=True),
        *(
            _column(f"set_{name}", _label(together, name), _("A setting in which these runs differ."))
            for name in differing
        ),
        _column("epoch", _("Epochs"), _("Epochs done."), number=True),
        _column("seconds", _("Time"), _("Time in training."), unit=_("seconds"), number=True),
        _column("parameters", _("Weights"), _("Numbers that are learnt."), number=True),
        _column("code_size", _("Code"), _("Numbers in the code."), number=True),
        *(_metric(name) for name in NUMBERS if any(run.numbers.get(name) is not None for run in runs)),
    ]
    best = _best(together)
    rows = [_row(run, differing, best, run in together and len(together) > 1) for run in runs]
    labels = {
        "filter": _("Filter: words that a run must have"), "choose": _("Choose"),
        "none": _("No run is kept here yet. Train one, or import one below."),
    }  # fmt: skip
    content = {"columns": columns, "rows": rows, "chosen": list(chosen), "labels": labels}
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def _column(name: str, title: str, help: str, unit: str = "", number: bool = False) -> dict[str, Any]:
    return {"name": name, "title": title, "help": help, "unit": unit, "number": number}


def _metric(name: str) -> dict[str, Any]:
    metric = METRICS[name]
    better = {"lower": _("less is better"), "higher": _("more is better")}.get(metric.better, "")
    return _column(name, _(metric.title), _(metric.help), better, number=True)


def _row(run: StoredRun, differing: list[str], best: dict[str, float], marked: bool) -> dict[str, Any]:
    name = title_of(run)
    states = {
        "queued": _("Waiting"), "running": _("Training"), "paused": _("Paused"), "done": _("Done"),
        "stopped": _("Stopped"), "failed": _("Failed"), "interrupted": _("Interrupted"),
    }  # fmt: skip
    values: dict[str, Any] = {
        "name": name, "state": states[run.state], "created": run.created, "epoch": run.epoch, "seconds": run.seconds,
        "parameters": run.parameters, "code_size": run.code_size,
    }  # fmt: skip
    cells: dict[str, Any] = {
        "name": name + (" 📌" if run.pinned else ""), "state": states[run.state],
        "created": duration(max(0.0, time.time() - run.created) // 60 * 60), "epoch": f"{run.epoch:g}"[:6],
        "seconds": f"{run.seconds:.1f}", "parameters": f"{run.parameters:,}" if run.parameters else None,
        "code_size": f"{run.code_size:,}" if run.code_size else None,
    }  # fmt: skip
    for setting in differing:
        value = run.settings.get(setting)
        values[f"set_{setting}"] = value if isinstance(value, int | float) else as_text(value)
        cells[f"set_{setting}"] = "–" if value is None else as_text(value) or "–"
    for metric in NUMBERS:
        value = run.numbers.get(metric)
        values[metric] = value
        cells[metric] = percent(value) if METRICS[metric].unit == "share" else number(value)
    return {
        "id": run.id, "name": name, "values": values, "cells": cells,
        "words": " ".join(str(cell) for cell in cells.values()).lower(),
        "marked": [f"set_{setting}" for setting in differing] if marked else [],
        "best": [metric for metric, value in best.items() if marked and run.numbers.get(metric) == value],
    }  # fmt: skip


def title_of(run: StoredRun) -> str:
    """A run's title, or its variant and data set where nobody gave it one."""
    if run.title:
        return run.title
    info = data.catalogue().get(str(run.settings.get("dataset")))
    known = variants.registry().get(str(run.settings.get("variant")))
    return _("{variant} on {dataset}").format(
        variant=_(known.title) if known else str(run.settings.get("variant")),
        dataset=_(info.title) if info else str(run.settings.get("dataset")),
    )


def labels_of(runs: Sequence[StoredRun]) -> list[str]:
    """A short name for each run: what it is called, if they differ in that, and the settings in which it differs."""
    differing = [name for name in _differing(runs) if name not in ("variant", "dataset")][:3]
    alike = len({title_of(run) for run in runs}) == 1
    names = []
    for run in runs:
        parts = [
            f"{_label(runs, name)} {as_text(run.settings[name]) or '–'}" for name in differing if name in run.settings
        ]
        names.append(", ".join(parts if alike and parts else [title_of(run), *parts]))
    return [f"{name} ({names[:place].count(name) + 1})" if names.count(name) > 1 else name
            for place, name in enumerate(names)]  # fmt: skip


def _differing(runs: Sequence[StoredRun]) -> list[str]:
    """Settings in which some runs differ, as far as more than one of them has the setting."""
    found = []
    for name in dict.fromkeys(name for run in runs for name in run.settings):
        values = [as_text(run.settings[name]) for run in runs if name in run.settings]
        if name not in ("variant", "dataset") and len(set(values)) > 1:
            found.append(name)
    return found[:MOST_SETTINGS]


def _label(runs: Sequence[StoredRun], name: str) -> str:
    for run in runs:
        variant = variants.registry().get(str(run.settings.get("variant")))
        if variant is not None and name in options(variant.settings):
            return _(option_of(variant.settings.__dataclass_fields__[name]).label)
    return name


def _best(runs: Sequence[StoredRun]) -> dict[str, float]:
    """The best value of each number that has a better direction, among runs on the same data."""
    if len({run.settings.get("dataset") for run in runs}) != 1:
        return {}
    found = {}
    for name in NUMBERS:
        values = [value for run in runs if (value := run.numbers.get(name)) is not None]
        if len(values) > 1 and METRICS[name].better and not name.startswith("pca_"):
            found[name] = min(values) if METRICS[name].better == "lower" else max(values)
    return found


@functools.cache
def _component() -> Any:
    script = (static.ROOT / "assets" / "runs.js").read_text(encoding="utf-8")
    return st.components.v2.component("ae_runs", html=_ROOT, js=script, isolate_styles=False)
