"""The lock files of a store, and the kernel's list of waiting processes."""

import contextlib
import fcntl
import os
from collections.abc import Iterator


@contextlib.contextmanager
def held(path: str) -> Iterator[None]:
    """Holds a lock file in the same way as tsaccounts."""
    with open(path, "a") as file:
        os.chmod(path, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiters(path: str) -> int:
    """The number of processes that wait in `flock(2)` for the file."""
    try:
        inode = os.stat(path).st_ino
    except FileNotFoundError:
        return 0
    with open("/proc/locks") as file:
        return sum(1 for line in file if "-> FLOCK" in line and line.split()[-3].endswith(":%d" % inode))


def note(path: str) -> int:
    """The process id that the last holder wrote into the file, or 0."""
    try:
        with open(path) as file:
            return int(file.read().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0
