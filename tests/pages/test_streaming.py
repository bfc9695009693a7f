"""What pages hear of a run beside Streamlit's own connection: built once, sent to all who listen."""

import asyncio
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ae_core.engine.jobs import Shared, TrainingJob
from ae_core.variants import read_settings
from pages.ui.live import settling, streaming
from tests import demo
from tests.pages.one_run import until

ENGINE: Any = SimpleNamespace(
    status="ready", status_text="", run=lambda run_id: None, job=lambda job_id: None, seen=lambda run_id: None
)


@pytest.fixture
def run() -> TrainingJob:
    run = TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "somebody", Shared())
    run.change(setup=demo.setup(panels=[]), snapshot=demo.snapshot(40), state="running")
    return run


def engine_with(run: TrainingJob) -> Any:
    film = SimpleNamespace(steps=[0, 20, 40])
    return SimpleNamespace(
        status="ready", status_text="", run=lambda run_id: run, job=lambda job_id: None, film=lambda run_id: film
    )


def source(run: TrainingJob, **wishes: str) -> streaming.Source:
    found = streaming._source(engine_with(run), run.id, wishes)
    assert found is not None
    return found


def test_a_message_says_where_a_run_stands_and_what_is_seen_of_it(run):
    said = json.loads(source(run).message(True))
    assert said["token"] == streaming.token(run) and said["at"] == run.changed_at > 0
    assert said["status"][:2] == ["running", "Training"]
    assert {view["step"] for view in said["frame"]["views"].values()} == {40} and "live_loss" in said["frame"]["views"]
    assert said["steps"] == [0, 20, 40], "all that one can go back to"
    said = json.loads(source(run).message(False))
    between = said["frame"]
    assert "live_loss" not in between["views"], "the page adds the point to the curves that it has"
    assert not said["steps"]
    assert between["point"]["loss"] == demo.snapshot(40).history["loss"][-1]


def test_a_silent_worker_is_said_and_forgotten(run):
    page = source(run)
    before = page.version()
    run.change(silent=5)
    assert page.version() != before, "it is said at once"
    where = json.loads(page.message(False))["status"]
    assert where[1] == "Training" and "no sign of life for 5" in where[2]
    run.change(silent=0)
    assert "no sign of life" not in json.loads(page.message(False))["status"][2]


def test_a_run_without_a_snapshot_is_heard_of_too():
    run = TrainingJob(read_settings({"variant": "vanilla", "dataset": "digits"}), "somebody", Shared())
    run.change(position=2)
    said = json.loads(source(run).message(True))
    assert said["status"][0] == "queued" and "2nd in the queue" in said["status"][2] and said["frame"] is None


def test_the_token_changes_with_what_streamlit_draws_and_with_nothing_else(run):
    first = streaming.token(run)
    before = run.changed_at
    run.change(snapshot=demo.snapshot(80))
    assert streaming.token(run) == first and run.changed_at > before, "what is heard later is newer"
    assert run.view().changed_at == run.changed_at
    for change in ({"state": "paused"}, {"owner": "another"}, {"measuring": True}, {"result": object()}):
        before = streaming.token(run)
        run.change(**change)
        assert streaming.token(run) != before, change
    assert "somebody" not in first, "nobody learns by whom a run is owned"


def test_words_and_panel_of_an_address_are_looked_at_with_suspicion(run):
    assert json.loads(source(run, panel="<b>", words="x" * 5000).message(True))["frame"]["step"] == 40
    assert streaming._source(ENGINE, "x" * 12, {}) is None
    many = streaming._source(engine_with(run), streaming.TOGETHER, {"runs": ",".join(["x" * 12] * 5000)})
    assert len(many._jobs()) <= streaming.MOST_TOGETHER  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["words", "panel", "variant", "runs"])
def test_a_made_up_wish_makes_no_channel_of_its_own(run, name):
    places = {"variant": streaming.ENGINE, "runs": streaming.TOGETHER}
    ready: Any = SimpleNamespace(status="ready", status_text="", run={run.id: run}.get, job=lambda job_id: None)
    found = [streaming._source(ready, places.get(name, run.id), {name: f"made up {number}"}) for number in range(3)]
    assert len({one.key for one in found if one is not None}) == 1


def test_who_compares_runs_watches_each_of_them(run):
    ready: Any = SimpleNamespace(status="ready", status_text="", run={run.id: run}.get, job=lambda job_id: None)
    together = streaming._source(ready, streaming.TOGETHER, {"runs": f"{run.id},unknown"})
    assert together is not None and list(together.watched) == [run.id] == list(source(run).watched)
    assert list(streaming._source(ready, streaming.ENGINE, {}).watched) == []  # type: ignore[union-attr]


def test_pages_that_look_at_the_same_get_the_same_bytes_and_only_the_newest(run):
    made: list[bool] = []

    class Counting:
        key = "run"
        watched = ()
        moving = True

        def version(self) -> int:
            return run.version

        def message(self, curves: bool) -> bytes:
            made.append(curves)
            return source(run).message(curves)

    async def listen() -> tuple[bytes, bytes, int]:
        async with (
            streaming._channel(Counting()) as one,
            streaming._channel(Counting()) as other,
        ):
            assert one is other
            waiting = [asyncio.create_task(channel.after(0)) for channel in (one, other)]
            await asyncio.sleep(2 * streaming.LOOK_SECONDS)
            run.change(snapshot=demo.snapshot(80))
            (_, first), (_, second) = await asyncio.gather(*waiting)
            for step, number in ((120, 2), (160, 3)):
                run.change(snapshot=demo.snapshot(step))
                await until(lambda number=number: one.count == number)  # type: ignore[misc]
            count, newest = await one.after(1)
            assert json.loads(newest)["frame"]["step"] == 160 and count == 3
        assert not streaming._channels, "who looks on for nobody looks no more"
        return first, second, len(made)

    first, second, built = asyncio.run(listen())
    assert first is second, "the same bytes, not equal ones"
    assert built == 3


