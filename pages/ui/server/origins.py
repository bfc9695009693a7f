"""Which other sites may open a socket of ours, or have something computed: those that may open Streamlit's socket."""

from urllib.parse import urlparse

from starlette.requests import HTTPConnection
from streamlit.web.server.server_util import is_url_from_allowed_origins


def allowed(asked: HTTPConnection) -> bool:
    """Whether a page of that origin may listen or ask.

    A browser says from which site a page comes; other programs say nothing and could say anything, so they may.

    Args:
        asked: A connection that is not accepted yet, or a question.
    """
    origin = asked.headers.get("origin")
    try:
        if origin is None or urlparse(origin).netloc == asked.headers.get("host"):
            return True
        return bool(is_url_from_allowed_origins(origin))
    except ValueError:  # no address at all, such as `http://[`
        return False
