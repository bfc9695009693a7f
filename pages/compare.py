"""Runs side by side: which there are, how they differ, and how to make one that differs in one thing only."""

from pages.ui import state
from pages.ui.runs import comparing

own = state.session("compare")
state.write_address()
comparing.show(own)
