"""Parts of a page that show nothing: scripts that watch over it, keep a cookie, have it drawn again.

Streamlit gives every element room and a gap below it. Those of this module take none, by one rule of `style.css`, so a
new one cannot push away what a person looks at.
"""

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui import static

PREFIX = "unseen_"  # of their keys; `style.css` knows it


def mount(
    name: str,
    module: str,
    data: bytes | None = None,
    *,
    script: Callable[[str], str] = static.script,
    **callbacks: Callable[[], None],
) -> Any:
    """Mounts a script that shows nothing; once on a page.

    Args:
        name: What it is called on the page.
        module: File in `assets/javascript`, whose default export is called with every message.
        data: What it is told. Data of any type but bytes would make Streamlit load pandas.
        script: `static.script`, or `static.loader` where the module imports others.
        callbacks: What Streamlit calls when the script has set a value, such as `on_token_change` for `token`.

    Returns:
        The values that the script has set.

    Raises:
        OSError: If the folder of static files cannot be written; only with `static.loader`.
    """
    return _component(name, module, script)(key=PREFIX + name, data=data, **callbacks)


@functools.cache
def _component(name: str, module: str, script: Callable[[str], str]) -> Any:
    return st.components.v2.component(f"ae_{name}", html="<i hidden></i>", js=script(module), isolate_styles=False)
