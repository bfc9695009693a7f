"""Which other sites may open a socket of ours: those that may open Streamlit's."""

from urllib.parse import urlparse

from starlette.websockets import WebSocket
from streamlit.web.server.server_util import is_url_from_allowed_origins


def allowed(socket: WebSocket) -> bool:
    """Whether a page of that origin may listen.

    A browser says from which site a page comes; other programs say nothing and could say anything, so they may.

    Args:
        socket: A connection that is not accepted yet.
    """
    origin = socket.headers.get("origin")
    if origin is None or urlparse(origin).netloc == socket.headers.get("host"):
        return True
    return bool(is_url_from_allowed_origins(origin))