class Socket:
    """The end of a connection at which the app speaks."""

    def __init__(self) -> None:
        self.query_params: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.path_params = {"place": "a run"}
        self.sent: list[bytes] = []
        self.said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.closed: int | None = None

    async def accept(self) -> None:
        pass

    async def close(self, code: int) -> None:
        self.closed = code

    async def send_bytes(self, message: bytes) -> None:
        self.sent.append(message)

    async def receive(self) -> dict[str, str]:
        return await self.said.get()


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("says", [True, False], ids=["one that says what it takes", "one that never says"])
def test_a_page_that_is_slow_gets_what_is_newest_instead_of_all_there_was(says):
    async def listen() -> list[int]:
        now = [0]
        told: Any = SimpleNamespace(
            key="slow", moving=True, version=lambda: now[0], message=lambda curves: str(now[0]).encode()
        )
        socket: Any = Socket()
        page = streaming.Page(socket)
        hearing = asyncio.create_task(page.hear())
        taken = {"type": "websocket.receive"}
        async with streaming._channel(told) as channel:
            seen: int | None = channel.count
            await page.send(b"0")
            if says:
                await socket.said.put(taken)
                await until(lambda: page._taken)
            for now[0] in range(1, (1 if says else 2) * streaming.UNDER_WAY + 1):
                seen, message = await streaming._news(page, channel, seen or 0)
                await page.send(message)
            if says:
                news = asyncio.create_task(streaming._news(page, channel, seen or 0))
                for now[0] in range(streaming.UNDER_WAY + 1, 2 * streaming.UNDER_WAY + 1):
                    await channel.after(channel.count or 0)
                assert not news.done(), "it has not taken what is on its way"
                await socket.said.put(taken)
                await page.send((await news)[1])
        await socket.said.put({"type": "websocket.disconnect"})
        await hearing
        return [int(message) for message in socket.sent]

    sent = asyncio.run(listen())
    newest = 2 * streaming.UNDER_WAY
    assert sent == ([*range(streaming.UNDER_WAY + 1), newest] if says else [*range(newest + 1)])


def test_whole_curves_come_now_and_then(run, monkeypatch):
    async def build(seconds: float) -> list[bool]:
        monkeypatch.setattr(streaming, "CURVES_SECONDS", seconds)
        asked: list[bool] = []

        def message(curves: bool) -> bytes:
            asked.append(curves)
            return b""

        told: Any = SimpleNamespace(moving=True, version=lambda: 0, message=message)
        channel = streaming.Channel(told, 0)
        for _ in range(3):
            channel._build()
        channel.close()
        return asked

    assert asyncio.run(build(60.0)) == [True, False, False]
    assert asyncio.run(build(0.0)) == [True, True, True]


def test_a_snapshot_that_cannot_be_told_is_not_the_last_that_pages_hear_of(caplog):
    def message(curves: bool) -> bytes:
        if now[0] == 1:
            raise OSError("its folder is gone")
        return b"the next"

    async def listen() -> bytes:
        told: Any = SimpleNamespace(key="a run", moving=True, version=lambda: now[0], message=message)
        async with streaming._channel(told) as channel:
            now[0] = 1
            await until(lambda: caplog.records)
            now[0] = 2
            return (await channel.after(0))[1]

    now = [0]
    assert asyncio.run(listen()) == b"the next"
    assert "What is new of a run cannot be told" in caplog.text and "its folder is gone" in caplog.text


def test_a_channel_that_breaks_lets_its_pages_connect_again(monkeypatch):
    def version() -> int:
        if broken[0]:
            raise RuntimeError("nobody has thought of this")
        return 0

    async def listen() -> int | None:
        told: Any = SimpleNamespace(key="a run", watched=(), moving=True, version=version, message=lambda curves: b"{}")
        monkeypatch.setattr(streaming, "_source", lambda *given: told)
        socket: Any = Socket()
        serving = asyncio.create_task(streaming.stream(socket))
        await until(lambda: socket.sent)
        broken[0] = True
        await serving
        broken[0] = False
        async with streaming._channel(told) as channel:
            assert not channel.broken, "the next page gets another one"
        return socket.closed

    broken = [False]
    monkeypatch.setattr(streaming, "ALIVE_SECONDS", 0.1)
    monkeypatch.setattr(streaming.shared, "engine", lambda: ENGINE)
    assert asyncio.run(listen()) == streaming.BROKEN


def test_whoever_listens_to_a_run_that_is_removed_is_told():
    async def listen() -> int | None:
        gone = [False]
        told: Any = SimpleNamespace(
            key="gone", moving=True, version=lambda: None if gone[0] else 1, message=lambda curves: b""
        )
        async with streaming._channel(told) as channel:
            gone[0] = True
            count, _ = await channel.after(0)
            return count

    assert asyncio.run(listen()) is None


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
