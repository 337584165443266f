"""Ports for servers that tests start in processes of their own."""

import os
import random
import socket

# Below those that the kernel gives to outgoing connections (32768 and above): a client that tries again while
# its server is away could be given the server's own port, and talk to itself.
_FIRST, _END = 20_000, 32_000
_chance = random.Random(os.getpid())  # processes beside this one look elsewhere


def free_port() -> int:
    """One of 127.0.0.1 on which nobody listens."""
    while True:
        with socket.socket() as probe:
            port = _chance.randrange(_FIRST, _END)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
