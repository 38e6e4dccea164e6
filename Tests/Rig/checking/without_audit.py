"""Checks a history without audit, with the emulator's log alone. The only accepted reason for a second answer is a
program that was killed during its request: the answer may not have arrived."""

from typing import Dict, List

from .clock import GRACE, TOLERANCE
from .emulator_log import EmulatorLog, Family, Request
from .history import History, Program
from .rules import Rule, Violation


def check_without_audit(history: History, log: EmulatorLog) -> List[Violation]:
    violations: List[Violation] = []
    for family in log.families.values():
        violations += _refused(family)
        violations += _answered_twice(family, history)
        violations += _older_sent(family)
        violations += _stale(family, history.programs)
    return violations + _never_served_again(history)


def _refused(family: Family) -> List[Violation]:
    refusals = family.refusals
    if not refusals:
        return []
    return [Violation(Rule.LOGIN_LOST, f"family {family.name}: {refusals[0]} was refused, {len(refusals)} in all")]


def _answered_twice(family: Family, history: History) -> List[Violation]:
    """Finds tokens that were exchanged twice. With a static refresh token: a second exchange in the first half of the
    lifetime of the last access token."""
    violations: List[Violation] = []
    answered: Dict[str, List[Request]] = {}
    for request in family.requests:
        if request.is_answered:
            answered.setdefault(request.presented or "", []).append(request)
    for requests in answered.values():
        again = [
            later for earlier, later in zip(requests, requests[1:])
            if later.issued_refresh is not None or later.at - earlier.at < history.access_seconds * 500
        ]
        excuses = [program for program in history.programs if _may_have_lost(program, requests)]
        if len(again) > len(excuses):
            violations.append(Violation(
                Rule.ANSWERED_TWICE, f"family {family.name}: one token was answered {len(again) + 1} times"))
    return violations


def _may_have_lost(program: Program, requests: List[Request]) -> bool:
    return program.was_killed and any(
        program.started - TOLERANCE <= request.at <= program.ended + GRACE for request in requests
    )


def _older_sent(family: Family) -> List[Violation]:
    """Finds a token that is presented after its successor."""
    parents = {request.issued_refresh: request.presented for request in family.requests if request.issued_refresh}
    superseded: Dict[str, Request] = {}
    for request in family.requests:
        if request.presented in superseded:
            return [Violation(
                Rule.OLDER_GENERATION_SENT,
                f"family {family.name}: {request} presents an older token than {superseded[request.presented]}")]
        parent = parents.get(request.presented or "")
        while parent is not None and parent not in superseded:
            superseded[parent] = request
            parent = parents.get(parent)
    return []


def _stale(family: Family, programs: List[Program]) -> List[Violation]:
    """Finds a program that printed an older token than a program that had ended before it started."""
    order = {r.issued_access: r.seq for r in family.requests + ([family.sign_in] if family.sign_in else [])}
    served = [program for program in programs if program.access in order]
    newest = 0
    ended = sorted(served, key=lambda program: program.ended)
    position = 0
    violations: List[Violation] = []
    for program in sorted(served, key=lambda program: program.started):
        while position < len(ended) and ended[position].ended < program.started - TOLERANCE:
            newest = max(newest, order[ended[position].access])
            position += 1
        if order[program.access] < newest:
            violations.append(Violation(
                Rule.STALE_TOKEN, f"{program} printed the token of request {order[program.access]} after another had "
                f"printed the token of request {newest}"))
    return violations


def _never_served_again(history: History) -> List[Violation]:
    """Finds logins whose last program that was not killed got no token."""
    last: Dict[str, Program] = {}
    for program in sorted(history.programs, key=lambda program: program.ended):
        if not program.was_killed:
            last[program.profile or ""] = program
    return [
        Violation(Rule.LOGIN_LOST, f"{program}, the last one for {profile or 'its login'}, got no token")
        for profile, program in last.items() if program.access is None and program.exit != 0
    ]
