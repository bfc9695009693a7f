"""Lessons that are predicted, trained and explained; each variant; comparisons of ideas; words of the field."""

from pages.ui import state
from pages.ui.lessons import parts

parts.show(state.session(state.LEARN))
