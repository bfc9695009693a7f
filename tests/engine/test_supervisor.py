"""The engine's own thread: how often it begins again, and that it waits for nobody."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ae_core.engine import renewal, supervisor
from ae_core.engine.engine import Engine
from ae_core.engine.pool import Member
from ae_core.engine.renewal import Renewal
from ae_core.runs import RunStore
from tests.waiting import PATIENCE, until


class Clock:
    """A clock that goes on only when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(supervisor.time, "monotonic", made)
    monkeypatch.setattr(supervisor, "_PAUSES", (0.0, 0.0, 0.0))
    return made


def test_losing_the_scheduler_is_forgiven_as_time_goes_by(store: RunStore, clock: Clock) -> None:
    one = Engine(store=store)._supervisor
    for _ in range(50):  # far more often than is allowed at a time
        assert one._try_again()
        clock.now += 400.0
    assert [one._try_again() for _ in range(4)][-1] is False, "again and again within ten minutes"


def test_a_scheduler_that_comes_back_is_joined_again(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_PAUSES", (0.0, 0.0, 0.0))
    engine = Engine(store=store, address="tcp://127.0.0.1:9")
    one, tries = engine._supervisor, iter(range(10))

    def connect() -> Any:
        number = next(tries)
        if number in (1, 2):
            raise supervisor._UnreachableError("No scheduler answers.")
        one._taken_up = True
        return number

    worked: list[int] = []

    def work(pool: Any) -> None:
        worked.append(pool)
        one._closing = len(worked) == 2

    monkeypatch.setattr(one, "_connect", connect)
    monkeypatch.setattr(one, "_work", work)
    one._serve()
    assert worked == [0, 3], "it was away twice, and is there again"


class Silent:
    """A client whose workers answer when they are told to, which one that has died never is."""

    def __init__(self) -> None:
        self.go, self.asked = threading.Event(), 0

    def run(self, *_: Any, **__: Any) -> None:
        self.asked += 1
        assert self.go.wait(PATIENCE)

    def processing(self, workers: list[str]) -> dict[str, Any]:
        return {}


@pytest.fixture
def silent() -> Iterator[Silent]:
    client = Silent()
    yield client
    client.go.set()


def test_a_worker_that_does_not_answer_holds_nobody_up(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "GROWTH", 1.0)
    monkeypatch.setattr(renewal, "MOST_GROWTH", 1.0)
    monkeypatch.setattr(renewal, "FRESH", 0.0)
    ended: list[str] = []

    class Pool:
        client, expected = silent, None

        def __init__(self) -> None:
            self.members = {
                "a": Member("old", None, 1, 10, 0, "ready"),
                "b": Member("fresh", None, 0, 0, 0, "ready"),
            }

        def recount(self) -> None:
            """Looks at once."""

    class Workers:
        add_beside = staticmethod(lambda name: "fresh")
        end = staticmethod(ended.append)
        most_memory = 1e12

    one, pool = Renewal(), Pool()
    for _ in range(20):
        one.tick(pool, Workers(), {"a"})  # type: ignore[arg-type]
    until(lambda: silent.asked == 1)
    assert not one._offered and ended == []
    silent.go.set()

    def offered() -> bool:
        one.tick(pool, Workers(), {"a"})  # type: ignore[arg-type]
        return one._offered

    until(offered)
    one.tick(pool, Workers(), set())  # type: ignore[arg-type]
    assert ended == ["old"]


@pytest.mark.parametrize(("most", "renewed"), [(1.1e9, True), (2.8e9, False)])
def test_where_memory_is_short_a_worker_is_renewed_sooner(most: float, renewed: bool) -> None:
    class Idle:
        def processing(self, workers: list[str]) -> dict[str, str]:
            return {}

    class Pool:
        client, expected = Idle(), None

        def __init__(self) -> None:
            self.members = {"a": Member("old", None, 1, 960_000_000, 810_000_000, "ready")}

        def recount(self) -> None:
            """Looks at once."""

    ended: list[str] = []

    class Workers:
        most_memory = most
        add_beside = staticmethod(lambda name: None)
        end = staticmethod(ended.append)

    one = Renewal()
    one.tick(Pool(), Workers(), set())  # type: ignore[arg-type]
    one.tick(Pool(), Workers(), set())  # type: ignore[arg-type]
    assert ended == (["old"] if renewed else [])
