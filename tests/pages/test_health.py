"""Whether the app can train, for whoever restarts it when it cannot."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.routing import Route

import app
from ae_core.engine import Engine
from ae_core.runs import RunStore
from pages.ui import shared


def answered() -> tuple[int, str]:
    """Status and text of the health address."""
    found = asyncio.run(shared.health(Request({"type": "http", "headers": []})))
    return found.status_code, bytes(found.body).decode()


def test_the_health_address_says_503_when_training_has_failed(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(address="tcp://127.0.0.1:9", store=store)
    monkeypatch.setattr(shared, "engine", lambda: engine)
    assert answered() == (200, "The training processes are starting.")
    engine._supervisor.status, engine._supervisor.status_text = "failed", "No scheduler answers."
    assert answered() == (503, "No scheduler answers.")
    assert shared.HEALTH in [route.path for route in app.routes if isinstance(route, Route)]


def test_the_engine_begins_and_ends_with_the_app_not_with_its_visitors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    class Silent:
        def __init__(self) -> None:
            told.append("begun")

        def close(self) -> None:
            told.append("closed")

    monkeypatch.setattr(shared, "engine", Silent)

    async def serve() -> None:
        async with shared.lifespan(None):
            assert told == ["begun"]

    asyncio.run(serve())
    assert told == ["begun", "closed"]
