"""Twins and sweeps: the same experiment with exactly one setting changed, once or over several values."""

import secrets
from collections.abc import Sequence

import streamlit as st

from ae_core.diagnosis import sweep
from ae_core.engine import TrainingJob
from ae_core.errors import EngineError, SettingError
from ae_core.figures import compare
from ae_core.formats import escape
from ae_core.runs import StoredRun
from ae_core.settings import Settings, options
from ae_core.variants import read_settings
from pages.ui.form.form import as_text
from pages.ui.live import component
from pages.ui.live.findings import findings_html
from pages.ui.live.headings import above
from pages.ui.runs.titles import title_of
from pages.ui.server import addresses
from pages.ui.shared import engine
from pages.ui.state import MOST_COMPARED, Session
from pages.ui.words.language import _
from pages.ui.words.nouns import of_dataset

MOST_VALUES = 8


def offer(own: Session, chosen: Sequence[StoredRun], runs: Sequence[StoredRun]) -> None:
    """Draws the form that starts twins and sweeps of the first ticked run, and the plot of a finished sweep.

    Args:
        own: The session.
        chosen: The ticked runs.
        runs: All runs that this person sees.
    """
    if not chosen:
        return
    base = chosen[0]
    try:
        settings = base.experiment
    except SettingError as error:
        st.caption(escape.markdown(_(str(error))))
        return
    with st.container(border=True, key="variations"):
        st.markdown(f"**{_('Change one thing')}**")
        st.caption(
            _(
                "The same experiment as “{name}”: same data in the same order, same seed, one setting that differs. "
                "Several values make a sweep."
            ).format(name=escape.markdown(title_of(base)))
        )
        names = [name for name in options(settings) if name not in ("dataset",)]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.selectbox(
                _("Setting"),
                names,
                key="twin_setting",
                width=260,
                on_change=_changed,
                args=(own,),
                index=names.index("latent_dim") if "latent_dim" in names else 0,
                format_func=lambda one: _(options(settings)[one].label),
            )
            st.text_input(
                _("Value, or several with semicolons"),
                key="twin_values",
                width=260,
                on_change=_changed,
                args=(own,),
                placeholder=as_text(getattr(settings, name)),
            )
            st.button(_("Start"), key="twin_start", type="primary", on_click=_start, args=(own, base, settings))
        option = options(settings)[name]
        kind = type(settings.__dataclass_fields__[name].default)
        st.caption(
            _("Now {value}. Allowed: {allowed}.").format(
                value=escape.markdown(as_text(getattr(settings, name))) or "–",
                allowed=escape.markdown(_(option.allowed(kind))),
            )
        )
        if own.twin_problem:
            st.error(escape.markdown(_(own.twin_problem)))
    _plot(base, runs)


def _changed(own: Session) -> None:
    own.twin_problem = ""


def _start(own: Session, base: StoredRun, settings: Settings) -> None:
    name, text = st.session_state["twin_setting"], st.session_state["twin_values"]
    own.twin_problem = ""
    try:
        wanted = variations(settings, name, text)
    except SettingError as error:
        own.twin_problem = by_label(error, settings)
        return
    shared = base.sweep or (secrets.token_urlsafe(9) if len(wanted) > 1 else None)
    origin = addresses.of_visitor()
    started: list[TrainingJob] = []
    try:
        for one in wanted:
            started.append(engine().submit(one, own.owner, twin_of=base.id, sweep=shared, origin=origin))
    except EngineError as error:
        own.twin_problem = str(error)
        if not started:
            return
        some = _("{count} of {all} runs were started, the others not.").format(count=len(started), all=len(wanted))
        own.twin_problem = f"{some} {_(own.twin_problem)}"
    own.compared = [base.id, *(run.id for run in started)][:MOST_COMPARED]
    # What was not started waits in the field for another try.
    left = [as_text(getattr(one, name)) for one in wanted[len(started) :]]
    st.session_state["twin_values"] = "; ".join(left)


def by_label(error: SettingError, settings: Settings) -> str:
    """What is wrong with a setting, which is called here as its field in the form is called."""
    name = str(error).partition(" ")[0]
    option = options(settings).get(name)
    return _(str(error)).replace(name, _(option.label), 1) if option else str(error)


def variations(settings: Settings, name: str, text: str) -> list[Settings]:
    """The experiments that differ from one in exactly one setting.

    Args:
        settings: The one.
        name: The setting.
        text: One value, or several between semicolons (or spaces and commas, where a value holds none).

    Raises:
        SettingError: If a value is not allowed, there is none, or there are too many.
    """
    whole = ";" in text or isinstance(getattr(settings, name), tuple)
    several = text.split(";") if whole else text.replace(",", " ").split()
    values = [value.strip() for value in several if value.strip()]
    if not 1 <= len(values) <= MOST_VALUES:
        raise SettingError(f"{name} must have 1 to {MOST_VALUES} values. Received: {len(values)}.")
    made = [read_settings(settings.to_dict() | {name: value}) for value in values]
    others = list(dict.fromkeys(one for one in made if one != settings))
    if not others:
        raise SettingError(f"{name} must differ from the run that is compared. Received: the same value.")
    return others


def _plot(base: StoredRun, runs: Sequence[StoredRun]) -> None:
    """Test error against the setting that was swept, with PCA's line; as soon as two runs have an error."""
    if base.sweep is None and not any(run.twin_of == base.id for run in runs):
        return
    family = [
        run
        for run in runs
        if run.id == base.id or run.twin_of in (base.id, base.twin_of or base.id) or run.id == base.twin_of
    ]
    points = swept(family)
    if points is None:
        return
    name, values, errors, pca = points
    label = _(options(base.experiment)[name].label)
    with st.container(gap=None):
        above(_("Sweep: test error against {setting}").format(setting=label))
        say = of_dataset(base.experiment.dataset)
        component.mount("live_sweep", component.payload(compare.sweep(values, errors, pca, label, say), len(values)))
        over = all(run.state in ("done", "stopped") for run in family)
        bent = sweep.bend(values, errors, _) if over and name == "latent_dim" else None
        if bent is not None:
            st.html(findings_html([bent]))


def swept(family: Sequence[StoredRun]) -> tuple[str, list[float], list[float], list[float]] | None:
    """The one numeric setting in which runs differ, its values in order, their test errors and PCA's; None for none."""
    known = [
        run for run in family if run.numbers.get("test_mse") is not None and run.numbers.get("pca_mse") is not None
    ]
    names = [
        name
        for name in (known[0].settings if known else ())
        if len({as_text(run.settings.get(name)) for run in known}) > 1
    ]
    if len(names) != 1 or not all(isinstance(run.settings.get(names[0]), int | float) for run in known):
        return None
    newest = {float(run.settings[names[0]]): run for run in sorted(known, key=lambda run: run.created)}
    values = sorted(newest)
    errors = [float(newest[value].numbers["test_mse"] or 0.0) for value in values]
    return names[0], values, errors, [float(newest[value].numbers["pca_mse"] or 0.0) for value in values]
