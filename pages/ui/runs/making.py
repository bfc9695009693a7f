"""Files that are made when somebody presses a button: a few at a time, and only so much of them waits to be fetched.

Streamlit keeps each in memory until scripts of pages have ended twice. On a host that nobody else visits that is never,
and a press costs whoever presses some bytes.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from streamlit.runtime import exists, get_instance

from ae_core.errors import EngineError
from pages.ui.words.language import _

MOST, PATIENCE = 2, 60.0  # files that are made at a time, and seconds that another one waits for them
MOST_OF_ONE = 2  # files of one person, with those that wait to be made
ROOM = 200 * 2**20  # bytes of files that wait to be fetched, beyond which those are let go of that nobody's page has
MANY = "Two files of yours are being made already; try again when one has come."
BUSY = "Files of others are being made at present; try again in a minute."

_places = threading.BoundedSemaphore(MOST)
_of_one: Counter[str] = Counter()  # by person
_guard = threading.Lock()


@contextlib.contextmanager
def place(person: str) -> Iterator[None]:
    """A place in which a file is made. Runs on any thread but the server's own.

    Args:
        person: Token of whoever wants the file.

    Raises:
        EngineError: If there is none.
    """
    with _guard:
        if _of_one[person] >= MOST_OF_ONE:
            raise EngineError(_(MANY))
        _of_one[person] += 1
    try:
        if not _places.acquire(timeout=PATIENCE):
            raise EngineError(_(BUSY))
        try:
            _let_go()
            yield
        finally:
            _places.release()
    finally:
        with _guard:
            _of_one[person] -= 1
            if not _of_one[person]:
                del _of_one[person]


def _let_go() -> None:
    """Has Streamlit do now what it does when a script ends: a file goes the second time that it is nobody's."""
    if not exists():
        return
    files = get_instance().media_file_mgr
    stats = files._storage.get_stats()  # type: ignore[attr-defined]
    if sum(one.byte_length for family in stats.values() for one in family) > ROOM:
        files.remove_orphaned_files()
