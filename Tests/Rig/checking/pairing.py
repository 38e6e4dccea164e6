"""Finds the family of the emulator for each sign-in of the audit.

A token that a program of a known login printed shows the login of its family. The exchange of the code that began a
family lies within the time that the audit recorded for it. For the rest, a sign-in is paired with a family with which
it breaks no rule. In a correct history the real pairing is of this kind, so one is found, and no violation is reported.
Each family belongs to one login: a history must not use the same refresh token for two logins.
"""

from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

from .audit_log import AuditLog, SignIn
from .clock import ROUNDING, milliseconds
from .emulator_log import EmulatorLog, Family
from .explanation import Circumstances, Explanation, explain
from .history import History
from .matching import match
from .rules import Violation


@dataclass
class Pairing:
    explanations: List[Explanation] = field(default_factory=list)
    lonely_families: List[Family] = field(default_factory=list)
    lonely_sign_ins: List[SignIn] = field(default_factory=list)
    _by_family: Dict[str, Explanation] = field(default_factory=dict)

    def of_family(self, family: Family) -> Optional[Explanation]:
        return self._by_family.get(family.name)

    def add(self, explanation: Explanation) -> None:
        self.explanations.append(explanation)
        self._by_family[explanation.family.name] = explanation


Blame = Callable[[Explanation], List[Violation]]


def pair(log: EmulatorLog, audit: AuditLog, history: History, blame: Blame) -> Pairing:
    """Pairs sign-ins and families. `blame` returns the violations of a pair."""
    printed = _printed(log, audit, history)
    circumstances = Circumstances(
        history.access_seconds,
        frozenset(p.access for p in history.programs if p.access is not None and not p.is_deferred),
    )
    tries = {
        (index, name): explain(sign_in, family, circumstances)
        for index, sign_in in enumerate(audit.sign_ins) for name, family in log.families.items()
        if printed.get(name, sign_in.login) == sign_in.login and _can_begin(sign_in, family, history.access_seconds)
    }
    broken = {place: len(blame(explanation)) for place, explanation in tries.items()}
    without_violation: Dict[int, List[str]] = {}
    for index, name in tries:
        if not broken[index, name]:
            without_violation.setdefault(index, []).append(name)
    # A family that was never refreshed and never printed may stay without a sign-in.
    busy = [name for name, family in log.families.items() if family.requests or name in printed]
    chosen = [(index, name) for name, index in match(without_violation, busy, without_violation).items()]
    # The rest does not match. The pairs with the fewest violations are used, so that the reports are useful.
    chosen += sorted(set(tries) - set(chosen), key=lambda place: broken[place])
    pairing = Pairing()
    sign_ins, families = dict(enumerate(audit.sign_ins)), dict(log.families)
    for index, name in chosen:
        if index in sign_ins and name in families:
            pairing.add(tries[index, name])
            del sign_ins[index], families[name]
    pairing.lonely_families = list(families.values())
    pairing.lonely_sign_ins = list(sign_ins.values())
    return pairing


def _printed(log: EmulatorLog, audit: AuditLog, history: History) -> Dict[str, int]:
    """The login of each family according to the printed tokens, by majority."""
    votes: Dict[Tuple[str, int], int] = {}
    for program in history.programs:
        login = program.login if program.login is not None else audit.login_of(program.profile)
        origin = log.origin_of(program.access)
        if login is not None and origin is not None:
            vote = (origin[0].name, login)
            votes[vote] = votes.get(vote, 0) + 1
    return {name: login for name, login in sorted(votes, key=lambda vote: votes[vote])}


def _can_begin(sign_in: SignIn, family: Family, access_seconds: int) -> bool:
    """True if the family's exchange of a code can be that of the sign-in's row."""
    exchange, origin = family.sign_in, sign_in.origin
    if exchange is None or sign_in.is_import or origin["expires_at"] is None:
        return sign_in.is_import or exchange is None
    sent = milliseconds(origin["expires_at"]) - access_seconds * 1000
    received = sign_in.since if origin["duration_ms"] is None else sent + origin["duration_ms"]
    return sent - ROUNDING <= exchange.at <= received + ROUNDING
