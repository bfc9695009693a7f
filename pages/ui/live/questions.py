"""What a question to the app's own routes brings: a body, and numbers in its address. Nobody vouches for either."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pages.ui.live.answers import refused
from pages.ui.server import addresses, origins

SECONDS = 10.0  # within which a body must have come
ROOM, ROOM_OF_ONE = 2**26, 2**25  # bytes of bodies on their way: of all questions, and of those from one address

_WHOLE = re.compile(r"[0-9]{1,15}")
_arriving: Counter[str] = Counter()  # bytes that have come, by address


def whole(text: str) -> int | None:
    """The whole number that a part of an address is; None if it is none, or has more than 15 digits."""
    return int(text) if _WHOLE.fullmatch(text) else None


def address(request: Request) -> str:
    """The address of whoever asks, as it is counted."""
    return addresses.one(request.client.host) if request.client is not None else ""


async def body(request: Request, largest: int, too_much: str) -> bytes | Response:
    """What came with a question, wholly. Read it before the question takes a place: it may never arrive.

    Args:
        request: The question.
        largest: Bytes that it may have.
        too_much: One sentence; what is said of a larger one.

    Returns:
        The body; an answer if there is none.
    """
    came, who = bytearray(), address(request)
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.stream():
                came += piece
                _arriving[who] += len(piece)
                if len(came) > largest:
                    return refused(too_much, 413)
                if _arriving[who] > ROOM_OF_ONE or _arriving.total() > ROOM:
                    return refused("Too much is on its way to this server; ask again in a moment.", 429)
    except TimeoutError:
        return refused("A question must arrive within ten seconds.", 408)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    finally:
        _arriving[who] -= len(came)
        if not _arriving[who]:
            del _arriving[who]
    return bytes(came)


class Places:
    """Where only so many questions of one kind are answered at a time; one more is refused at once.

    An address never has all places, however many questions come from there, so that others find one.

    Args:
        most: How many.
        full: One sentence; what is said of one more.
        largest: Bytes that a question may have.
        too_much: One sentence; what is said of a larger one.
    """

    def __init__(self, most: int, full: str, largest: int, too_much: str) -> None:
        self.most, self._full, self._largest, self._too_much = most, full, largest, too_much
        self.most_of_one = most - max(1, most // 4)
        self.taken: dict[Request, str] = {}  # by the address that it comes from

    async def answered(self, request: Request, answer: Callable[[bytes], Awaitable[Response]]) -> Response:
        """What a question is answered, or why it is not.

        Args:
            request: The question.
            answer: Answers its body.
        """
        if not origins.allowed(request):
            return refused("Only pages of this app may ask.", 403)
        came = await body(request, self._largest, self._too_much)
        if isinstance(came, Response):
            return came
        who = address(request)
        if len(self.taken) >= self.most or [*self.taken.values()].count(who) >= self.most_of_one:
            return refused(self._full, 429)
        self.taken[request] = who
        try:
            return await answer(came)
        finally:
            del self.taken[request]
