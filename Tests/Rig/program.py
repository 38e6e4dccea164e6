"""Programs under test. Starts and ends them, and records their results for the checker."""

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

PATIENCE = 120.0  # the timeout in seconds for everything, also on a busy machine


def now() -> str:
    """The current time in the format of the audit."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"


def fingerprint(token: str) -> str:
    """The emulator's fingerprint of a token."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE, every: float = 0.005) -> None:
    """Waits until a condition is true."""
    end = time.monotonic() + patience
    while not condition():
        check(time.monotonic() < end, "timeout while waiting for " + what)
        time.sleep(every)


class Ended(NamedTuple):
    """The result of a program. A negative status is the signal that ended it."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The JSON object on standard output, or an empty one."""
        with contextlib.suppress(ValueError):
            return json.loads(self.output)
        return {}

    @property
    def token(self) -> Optional[str]:
        return self.json.get("access_token")

    @property
    def code(self) -> Optional[str]:
        """The code of the error on standard error."""
        with contextlib.suppress(ValueError, IndexError):
            return json.loads(self.errors.strip().splitlines()[-1]).get("code")
        return None

    def must(self, status: int, what: str) -> "Ended":
        """Checks the status and returns the result."""
        check(self.status == status, "%s: exit %d instead of %d: %s" % (what, self.status, status, self.errors.strip()))
        return self


class Program:
    """One run of a program. A separate thread waits for its end, so that the recorded time is exact."""

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
        """Waits for a line of standard error with a prefix. Only for interactive programs."""
        assert self.process.stderr
        printed = ""
        for line in self.process.stderr:
            if line.startswith(prefix):
                return line.strip()
            printed += line
        raise Failed("%s did not print %s: %s" % (self.facts["program"], prefix, printed.strip()))

    def answer(self, line: str) -> Ended:
        """Sends the last input line to an interactive program and waits for its end."""
        self._watch(line + "\n")
        return self.wait()

    def wait(self) -> Ended:
        """Waits for the end of the program and returns its result."""
        if not self._over.wait(PATIENCE):
            self.process.kill()
            raise Failed("%s did not end" % self.facts["program"])
        assert self._ended
        return self._ended

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def signal(self, number: int) -> None:
        """Sends a signal if the program is still running."""
        self.process.send_signal(number)

    def wait_until_stopped(self) -> None:
        """Waits until a SIGSTOP has taken effect."""
        wait_until(lambda: self.is_over or self._state() == "T", "%s stopped" % self.facts["program"])
        check(not self.is_over, "%s ended instead of stopping: %s" % (self.facts["program"], self._ended))

    def end(self) -> None:
        """Kills the program."""
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
    """The environment of programs under test, without the settings of the caller."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("XDG_", "TSACCOUNTS_")) and name not in ("DISPLAY", "BROWSER")}
    return dict(kept, HOME=folder, SWIFT_BACKTRACE="enable=no", **more)
