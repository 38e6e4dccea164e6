"""The hash chain of the audit: every row contains its own hash and the hash of the previous row."""

import hashlib
from typing import Any, List

from .history import Record
from .rules import Rule, Violation

GENESIS = "0" * 64
NOT_HASHED = ("row_hash", "row_mac")


def canonical(row: Record) -> bytes:
    """The canonical form: a netstring for every column in table order, without the hash and the MAC. NULL is `-,`."""
    return b"".join(_netstring(value) for name, value in row.items() if name not in NOT_HASHED)


def row_hash(row: Record) -> str:
    return hashlib.sha256(canonical(row)).hexdigest()


def check_chain(audit: List[Record]) -> List[Violation]:
    """Reports the first row that does not match. The rows after it cannot match either."""
    previous = GENESIS
    for expected, row in enumerate(audit, 1):
        if row["seq"] != expected:
            return [Violation(Rule.CHAIN_BROKEN, f"audit row {expected} is missing")]
        if row["prev_hash"] != previous:
            problem = "prev_hash is not the row_hash of the previous row"
            return [Violation(Rule.CHAIN_BROKEN, f"audit row {expected}: {problem}")]
        if row["row_hash"] != row_hash(row):
            return [Violation(Rule.CHAIN_BROKEN, f"audit row {expected}: row_hash is not the hash of the row")]
        previous = row["row_hash"]
    return []


def _netstring(value: Any) -> bytes:
    if value is None:
        return b"-,"
    content = str(value).encode("utf-8")
    return b"%d:%s," % (len(content), content)
