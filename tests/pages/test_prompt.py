"""Answers leave at once."""

import socket

from pages.ui.server import prompt


def test_connections_of_a_socket_that_listens_send_without_delay():
    with socket.socket() as listening:  # as Streamlit makes it: its protocol is not named
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        prompt.no_delay()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
