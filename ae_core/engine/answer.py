"""How a worker's small task ends: with a value, or with one sentence that says why there is none.

An exception is never sent. Its class may live in TensorFlow, which the web process would have to load to read it.
"""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

from ae_core.errors import DataError, EngineError, SettingError

logger = logging.getLogger(__name__)

LOST = "The worker process that trained this run died, perhaps for want of memory; other runs are not affected."

T = TypeVar("T")


class Answer(Struct, Generic[T], frozen=True):
    """A value, or why there is none.

    Args:
        value: The value; None if there is none.
        error: One sentence; empty if there is a value.
    """

    value: T | None = None
    error: str = ""

    def result(self) -> T:
        """The value.

        Raises:
            EngineError: If there is none. Its message is `error`.
        """
        if self.value is None:
            raise EngineError(self.error)
        return self.value


def answer(work: Callable[[], T], failure: str) -> Answer[T]:
    """Does some work, and says how it ended.

    Args:
        work: What is done.
        failure: Beginning of the sentence about an error that nobody foresaw; the log has its trace.
    """
    try:
        return Answer(value=work())
    except (SettingError, DataError) as error:
        return Answer(error=str(error))
    except Exception as error:
        logger.exception("%s.", failure)
        kind = type(error).__name__
        return Answer(error=f"{failure} because of an internal error ({kind}); the log has the details.")
