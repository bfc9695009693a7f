"""What a page does if it breaks all the same: it loads itself anew, once, and says so. Its address holds everything."""

import functools
import json
from typing import Any

import streamlit as st

from pages.ui import static
from pages.ui.words.language import _, known, language


def keep() -> None:
    """Watches over the page for as long as it is open."""
    words = {
        "said": _("The page had lost its content and was loaded anew."),
        "close": _("Close"),
        "language": known(language()),
    }
    _component()(key="guard", data=json.dumps(words).encode())


@functools.cache
def _component() -> Any:
    return st.components.v2.component("ae_guard", html="", js=static.script("guard.js"))
