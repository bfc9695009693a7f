"""The route at which a browser has its frames made into a film."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from pages.ui.live import walking
from tests.figures.test_walk import sheet


def ask(content: bytes, kind: str = "gif", frames: int | str = 3, origin: str = "") -> Response:
    pieces = [content[place : place + 2**20] for place in range(0, max(len(content), 1), 2**20)]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    headers = [(b"host", b"app.test")] + ([(b"origin", origin.encode())] if origin else [])
    path = {"kind": kind, "frames": str(frames)}
    scope = {"type": "http", "method": "POST", "path_params": path, "headers": headers}
    return asyncio.run(walking.walked(Request(scope, receive)))


def test_frames_become_a_film():
    answer = ask(sheet(3), origin="http://app.test")
    assert (answer.status_code, answer.media_type, answer.body[:3]) == (200, "image/gif", b"GIF")
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_made_says_why(monkeypatch):
    assert ask(sheet(3), origin="http://elsewhere.test").status_code == 403
    assert ask(sheet(3), "exe").status_code == ask(b"no picture").status_code == 400
    assert ask(sheet(3), frames="9" * 5000).status_code == 400
    assert ask(bytes(walking.LARGEST + 1)).status_code == 413
    monkeypatch.setattr(walking._places, "most", 0)
    assert ask(sheet(3)).status_code == 429
    assert not walking._places.taken
