"""The browser's own button, which leads to the page before."""

from pages.ui import unseen


def keep() -> None:
    """Sees to it that each page is one entry of the browser's history, whatever is chosen on it."""
    unseen.mount("back_button", "back_button.js")
