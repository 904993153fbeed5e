"""Sends what urllib3 would send to Amazon over TLS to a port of this machine instead, unencrypted.

Urls and Host headers stay Amazon's, so that a published client runs with its own settings.
"""

import socket

import urllib3.connection


def reroute(port: int) -> None:
    """From now on every https connection of this process leads to the port."""

    def connect(connection: urllib3.connection.HTTPSConnection) -> None:
        connection.sock = socket.create_connection(("127.0.0.1", port))
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.is_verified = True

    urllib3.connection.HTTPSConnection.connect = connect  # type: ignore[method-assign, assignment] # same signature
