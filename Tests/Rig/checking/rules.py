"""What can be held against a history. Every rule has a doctored history in the tests that breaks it."""

from dataclasses import dataclass
from enum import Enum


class Rule(Enum):
    EMPTY_HISTORY = "empty_history"  # the emulator saw no exchange: nothing was proved
    AUDIT_MISSING = "audit_missing"  # tsaccounts ran and left no audit rows
    CHAIN_BROKEN = "chain_broken"  # a row is not what was hashed, or does not follow the row before it

    ANSWERED_TWICE = "answered_twice"  # one generation was answered with new tokens more than once
    OLDER_GENERATION_SENT = "older_generation_sent"  # a token was sent after its successor had been saved
    ROTATION_UNEXPLAINED = "rotation_unexplained"  # the server issued tokens and no attempt of the login explains it
    REQUEST_UNEXPLAINED = "request_unexplained"  # a refused or swallowed request that no attempt explains
    ANSWER_WITHOUT_REQUEST = "answer_without_request"  # the audit tells of an answer that no request was given

    LINEAGE_BROKEN = "lineage_broken"  # the token sent is not the one that was saved last
    GENERATION_GAP = "generation_gap"  # a save did not make the generation grow by exactly one
    ATTEMPT_NOT_STARTED = "attempt_not_started"  # an attempt ended of which no row says that it began
    ATTEMPT_UNSETTLED = "attempt_unsettled"  # the next attempt began and nobody said what became of this one
    ATTEMPT_SETTLED_TWICE = "attempt_settled_twice"  # an attempt that was over ended again

    UNKNOWN_TOKEN = "unknown_token"  # a program handed out a token that the emulator never issued
    FOREIGN_TOKEN = "foreign_token"  # a program handed out a token of another login
    UNSAVED_TOKEN = "unsaved_token"  # a token was handed out that nobody had saved
    STALE_TOKEN = "stale_token"  # a token was handed out that was older than the saved one
    EXPIRED_TOKEN = "expired_token"  # a token was handed out after its true end
    EXPIRY_OVERSTATED = "expiry_overstated"  # a token was said to live longer than the server lets it

    LOGIN_LOST = "login_lost"  # the user has to sign in again, and nothing excuses it
    LOSS_UNNAMED = "loss_unnamed"  # an excusable loss that the audit does not name


@dataclass(frozen=True)
class Violation:
    rule: Rule
    text: str

    def __str__(self) -> str:
        return f"{self.rule.value}: {self.text}"
