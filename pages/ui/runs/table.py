"""The table of runs: which there are, what they were asked for, and how well they did."""

import functools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import streamlit as st

from ae_core.measuring.metric_table import COMMON
from ae_core.runs import StoredRun
from pages.ui import static
from pages.ui.runs.titles import differing_settings, label_of, title_of, value_of
from pages.ui.state import MOST_COMPARED
from pages.ui.words.language import _
from pages.ui.words.names import Titles, better, state, titles
from pages.ui.words.units import age, number, percent

NUMBERS = ("test_mse", "pca_mse", "knn1_accuracy", "linear_probe_accuracy", "active_units")
MOST_ROWS = 100  # sent to a browser; of more, the newest with the words, or the first in the order that was asked for
CODE_SIZE = "Numbers in the code: the latent size, or of a vector-quantised code its positions × entry size."
_KEY = "runs_table"
_ROOT = '<div class="ae-runs"></div>'


def show(runs: Sequence[StoredRun], chosen: Sequence[str], most: int, on_choice: Callable[[list[str]], None]) -> None:
    """Draws the table.

    Args:
        runs: The runs, in the order in which they stand until somebody sorts them.
        chosen: Ids of those that are ticked.
        most: How many may be ticked.
        on_choice: Called with the ids of the ticked runs, in the order of ticking, when somebody ticks.
    """

    def ticked() -> None:
        told = st.session_state[_KEY].get("chosen")
        known = {run.id for run in runs}
        on_choice([run_id for run_id in str(told or "").split() if run_id in known])

    told = st.session_state.get(_KEY) or {}
    data = _payload(runs, chosen, asked(told.get("asked")), most)
    _component()(key=_KEY, data=data, on_chosen_change=ticked, on_asked_change=_do_nothing)


def _do_nothing() -> None:
    pass


@dataclass(frozen=True)
class Asked:
    """What a person looks for, where there are more runs than are sent.

    Args:
        words: Small letters; a run must have all of them.
        column: Name of the column to sort by, empty for the newest first.
        falling: Whether the largest comes first.
    """

    words: tuple[str, ...] = ()
    column: str = ""
    falling: bool = False


class Column(msgspec.Struct):
    """A column, as the browser draws it.

    Args:
        name: By which a row's cells have it.
        title: One or two words above it.
        help: A sentence for whoever points at that.
        unit: What stands beside the title in small letters.
        number: Whether it is ordered by number.
    """

    name: str
    title: str
    help: str
    unit: str = ""
    number: bool = False


class Row(msgspec.Struct):
    """A run, as the browser draws it.

    Args:
        id: The run's id.
        name: What it is called.
        values: By which the columns are ordered; None comes last.
        cells: What is read in the columns; None for nothing.
        marked: Columns in which it differs from the other ticked ones.
        best: Columns in which it is the best of all that are compared.
    """

    id: str
    name: str
    values: dict[str, float | str | None]
    cells: dict[str, str | None]
    marked: list[str]
    best: list[str]


def asked(text: Any) -> Asked:
    """Reads what a browser sent, which may be anything."""
    try:
        words, column, falling = json.loads(str(text))
        return Asked(tuple(str(words).lower().split()[:20]), str(column), falling is True)
    except (ValueError, TypeError):
        return Asked()


def picked(runs: Sequence[StoredRun], chosen: Sequence[str], asked: Asked) -> list[StoredRun]:
    """The runs to send: the ticked ones, and of the others the first that are asked for.

    Args:
        runs: All runs, newest first.
        chosen: Ids of the ticked ones.
        asked: What is looked for.
    """
    if len(runs) <= MOST_ROWS:
        return list(runs)
    ticked = [run for run in runs if run.id in chosen]
    others = [run for run in runs if run.id not in chosen]
    if asked.words or asked.column:
        known_titles = titles()
        rows = {run.id: _row(run, list(run.settings), {}, False, known_titles) for run in others}
        if asked.words:
            texts = {run_id: words_of(row.cells) for run_id, row in rows.items()}
            others = [run for run in others if all(word in texts[run.id] for word in asked.words)]
        values = {run_id: row.values.get(asked.column) for run_id, row in rows.items()}
        known = [run for run in others if isinstance(values[run.id], int | float | str)]
        known.sort(key=lambda run: (isinstance(values[run.id], str), values[run.id]), reverse=asked.falling)
        in_order = {run.id for run in known}
        others = [*known, *(run for run in others if run.id not in in_order)]
    return [*ticked, *others[: MOST_ROWS - len(ticked)]]


def words_of(cells: Mapping[str, str | None]) -> str:
    """What the filter looks at in a row."""
    return " ".join(cell for cell in cells.values() if cell is not None).lower()


