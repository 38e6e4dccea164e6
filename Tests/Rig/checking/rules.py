"""The rules that a history can break. For every rule, the tests contain a doctored history that breaks it."""

from dataclasses import dataclass
from enum import Enum


class Rule(Enum):
    EMPTY_HISTORY = "empty_history"  # the emulator received no exchange, so nothing was tested
    AUDIT_MISSING = "audit_missing"  # tsaccounts ran, but the audit has no rows
    CHAIN_BROKEN = "chain_broken"  # a row does not match its hash, or does not follow the previous row

    ANSWERED_TWICE = "answered_twice"  # one generation was answered with new tokens more than once
    OLDER_GENERATION_SENT = "older_generation_sent"  # a token was sent after its successor had been saved
    ROTATION_UNEXPLAINED = "rotation_unexplained"  # the server issued tokens, but no attempt of the login explains it
    REQUEST_UNEXPLAINED = "request_unexplained"  # a refused or dropped request that no attempt explains
    ANSWER_WITHOUT_REQUEST = "answer_without_request"  # the audit contains an answer that no request got

    LINEAGE_BROKEN = "lineage_broken"  # the token sent is not the one that was saved last
    GENERATION_GAP = "generation_gap"  # a save did not increase the generation by exactly one
    ATTEMPT_NOT_STARTED = "attempt_not_started"  # an attempt ended without a row for its start
    ATTEMPT_UNSETTLED = "attempt_unsettled"  # the next attempt started, but this one has no result
    ATTEMPT_SETTLED_TWICE = "attempt_settled_twice"  # an attempt has two final results

    UNKNOWN_TOKEN = "unknown_token"  # a program printed a token that the emulator never issued
    FOREIGN_TOKEN = "foreign_token"  # a program printed a token of another login
    UNSAVED_TOKEN = "unsaved_token"  # a program printed a token that was not saved
    STALE_TOKEN = "stale_token"  # a program printed an older token than the saved one
    EXPIRED_TOKEN = "expired_token"  # a program printed a token after its true expiry
    EXPIRY_OVERSTATED = "expiry_overstated"  # an expiry is later than the server's

    LOGIN_LOST = "login_lost"  # the user must sign in again without an acceptable reason
    LOSS_UNNAMED = "loss_unnamed"  # a loss with an acceptable reason that the audit does not report


@dataclass(frozen=True)
class Violation:
    rule: Rule
    text: str

    def __str__(self) -> str:
        return f"{self.rule.value}: {self.text}"
