"""Programs under test: started, watched, ended, and remembered for the checker."""

import contextlib
import datetime
import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from typing import Any, Callable, NamedTuple, Optional

from failure import Failed, check

PATIENCE = 120.0  # seconds for anything to happen on a machine that is busy with other things


def now() -> str:
    """The time as the audit writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"


def fingerprint(token: str) -> str:
    """What the emulator calls a token."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE, every: float = 0.005) -> None:
    """Waits until the condition holds."""
    end = time.monotonic() + patience
    while not condition():
        check(time.monotonic() < end, "it never came: " + what)
        time.sleep(every)


class Ended(NamedTuple):
    """What a program left behind. A status below zero is the signal that ended it."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The one object on standard output, empty without one."""
        with contextlib.suppress(ValueError):
            return json.loads(self.output)
        return {}

    @property
    def token(self) -> Optional[str]:
        return self.json.get("access_token")

    @property
    def code(self) -> Optional[str]:
        """The code word of a failure."""
        with contextlib.suppress(ValueError, IndexError):
            return json.loads(self.errors.strip().splitlines()[-1]).get("code")
        return None

    def must(self, status: int, what: str) -> "Ended":
        """The same, if that was its status."""
        check(self.status == status, "%s: exit %d instead of %d: %s" % (what, self.status, status, self.errors.strip()))
        return self


class Program:
    """One run of a program. A thread of its own waits for its end, so that the time of it is the true one."""

    def __init__(self, arguments: list[str], environment: dict[str, str], keep: Callable[[dict[str, Any]], None],
                 facts: dict[str, Any], talks: bool = False) -> None:
        self.started = time.monotonic()
        self.facts = dict(facts, started_at=now())
        self.process = subprocess.Popen(arguments, env=environment, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, stdin=subprocess.PIPE if talks else subprocess.DEVNULL)
        self.pid = self.process.pid
        self._keep = keep
        self._ended: Optional[Ended] = None
        self._over = threading.Event()
        self.seconds = 0.0
        if not talks:
            threading.Thread(target=self._watch, daemon=True).start()

    def ask(self, prefix: str) -> str:
        """The next line of standard error that begins so; of a program that talks."""
        assert self.process.stderr
        said = ""
        for line in self.process.stderr:
            if line.startswith(prefix):
                return line.strip()
            said += line
        raise Failed("%s did not say %s: %s" % (self.facts["program"], prefix, said.strip()))

    def answer(self, line: str) -> Ended:
        """Says the last word to a program that talks, and waits for its end."""
        self._watch(line + "\n")
        return self.wait()

    def wait(self) -> Ended:
        """What it left behind, once it has ended."""
        if not self._over.wait(PATIENCE):
            self.process.kill()
            raise Failed("%s did not end" % self.facts["program"])
        assert self._ended
        return self._ended

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def signal(self, number: int) -> None:
        """Sends a signal, if it still runs."""
        self.process.send_signal(number)

    def wait_until_stopped(self) -> None:
        """Waits until a SIGSTOP has taken effect."""
        wait_until(lambda: self.is_over or self._state() == "T", "%s stopped" % self.facts["program"])
        check(not self.is_over, "%s ended instead of stopping: %s" % (self.facts["program"], self._ended))

    def end(self) -> None:
        """Ends it, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _state(self) -> str:
        with contextlib.suppress(OSError):
            with open("/proc/%d/stat" % self.pid) as file:
                return file.read().rpartition(")")[2].split()[0]
        return ""

    def _watch(self, text: Optional[str] = None) -> None:
        output, errors = self.process.communicate(text)
        self.seconds = time.monotonic() - self.started
        ended = Ended(self.process.returncode, output, errors)
        token = ended.token
        self._keep(dict(self.facts, ended_at=now(), exit=ended.status, expires_at=ended.json.get("expires_at"),
                        access_fp=fingerprint(token) if token else None))
        self._ended = ended
        self._over.set()


def environment(folder: str, **more: str) -> dict[str, str]:
    """What programs get to see: nothing of the caller's own set-up."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("XDG_", "TSACCOUNTS_")) and name not in ("DISPLAY", "BROWSER")}
    return dict(kept, HOME=folder, SWIFT_BACKTRACE="enable=no", **more)
