"""What workers compute for pages that ask again and again, which tells how far it is; once for all who ask.

When nobody asks any more, because the pages that did have been closed or have said that they gave it up, the work stops
at the end of the stretch that it is at. Who begins the next one is a matter of turns, see `turns.py`.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ae_core.errors import EngineError, WarmingError
from pages.ui.live.answers import refused
from pages.ui.live.turns import Turns
from pages.ui.server import origins
from pages.ui.words.language import _, known, spoken

AGAIN_SECONDS = 1.0  # until it is begun again where no worker was ready
MOST_AGAIN = 60  # times; then that is said
PATIENCE = 6.0  # seconds without a question, after which a page counts as closed
LONGEST_NAME = 40  # of a page, which it gives itself

logger = logging.getLogger(__name__)

Key = TypeVar("Key", bound=tuple[object, ...])
Steps = Iterator[tuple[float, bytes]]
"""The share that is done, up to 1, and what there is of it by then."""


class Work:
    """Something on its way.

    Args:
        address: From where it was asked for first.

    Attributes:
        share: How much of it is done.
        why: One sentence; why there is none.
        pages: When each page that waits for it has last asked.
        task: What brings it forth.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.share, self.why = 0.0, ""
        self.pages: dict[str, float] = {}
        self.task: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether any page still waits for it; those that have gone are forgotten."""
        now = time.monotonic()
        self.pages = {page: at for page, at in self.pages.items() if now - at < PATIENCE}
        return bool(self.pages)


class Works(dict[Key, Work]):
    """All that is on its way of one kind, by what it is. Used on the server's own loop.

    Args:
        most: How many there are at a time, for all pages together.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._turns = Turns()

    def ask(
        self, key: Key, page: str, address: str, begin: Callable[[], Steps], keep: Callable[[bytes], None]
    ) -> Work | None:
        """A page asks for something: begins it, or tells how far it is.

        Args:
            key: What it is.
            page: The page, which has given up all else of this kind by that.
            address: From where it asks; one address has one work at a time that anybody waits for.
            begin: Gives what brings it forth, a stretch at a time.
            keep: Given what it comes to.

        Returns:
            The work, which is forgotten if it says why there is none; None while it is the turn of others.
        """
        self._give_up(page, but=key)
        work = self.get(key)
        if work is None:
            under_way = [one for one in self.values() if not one.why]
            busy = {one.address for one in under_way if one.wanted}
            if not self._turns.take(page, address, self._most - len(under_way), busy):
                return None
            work = self[key] = Work(address)
            work.task = asyncio.create_task(self._bring(key, work, begin, keep))
        if work.why:
            del self[key]  # whoever asks again has it tried again
        else:
            work.pages[page] = time.monotonic()
        return work

    def leave(self, page: str) -> None:
        """A page wants nothing any more."""
        self._give_up(page)
        self._turns.leave(page)

    def _give_up(self, page: str, but: Key | None = None) -> None:
        """Nothing that is on its way is for this page, but for one; what went wrong unasked is forgotten."""
        for key, work in [*self.items()]:
            if key != but:
                work.pages.pop(page, None)
                if work.why and not work.wanted:
                    del self[key]

    async def _bring(self, key: Key, work: Work, begin: Callable[[], Steps], keep: Callable[[bytes], None]) -> None:
        """Goes from stretch to stretch as long as somebody wants it."""
        found, steps, again = b"", None, 0
        try:
            while work.wanted and work.share < 1.0:
                try:
                    steps = steps or begin()
                    work.share, found = await run_in_threadpool(next, steps)
                except WarmingError:
                    steps, again = None, again + 1
                    if again > MOST_AGAIN:
                        raise
                    await asyncio.sleep(AGAIN_SECONDS)
            if work.share >= 1.0:
                keep(found)
        except EngineError as error:
            work.why = str(error)
        except Exception:  # pages would have it begun again and again, and wait for ever
            logger.exception("%s could not be computed.", key)
            work.why = _("This could not be computed because of a fault in the app; its log has the details.")
        finally:
            if not work.why:
                del self[key]


async def asked(request: Request, works: Works[Key], answer: Callable[[Request, str], Awaitable[Response]]) -> Response:
    """POST asks for something of that kind; DELETE says that the page does not want it any more.

    Args:
        request: Whose path names the `page`.
        works: What is on its way of that kind.
        answer: Answers the request of a page, given its name.
    """
    with spoken(known(request.query_params.get("words", ""))):
        if not origins.allowed(request):
            return refused(_("Only pages of this app may ask."), 403)
        page = request.path_params["page"][:LONGEST_NAME]
        if request.method == "DELETE":
            works.leave(page)
            return Response(status_code=204)
        return await answer(request, page)
