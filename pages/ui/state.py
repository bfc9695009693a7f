"""The only place that knows session keys and query-parameter names."""

import re
import runpy
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ae_core import data, lessons
from ae_core.engine import Pace, TrainingJob, pace_of
from ae_core.errors import DataError, EngineError, SettingError
from ae_core.folders import ROOT
from ae_core.lessons import changing
from ae_core.messages import Part
from ae_core.ownership import fingerprint, holds
from ae_core.settings import Settings
from pages.ui import showing, unseen
from pages.ui.form import form
from pages.ui.form.form import Form
from pages.ui.progress import Progress, shelf
from pages.ui.shared import engine
from pages.ui.showing import Showing
from pages.ui.words.language import LANGUAGES, _, choose, chosen

RUN_PARAMETER = "run"
TAKE_PARAMETER = "take"
COOKIE = "ae_owner"
FRAME_PARAMETER = "frame"
PACE_PARAMETER = "pace"
LANGUAGE_PARAMETER = "lang"
LOOKED_AT = ("at", "from", "to", "axes")  # what the Explore page shows, see assets/javascript/explore/address.js
PACE = "pace"  # key of the choice of it
LESSON_PARAMETER = "lesson"
CHANGES_PARAMETER = "with"  # settings of a teacher's choice in that lesson
LEARN = "learn"
LESSONS, VARIANTS = "lessons", "variants"  # parts of that page, the one that opens first and another
DEFAULT_PACE: Pace = "watch"
CURVE, AXIS, COMPARED_LOGARITHMIC = "compared_curve", "compared_axis", "compared_log_scale"
MOST_COMPARED = 6  # runs side by side: as many as a screen and a colour scheme can hold
REFUSAL_SECONDS = 15.0  # long enough to be read
SEED_SECONDS = 10.0  # that a browser may take to build a first page
LEAVE_SECONDS = 1.5  # that a page is held to which a button has led
# What of an address is no setting.
_OF_PAGES = (RUN_PARAMETER, FRAME_PARAMETER, LESSON_PARAMETER, CHANGES_PARAMETER, *LOOKED_AT)
_SESSION = "session"
_FRAME = ROOT / "app.py"
_STEP = re.compile(r"[0-9]{1,10}")
_LOOKED_AT = re.compile(r"[a-z0-9.,+-]{1,1000}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # secrets.token_urlsafe(32)


@dataclass
class Session:
    """One browser tab.

    Args:
        form: What is chosen.
        owner: Token of the person, by which the engine knows the owner of a run; never shown to anybody else.
        cookie_known: Whether the browser brought the token itself.
        run_id: The run that is shown, or None.
        notices: Sentences about an address, shown until something is chosen.
        problem: What is wrong with the settings in the form.
        failure: What the last button could not do. See `refusal`.
        refused: That sentence, the state of the run that it was said at, and when, on the monotonic clock.
        offer: Token of an address that hands a run's control on; empty for none.
        showing: How much of the page is shown.
        pace: How fast this tab's runs are to train.
        frame: The step whose frame the address named when it was opened, or None.
        deaf: Whether something between this tab and the server prevents a connection of its own.
        page: Name of the page that is shown.
        arrived: Whether another page was shown before.
        begun: When this tab was opened, on the monotonic clock.
        uploads: Names of the data sets that this person has brought: in this tab, or before it was opened.
        opened: Ids of runs that this tab was given by their address.
        compared: Ids of the runs that are ticked on the Compare page.
        leave_for: Name of the page that a button asked to go to; empty for none.
        left_at: When it was asked for, on the monotonic clock, and whether it has been reached.
        twin_problem: Why a twin or a sweep could not be started.
        import_problem: What was wrong with the last imported run.
        upload_problem: What was wrong with the last upload.
        classify_problem: Why a classifier could not be started or stopped.
        odd_file: A run, the name of a file that it has scored, what it found, and why not if it did not.
        learning: Name of the part of the Learn page that is open.
        lesson: Name of the lesson that is open.
        here: How far this tab knows the person to have come. See `progress`.
        changes: Name of a lesson, and the settings that its experiments have by the address that opened this tab.
    """

    form: Form
    owner: str
    cookie_known: bool
    run_id: str | None = None
    notices: list[str] = field(default_factory=list)
    problem: str = ""
    failure: str = ""
    refused: tuple[str, str, float] = ("", "", 0.0)
    offer: str = ""
    showing: Showing = field(default_factory=Showing)
    pace: Pace = DEFAULT_PACE
    frame: int | None = None
    deaf: bool = False
    page: str = ""
    arrived: bool = True
    begun: float = field(default_factory=time.monotonic)
    uploads: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    compared: list[str] = field(default_factory=list)
    leave_for: str = ""
    left_at: tuple[float, bool] = (0.0, False)
    twin_problem: str = ""
    import_problem: str = ""
    upload_problem: str = ""
    classify_problem: str = ""
    odd_file: tuple[str, str, Part | None, str] = ("", "", None, "")
    learning: str = LESSONS
    lesson: str = field(default_factory=lambda: next(iter(lessons.registry())))
    here: Progress = field(default_factory=Progress)
    changes: tuple[str, Mapping[str, str]] = ("", MappingProxyType({}))

    @property
    def progress(self) -> Progress:
        """How far this person has come in the lessons, also in another tab, or before a reload."""
        self.here = shelf.of(self.owner) or self.here
        return self.here

    @property
    def unsure(self) -> bool:
        """Whether a browser may not have what widgets were last told.

        A value reaches it with that run of the script in which it is written. Where the next run is there before the
        browser has drawn, the value is lost: the widget shows its first choice, and sends that as if it were chosen.
        """
        return self.arrived or time.monotonic() < self.begun + SEED_SECONDS

    @property
    def changed(self) -> Mapping[str, str]:
        """Settings of a teacher's choice in the lesson that is open."""
        lesson, changes = self.changes
        return changes if lesson == self.lesson else {}

    @property
    def run(self) -> TrainingJob | None:
        """A still copy of the run that is shown."""
        run = engine().run(self.run_id) if self.run_id else None
        return run.view() if run is not None else None

    def attempt(self, work: Callable[[], object]) -> bool:
        """Does something that may be refused, which is then said; whether it was done."""
        try:
            work()
        except (DataError, EngineError) as error:
            self.failure = str(error)
            return False
        return True

    def refusal(self, state: str = "") -> str:
        """What the last button could not do: shown for a while, and only until the run it was about moves on.

        Args:
            state: State of the run that is shown, empty for none.
        """
        said, at, since = self.refused
        if self.failure != said:
            self.refused = self.failure, state, time.monotonic()
        elif at != state or time.monotonic() - since > REFUSAL_SECONDS:
            self.failure, self.refused = "", ("", "", 0.0)
        return self.failure

    def owns(self, run: TrainingJob | None) -> bool:
        """Whether this person may command a run."""
        return run is not None and holds(self.owner, run.owner)


def session(page: str = "") -> Session:
    """This tab's session, which `enter` has opened.

    A page that begins lets go of a run that was removed meanwhile, and says so.

    Args:
        page: Name of the page that begins to draw itself; nothing for everybody else.
    """
    if _SESSION not in st.session_state:
        # The very first visitor of a fresh process, at a page's own address: Streamlit then takes the folder `pages`
        # for a list of scripts and runs the page without app.py, until app.py has named the pages once.
        runpy.run_path(str(_FRAME), run_name="__main__")
        st.stop()
    own: Session = st.session_state[_SESSION]
    if page:
        own.arrived, own.page = own.page != page, page
        if own.arrived:  # what a button on another page could not do does not matter here
            own.failure = own.twin_problem = own.import_problem = own.upload_problem = ""
        if own.run_id and engine().run(own.run_id) is None:
            own.run_id, own.frame = None, None
            own.notices.append(_("The run that was shown here was removed."))
    return own


def enter() -> None:
    """Opens this tab's session, if there is none: reads the address and the cookie. For app.py."""
    if _SESSION not in st.session_state:
        st.session_state[_SESSION] = _open()


def leave(at: str) -> str:
    """Name of the page that a button asked to go to, as long as another one is drawn; empty for none. For app.py.

    What else the browser had asked for when the button was pressed, as when a run ended that moment, names the old page
    and brings it back. So the wish is kept until its page is reached, and for a moment after that.

    Args:
        at: Name of the page that is drawn.
    """
    own = session()
    since, reached = own.left_at
    if not own.leave_for or (reached and time.monotonic() - since > LEAVE_SECONDS):
        own.leave_for = ""
    elif at == own.leave_for:
        own.left_at = since, True
    else:
        return own.leave_for
    return ""


def go_to(own: Session, page: str) -> None:
    """Asks to go to another page as soon as the script runs.

    Args:
        own: The session.
        page: Its name.
    """
    own.leave_for, own.left_at = page, (time.monotonic(), False)


def _open() -> Session:
    token = str(st.context.cookies.get(COOKIE, ""))
    known = bool(_TOKEN.fullmatch(token))
    parameters = st.query_params.to_dict() | _reserved()
    run_id, offer = parameters.pop(RUN_PARAMETER, None), parameters.pop(TAKE_PARAMETER, "")
    frame, pace = parameters.pop(FRAME_PARAMETER, ""), parameters.pop(PACE_PARAMETER, "")
    shown, unclear = showing.from_address(parameters)
    lesson, changes = parameters.pop(LESSON_PARAMETER, ""), parameters.pop(CHANGES_PARAMETER, "")
    refused = _speak(parameters.pop(LANGUAGE_PARAMETER, ""))
    own_form, sentences = form.from_address(parameters)
    token = token if known else secrets.token_urlsafe(32)
    opened = Session(own_form, token, known, notices=refused + unclear + sentences, showing=shown)
    if known:
        opened.uploads = data.brought_by(fingerprint(token))
    if pace:
        try:
            opened.pace = pace_of(pace)
        except EngineError as error:
            opened.notices.append(_("{error} watch is used instead.").format(error=_(str(error))))
    if lesson:
        try:
            found = lessons.get(lesson)
            opened.lesson = lesson
            wanted = changing.read(changes)
            changing.changed(found, wanted)
            opened.changes = lesson, wanted
        except SettingError as error:
            opened.notices.append(_(str(error)))
    for name in LOOKED_AT:
        parameters.pop(name, None)
    if run_id:
        run = engine().run(run_id)
        if run is None:
            opened.notices.append(_("The run of this address is not kept here any more; its settings are."))
        else:
            opened.run_id, opened.offer = run_id, offer
            opened.frame = int(frame) if _STEP.fullmatch(frame) else None
            if frame and opened.frame is None:
                opened.notices.append(
                    _("frame must be the number of a step. Received: {frame}.").format(frame=repr(frame[:20]))
                )
            opened.opened.add(run_id)
            if not parameters:
                own_form.adopt(run.settings)
    return opened


def _reserved() -> dict[str, str]:
    """What an address says of being embedded: `st.query_params` keeps it to itself, and it knows `embed=true` only."""
    context = get_script_run_ctx()
    texts = parse_qs(context.query_string).get(showing.EMBED, []) if context is not None else []
    return {showing.EMBED: showing.ON if texts[0] == "true" else texts[0]} if texts else {}


def _speak(wanted: str) -> list[str]:
    """Takes the language that an address asks for; what is wrong with it."""
    if not wanted:
        return []
    choose(wanted if wanted in LANGUAGES else "en")
    if wanted in LANGUAGES:
        return []
    allowed = ", ".join(LANGUAGES)
    return [f"lang must be one of {allowed}. Received: {wanted[:20]!r}. en is used instead."]


def keep_owner() -> None:
    """Keeps the token in a cookie, so that the person still owns the run after reloading the page.

    The address does not carry it: whoever gets a copied address may watch, not command.
    """
    own = session()
    if own.cookie_known:
        return
    # A tab opened at the same moment may have been faster: then its token is this browser's.
    values = unseen.mount("owner_cookie", "owner_cookie.js", own.owner.encode(), on_token_change=_do_nothing)
    other = values.get("token")
    if isinstance(other, str) and _TOKEN.fullmatch(other) and not own.owns(own.run):
        own.owner, own.cookie_known = other, True


def _do_nothing() -> None:
    pass


def write_address() -> None:
    """Puts every setting, and the run that is shown, into the address bar. Wrong settings leave it as it was.

    The frame and the code that are looked at are written there by the page itself, and stay as long as the run does.
    """
    own, now = session(), st.query_params.to_dict()
    wanted = {}
    try:
        wanted = form.to_address(_written(own.form))
    except SettingError:
        wanted = {name: text for name, text in now.items() if name not in _OF_PAGES}
    if own.pace == DEFAULT_PACE:
        wanted.pop(PACE_PARAMETER, None)
    else:
        wanted[PACE_PARAMETER] = own.pace
    wanted |= own.showing.to_address()
    if own.page == LEARN and own.learning == LESSONS:
        wanted[LESSON_PARAMETER] = own.lesson
        if own.changed:
            wanted[CHANGES_PARAMETER] = changing.written(own.changed)
    wanted |= spoken_parameter()
    if own.run_id:
        wanted[RUN_PARAMETER] = own.run_id
        if now.get(RUN_PARAMETER) == own.run_id:
            wanted |= _looked_at(now)
    if now != wanted:
        st.query_params.from_dict(wanted)


def spoken_parameter() -> dict[str, str]:
    """What an address says of the language: nothing, unless this tab's reader has chosen one."""
    return {LANGUAGE_PARAMETER: chosen()} if chosen() else {}


def _looked_at(now: Mapping[str, str]) -> dict[str, str]:
    """What of an address was written by the page itself."""
    known = {FRAME_PARAMETER: _STEP} | dict.fromkeys(LOOKED_AT, _LOOKED_AT)
    return {name: now[name] for name, text in known.items() if text.fullmatch(now.get(name, ""))}


def _written(chosen: Form) -> Settings:
    # Settings that are valid one by one may stand in an address even if they do not fit together.
    return chosen.kind.from_mapping({name: chosen.value(name) for name in chosen.fields()})
