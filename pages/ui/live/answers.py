"""Answers of the app's own routes that no browser may keep: what was asked for, or one sentence why there is none."""

import msgspec
from msgspec import Struct
from starlette.responses import Response


class Refused(Struct, frozen=True):
    """Why there is no answer.

    Args:
        why: One sentence.
    """

    why: str


def told(what: Struct, status: int = 200) -> Response:
    """An answer as JSON."""
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(what), status, media_type="application/json", headers=headers)


def refused(why: str, status: int) -> Response:
    """Says why there is none."""
    return told(Refused(why), status)
