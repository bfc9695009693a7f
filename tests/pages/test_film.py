"""Frames over HTTP, asked for by whoever likes."""

import asyncio
import gzip
import json
import logging

import pytest
from starlette.requests import Request
from starlette.responses import Response

from ae_core.engine.jobs import Shared, TrainingJob
from pages.ui import static
from pages.ui.live import drawn, film
from pages.ui.live.kept import Kept, forget
from tests import demo
from tests.stored import SETTINGS


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

    def there(names):
        return [kept.get((name,)) is not None for name in names]

    for name in "abc":
        kept.put((name,), b"...")
    assert kept.get(("a",)) == b"..."
    kept.put(("d",), b"....")
    assert there("abcd") == [True, False, True, True]
    kept.put(("d",), b"")
    kept.put(("e",), b"")
    assert there("acde") == [False, True, True, True], "three at most"
    kept.put(("f",), b"." * 11)
    assert there("f") == [False], "what is too large is not kept"


def test_all_that_is_kept_of_a_run_goes_with_it():
    films, networks = (Kept(10, 3, len) for _ in range(2))
    for kept in (films, networks):
        kept.put(("gone", 1), b"....")
        kept.put(("stays", 1), b"....")
    forget("gone")
    for kept in (films, networks):
        assert (kept.get(("gone", 1)), kept.get(("stays", 1))) == (None, b"....")
        kept.put(("new", 1), b"......")
        assert kept.get(("stays", 1)) and kept.get(("new", 1)), "its room is free again"


def test_the_pictures_that_a_frame_names_are_there_however_long_ago_it_was_drawn(monkeypatch, tmp_path):
    monkeypatch.setattr(static, "FOLDER", tmp_path)
    monkeypatch.setattr(film, "_packed", Kept(film.KEPT_BYTES, film.MOST_KEPT, len))
    drawn._both_ends.cache_clear()
    recording = film.film_of("recording-vanilla")
    assert recording is not None
    run = TrainingJob(SETTINGS, "somebody", Shared())

    def push_out() -> None:
        for one in tmp_path.glob("atlas-*"):
            one.unlink()  # as many newer ones do

    for look in (
        lambda: asked(str(recording.steps[1])),
        lambda: drawn.both_ends("recording-vanilla", "en"),
        lambda: drawn.frame(demo.setup(panels=[]), demo.snapshot(40), None, run.cached),
    ):
        for _ in range(2):
            push_out()
            look()
            assert [*tmp_path.glob("atlas-*")]
    drawn._both_ends.cache_clear()
