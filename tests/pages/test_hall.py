"""A question to a hall: one answer a phone, nothing of who gave it, and nothing that a stranger could fill."""

import asyncio
import json
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ae_core import lessons
from pages.ui.hall import phone, polls

CHOICES = next(name for name, one in lessons.registry().items() if one.slider is None)
NUMBER = next((name for name, one in lessons.registry().items() if one.slider is not None), "")


class Phone:
    """A browser that keeps its cookie.

    Args:
        poll: The question that it looks at.
    """

    def __init__(self, poll: polls.Poll):
        self._place = poll.id
        self.cookie = ""

    def get(self, language: str = "en") -> Response:
        """The page."""
        return self._ask("GET", b"", [(b"accept-language", language.encode())])

    def send(self, answer: str, origin: str = "http://app", receive=None) -> Response:
        """Presses the button."""
        return self._ask("POST", urlencode({"answer": answer}).encode(), [(b"origin", origin.encode())], receive)

    def _ask(self, method: str, body: bytes, headers: list[tuple[bytes, bytes]], receive=None) -> Response:
        async def at_once():
            return {"type": "http.request", "body": body}

        kept = [(b"cookie", f"{phone.COOKIE}={self.cookie}".encode())] if self.cookie else []
        path = f"/hall/{self._place}"
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "path_params": {"poll": self._place},
            "headers": [(b"host", b"app"), *kept, *headers],
            "query_string": b"",
            "server": ("app", 80),
            "scheme": "http",
        }
        answer = asyncio.run(phone.phone(Request(scope, receive or at_once)))
        given = SimpleCookie(answer.headers.get("set-cookie", "")).get(phone.COOKIE)
        self.cookie = given.value if given is not None else self.cookie
        return answer


def text(answer: Response) -> str:
    return bytes(answer.body).decode()


def counted(poll: polls.Poll, key: str) -> tuple[int, dict]:
    scope = {
        "type": "http",
        "method": "GET",
        "path_params": {"poll": poll.id},
        "headers": [],
        "query_string": urlencode({"key": key}).encode(),
    }
    answer = asyncio.run(phone.answers(Request(scope)))
    return answer.status_code, json.loads(bytes(answer.body))


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(phone, "polls", polls.Polls())
    return asked_by(phone.polls, "o" * 43)


def asked_by(open_polls: polls.Polls, owner: str, address: str = "") -> polls.Poll:
    poll = open_polls.ask(owner, CHOICES, address)
    assert poll is not None
    return poll


def test_a_question_ends_by_itself():
    now = [0.0]
    open_polls = polls.Polls(lambda: now[0])
    first = asked_by(open_polls, "me")
    assert open_polls.get(first.id) is first
    now[0] = polls.KEPT_SECONDS + 1
    assert open_polls.get(first.id) is None


def test_nobody_s_question_goes_for_that_of_somebody_else(monkeypatch):
    monkeypatch.setattr(polls, "MOST_POLLS", 5)
    monkeypatch.setattr(polls, "MOST_OF_ADDRESS", 2)
    monkeypatch.setattr(polls, "MOST_OF_OWNER", 1)
    open_polls = polls.Polls()
    first = asked_by(open_polls, "lecturer", "here")
    mine = [asked_by(open_polls, "me", "there") for _ in range(3)]
    assert [open_polls.get(one.id) is not None for one in mine] == [False, False, True], "one's own oldest goes"
    assert asked_by(open_polls, "another", "there")
    assert open_polls.ask("a third", CHOICES, "there") is None, "too many from there"
    asked_by(open_polls, "x", "y")
    asked_by(open_polls, "y", "y")
    assert open_polls.ask("z", CHOICES, "z") is None, "too many in all"
    open_polls.end(first)
    assert open_polls.ask("z", CHOICES, "z"), "one that has ended makes room"
    assert open_polls.get(first.id) is None


def test_answers_stay_to_be_seen_whatever_is_asked_and_ended_elsewhere(monkeypatch):
    monkeypatch.setattr(polls, "MOST_POLLS", 5)
    monkeypatch.setattr(polls, "MOST_OF_ADDRESS", 2)
    open_polls = polls.Polls()
    hall = asked_by(open_polls, "lecturer", "here")
    open_polls.end(hall)
    for owner in "abcdefgh":
        open_polls.end(asked_by(open_polls, owner, "there"))
    assert open_polls.get(hall.id) is hall
    asked_by(open_polls, "i", "there")
    asked_by(open_polls, "j", "there")
    assert open_polls.ask("k", CHOICES, "there") is None, "too many are open there"


def test_whoever_only_looks_takes_nobody_s_place(asked, monkeypatch):
    monkeypatch.setattr(polls, "MOST_PHONES", 2)
    for _ in range(5):  # a window of what reads the code, a preview of the link, a browser that keeps no cookies
        assert Phone(asked).get().status_code == 200
    assert not asked.phones
    mine, other, late = Phone(asked), Phone(asked), Phone(asked)
    for one in (mine, other, late):
        one.get()
    assert [one.send("0").status_code for one in (mine, other, late)] == [303, 303, 429]
    assert [mine.send("1").status_code, mine.get().status_code] == [303, 200], "who has answered may think again"
    assert "no more are counted" in text(Phone(asked).get())
    assert sorted(asked.answers.values()) == [0.0, 1.0]


