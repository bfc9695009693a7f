"""The host's page: everything that goes on, whose it is, and an end for each run. There only where a token is set."""

import hmac
import os
import time
from collections.abc import Sequence

import streamlit as st

from ae_core.engine import Overview
from ae_core.errors import EngineError
from ae_core.formats import escape
from pages.ui.shared import engine
from pages.ui.words.language import _
from pages.ui.words.units import duration

TOKEN = "AE_OPERATOR_TOKEN"  # noqa: S105 - the variable's name
WAIT_SECONDS = 1.0  # after a wrong token: nobody tries many
_KNOWN = "operator"  # key of the session: whether this tab has given the token


def offered() -> bool:
    """Whether the host has asked for the page."""
    return bool(os.environ.get(TOKEN))


def show() -> None:
    """Draws the page for whoever knows the token, and a field for it otherwise."""
    if not st.session_state.get(_KNOWN):
        _ask()
        return
    now = engine().overview()
    st.subheader(_("Now"), anchor=False)
    st.text(now.status_text)
    st.button(_("Look again"), key="operator_look")
    _jobs(now)
    st.subheader(_("Workers"), anchor=False)
    workers = [(w.name, w.address, w.stage, str(w.slots), _size(w.memory), _size(w.grown)) for w in now.workers]
    _table((_("name"), _("address"), _("stage"), _("slots"), _("memory"), _("grown")), workers)
    st.subheader(_("Disk"), anchor=False)
    used, limit, free = map(_size, (now.used_bytes, now.limit_bytes, now.free_bytes))
    st.text(_("All runs take {used} of {limit}; {free} of the disk is free.").format(used=used, limit=limit, free=free))
    eaters = [
        (e.owner or _("the host"), str(e.runs), _size(e.run_bytes), str(e.uploads), _size(e.upload_bytes))
        for e in now.eaters
    ]
    _table((_("owner"), _("runs"), _("size"), _("uploads"), _("size")), eaters)
    st.subheader(_("Versions"), anchor=False)
    st.text(", ".join(f"{name} {version}" for name, version in now.versions.items()))


def _ask() -> None:
    given = st.text_input(_("Token of the host"), type="password", key="operator_token")
    if not given:
        return
    if offered() and hmac.compare_digest(given.encode(), os.environ[TOKEN].encode()):
        st.session_state[_KNOWN] = True
        st.rerun()
    time.sleep(WAIT_SECONDS)
    st.error(_("That is not the token of the host."))


def _jobs(now: Overview) -> None:
    if not now.jobs:
        st.text(_("Nothing trains or waits."))
    for job in now.jobs:
        place = "" if job.position is None else f" {job.position}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Stop"), key=f"halt_{job.id}", on_click=_halt, args=(job.id,))
            asked = duration(time.time() - job.created)
            told = [job.id, job.owner, f"{job.state}{place}", job.variant, job.dataset, duration(job.seconds)]
            st.text(" · ".join([*told, _("asked for {time} ago").format(time=asked)]))


def _halt(job_id: str) -> None:
    try:
        engine().halt(job_id)
    except EngineError as error:
        st.warning(escape.markdown(_(str(error))))


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    def line(kind: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{kind}>{escape.html(cell)}</{kind}>" for cell in cells) + "</tr>"

    st.html(f"<table>{line('th', headings)}{''.join(line('td', row) for row in rows)}</table>")


def _size(count: float) -> str:
    return f"{count / 2**20:,.0f} MB"
