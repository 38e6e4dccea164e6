"""Checks lost logins. A login may be lost only if only the server knew the token, and the audit must report it."""

from typing import List, Optional

from .audit_log import SAVED, Attempt, End
from .emulator_log import Request
from .explanation import Explanation
from .rules import Rule, Violation


def check_losses(explanation: Explanation, is_allowed: bool) -> List[Violation]:
    sign_in = explanation.sign_in
    refusals = explanation.family.refusals
    refused = {explanation.attempts[r.seq].id for r in refusals if r.seq in explanation.attempts}
    rows = [row for row in sign_in.needs_login if not _was_told(explanation, row["attempt_id"])]
    for row in rows:
        if row["attempt_id"] not in refused:
            return [Violation(Rule.LOGIN_LOST, f"{sign_in}: audit row {row['seq']}, but no request was refused")]
    if not refusals:
        return []
    what = f"{sign_in}: {refusals[0]} was refused"
    if not is_allowed:
        return [Violation(Rule.LOGIN_LOST, what)]
    lost_reply = _lost_reply(explanation, refusals)
    if lost_reply is None or lost_reply.last is None:
        return [Violation(Rule.LOGIN_LOST, f"{what}, but no lost reply explains it")]
    is_named = any(row["seq"] > lost_reply.last["seq"] for row in rows)
    is_pending = sign_in.attempts[-1].end in (End.DANGLING, End.UNKNOWN)
    if not is_named and not is_pending:
        return [Violation(Rule.LOSS_UNNAMED, f"{what}, but no needs_login row reports it")]
    return []


def _lost_reply(explanation: Explanation, refusals: List[Request]) -> Optional[Attempt]:
    """Finds the attempt whose answer rotated the token and was lost, or whose request arrived after the answer to the
    same token had been saved."""
    refused = {explanation.generation(request) for request in refusals}
    saved = {attempt.generation for attempt in explanation.sign_in.attempts if attempt.end in SAVED}
    for request in explanation.family.requests:
        attempt = explanation.attempts.get(request.seq)
        if attempt is None or attempt.end is not End.UNKNOWN or attempt.generation not in refused:
            continue
        if request.committed or (request.is_refusal and attempt.generation in saved):
            return attempt
    return None


def _was_told(explanation: Explanation, attempt_id: Optional[str]) -> bool:
    """True if a script told the client that the token is invalid. The client is then right to report it."""
    return any(
        request.fault == "respond" and request.error == "invalid_grant"
        for request in explanation.family.requests
        if (attempt := explanation.attempts.get(request.seq)) is not None and attempt.id == attempt_id
    )
