"""The page on which a phone of the hall answers, and the counts that a lecturer's page asks for.

A page of its own and not one of Streamlit's: one small file without a script, so that two hundred phones that come at
once cost the web process no more than two hundred files.
"""

import secrets
from urllib.parse import parse_qs

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ae_core import lessons
from ae_core.formats import escape
from ae_core.lessons.lesson import Lesson
from pages.ui import style
from pages.ui.hall.polls import Poll, Polls, allowed, counts
from pages.ui.live import questions
from pages.ui.live.answers import refused, told
from pages.ui.server import origins
from pages.ui.words.language import _, known, language, spoken

PHONE = "/hall/{poll}"
ANSWERS = "/hall/{poll}/answers"
COOKIE = "ae_phone"
DAY = 24 * 3600
MOST_BYTES = 200  # of what a phone sends
LONGEST_TOKEN = 100

polls = Polls()


class Counts(Struct, frozen=True):
    """How a hall has answered.

    Args:
        counts: For each answer, or each bin.
        total: Of all.
    """

    counts: list[int]
    total: int


async def phone(request: Request) -> Response:
    """GET shows the question; POST takes an answer."""
    poll = polls.get(request.path_params["poll"])
    with spoken(_language(request)):
        if poll is None:
            return _page(_("This question is closed."), "", 404)
        if poll.ended:
            return _page(_("This question is closed."), "", 410)
        if request.method == "GET":
            return _asked(request, poll)
        return await _answered(request, poll)


async def answers(request: Request) -> Response:
    """How many have given which answer, for whoever knows the question's key."""
    poll = polls.get(request.path_params["poll"])
    if poll is None:
        return refused(_("This question is closed."), 404)
    if not secrets.compare_digest(request.query_params.get("key", "").encode(), poll.key.encode()):
        return refused(_("Only the person who asked sees the answers."), 403)
    values = polls.values(poll)
    return told(Counts(counts(lessons.get(poll.lesson), values), len(values)))


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang", "")
    spoken_there = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return known(wanted or spoken_there or "en")


def _asked(request: Request, poll: Poll) -> Response:
    lesson, token = lessons.get(poll.lesson), _token(request, poll)
    given = polls.given(poll, token) if token else None
    fresh = None if token else polls.token(poll)
    if given is None and not polls.has_room(poll, questions.address(request)):
        return _page(_("So many have answered that no more are counted."), "", 429)
    heading = escape.html(_(lesson.question))
    thanks = f'<p role="status">{escape.html(_("Thank you. Look to the front; you may still change your answer."))}</p>'
    answer = _("Answer") if given is None else _("Change the answer")
    fields = _choices(lesson, given) if lesson.slider is None else _slider(lesson, given)
    form = (
        f'<form method="post"><fieldset><legend>{heading}</legend>{fields}</fieldset>'
        f'<button type="submit">{escape.html(answer)}</button></form>'
    )
    page = _page(_(lesson.title), form + (thanks if given is not None else ""), 200)
    if fresh is not None:
        page.set_cookie(COOKIE, fresh, DAY, path=request.url.path, httponly=True, samesite="lax")
    return page


def _token(request: Request, poll: Poll) -> str:
    """What a phone is known by; empty if it was not given here."""
    token = request.cookies.get(COOKIE, "")
    return token if len(token) <= LONGEST_TOKEN and polls.gave(poll, token) else ""


def _choices(lesson: Lesson, given: float | None) -> str:
    return "".join(
        f'<label><input type="radio" name="answer" value="{place}" required{" checked" if place == given else ""}>'
        f"<span>{escape.html(_(one.text))}</span></label>"
        for place, one in enumerate(lesson.choices)
    )


def _slider(lesson: Lesson, given: float | None) -> str:
    slider = lesson.slider
    if slider is None:
        return ""
    value = "" if given is None else f' value="{given:g}"'
    return (
        f'<label class="number"><input type="number" name="answer" required inputmode="decimal"'
        f' min="{slider.low:g}" max="{slider.high:g}" step="{slider.step:g}"{value}>'
        f"<span>{escape.html(slider.unit)} ({slider.low:g}–{slider.high:g})</span></label>"
    )


async def _answered(request: Request, poll: Poll) -> Response:
    if not origins.allowed(request):
        return _page(_("An answer must come from this page."), "", 403)
    body = await questions.body(request, MOST_BYTES, "")
    if isinstance(body, Response):
        return _page(_("An answer must be one of the choices."), "", body.status_code)
    sent = parse_qs(body.decode(errors="replace")).get("answer", [""])
    value, token = allowed(lessons.get(poll.lesson), sent[0]), _token(request, poll)
    if value is None:
        return _page(_("An answer must be one of the choices."), "", 400)
    if not token:
        return _page(_("This browser keeps no cookie, so its answer cannot be told from others."), "", 400)
    if not polls.answer(poll, token, value, questions.address(request)):
        if poll.ended:
            return _page(_("This question is closed."), "", 410)
        return _page(_("So many have answered that no more are counted."), "", 429)
    return RedirectResponse(f"{request.url.path}?{request.url.query}", 303)


def _page(title: str, body: str, status: int) -> HTMLResponse:
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape.html(title)}</title><style>{style.sheet('phone.css')}</style>"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    }
    main = f"<main><h1>{escape.html(title)}</h1>{body}</main>"
    content = f'<!doctype html><html lang="{language()}"><head>{head}</head><body>{main}</body></html>'
    return HTMLResponse(content, status, headers)
