"""The audit rows, sorted into logins, sign-ins and attempts."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Dict, List, Optional

from .clock import FOREVER, GRACE, milliseconds
from .history import Record

SETTLING = ("refresh_succeeded", "refresh_failed", "outcome_unknown", "late_result", "recovered", "refresh_adopted")
ERASING = ("signed_out", "revoked")


class End(Enum):
    """How an attempt ended, according to its last result row."""

    SUCCEEDED = "refresh_succeeded"
    RECOVERED = "recovered"
    SALVAGED = "refresh_token_salvaged"  # only the refresh token could be read from the answer
    UNUSABLE = "refresh_token_unusable"  # all but the refresh token of the answer was saved
    LATE = "late_result"
    ADOPTED = "refresh_adopted"
    FAILED = "refresh_failed"
    UNKNOWN = "outcome_unknown"
    DANGLING = "unfinished"


BROUGHT_TOKENS = (End.SUCCEEDED, End.RECOVERED, End.SALVAGED, End.UNUSABLE, End.LATE)
SAVED = (End.SUCCEEDED, End.RECOVERED, End.SALVAGED, End.UNUSABLE)


@dataclass
class Attempt:
    """One POST, according to the audit."""

    started: Record
    settlements: List[Record] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.started["attempt_id"]

    @property
    def generation(self) -> int:
        return self.started["generation_before"]

    @property
    def sent(self) -> Optional[str]:
        """The audit's fingerprint of the refresh token that was sent. The emulator computes a different one."""
        return self.started["refresh_fp_before"]

    @cached_property
    def end(self) -> End:
        return how(self.settlements[-1]) if self.settlements else End.DANGLING

    @property
    def last(self) -> Optional[Record]:
        return self.settlements[-1] if self.settlements else None

    @property
    def was_answered(self) -> bool:
        """True if the audit contains an answer."""
        return self.end in BROUGHT_TOKENS or (self.last is not None and self.last["http_status"] is not None)

    @property
    def was_given_up(self) -> bool:
        """True if another process may send the same token again, because no process waits for the answer."""
        return self.end is End.DANGLING or any(how(row) is End.UNKNOWN for row in self.settlements)

    @cached_property
    def earliest(self) -> int:
        """The earliest time of the request: the row is written before anything is sent."""
        return milliseconds(self.started["at"])

    @cached_property
    def latest(self) -> int:
        """The latest time at which the emulator received the request: an answer was read before its row was written."""
        if self.last is None:
            return FOREVER
        return milliseconds(self.last["at"]) + (GRACE if self.end is End.UNKNOWN else 0)

    def __str__(self) -> str:
        return f"attempt {self.id[:8]} (row {self.started['seq']})"


@dataclass
class SignIn:
    """The time of a login from one sign-in or imported refresh token to the next. It is one family at the server."""

    login: int
    origin: Record  # the row that saved the first tokens
    is_import: bool
    attempts: List[Attempt] = field(default_factory=list)
    needs_login: List[Record] = field(default_factory=list)

    @property
    def since(self) -> int:
        return milliseconds(self.origin["at"])

    def __str__(self) -> str:
        return f"login {self.login}"


def how(settlement: Record) -> End:
    for end in (End.SALVAGED, End.UNUSABLE):
        if settlement["outcome"] == end.value:
            return end
    return End(settlement["event"])


class AuditLog:
    def __init__(self, rows: List[Record]) -> None:
        self.rows = rows
        self.sign_ins: List[SignIn] = []
        self.by_login: Dict[int, List[Record]] = {}
        self.attempts: Dict[str, Attempt] = {}
        self._profiles: Dict[str, set] = {}
        added: Dict[int, Record] = {}
        current: Dict[int, SignIn] = {}
        for row in rows:
            login = row["login_id"]
            if login is None:
                continue
            self.by_login.setdefault(login, []).append(row)
            if row["profile_name"]:
                self._profiles.setdefault(row["profile_name"].lower(), set()).add(login)
            event = row["event"]
            attempt = self.attempts.get(row["attempt_id"] or "")
            if event == "profile_added":
                added.setdefault(login, row)
            elif event == "signed_in" or (event == "recovered" and attempt is None):
                # A sign-in whose tokens were saved only in the side file appears as recovered, without an attempt.
                current[login] = self._sign_in(login, row, is_import=False)
            elif event == "refresh_started":
                if login not in current:
                    current[login] = self._sign_in(login, added.get(login, row), is_import=True)
                attempt = Attempt(row)
                self.attempts[attempt.id] = attempt
                current[login].attempts.append(attempt)
            elif event == "needs_login" and login in current:
                current[login].needs_login.append(row)
            elif event in SETTLING and attempt is not None:
                attempt.settlements.append(row)

    def _sign_in(self, login: int, origin: Record, is_import: bool) -> SignIn:
        sign_in = SignIn(login, origin, is_import)
        self.sign_ins.append(sign_in)
        return sign_in

    def login_of(self, profile: Optional[str]) -> Optional[int]:
        """The login of a profile, if the name belonged to only one login."""
        logins = self._profiles.get((profile or "").lower(), set())
        return next(iter(logins)) if len(logins) == 1 else None
