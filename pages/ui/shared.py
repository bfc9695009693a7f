"""What all visitors share: the engine."""

import os

import streamlit as st

from ae_core.engine import Engine


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The engine, started in the background when the first visitor comes."""
    shared = Engine(address=os.environ.get("AE_SCHEDULER"))
    shared.start()
    return shared