def test_an_ended_question_keeps_its_answers_and_takes_no_more(asked):
    assert phone.polls.answer(asked, "x", 1.0)
    phone.polls.end(asked)
    assert not phone.polls.answer(asked, "x", 0.0), "nobody thinks again once it is revealed"
    assert not phone.polls.answer(asked, "y", 0.0)
    assert phone.polls.values(asked) == [1.0]


def test_there_are_only_so_many_answers_and_phones(monkeypatch):
    monkeypatch.setattr(polls, "MOST_ANSWERS", 3)
    monkeypatch.setattr(polls, "MOST_PHONES", 2)
    open_polls = polls.Polls()
    poll, other = asked_by(open_polls, "a"), asked_by(open_polls, "b")
    assert [open_polls.answer(poll, who, 0.0, "hall") for who in "xyzx"] == [True, True, False, True]
    assert not open_polls.has_room(poll, "hall")
    assert open_polls.has_room(poll, "elsewhere")
    assert [open_polls.answer(poll, who, 0.0, "elsewhere") for who in "vw"] == [True, False], "of all"
    known = open_polls.token(poll)
    assert open_polls.gave(poll, known)
    assert not open_polls.gave(other, known), "for that question only"
    assert not any(open_polls.gave(poll, made_up) for made_up in ("", "f1", "a.b", known + "0"))


def test_choices_are_counted_and_numbers_by_bin():
    lesson = lessons.get(CHOICES)
    places = range(len(lesson.choices))
    assert polls.counts(lesson, [0.0, 1.0, 1.0]) == [1, 2, *[0 for _ in places][2:]]
    assert [polls.allowed(lesson, text) for text in ("1", "-1", "99", "0.5", "nan", "x", "")] == [1.0, *[None] * 6]


@pytest.mark.skipif(not NUMBER, reason="no lesson asks for a number")
def test_a_number_is_counted_where_it_lies():
    lesson = lessons.get(NUMBER)
    slider = lesson.slider
    assert slider is not None
    low, *_between, high = polls.bounds(lesson)
    assert (low, high) == (slider.low, slider.high)
    assert polls.counts(lesson, [low, low, high]) == [2, *[0] * (polls.BINS - 2), 1]
    assert polls.counted_in(lesson, high + 1) == polls.BINS - 1
    assert polls.allowed(lesson, f"{high + 1}") is None
    assert polls.allowed(lesson, "nan") is None


def test_a_phone_answers_once_and_may_think_again(asked):
    lesson, mine, other = lessons.get(CHOICES), Phone(asked), Phone(asked)
    assert lesson.choices[0].text.split()[0] in text(mine.get())
    for place in (0, 1):
        assert mine.send(str(place)).status_code == 303
        page = text(mine.get())
        assert "Thank you" in page
        assert page.count(" checked") == 1
    other.get()
    other.send("0")
    status, found = counted(asked, asked.key)
    assert (status, found["total"], found["counts"][:2]) == (200, 2, [1, 1])


@pytest.mark.parametrize(
    ("answer", "origin", "status", "said"),
    [
        ("7000", "http://app", 400, "one of the choices"),
        ("", "http://app", 400, "one of the choices"),
        ("1" * 300, "http://app", 413, "one of the choices"),
        ("1", "http://elsewhere", 403, "from this page"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(asked, answer, origin, status, said):
    mine = Phone(asked)
    mine.get()
    refused = mine.send(answer, origin)
    assert refused.status_code == status
    assert said in text(refused)
    assert not asked.answers


def test_a_token_that_was_made_up_counts_for_nothing(asked):
    mine = Phone(asked)
    mine.cookie = "f1"
    assert mine.send("1").status_code == 400
    assert not asked.answers


def test_a_body_without_end_is_not_read_to_its_end(asked):
    pieces = 0

    async def receive():
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"a" * 100, "more_body": True}

    mine = Phone(asked)
    mine.get()
    assert mine.send("1", receive=receive).status_code == 413
    assert pieces <= phone.MOST_BYTES // 100 + 1


def test_an_answer_that_arrives_as_the_question_ends_is_told_that(asked):
    async def receive():
        phone.polls.end(asked)
        return {"type": "http.request", "body": b"answer=1"}

    mine = Phone(asked)
    mine.get()
    late = mine.send("1", receive=receive)
    assert (late.status_code, asked.answers) == (410, {})
    assert "closed" in text(late)


def test_a_browser_without_cookies_is_told_so(asked):
    refused = Phone(asked).send("1")
    assert (refused.status_code, asked.answers) == (400, {})
    assert "no cookie" in text(refused)


def test_only_who_asked_sees_the_answers_and_a_closed_question_says_so(asked):
    assert counted(asked, "guess")[0] == 403
    phone.polls.end(asked)
    assert counted(asked, asked.key)[0] == 200, "its answers stay to be seen"
    late = Phone(asked)
    assert [late.get().status_code, late.send("1").status_code] == [410, 410]
    assert "closed" in text(late.get())
    phone.polls = polls.Polls()
    assert counted(asked, asked.key)[0] == 404
    gone = Phone(asked).get()
    assert gone.status_code == 404
    assert "closed" in text(gone)
