"""Which family of the emulator belongs to which sign-in of the audit.

A token that a program of a known login printed names the login of its family. The exchange of the code that began a
family falls into the time that the audit says it took. What is still open is decided by what explains: a sign-in goes
with a family whose requests its attempts explain without a rest, each with one. When several pairings do, the real one
is among them, so a correct history is never accused. Each family belongs to one login: a history must not hand the
same refresh token to two of them.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from .audit_log import AuditLog, SignIn
from .clock import TOLERANCE, milliseconds
from .emulator_log import EmulatorLog, Family
from .explanation import Explanation, explain
from .history import History
from .matching import match


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


def pair(log: EmulatorLog, audit: AuditLog, history: History) -> Pairing:
    printed = _printed(log, audit, history)
    tries = {
        (index, name): explain(sign_in, family)
        for index, sign_in in enumerate(audit.sign_ins) for name, family in log.families.items()
        if printed.get(name, sign_in.login) == sign_in.login and _can_begin(sign_in, family, history.access_seconds)
    }
    whole: Dict[int, List[str]] = {}
    for (index, name), explanation in tries.items():
        if explanation.is_whole:
            whole.setdefault(index, []).append(name)
    # Those go first that have something to explain: a family nobody refreshed may stay without a sign-in.
    busy = sorted(log.families, key=lambda name: not log.families[name].requests)
    chosen = [(index, name) for name, index in match(whole, busy, whole).items()]
    # What is left fits nowhere: the best there is, so that the violations say something.
    chosen += sorted(set(tries) - set(chosen), key=lambda place: tries[place].rest)
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
    """The login of each family that a printed token names; the one that most of them name."""
    votes: Dict[Tuple[str, int], int] = {}
    for program in history.programs:
        login = program.login if program.login is not None else audit.login_of(program.profile)
        origin = log.origin_of(program.access)
        if login is not None and origin is not None:
            vote = (origin[0].name, login)
            votes[vote] = votes.get(vote, 0) + 1
    return {name: login for name, login in sorted(votes, key=lambda vote: votes[vote])}


def _can_begin(sign_in: SignIn, family: Family, access_seconds: int) -> bool:
    """Whether this exchange of a code can be the one that the sign-in's row tells of."""
    exchange, origin = family.sign_in, sign_in.origin
    if exchange is None or sign_in.is_import or origin["expires_at"] is None:
        return sign_in.is_import or exchange is None
    sent = milliseconds(origin["expires_at"]) - access_seconds * 1000
    received = sign_in.since if origin["duration_ms"] is None else sent + origin["duration_ms"]
    return sent - TOLERANCE <= exchange.at <= received + TOLERANCE
