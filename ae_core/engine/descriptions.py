"""Descriptions of networks that somebody wants to see: a worker gives them, because only workers load Keras."""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ae_core.engine import questions
from ae_core.engine.answer import Answer
from ae_core.engine.pool import WorkerPool, answer_of
from ae_core.settings import Settings

if TYPE_CHECKING:
    from distributed import Future

Description = Answer[Mapping[str, Any]]
"""What `training` says of a network, or why these settings build none."""

MOST_KEPT = 200
ASKED_EACH = 2  # of a worker at the same time: it answers one after the other, and what others ask waits behind


class Descriptions:
    """Descriptions by settings, of those that were looked at last; the seed makes no difference.

    `get` may be called on any thread; `exchange` and `disconnect` belong to the engine's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Settings, Description | None] = OrderedDict()
        self._questions: dict[Settings, tuple[Future, list[str]]] = {}  # and the workers that may answer

    def get(self, settings: Settings) -> Description | None:
        """The description, if it is known; else None, and a worker is asked for it."""
        settings = _unseeded(settings)
        with self._lock:
            known = self._known.setdefault(settings, None)
            self._known.move_to_end(settings)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return known

    def seconds(self, settings: Settings) -> float | None:
        """About how long a training will take; None if that is not known. Asks nobody."""
        with self._lock:
            known = self._known.get(_unseeded(settings))
        return None if known is None or known.value is None else float(known.value["seconds"])

    def exchange(self, pool: WorkerPool) -> None:
        """Takes in the answers that have come, and asks for what is still wanted."""
        for settings, (future, workers) in list(self._questions.items()):
            if not future.done() and not any(address in pool.members for address in workers):
                del self._questions[settings]  # to be asked again, because all who could have answered are gone
            elif future.done():
                del self._questions[settings]
                said: Description = answer_of(future)
                with self._lock:
                    if settings in self._known:
                        self._known[settings] = said
        with self._lock:
            wanted = [settings for settings, known in self._known.items() if known is None]
        usable = pool.usable
        for settings in reversed(wanted):  # the newest first
            if settings not in self._questions and len(self._questions) < ASKED_EACH * len(usable):
                future = pool.submit(questions.describe, settings.to_dict(), workers=usable)
                self._questions[settings] = future, usable

    def disconnect(self) -> None:
        """Drops the questions to a scheduler that is lost; they will be asked again."""
        self._questions = {}


def _unseeded(settings: Settings) -> Settings:
    return dataclasses.replace(settings, seed=0)
