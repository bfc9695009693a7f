"""The stored runs as all visitors see them.

Looking at every run takes time that grows with the store, and every open Compare page looks every two seconds. So one
look serves all of them for a moment.
"""

import threading
import time

import streamlit as st

from ae_core.runs import Going, RunStore, StoredRun
from pages.ui.shared import engine

SHARED_SECONDS = 1.0  # for which one look serves all viewers
GOING_SECONDS = 30.0  # the same for what will be removed next, which changes over days


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
            fresh: Whether a change made just now must be seen; otherwise what is given may be `SHARED_SECONDS` old.
        """
        asked = time.monotonic()
        with self._guard:
            # Whoever had to wait here is served by the look of whoever was first.
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
