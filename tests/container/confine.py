"""Run a command in a root folder as a user without any capability: `confine.py ROOT UID:GID COMMAND...`.

The folder needs no shell and no program besides the command's own.
"""

from __future__ import annotations

import ctypes
import os
import sys

DROP_CAPABILITY, SET_NO_NEW_PRIVILEGES = 24, 38
EVERY_CAPABILITY = range(64)


def main() -> None:
    """Give up everything, then become the command. The environment is inherited."""
    root, user, *command = sys.argv[1:]
    # Found before the root changes, because Python imports modules to look for it.
    [program, *_] = [
        f"{folder}/{command[0]}" for folder in os.get_exec_path() if os.access(f"{root}{folder}/{command[0]}", os.X_OK)
    ]
    control = ctypes.CDLL(None, use_errno=True).prctl
    os.chroot(root)
    os.chdir("/")
    for capability in EVERY_CAPABILITY:
        control(DROP_CAPABILITY, capability, 0, 0, 0)  # fails for numbers that the kernel does not know
    if control(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs cannot be set")
    uid, gid = map(int, user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.execv(program, command)


if __name__ == "__main__":
    main()
