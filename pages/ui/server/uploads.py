"""The file in an upload field: read once and let go of, so that it is not held for as long as a page is open."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

LARGEST_MB = 100  # as `.streamlit/config.toml` has it


@dataclass(frozen=True)
class Waiting:
    """A file that has come, until its page's script reads it.

    Args:
        address: From where.
        size: Its bytes.
        since: When it had come, on the monotonic clock.
    """

    address: str
    size: int
    since: float


waiting: dict[str, Waiting] = {}
"""By the page's session. A page that is closed, or that never reads it, leaves it here; see `bounds.py`."""

_in_hand: list[int] = []  # bytes of each file that a script works on
_guard = threading.Lock()


@contextlib.contextmanager
def given(key: str) -> Iterator[tuple[str, bytes] | None]:
    """Name and content of the file that a person has just put into a field; None if there is none, or it was read.

    Until the block ends it counts as held, whatever it waits for there: see `bounds.py`.

    Args:
        key: The field.
    """
    file = st.session_state[key]
    if not isinstance(file, UploadedFile):
        yield None
        return
    found = file.name, file.getvalue()
    with _guard:
        _in_hand.append(len(found[1]))
    try:
        context = get_script_run_ctx()
        if context is not None:
            context.uploaded_file_mgr.remove_session_files(context.session_id)
            waiting.pop(context.session_id, None)
        yield found
    finally:
        with _guard:
            _in_hand.remove(len(found[1]))


def in_hand() -> int:
    """Bytes of all files that scripts work on."""
    with _guard:
        return sum(_in_hand)
