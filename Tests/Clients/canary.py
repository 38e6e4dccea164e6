"""Searches for TradeStation's tokens where a program must not have them.

The emulator tells only fingerprints of the tokens that it has issued, so every text that could be one is compared.
"""

import contextlib
import os
import pathlib
import re
import stat

from failure import check
from program import fingerprint
from stage import Stage

CANDIDATE = re.compile(rb"[A-Za-z0-9_.\-]{16,4096}")
TOKEN = re.compile(rb"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+")
LARGEST_REGION = 64 << 20


class Canary:
    """A search for the tokens of a stage's emulator."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.places = 0

    def search_text(self, text: str, where: str) -> None:
        self._search(text.encode(), where, self._issued())

    def search_descendants(self, root: int) -> None:
        """Searches the environment, arguments, open files, mapped files and memory of the programs below a process."""
        issued = self._issued()
        for process in _descendants(root):
            with contextlib.suppress(OSError):
                for name in ("environ", "cmdline"):
                    self._search(pathlib.Path("/proc/%d/%s" % (process, name)).read_bytes(), name, issued)
                for path in _files(process):
                    with contextlib.suppress(OSError):
                        self._search(path.read_bytes(), str(path), issued)
                self._search_memory(process, issued)

    def _search_memory(self, process: int, issued: dict[str, str]) -> None:
        with open("/proc/%d/maps" % process) as maps, open("/proc/%d/mem" % process, "rb", 0) as memory:
            for line in maps:
                parts = line.split()
                start, end = (int(number, 16) for number in parts[0].split("-"))
                if not parts[1].startswith("rw") or end - start > LARGEST_REGION:
                    continue
                with contextlib.suppress(OSError, OverflowError):
                    memory.seek(start)
                    self._search(memory.read(end - start), "memory of a program", issued)

    def _issued(self) -> dict[str, str]:
        issued = {}
        for entry in self._stage.log():
            for kind in ("issued_refresh", "issued_access"):
                if entry.get(kind):
                    issued[entry[kind]] = kind
        check(issued, "the emulator has issued no token")
        return issued

    def _search(self, data: bytes, where: str, issued: dict[str, str]) -> None:
        self.places += 1
        for pattern in (CANDIDATE, TOKEN):
            for match in pattern.finditer(data):
                found = issued.get(fingerprint(match.group().decode("ascii")))
                check(not found, "%s in %s" % (found, where))


def _descendants(root: int) -> list[int]:
    """The processes below a process, without itself."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = pathlib.Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry))
    found: list[int] = []
    unseen = [root]
    while unseen:
        children = parents.get(unseen.pop(), [])
        found += children
        unseen += children
    return found


def _files(process: int) -> set[pathlib.Path]:
    """The regular files that a process has open or has mapped for writing, without large ones."""
    paths = set()
    for entry in os.listdir("/proc/%d/fd" % process):
        with contextlib.suppress(OSError):
            paths.add(pathlib.Path(os.readlink("/proc/%d/fd/%s" % (process, entry))))
    for line in pathlib.Path("/proc/%d/maps" % process).read_text().splitlines():
        parts = line.split(None, 5)
        if len(parts) == 6 and "w" in parts[1] and parts[5].startswith("/"):
            paths.add(pathlib.Path(parts[5]))
    kept = set()
    for path in paths:
        with contextlib.suppress(OSError):
            status = path.stat()
            if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_REGION:
                kept.add(path)
    return kept
