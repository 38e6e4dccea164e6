"""The time at which a saved generation became visible to all programs.

The time of a row is taken inside its transaction, before the commit. The commit is complete when the next transaction
takes its time, because writers take turns, or when a program that printed the token has ended.
"""

from typing import Dict, List, Tuple

from .audit_log import AuditLog
from .clock import FOREVER, milliseconds
from .history import Record


class Saved:
    """The generations of every login, with the time at which each became visible."""

    def __init__(self, audit: AuditLog) -> None:
        self._visible: Dict[int, List[Tuple[int, int]]] = {}
        for index, row in enumerate(audit.rows):
            if row["event"] == "signed_in" or _brings_access_token(row):
                self.see(row["login_id"], row["generation_after"], _committed(audit.rows, index))

    def see(self, login: int, generation: int, at: int) -> None:
        """Records that a generation was visible at a time: it was committed, or printed by a program that had ended."""
        self._visible.setdefault(login, []).append((at, generation))

    def generation(self, login: int, at: int) -> int:
        """The newest generation that was certainly visible at a time, or 0."""
        return max((generation for when, generation in self._visible.get(login, []) if when <= at), default=0)


def _brings_access_token(row: Record) -> bool:
    return row["event"] in ("refresh_succeeded", "recovered") and row["access_fp_after"] is not None


def _committed(rows: List[Record], index: int) -> int:
    row = rows[index]
    for later in rows[index + 1:]:
        # Rows of one attempt can share a transaction, as can those of one sign-in.
        if later["attempt_id"] != row["attempt_id"] and later["event"] != "profile_added":
            return milliseconds(later["at"])
    return FOREVER
