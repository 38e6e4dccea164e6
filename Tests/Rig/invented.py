"""Builds histories for the tests, step by step, with a server, an audit and programs that agree with each other.

Everything is stored as the raw records of a history's files, so that a test can change any record before the check.
"""

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Optional

from checking.audit_chain import GENESIS, row_hash
from checking.history import History, Record, history

START = datetime(2026, 10, 6, 9, 0, tzinfo=timezone.utc)
LIFE = 1200

COLUMNS = (
    "seq at event outcome profile_name login_id attempt_id generation_before generation_after refresh_fp_before "
    "refresh_fp_after access_fp_after expires_at trigger requester http_status oauth_error retry_no duration_ms "
    "waiters host pid version detail prev_hash row_hash row_mac"
).split()


def fingerprint(token: str) -> str:
    """The fingerprint of a token in the emulator's log."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def keyed(token: Optional[str]) -> Optional[str]:
    """The fingerprint of a token in the audit, which is a different one."""
    return None if token is None else hashlib.sha256(b"key" + token.encode()).hexdigest()[:12]


class Login:
    """The state of a login at the client and at the server."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.profile = f"p{number}"
        self.family = f"family{number}"
        self.generation = 0
        self.refresh = ""
        self.access = ""
        self.issued = 0


class Answer:
    """The result of a request, and its line in the log."""

    def __init__(self, line: Record, sent: int, refresh: str, access: str) -> None:
        self.line = line
        self.sent = sent
        self.refresh = refresh
        self.access = access


