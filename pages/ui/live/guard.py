"""What a page does if it breaks all the same: it loads itself anew, once, and says so. Its address holds everything."""

import json

from pages.ui import unseen
from pages.ui.words.language import _, known, language


def keep() -> None:
    """Watches over the page for as long as it is open."""
    words = {
        "said": _("The page had lost its content and was loaded anew."),
        "close": _("Close"),
        "language": known(language()),
    }
    unseen.mount("guard", "guard.js", json.dumps(words).encode())
