"""A run as one page that opens from a disk: its film, and its network to play with."""

from ae_core.web_page.page import MOST_BYTES, web_page

__all__ = ["MOST_BYTES", "web_page"]
