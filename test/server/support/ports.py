"""Ports for what listens on them only a while later.

A kernel or a server is told its ports before it starts. If the system had chosen
them, it could give one of them to somebody else in that time.
"""

import socket
from functools import cache
from itertools import cycle, islice

from jupyter_client.connect import LocalPortCache

#: Below those out of which the system chooses by itself (on Linux from 32768 on).
_FIRST, _LAST = 15_000, 31_000

#: Ports of a block; each process has one of its own.
_SIZE = 400


def free_port(ip="127.0.0.1"):
    """Give a port that nobody else is given until all others have had their turn."""
    _, ports = _own_block()
    for port in islice(ports, _SIZE):
        if bound := _bind(ip, port):
            bound.close()
            return port
    raise AssertionError("All ports of this process are in use.")


def give_kernels_free_ports():
    """Have the kernels of this process listen on such ports."""
    LocalPortCache.find_available_port = lambda _, ip: free_port(ip)


@cache
def _own_block():
    """Take a block that no other process has, for as long as this one lives."""
    for first in range(_FIRST, _LAST, _SIZE):
        # Nobody can bind it a second time, and it goes with the process.
        if guard := _bind("127.0.0.1", first):
            return guard, cycle(range(first + 1, first + _SIZE))
    raise AssertionError("All blocks of ports are taken by other processes.")


def _bind(ip, port):
    """Bind a socket, if that can be."""
    bound = socket.socket()
    try:
        bound.bind((ip, port))
    except OSError:
        bound.close()
        return None
    return bound
