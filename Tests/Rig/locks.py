"""The locks of a store as the kernel sees them."""

import contextlib
import fcntl
import os
from collections.abc import Iterator


@contextlib.contextmanager
def held(path: str) -> Iterator[None]:
    """Holds a lock file, the way tsaccounts does."""
    with open(path, "a") as file:
        os.chmod(path, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiters(path: str) -> int:
    """How many processes sleep in `flock(2)` on the file."""
    try:
        inode = os.stat(path).st_ino
    except FileNotFoundError:
        return 0
    with open("/proc/locks") as file:
        return sum(1 for line in file if "-> FLOCK" in line and line.split()[-3].endswith(":%d" % inode))


def note(path: str) -> int:
    """The process id that the last holder left in the file, 0 without one."""
    try:
        with open(path) as file:
            return int(file.read().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0
