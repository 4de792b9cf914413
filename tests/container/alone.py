"""Run a command in a network of its own, in which there is this machine and nothing else: `alone.py COMMAND...`."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

SET_FLAGS, UP = 0x8914, 0x1


def main() -> None:
    """Begins in a new network, whose loopback interface is down."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", UP))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
