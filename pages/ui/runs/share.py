"""Addresses of an experiment and of a run, a code for the projector, and the handing on of control."""

import functools
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from ae_core.engine import TrainingJob
from ae_core.errors import EngineError
from ae_core.formats import escape
from ae_core.settings import Settings
from pages.ui import showing, state
from pages.ui.form import form
from pages.ui.shared import engine
from pages.ui.state import Session
from pages.ui.words.language import _

OFFER = "offer"  # key under which an offer that was made waits to be shown
ONLY_HERE = ("localhost", "127.0.0.1", "::1")  # what a machine calls itself


def share(own: Session, run: TrainingJob | None, settings: Settings | None) -> None:
    """A button that opens the addresses.

    Args:
        own: The session.
        run: The run that is shown, or None.
        settings: The experiment in the form, None while something is wrong with it.
    """
    with st.popover(_("Share"), icon=":material/share:", key="share"):
        if run is not None:
            st.markdown(f"**{_('This run')}**")
            st.caption(_("Whoever opens it sees the same run, live while it trains, and cannot change it."))
            address = address_of({state.RUN_PARAMETER: run.id})
            st.code(address, language=None, wrap_lines=True)
            st.html(qr_code(address, _("The address of this run as a QR code.")))
            say_if_only_here()
            st.caption(_("In a page of your own, its film alone; `show` names the views."))
            inside = address_of({state.RUN_PARAMETER: run.id, showing.EMBED: showing.ON, showing.SHOW: "loss,map"})
            st.code(f'<iframe src="{inside}" width="800" height="500"></iframe>', language="html", wrap_lines=True)
        settings = run.settings if run is not None else settings
        if settings is not None:
            st.markdown(f"**{_('This experiment')}**")
            st.caption(_("The same settings and seed, to be started by whoever opens it."))
            st.code(address_of(form.to_address(settings)), language=None, wrap_lines=True)
        if run is not None and own.owns(run) and not run.ended:
            _handing_on(own, run)


def _handing_on(own: Session, run: TrainingJob) -> None:
    st.markdown(f"**{_('Hand over control')}**")
    offer: tuple[str, str] | None = st.session_state.get(OFFER)
    if offer is None or offer[0] != run.id:
        st.caption(_("Makes an address whose first visitor may take over the buttons of this run."))
        st.button(_("Make the address"), key="offer_control", on_click=_offer, args=(own, run.id))
    else:
        st.caption(_("Give it to one person: it works once, and you can then only watch."))
        st.code(
            address_of({state.RUN_PARAMETER: run.id, state.TAKE_PARAMETER: offer[1]}), language=None, wrap_lines=True
        )


def _offer(own: Session, run_id: str) -> None:
    try:
        st.session_state[OFFER] = run_id, engine().offer(run_id, own.owner)
    except EngineError as error:
        own.failure = str(error)


def offered(own: Session) -> None:
    """Asks the visitor of an address that hands control on whether to take it. Opening it alone changes nothing."""
    if not own.offer or own.run is None or own.owns(own.run):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="take_over"):
        st.info(_("The owner of this run offers you its control."))
        st.button(_("Take control"), key="take_control", type="primary", on_click=_take, args=(own,))


def _take(own: Session) -> None:
    run, token = own.run, own.offer
    own.offer = ""
    if run is None:
        return
    try:
        engine().take_over(run.id, token, own.owner)
    except EngineError as error:
        own.failure = str(error)


def address_of(parameters: dict[str, str], place: str | None = None) -> str:
    """An address of the app, as the reader's browser would write it.

    Args:
        parameters: What follows the question mark.
        place: What stands before it, relative to the app; by default the page that is open.
    """
    here = urlsplit(st.context.url or "http://localhost:8501/")
    path = here.path or "/"
    if place is not None:
        path = "/".join(["", *filter(None, st.get_option("server.baseUrlPath").split("/")), place])
    query = urlencode(state.spoken_parameter() | parameters, safe=",")
    return urlunsplit((here.scheme, here.netloc, path, query, ""))


def say_if_only_here() -> None:
    """Says that no phone can open an address of this app, where it was opened by the machine's own name for itself."""
    if urlsplit(st.context.url or "").hostname in ONLY_HERE:
        st.caption(
            _(
                "Only this machine knows that address. Open the app by its address in the network, "
                "and phones can follow."
            )
        )


@functools.lru_cache(maxsize=64)  # drawing it takes longer than the rest of the page
def qr_code(address: str, label: str) -> str:
    """A QR code of an address, as HTML: dark on white in both themes, as cameras expect it.

    Args:
        address: The address.
        label: What it is, for who does not see it.
    """
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    return f'<img class="ae-code" src="{picture}" alt="{escape.html(label)}">'
