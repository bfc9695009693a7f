"""Whether the app can train, for whoever restarts it when it cannot."""

import asyncio
from typing import Any

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


def test_the_engine_begins_with_the_app_and_not_with_its_first_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(shared, "engine", lambda: begun.append(True))

    async def serve() -> None:
        async with shared.lifespan(None):
            assert begun

    asyncio.run(serve())
