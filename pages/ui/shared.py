"""What all visitors share: the engine."""

import os
import threading

import streamlit as st

from ae_core.engine import Engine

HEAD_START_SECONDS = 3.0  # for the first page: loading TensorFlow takes every core for ten seconds


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The engine, started in the background a moment after the first visitor arrives."""
    shared = Engine(address=os.environ.get("AE_SCHEDULER"))
    begin = threading.Timer(HEAD_START_SECONDS, shared.start)
    begin.daemon = True
    begin.start()
    return shared
