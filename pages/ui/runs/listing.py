"""The stored runs as all visitors see them.

To look at every run takes time that grows with the store, and each open Compare page looks every two seconds: so one
look serves all of them for a moment.
"""

import threading
import time

import streamlit as st

from ae_core.runs import Going, RunStore, StoredRun
from pages.ui.shared import engine

SHARED_SECONDS = 1.0  # a look serves all viewers for so long
GOING_SECONDS = 30.0  # the same of which runs will be removed, which changes over days


class Listing:
    """Runs of a store, looked at seldom.

    Args:
        store: The runs on disk.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._runs: list[StoredRun] = []
        self._going: list[Going] = []
        self._looked = self._looked_ahead = -GOING_SECONDS

    def runs(self, fresh: bool = False) -> list[StoredRun]:
        """Every run that can be read, newest first.

        Args:
            fresh: Whether what has just been changed must be seen; else it may be so many seconds old.
        """
        asked = time.monotonic()
        with self._guard:
            # Whoever waited here has been served by the look of the one before.
            if self._looked < (asked if fresh else asked - SHARED_SECONDS):
                self._looked, self._runs = time.monotonic(), self._store.list_runs()
            return self._runs

    def going(self) -> list[Going]:
        """The runs that will be removed next, see `RunStore.about_to_go`."""
        asked = time.monotonic()
        with self._guard:
            if self._looked_ahead < asked - GOING_SECONDS:
                self._looked_ahead, self._going = asked, self._store.about_to_go()
            return self._going


@st.cache_resource(show_spinner=False)
def listing() -> Listing:
    """The engine's runs."""
    return Listing(engine().store)
