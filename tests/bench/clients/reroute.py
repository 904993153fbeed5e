"""A redirection of urllib3's TLS connections to a port of this machine, without encryption.

URLs and Host headers remain Amazon's, so that a published client runs with its own settings.
"""

import socket

import urllib3.connection


def reroute(port: int) -> None:
    """Connect every HTTPS connection of this process to the port from now on."""

    def connect(connection: urllib3.connection.HTTPSConnection) -> None:
        connection.sock = socket.create_connection(("127.0.0.1", port))
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.is_verified = True

    urllib3.connection.HTTPSConnection.connect = connect  # type: ignore[method-assign, assignment] # same signature
