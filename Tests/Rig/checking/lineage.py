"""Checks the audit alone: the order of the tokens, and that every attempt has a result."""

from typing import List, Optional

from .audit_log import ERASING, SAVED, SETTLING, AuditLog, End, how
from .history import Record
from .rules import Rule, Violation


def check_lineage(audit: AuditLog) -> List[Violation]:
    violations: List[Violation] = []
    for login, rows in audit.by_login.items():
        walk = _Walk(login)
        for row in rows:
            walk.step(row, is_attempt=row["attempt_id"] in audit.attempts)
        violations += walk.violations
    return violations


class _Walk:
    """Checks one login, row by row."""

    def __init__(self, login: int) -> None:
        self.login = login
        self.violations: List[Violation] = []
        self.generation: Optional[int] = None  # the saved generation; None until a row contains it
        self.token: Optional[str] = None
        self.under_way: Optional[Record] = None
        self.over: set = set()  # attempts that must not end again

    def step(self, row: Record, is_attempt: bool) -> None:
        event = row["event"]
        if event == "refresh_started":
            self._start(row)
        elif event == "signed_in" or (event == "recovered" and not is_attempt):
            self.under_way = None  # a sign-in replaces an attempt in progress
            self._save(row)
        elif event in SETTLING:
            if not is_attempt:
                self._say(Rule.ATTEMPT_NOT_STARTED, row, "ends an attempt that never started")
            self._settle(row)
        elif event in ERASING:
            # Deleting the tokens counts as a generation.
            self.generation = None if self.generation is None else self.generation + 1
            self.token = None
            self.under_way = None

    def _start(self, row: Record) -> None:
        if self.under_way is not None:
            open_row = self.under_way["seq"]
            self._say(Rule.ATTEMPT_UNSETTLED, row, f"starts before the attempt of row {open_row} has a result")
        self.under_way = row
        before = row["generation_before"]
        if self.generation is None:
            self.generation = before
        elif before < self.generation:
            self._say(Rule.OLDER_GENERATION_SENT, row, f"sends generation {before} after {self.generation} was saved")
        elif before > self.generation:
            self._say(Rule.GENERATION_GAP, row, f"sends generation {before}, but {self.generation} was saved last")
        if self.token is not None and row["refresh_fp_before"] != self.token:
            self._say(Rule.LINEAGE_BROKEN, row, f"sends {row['refresh_fp_before']}, but {self.token} was saved last")
        self.token = self.token or row["refresh_fp_before"]

    def _settle(self, row: Record) -> None:
        attempt = row["attempt_id"]
        if attempt in self.over:
            self._say(Rule.ATTEMPT_SETTLED_TWICE, row, f"ends attempt {str(attempt)[:8]} again")
        end = how(row)
        if end is not End.UNKNOWN:
            self.over.add(attempt)
        if self.under_way is not None and self.under_way["attempt_id"] == attempt:
            self.under_way = None
        if end in SAVED:
            self._save(row)
        elif end in (End.LATE, End.ADOPTED):
            known = self.generation if self.generation is not None else row["generation_after"]
            if not row["generation_before"] < row["generation_after"] <= known:
                self._say(Rule.GENERATION_GAP, row, "refers to a generation that was not saved")

    def _save(self, row: Record) -> None:
        before, after = row["generation_before"], row["generation_after"]
        if before is None:
            before = self.generation if self.generation is not None else after - 1
        if after != before + 1 or (self.generation is not None and before != self.generation):
            text = f"saves generation {after} over {before}, but {self.generation} was saved last"
            self._say(Rule.GENERATION_GAP, row, text)
        parent = row["refresh_fp_before"]
        if parent is not None and self.token is not None and parent != self.token:
            self._say(Rule.LINEAGE_BROKEN, row, f"comes from {parent}, but {self.token} was saved last")
        self.generation = after
        self.token = row["refresh_fp_after"]

    def _say(self, rule: Rule, row: Record, text: str) -> None:
        self.violations.append(Violation(rule, f"login {self.login}, audit row {row['seq']} ({row['event']}) {text}"))
