"""What pages hear of a run beside Streamlit's own connection: built once, sent to all, and timers rest meanwhile."""

import asyncio
import json
import time
from collections import Counter

import pytest

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.variants import read_settings
from pages.ui.live import settling, streaming
from tests import demo

WISHES = {"log": "0", "panel": "", "words": "en"}


@pytest.fixture
def run():
    run = TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "somebody", Shared())
    run.change(setup=demo.setup(panels=[]), snapshot=demo.snapshot(40))
    return run


@pytest.fixture
def listening(monkeypatch):
    pages: Counter[str] = Counter()
    monkeypatch.setattr(streaming, "_listening", pages)
    return pages


def message(run, wishes):
    now = run.view()
    return streaming._message(now, now.setup, now.snapshot, wishes)


def test_viewers_of_one_run_share_one_message(run):
    first = message(run, WISHES)
    assert message(run, dict(WISHES)) is first, "the same bytes, not equal ones"
    other = message(run, WISHES | {"log": "1"})
    assert other != first
    said, other_said = json.loads(first)["views"], json.loads(other)["views"]
    assert said["live_latent"] == other_said["live_latent"], "what does not depend on the wish is built once"
    assert said["live_loss"]["of"] != other_said["live_loss"]["of"], "a page keeps what it asked for"
    assert {view["step"] for view in said.values()} == {40}


def test_a_later_snapshot_is_another_message_and_knows_that_it_is_later(run):
    before = json.loads(message(run, WISHES))
    run.change(snapshot=demo.snapshot(80))
    after = json.loads(message(run, WISHES))
    assert after["views"]["live_loss"]["step"] == 80
    assert after["views"]["live_loss"]["of"] == before["views"]["live_loss"]["of"]
    assert after["views"]["live_loss"]["at"] > before["views"]["live_loss"]["at"]
    assert ">80<" in after["texts"][".ae-tiles:not(.ae-more)"]


def test_an_unknown_panel_is_left_out(run):
    assert "live_panel" not in json.loads(message(run, WISHES | {"panel": "<b>"}))["views"]


def test_timers_rest_only_where_many_listen(listening):
    now = streaming.time.monotonic()
    assert streaming.rest("mine", now) == 0.0
    listening.update(f"page {number}" for number in range(50))
    listening["mine"] += 1
    assert streaming.rest("mine", now) == streaming.RESTS[-1]
    assert 51 / streaming.rest("mine", now) < 2 * streaming.DRAWN_A_SECOND
    for number in range(42):
        del listening[f"page {number}"]
    assert streaming.rest("mine", now) == streaming.RESTS[0]


def test_a_page_that_cannot_listen_is_drawn_as_often_as_ever(listening):
    listening.update(f"page {number}" for number in range(50))
    now = streaming.time.monotonic()
    assert streaming.rest("deaf", now) > 0.0, "it may still be about to listen"
    assert streaming.rest("deaf", now - streaming.PATIENCE - 1) == 0.0


def test_the_end_of_a_page_waits_for_a_server_that_is_behind():
    order: list[str] = []

    def page() -> None:
        settling.settle()
        order.append("ended")

    async def serve() -> None:
        async with settling.lifespan(None):
            asyncio.get_running_loop().call_later(settling.SETTLE_SECONDS / 2, order.append, "sent")
            drawn = asyncio.create_task(asyncio.to_thread(page))
            await asyncio.sleep(settling.SETTLE_SECONDS / 5)
            time.sleep(6 * settling.SETTLE_SECONDS)  # the server has other things to do
            await drawn

    asyncio.run(serve())
    assert order == ["sent", "ended"]
