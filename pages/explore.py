"""Play with what a network has learnt."""

import streamlit as st

from pages.ui import state
from pages.ui.explore.exploring import arrive, show

own = state.session("explore")
arrive(own)
state.write_address()
with st.container(key="explore_page"):
    show(own)
