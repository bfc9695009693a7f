"""Several runs beside each other: the table, curves on one axis, the same images, aligned maps."""

import functools
from collections.abc import Sequence

import streamlit as st

from ae_core.errors import DataError
from ae_core.figures import compare
from ae_core.figures.shown import told_as_numbers
from ae_core.formats import escape
from ae_core.messages import Setup
from ae_core.ownership import fingerprint
from ae_core.runs import StoredRun
from pages.ui import state
from pages.ui.live import component, pulse
from pages.ui.live.headings import above
from pages.ui.runs import actions, erasing, table, variations
from pages.ui.runs.listing import listing
from pages.ui.runs.titles import labels_of, title_of
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _
from pages.ui.words.names import quantity, word
from pages.ui.words.nouns import of_setup


def show(own: Session) -> None:
    """Draws the page."""
    try:
        runs = mine(own, fresh=True)
    except DataError as error:  # the disk does not say which there are
        st.error(escape.markdown(_(str(error))))
        return
    going_on = [job.view() for run in runs if not run.ended and (job := engine().run(run.id)) is not None]
    pulse.of_runs(going_on)
    _going(runs)
    table.show(runs, list(own.compared), state.MOST_COMPARED, functools.partial(_choose, own))
    chosen = [run for run_id in own.compared for run in runs if run.id == run_id]
    actions.buttons(own, chosen)
    actions.refused(own)
    if chosen:
        _views(own)
    elif runs:
        st.info(_("Tick runs in the table to see them side by side."))
    variations.offer(own, chosen, runs)
    actions.importing(own)
    erasing.your_data(own)


def mine(own: Session, fresh: bool = False) -> list[StoredRun]:
    """The runs that this person may see in a list: their own, those they opened, and those of the command line."""
    mark = fingerprint(own.owner)
    return [
        run
        for run in listing().runs(fresh)
        if run.owner == mark or run.id in own.opened or run.origin == "command line"
    ]


def _going(runs: Sequence[StoredRun]) -> None:
    """Says which runs are about to be removed, before it happens."""
    known = {run.id for run in runs}
    going = [one for one in listing().going() if one.run.id in known]
    if going:
        names = ", ".join(title_of(one.run) for one in going[:3])
        more = _(" and {count} more").format(count=len(going) - 3) if len(going) > 3 else ""
        st.warning(
            _(
                "The room for runs is nearly used up or they are old: {names} will be removed next. Pin what to keep."
            ).format(names=escape.markdown(names + more))
        )


def _choose(own: Session, chosen: list[str]) -> None:
    own.compared = chosen[: state.MOST_COMPARED]


def _views(own: Session) -> None:
    found = [run.view() for run_id in own.compared if (run := engine().run(run_id)) is not None]
    stored = {run.id: run for run in mine(own)}
    ready = {
        run.id: (run.setup, run.snapshot)
        for run in found
        if run.setup is not None and run.snapshot is not None and run.id in stored
    }
    if not ready:
        st.info(_("These runs have nothing to show yet."))
        return
    names, pairs = labels_of([stored[run_id] for run_id in ready]), list(ready.values())
    _curves(pairs, names)
    alike = [place for place, (setup, _snapshot) in enumerate(pairs) if _same_images(setup, pairs[0][0])]
    others = [name for place, name in enumerate(names) if place not in alike]
    if others:
        said = _("On other data than the first one, so not among the images and maps below: {names}.")
        st.caption(said.format(names=escape.markdown("; ".join(others))))
    together, called = [pairs[place] for place in alike], [names[place] for place in alike]
    # The style sheet reads from this key how many runs there are, and so how high the view must be.
    with st.container(key=f"side_by_side_{len(together)}"):
        _side_by_side(together, called)


def _side_by_side(together: Sequence[compare.Pair], called: Sequence[str]) -> None:
    left, right = st.columns([1, 1], gap="medium")
    with left.container(gap=None):
        say, numbers = of_setup(together[0][0]), told_as_numbers(*together[0])
        above(say("The same held-out images") if numbers else say("The same held-out images, and the difference"))
        _mount("live_rows" if numbers else "live_images", compare.reconstructions(together, called, _), together)
    with right.container(gap=None):
        above(_("Code maps, turned to match the first"))
        _mount("live_maps", compare.maps(together, called, _), together)


def _curves(pairs: Sequence[compare.Pair], names: Sequence[str]) -> None:
    quantities = list(
        dict.fromkeys(
            name for _setup, snapshot in pairs for name in snapshot.history if name not in ("step", "epoch", "seconds")
        )
    )
    quantities.sort(key=lambda name: (name != "val_loss", name != "loss", name))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(_("Curve"), quantities, key=state.CURVE, format_func=quantity, width=260)
        axis = st.segmented_control(
            _("Along"), list(compare.AXES), key=state.AXIS, default="epoch", format_func=word, required=True
        )
        logarithmic = st.toggle(_("Log scale"), key=state.COMPARED_LOGARITHMIC)
    figure = compare.curves(pairs, names, chosen or "val_loss", axis or "epoch", logarithmic, _)
    _mount("live_curves", figure, pairs)
    units = dict.fromkeys(compare.units_of(pairs, chosen or "val_loss", _))
    if len(units) > 1:
        st.caption(
            _("These losses have different units, so their heights cannot be compared: {units}.").format(
                units="; ".join(units)
            )
        )


def _mount(key: str, figure: compare.Figure, pairs: Sequence[compare.Pair]) -> None:
    component.mount(key, component.payload(figure, max(snapshot.step for _setup, snapshot in pairs)))


def _same_images(one: Setup, other: Setup) -> bool:
    return one.atlas.tile == other.atlas.tile and one.settings["dataset"] == other.settings["dataset"]