class Invented:
    def __init__(self, rotate: bool = True, overlap: int = 60, allow_lost_between: bool = False) -> None:
        self.settings = {"access_token_seconds": LIFE, "rotate": rotate, "overlap": overlap}
        self.expect = {"allow_lost_between": allow_lost_between, "clocks_differ": False}
        self.log: List[Record] = []
        self.audit: List[Record] = []
        self.outputs: List[Record] = []
        self.now = 0  # milliseconds since START
        self._logins = 0
        self._attempts = 0

    # Results for a test

    def history(self, rechain: bool = True) -> History:
        if rechain:
            self.chain()
        return history(self.log, self.settings, self.audit, self.outputs, self.expect)

    def chain(self) -> None:
        previous = GENESIS
        for number, row in enumerate(self.audit, 1):
            row["seq"] = number
            row["prev_hash"] = previous
            previous = row["row_hash"] = row_hash(row)

    def row(self, event: str, which: int = -1) -> Record:
        """An audit row of an event, by default the last one."""
        return [row for row in self.audit if row["event"] == event][which]

    def wait(self, milliseconds: int) -> None:
        self.now += milliseconds

    def time(self, at: Optional[int] = None) -> str:
        moment = START + timedelta(milliseconds=self.now if at is None else at)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    # Complete steps

    def sign_in(self) -> Login:
        self._logins += 1
        login = Login(self._logins)
        self.sign_in_again(login)
        return login

    def sign_in_again(self, login: Login) -> None:
        if login.issued:
            login.family += "x"
            login.issued = 0
        answer = self._grant(login, "authorization_code", None)
        self._keep(login, answer)
        self.note("signed_in", login, generation_before=login.generation - 1 or None, http_status=200,
                  generation_after=login.generation, refresh_fp_after=keyed(login.refresh),
                  access_fp_after=keyed(login.access), expires_at=self.time(answer.sent + LIFE * 1000), duration_ms=2)

    def import_token(self) -> Login:
        """Adds a profile with an imported refresh token that was not exchanged yet."""
        self._logins += 1
        login = Login(self._logins)
        answer = self._grant(login, "authorization_code", None)
        login.refresh = answer.refresh
        self.wait(50)
        self.note("profile_added", login)
        return login

    def refresh(self, login: Login) -> Answer:
        attempt = self.start(login)
        answer = self.ask(login)
        self.save(login, attempt, answer)
        return answer

    def token(self, login: Login, access: Optional[str] = None, **changes: Any) -> Record:
        """Adds a program that prints the login's saved token."""
        program = {
            "program": f"tsaccounts token {login.profile}", "profile": login.profile, "login_id": login.number,
            "started_at": self.time(), "ended_at": self.time(self.now + 20), "exit": 0, "point": None,
            "access_fp": fingerprint(access or login.access), "expires_at": None,
        }
        program.update(changes)
        self.outputs.append(program)
        self.wait(30)
        return program

    def killed(self, login: Login, point: str = "request_written") -> Record:
        return self.token(login, access_fp=None, exit=-9, point=point)

    # Single steps

    def note(self, event: str, login: Login, attempt: Optional[str] = None, **columns: Any) -> Record:
        self.wait(1)
        row: Record = dict.fromkeys(COLUMNS)
        row.update(at=self.time(), event=event, profile_name=login.profile, login_id=login.number, attempt_id=attempt,
                   host="host", pid=4711, version="0.1.0", row_mac="0" * 64, **columns)
        self.audit.append(row)
        return row

    def start(self, login: Login) -> str:
        self._attempts += 1
        attempt = ("%08x" % self._attempts) * 4
        self.note("refresh_started", login, attempt, generation_before=login.generation, retry_no=0,
                  refresh_fp_before=keyed(login.refresh), trigger="expired")
        return attempt

    def ask(self, login: Login, presented: Optional[str] = None, fault: Optional[str] = None,
            lost: bool = False) -> Answer:
        """The request arrives and the server processes it. `lost`: the answer is not sent, or not completely."""
        answer = self._grant(login, "refresh_token", presented or login.refresh)
        answer.line["fault"] = fault
        if lost:
            answer.line["status"] = None
        return answer

    def refuse(self, login: Login, presented: Optional[str] = None) -> Record:
        return self._line(login, "refresh_token", presented or login.refresh, status=403, error="invalid_grant")

    def swallow(self, login: Login) -> Record:
        """A fault drops the request before the server processes it, so the log has no family."""
        line = self._line(login, "refresh_token", login.refresh, status=None, fault="close")
        line["family_id"] = None
        return line

    def save(self, login: Login, attempt: str, answer: Answer, event: str = "refresh_succeeded") -> Record:
        before = login.refresh
        self._keep(login, answer)
        return self.note(
            event, login, attempt, generation_before=login.generation - 1, generation_after=login.generation,
            refresh_fp_before=keyed(before) if event == "refresh_succeeded" else None, http_status=200,
            refresh_fp_after=keyed(login.refresh), access_fp_after=keyed(login.access),
            expires_at=self.time(answer.sent + LIFE * 1000), duration_ms=2)

    def unknown(self, login: Login, attempt: str, outcome: str = "process_died") -> Record:
        lasted = None if outcome == "process_died" else 5000
        return self.note("outcome_unknown", login, attempt, outcome=outcome, generation_before=login.generation,
                         duration_ms=lasted)

    def fail(self, login: Login, attempt: str, status: Optional[int], error: Optional[str] = None) -> Record:
        return self.note("refresh_failed", login, attempt, outcome="server_error", http_status=status,
                         oauth_error=error, generation_before=login.generation)

    def needs_login(self, login: Login, attempt: str) -> Record:
        return self.note("needs_login", login, attempt, outcome="login_required", generation_before=login.generation)

    # The server

    def _grant(self, login: Login, grant: str, presented: Optional[str]) -> Answer:
        login.issued += 1
        sent = self.now
        access = f"access {login.family} {login.issued}"
        is_new = self.settings["rotate"] or presented is None
        refresh = presented if presented and not is_new else f"refresh {login.family} {login.issued}"
        line = self._line(login, grant, presented, status=200, committed=True, issued_access=fingerprint(access),
                          issued_refresh=fingerprint(refresh) if is_new else None, generation=login.issued)
        return Answer(line, sent, refresh, access)

    def _line(self, login: Login, grant: str, presented: Optional[str], **fields: Any) -> Record:
        self.wait(1)
        line: Dict[str, Any] = {
            "seq": len(self.log) + 1, "at": self.time(), "method": "POST", "path": "/oauth/token", "grant_type": grant,
            "client_id": "key", "family_id": login.family, "committed": False,
        }
        if presented is not None:
            line["presented"] = fingerprint(presented)
        line.update(fields)
        self.log.append(line)
        return line

    def _keep(self, login: Login, answer: Answer) -> None:
        login.generation += 1
        login.refresh = answer.refresh
        login.access = answer.access
