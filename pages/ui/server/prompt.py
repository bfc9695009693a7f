"""What is sent leaves at once; else the body of each answer waits 40 ms until its head is acknowledged."""

import os
import socket

import psutil


def no_delay() -> None:
    """Has all connections that this process accepts from now on send without delay: TCP_NODELAY.

    The server writes head and body of an answer one after the other; Nagle's algorithm keeps the body back until the
    head is acknowledged, and readers acknowledge late. asyncio switches that off where a socket says that it is TCP's,
    which Streamlit's does not. Connections have the option from the socket that listens.
    """
    for found in psutil.Process().net_connections("tcp"):
        if found.status != psutil.CONN_LISTEN or found.fd < 0:
            continue
        with socket.socket(fileno=os.dup(found.fd)) as listening:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
