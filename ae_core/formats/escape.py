"""Text that a person or a file brought, made safe for the place where it is put: there it is read, and does nothing.

Whoever puts such a text into a page or a file calls the function of that place, once, where the two are joined.
"""

import html as standard
import json
import re
from typing import Any

_JOINER = "\u2060"  # unseen, takes no room, and nothing is parted there
# What means something to Markdown wherever it stands; a `_` inside a word does not.
_ANYWHERE = re.compile(r"[\\`*\[<$~&]|(?<![^\W_])_|_(?![^\W_])")
_AT_START = re.compile(r"^(?:[-+=#>|]|\d+(?=[.)]))")
# Addresses, `:icons:` and arrows are looked for in what Markdown has read already, so no backslash hides them.
_FOUND_LATER = re.compile(r":(?=[^\s\d])|(?<=www)(?=\.)|@(?=\w)|(?<!\S)[-<>~](?=[-=>]+(?!\S))", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")

UNNAMED = "unnamed"  # a file whose name has nothing that may stay


def html(text: str) -> str:
    """A text for HTML or SVG, between tags or in a quoted attribute."""
    return standard.escape(text)


def json_in_html(value: Any) -> str:
    """A value as JSON that can stand in a script of an HTML page: no tag or comment begins or ends in it.

    Args:
        value: What `json.dumps` takes.
    """
    return re.sub(r"[<>&\u2028\u2029]", lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value))


def markdown(text: str) -> str:
    """A text for Markdown, as Streamlit and notebooks read it, on one line.

    No picture, link, formula, colour or icon comes of it, and nothing is fetched.
    """
    line = _FOUND_LATER.sub(lambda found: found[0] + _JOINER, " ".join(text.split()))
    line = _ANYWHERE.sub(r"\\\g<0>", line)
    return _AT_START.sub(lambda found: _JOINER + found[0], line)


def plotly(text: str) -> str:
    """A text for a figure of Plotly, which understands some tags, links among them, and fills in `%{…}`."""
    return standard.escape(text, quote=False).replace("%{", "%&#123;")


def csv_cell(text: str) -> str:
    """A text for a cell of a table, which a spreadsheet takes for a text and not for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def file_name(text: str) -> str:
    """A text as part of a file's name: letters, digits, `.`, `_` and `-`, and no hidden file."""
    return _FOREIGN.sub("-", text)[:80].lstrip(".-") or UNNAMED


def docstring(text: str) -> str:
    """A text for the inside of a Python string between three double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
