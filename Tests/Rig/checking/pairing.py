"""Which family of the emulator belongs to which sign-in of the audit.

A token that a program of a known login printed names the family of that login. What no printed token names is paired by
what explains it: a sign-in goes with a family whose requests its attempts explain without a rest. When several
pairings do, one of them is the real one or as good as it, so a correct history is never accused. Each family belongs to
one login: a history must not hand the same sign-in to two of them.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from .audit_log import AuditLog, SignIn
from .clock import TOLERANCE
from .emulator_log import EmulatorLog, Family
from .explanation import Explanation, explain
from .history import Program
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


def pair(log: EmulatorLog, audit: AuditLog, programs: List[Program]) -> Pairing:
    sign_ins = dict(enumerate(audit.sign_ins))
    families = dict(log.families)
    pairing = Pairing()

    def settle(index: int, explanation: Explanation) -> None:
        pairing.add(explanation)
        del sign_ins[index], families[explanation.family.name]

    printed = [
        (index, explain(sign_in, families[name]), votes)
        for (login, name), votes in _printed(log, audit, programs).items()
        for index, sign_in in sign_ins.items() if sign_in.login == login and _began(sign_in, families[name])
    ]
    for index, explanation, _ in sorted(printed, key=lambda tie: (_rest(tie[1]), -tie[2])):
        if index in sign_ins and explanation.family.name in families:
            settle(index, explanation)
    tries = {
        (index, name): explain(sign_in, family)
        for index, sign_in in sign_ins.items() for name, family in families.items() if _began(sign_in, family)
    }
    whole: Dict[int, List[str]] = {}
    for (index, name), explanation in tries.items():
        if explanation.is_whole:
            whole.setdefault(index, []).append(name)
    for name, index in match(whole, list(families), whole).items():
        settle(index, tries[index, name])
    # What is left fits nowhere: the best there is, so that the violations say something.
    for (index, name), explanation in sorted(tries.items(), key=lambda attempt: _rest(attempt[1])):
        if index in sign_ins and name in families:
            settle(index, explanation)
    pairing.lonely_families = list(families.values())
    pairing.lonely_sign_ins = list(sign_ins.values())
    return pairing


def _printed(log: EmulatorLog, audit: AuditLog, programs: List[Program]) -> Dict[Tuple[int, str], int]:
    """Logins and families that printed tokens tie together, and how often."""
    votes: Dict[Tuple[int, str], int] = {}
    for program in programs:
        login = program.login if program.login is not None else audit.login_of(program.profile)
        origin = log.origin_of(program.access)
        if login is not None and origin is not None:
            tie = (login, origin[0].name)
            votes[tie] = votes.get(tie, 0) + 1
    return votes


def _began(sign_in: SignIn, family: Family) -> bool:
    """Whether the tokens existed when the login got them."""
    return family.first_at <= sign_in.since + TOLERANCE or sign_in.is_import


def _rest(explanation: Explanation) -> int:
    return len(explanation.unexplained) + len(explanation.unfounded) + len(explanation.unreasoned)
