"""Checks the printed tokens: they belong to the login, were saved, are the newest, and have not expired."""

from typing import List, Optional, Tuple

from .audit_log import SAVED, AuditLog
from .clock import TOLERANCE, milliseconds
from .emulator_log import EmulatorLog, Request
from .explanation import Explanation
from .history import History, Program
from .pairing import Pairing
from .rules import Rule, Violation
from .saved import Saved


def check_lives(history: History, log: EmulatorLog) -> List[Violation]:
    """Checks that tokens come from the emulator and had not expired, by its clock, when the program started."""
    violations: List[Violation] = []
    for program in history.programs:
        if program.access is None:
            continue
        origin = log.origin_of(program.access)
        if origin is None:
            violations.append(Violation(Rule.UNKNOWN_TOKEN, f"{program} printed {program.access}"))
            continue
        _, request = origin
        # The emulator issues the token at or after the logged arrival, so the true expiry is this time or later.
        end = request.at + history.access_seconds * 1000
        if program.started > end + TOLERANCE:
            late = program.started - end
            violations.append(Violation(Rule.EXPIRED_TOKEN, f"{program} started {late} ms after its token expired"))
        if history.clocks_differ:
            continue
        if program.expires is not None and program.expires > end + TOLERANCE:
            more = program.expires - end
            violations.append(Violation(Rule.EXPIRY_OVERSTATED, f"{program} printed an expiry {more} ms too late"))
    return violations


def check_expiries(explanation: Explanation, access_seconds: int) -> List[Violation]:
    """Checks that the expiry that an attempt saved is not later than the server's."""
    violations: List[Violation] = []
    for request in explanation.family.requests:
        attempt = explanation.attempts.get(request.seq)
        row = attempt.last if attempt is not None and attempt.end in SAVED else None
        if row is None or row["expires_at"] is None or not request.is_answered:
            continue
        more = milliseconds(row["expires_at"]) - request.at - access_seconds * 1000
        if more > TOLERANCE:
            violations.append(Violation(
                Rule.EXPIRY_OVERSTATED, f"{explanation.sign_in}: {attempt} saved an expiry {more} ms too late"))
    return violations


def check_generations(history: History, log: EmulatorLog, audit: AuditLog, pairing: Pairing,
                      saved: Saved) -> List[Violation]:
    """Checks that tokens belong to the program's login, were saved, and were the newest when the program started."""
    violations: List[Violation] = []
    served: List[Tuple[Program, int, int]] = []
    for program in history.programs:
        origin = log.origin_of(program.access)
        if origin is None:
            continue
        family, request = origin
        explanation = pairing.of_family(family)
        login = program.login if program.login is not None else audit.login_of(program.profile)
        if explanation is None or login not in (None, explanation.sign_in.login):
            whose = explanation.sign_in if explanation else "an unknown login"
            violations.append(Violation(Rule.FOREIGN_TOKEN, f"{program} printed a token of {whose}"))
            continue
        generation, is_saved = _generation(explanation, request)
        if generation is None or not (is_saved or program.is_deferred):
            violations.append(Violation(Rule.UNSAVED_TOKEN, f"{program} printed the unsaved token of {request}"))
            continue
        if not program.is_deferred:
            saved.see(explanation.sign_in.login, generation, program.ended)
        served.append((program, explanation.sign_in.login, generation))
    for program, login, generation in served:
        newest = saved.generation(login, program.started - TOLERANCE)
        if generation < newest:
            violations.append(Violation(
                Rule.STALE_TOKEN, f"{program} printed generation {generation} after {newest} was saved"))
    return violations


def _generation(explanation: Explanation, request: Request) -> Tuple[Optional[int], bool]:
    """The generation that an exchange created, and whether it was saved."""
    if request is explanation.family.sign_in:
        origin = explanation.sign_in.origin
        return (None, False) if explanation.sign_in.is_import else (origin["generation_after"], True)
    attempt = explanation.attempts.get(request.seq)
    return (None, False) if attempt is None else (attempt.generation + 1, attempt.end in SAVED)

