"""Frames over HTTP, asked for by whoever likes."""

import asyncio
import gzip
import json
import logging

import pytest
from starlette.requests import Request
from starlette.responses import Response

from pages.ui.live import film
from pages.ui.live.kept import Kept


def asked(step: str, query: str = "") -> Response:
    scope = {
        "type": "http",
        "path_params": {"name": "recording-vanilla", "step": step},
        "query_string": query.encode(),
        "headers": [],
    }
    return asyncio.run(film.frame(Request(scope)))


@pytest.mark.parametrize("step", ["-1", "1.5", "<script>", "²", "9" * 15, "9" * 5000, ""])
def test_a_step_that_is_none_is_not_found(step):
    assert asked(step).status_code == 404


@pytest.mark.parametrize("query", ["words=", "words=%00", "words=../../..", "panel=%3Cb%3E", "words=" + "x" * 10_000])
def test_a_made_up_wish_gets_the_frame_that_all_get(query, monkeypatch, caplog):
    monkeypatch.setattr(film, "_packed", Kept(film.KEPT_BYTES, film.MOST_KEPT, len))
    recording = film.film_of("recording-vanilla")
    assert recording is not None
    step = recording.steps[1]
    with caplog.at_level(logging.WARNING):
        made = asked(str(step), query)
    assert json.loads(gzip.decompress(made.body))["step"] == step
    assert asked(str(step), "words=en").body is made.body, "built once for all"
    assert not caplog.records, "nobody fills the log"


def test_what_was_asked_for_longest_ago_goes_first_by_bytes_and_by_number():
    kept: Kept[bytes] = Kept(10, 3, len)
    for name in "abc":
        kept.put(name, b"...")
    assert kept.get("a") == b"..."
    kept.put("d", b"....")
    assert [kept.get(name) is not None for name in "abcd"] == [True, False, True, True]
    kept.put("d", b"")
    kept.put("e", b"")
    assert [kept.get(name) is not None for name in "acde"] == [False, True, True, True], "three at most"
    kept.put("f", b"." * 11)
    assert kept.get("f") is None, "what is too large is not kept"