def _payload(runs: Sequence[StoredRun], chosen: Sequence[str], asked: Asked, most: int = MOST_COMPARED) -> bytes:
    shown = picked(runs, chosen, asked)
    ticked = [run for run in shown if run.id in chosen]
    together = ticked or shown
    marked = {run.id for run in ticked} if len(ticked) > 1 else set()
    compared = {run.id for run in together}
    differing = differing_settings(together)
    columns = [
        Column("name", _("Run"), _("Variant, data set and title.")),
        Column("state", _("State"), _("Whether it still trains.")),
        # How well it did stands on every screen; what it was asked for may need a scroll to the right.
        *(_metric(name) for name in NUMBERS if any(run.numbers.get(name) is not None for run in shown)),
        *(
            Column(f"set_{name}", label_of(together, name), _("A setting in which these runs differ."))
            for name in differing
        ),
        Column("epoch", _("Trained"), _("Epochs done."), number=True, unit=_("epochs")),
        Column("seconds", _("Time"), _("Time in training."), unit=_("seconds"), number=True),
        Column("parameters", _("Parameters"), _("Numbers that are learnt."), number=True),
        *(
            []
            if _is_latent_size(shown, differing)
            else [Column("code_size", _("Code size"), _(CODE_SIZE), number=True)]
        ),
        Column("created", _("Age"), _("Time since it was started."), number=True),
    ]
    best, known = _best(together), titles()
    rows = [_row(run, differing, best if run.id in compared else {}, run.id in marked, known) for run in shown]
    labels = {
        "filter": _("Filter: words that a run must have"),
        "choose": _("Choose"),
        "none": _("No run has these words.") if runs else _("No run is kept here yet. Train one, or import one below."),
        "full": _("At most {count} runs stand side by side.").format(count=most),
        "more": _("{shown} of {count} runs are shown. Filter and order look at all of them.").format(
            shown=len(shown), count=f"{len(runs):,}"
        )
        if len(runs) > len(shown)
        else "",
    }
    content = {
        "columns": columns,
        "rows": rows,
        "chosen": list(chosen),
        "labels": labels,
        "partial": len(runs) > MOST_ROWS,
        "words": " ".join(asked.words),
        "most": most,
    }
    return msgspec.json.encode(content)


def _is_latent_size(runs: Sequence[StoredRun], differing: Sequence[str]) -> bool:
    """Whether the size of the code stands in the table already, as a setting in which the runs differ."""
    told = "latent_dim" in differing
    return told and all(run.code_size in (None, run.settings.get("latent_dim")) for run in runs)


def _metric(name: str) -> Column:
    metric = COMMON[name]
    return Column(name, _(metric.title), _(metric.help), better(metric), number=True)


def _row(run: StoredRun, differing: list[str], best: dict[str, float], marked: bool, known: Titles) -> Row:
    name = title_of(run, known)
    values: dict[str, float | str | None] = {
        "name": name,
        "state": state(run.state),
        "created": run.created,
        "epoch": run.epoch,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "code_size": run.code_size,
    }
    cells: dict[str, str | None] = {
        "name": name + (" 📌" if run.pinned else ""),
        "state": state(run.state),
        "created": age(time.time() - run.created),
        "epoch": f"{run.epoch:g}"[:6],
        "seconds": f"{run.seconds:.1f}",
        "parameters": f"{run.parameters:,}" if run.parameters else None,
        "code_size": f"{run.code_size:,}" if run.code_size else None,
    }
    for setting in differing:
        value = run.settings.get(setting)
        text = value_of(run, setting)
        values[f"set_{setting}"] = value if isinstance(value, int | float) else text
        cells[f"set_{setting}"] = text or "–"
    for metric in NUMBERS:
        value = run.numbers.get(metric)
        values[metric] = value
        cells[metric] = percent(value) if COMMON[metric].unit == "share" else number(value)
    return Row(
        id=run.id,
        name=name,
        values=values,
        cells=cells,
        marked=[f"set_{setting}" for setting in differing] if marked else [],
        best=[metric for metric, value in best.items() if run.numbers.get(metric) == value],
    )


def _best(runs: Sequence[StoredRun]) -> dict[str, float]:
    """The best value of each number that has a better direction, among runs on the same data."""
    if len({run.settings.get("dataset") for run in runs}) != 1:
        return {}
    found = {}
    for name in NUMBERS:
        values = [value for run in runs if (value := run.numbers.get(name)) is not None]
        if len(values) > 1 and COMMON[name].better and not name.startswith("pca_"):
            found[name] = min(values) if COMMON[name].better == "lower" else max(values)
    return found


@functools.cache
def _component() -> Any:
    return st.components.v2.component("ae_runs", html=_ROOT, js=static.loader("runs/mount.js"), isolate_styles=False)
