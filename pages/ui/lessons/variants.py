"""Each variant: idea, formula, picture, settings, references and code, all taken from its own file."""

import dataclasses
import inspect
import sys
from pathlib import Path

import streamlit as st

from ae_core import variants
from ae_core.errors import EngineError, SettingError
from ae_core.formats import escape
from ae_core.settings import Settings, option_of
from ae_core.variants import Variant
from pages.ui.form import diagram, uses
from pages.ui.form.controls import notices, variant_select
from pages.ui.form.form import as_text
from pages.ui.live import pulse
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

WAITING_SECONDS = 1.0


def show(own: Session) -> None:
    """Draws the page for the variant and the settings in the form."""
    variant = variants.get(own.form.variant)
    with st.container(width=420):
        variant_select(own)
    notices(own)
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader(_(variant.title), anchor=False)
        st.markdown(_(variant.idea))
        for line in variant.formula.split(r", \quad "):
            st.latex(line)
        st.markdown(f"**{_('References')}**")
        st.markdown("\n".join(f"- {reference}" for reference in variant.references))
    with right:
        st.subheader(_("The network"), anchor=False)
        _network(own)
    st.subheader(_("Settings"), anchor=False)
    st.html(_table(own))
    _script(own)
    st.subheader(_("What for?"), anchor=False)
    st.caption(_("On the Train page each is one press."))
    st.markdown("\n".join(f"- **{_(use.label)}.** {_(use.look)}" for use in uses.USES.values()))
    st.subheader(_("The code"), anchor=False)
    path = _source(variant)
    st.caption(_("The whole of {file}.").format(file=f"`ae_core/variants/{path.name}`"))
    st.code(path.read_text(encoding="utf-8"), language="python", line_numbers=True, height=420)


def _script(own: Session) -> None:
    """The experiment in the form as a plain Keras script, to read, copy and take away."""
    st.subheader(_("The experiment as one plain Keras script"), anchor=False)
    st.caption(
        _("Without this app's code: it trains to the same losses with the same seed. For the settings in the form.")
    )
    if not st.toggle(_("Show the script"), key="show_script"):
        return
    try:
        settings = own.form.settings()
        texts = engine().script(settings)
    except (SettingError, EngineError) as error:
        st.error(escape.markdown(_(str(error))))
        return
    with st.container(horizontal=True, gap="small"):
        for kind, ending in (("python", "py"), ("notebook", "ipynb")):
            st.download_button(
                f".{ending}",
                texts[kind],
                f"{settings.variant}.{ending}",
                key=f"script_{ending}",
                icon=":material/download:",
                on_click="ignore",
            )
    st.code(texts["python"], language="python", height=420)


def _network(own: Session) -> None:
    """The diagram for the settings in the form; asks for it anew until a worker has answered."""
    try:
        settings = own.form.settings()
    except SettingError as error:
        st.error(escape.markdown(_(str(error))))
        return
    known = engine().describe(settings)
    pulse.after(WAITING_SECONDS if known is None else 0)
    if known is None:
        text = engine().status_text if engine().status != "ready" else _("A worker builds the network.")
        st.html(f'<div class="ae-net-wait">{escape.html(_(text))}</div>')
    elif known.value is None:
        st.error(escape.markdown(_(known.error)))
    else:
        count = known.value["parameters"]
        st.caption(_("{count:,} parameters. For the settings chosen on the Train page.").format(count=count))
        diagram.show(known.value)


def _table(own: Session) -> str:
    """Every setting as a row of an HTML table, the variant's own first. `st.dataframe` would load pandas for it."""
    common = {one.name for one in dataclasses.fields(Settings)}
    heads = (_("Setting"), _("Now"), _("Default"), _("Allowed"), _("What it does"))
    rows = []
    for name, one in sorted(own.form.fields().items(), key=lambda item: item[0] in common):
        option = option_of(one)
        cells = (
            as_text(own.form.value(name)) or "–",
            as_text(own.form.default(name)) or "–",
            _(option.allowed(type(one.default))),
            _(option.help),
        )
        head = f"<th>{escape.html(_(option.label))}<br><code>{name}</code></th>"
        rows.append(head + "".join(f"<td>{escape.html(cell)}</td>" for cell in cells))
    head = "".join(f"<th>{escape.html(text)}</th>" for text in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="ae-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _source(variant: Variant) -> Path:
    return Path(inspect.getfile(sys.modules[variant.settings.__module__]))
