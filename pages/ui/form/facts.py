"""What a data set is, below the form, and what was understood of each column of a person's file."""

import streamlit as st

from ae_core.data import ranges
from ae_core.data.columns import LEFT_OUT, Understood
from ae_core.data.dataset import DataInfo
from ae_core.errors import SettingError
from ae_core.formats import escape
from ae_core.settings import Settings
from pages.ui.words.language import _
from pages.ui.words.names import of_data
from pages.ui.words.units import number, shape

COUNTED = {
    "image": "{train:,} images to learn from, {test:,} to test; {shape}, {values}.",
    "vector": "{train:,} vectors to learn from, {test:,} to test; {shape} numbers each, {values}.",
    "row": "{train:,} rows to learn from, {test:,} to test, each with {count} columns of numbers, {values}.",
    "row of one": "{train:,} rows to learn from, {test:,} to test, each with 1 column of numbers, {values}.",
    "table": "{train:,} rows to learn from, {test:,} to test; {columns} columns that become {count} numbers, {values}.",
    "table of one": "{train:,} rows to learn from, {test:,} to test; 1 column that becomes {count} numbers, {values}.",
    "series": "{train:,} series to learn from, {test:,} to test; {moments} moments of {count} channels each, {values}.",
    "series of one": "{train:,} series to learn from, {test:,} to test; {moments} moments of 1 channel each, {values}.",
}
KINDS = {"numbers": "numbers", "categories": "categories", "texts": "texts", "times": "dates and times"}
BECAME = {
    "kept": "learnt from",
    "one_hot": "a column for each category",
    "label": "names the classes",
    "chosen": "left out: you chose so",
    **{why: f"left out: {reason}" for why, reason in LEFT_OUT.items()},
}


def show(info: DataInfo, settings: Settings | None = None, noted: bool = True) -> None:
    """What the data set is, and what becomes of its values, in a few lines.

    Args:
        info: The data set.
        settings: The experiment; None while something is wrong with it.
        noted: Whether to say what was done with the file.
    """
    if info.note and noted:
        st.info(escape.markdown(_(info.note)))
    sentence, *ends = info.values.said if settings is None else info.said(settings)
    values = ranges.worded(_(sentence), *ends)
    try:
        info = info if settings is None else info.chosen(settings)
    except SettingError:
        settings = None  # said beside the settings
    classes = escape.markdown(", ".join(info.class_names))
    lines = [
        _("**{title}.** {description}").format(
            title=escape.markdown(of_data(info)), description=escape.markdown(_(info.description))
        ),
        _(COUNTED[_counted(info)]).format(
            train=info.train_count,
            test=info.test_count,
            shape=shape(info.spec.shape),
            moments=info.spec.shape[0],
            count=info.spec.shape[-1],
            columns=info.variables,
            values=values,
        ),
        _unknown(info.unknown),
        _("Classes: {names}.").format(names=classes) if classes else "",
        _("Source: {source} Licence: {licence}").format(source=_(info.source), licence=_(info.licence)),
    ]
    st.caption("  \n".join(line for line in lines if line))
    if info.understood:
        with st.expander(_("Columns of the file ({count})").format(count=len(info.understood)), expanded=True):
            st.html(_columns(info))


def _counted(info: DataInfo) -> str:
    """Which sentence says what there is: of rows, whether each column is one number."""
    if info.spec.noun == "series":
        return "series of one" if info.spec.shape[-1] == 1 else "series"
    if info.spec.noun != "row":
        return info.spec.noun
    if not info.columns:
        return "vector"
    kind = "row" if info.variables == info.spec.size else "table"
    return f"{kind} of one" if info.variables == 1 else kind


def _unknown(count: int) -> str:
    """What becomes of values that are unknown."""
    if not count:
        return ""
    if count == 1:
        return _("1 value is unknown: the network is given the mean there, and the loss leaves it out.")
    return _("{count:,} values are unknown: the network is given the mean there, and the loss leaves them out.").format(
        count=count
    )


def _columns(info: DataInfo) -> str:
    """Each column of a file as a row of an HTML table, whose words wrap. `st.dataframe` would load pandas for it."""
    rows = []
    for one in info.understood:
        name = f"{one.name} ({one.unit})" if one.unit else one.name
        held = [_(KINDS.get(one.kind, one.kind))]
        if one.least is not None and one.most is not None:
            held.append(_("{low} to {high}").format(low=number(one.least), high=number(one.most)))
        held.append(_("{count:,} different").format(count=one.distinct))
        if one.unknown:
            held.append(_("{count:,} unknown").format(count=one.unknown))
        became, facts = _(BECAME[_became(one, info)]), " · ".join(held)
        rows.append(
            f"<tr><th>{escape.html(name)}</th><td>{escape.html(became)}<br><small>{escape.html(facts)}</small></td></tr>"
        )
    head = f"<tr><th>{escape.html(_('Column'))}</th><th>{escape.html(_('What becomes of it'))}</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="ae-table ae-columns" tabindex="0">{table}</div>'


def _became(one: Understood, info: DataInfo) -> str:
    """What becomes of a column with the label that is chosen."""
    if one.name in info.left_out:
        return "chosen"
    if one.became not in LEFT_OUT:
        kept = "one_hot" if one.kind == "categories" else "kept"
        return "label" if one.name == info.label and not info.places(one.name) else kept
    return one.became
