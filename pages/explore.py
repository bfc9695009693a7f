"""Play with what a network has learnt."""

from pages.ui import state
from pages.ui.explore.exploring import show

own = state.session("explore")
state.write_address()
show(own)
