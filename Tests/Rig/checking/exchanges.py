"""Compares the emulator's log with the audit: every request needs one attempt, and every success one request."""

from typing import Dict, List

from .clock import TOLERANCE
from .emulator_log import Request
from .explanation import Explanation
from .pairing import Pairing
from .rules import Rule, Violation
from .saved import Saved


def check_exchanges(explanation: Explanation, saved: Saved) -> List[Violation]:
    login = explanation.sign_in.login
    violations = [
        Violation(Rule.ANSWER_WITHOUT_REQUEST, f"login {login}: {attempt} has an answer that no request got")
        for attempt in explanation.unfounded
    ]
    answered: Dict[int, List[Request]] = {}
    for request in explanation.family.requests:
        if request in explanation.unexplained:
            violations.append(_unexplained(request, f"login {login}"))
        attempt = explanation.attempts.get(request.seq)
        generation = explanation.generation(request)
        # The request of a client that was killed or gave up can arrive late; its answer is lost.
        if generation is None or (attempt is not None and attempt.was_given_up):
            continue
        newest = saved.generation(login, request.at - TOLERANCE)
        if generation < newest:
            violations.append(Violation(
                Rule.OLDER_GENERATION_SENT,
                f"login {login}: {request} presents generation {generation} after {newest} was saved"))
        if request.is_answered:
            answered.setdefault(generation, []).append(request)
    for generation, requests in answered.items():
        if len(requests) > 1:
            names = " and ".join(str(request) for request in requests)
            violations.append(Violation(Rule.ANSWERED_TWICE, f"login {login}: generation {generation} by {names}"))
    return violations


def check_lonely(pairing: Pairing) -> List[Violation]:
    """Checks families without a sign-in in the audit, and sign-ins without a family at the server."""
    return [
        _unexplained(request, f"family {family.name}")
        for family in pairing.lonely_families for request in family.requests
    ] + [
        Violation(Rule.ANSWER_WITHOUT_REQUEST, f"{sign_in}: {attempt} has an answer that no request got")
        for sign_in in pairing.lonely_sign_ins for attempt in sign_in.attempts if attempt.was_answered
    ] + [
        Violation(Rule.LOGIN_LOST, f"{sign_in} needs a sign-in, but no request explains it")
        for sign_in in pairing.lonely_sign_ins if sign_in.needs_login
    ]


def _unexplained(request: Request, whose: str) -> Violation:
    if request.committed:
        return Violation(Rule.ROTATION_UNEXPLAINED, f"{whose}: {request} got new tokens")
    return Violation(Rule.REQUEST_UNEXPLAINED, f"{whose}: {request} ended with status {request.status}")
