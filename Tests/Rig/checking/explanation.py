"""Finds the attempt of the audit for each request of the emulator's log.

The audit's fingerprints are keyed and the emulator's are not, so a token of one cannot be looked up in the other. For
one sign-in and its family, three things connect them:

* The order of tokens. A token is saved after the request that returned it, and sent only after that. So the order in
  which attempts first sent the tokens is the order in which the server first received them. Only the last token of the
  audit may never have arrived.
* The time. An attempt's row is committed before anything is sent, and an answer is read before its row is written. Only
  the end of a client that was killed or gave up has a tolerance (`clock.GRACE`).
* The kind. Tokens come from a request with a complete answer. A refusal does not come from a committed request. The
  refresh token that the audit saved is the one that is presented next.

With these conditions, every request needs one attempt, and every attempt with an answer needs one request. A correct
history always has such a pairing: the real one. If the request of a killed process arrives at the same time as that of
the next process, several pairings are possible. Then the real pairing fulfils two more conditions:

* All times come from one clock, so they differ only by rounding. The saved expiry counts from the moment of sending, so
  it shows that moment.
* An access token that a program printed comes from an attempt that saved it.

A history without such a strict pairing breaks a rule. The pairing without the last two conditions shows which rule.
"""

from dataclasses import dataclass, field
from typing import Callable, Dict, FrozenSet, List, Optional

from .audit_log import BROUGHT_TOKENS, SAVED, Attempt, End, SignIn
from .clock import ROUNDING, TOLERANCE, milliseconds
from .emulator_log import Family, Request
from .matching import match


@dataclass(frozen=True)
class Circumstances:
    """Facts that are not in the log or the audit."""

    access_seconds: int  # the lifetime of an access token
    printed: FrozenSet[str]  # the access tokens that programs printed as saved ones


@dataclass
class Explanation:
    sign_in: SignIn
    family: Family
    tokens: Dict[str, str] = field(default_factory=dict)  # the emulator's fingerprint by the audit's
    attempts: Dict[int, Attempt] = field(default_factory=dict)  # by the request's seq
    unexplained: List[Request] = field(default_factory=list)
    unfounded: List[Attempt] = field(default_factory=list)  # have an answer that no request got

    @property
    def is_whole(self) -> bool:
        return not self.unexplained and not self.unfounded

    def generation(self, request: Request) -> Optional[int]:
        """The generation whose token a request presented."""
        attempt = self.attempts.get(request.seq)
        if attempt is not None:
            return attempt.generation
        sent = {a.generation for a in self.sign_in.attempts if self.tokens.get(a.sent or "") == request.presented}
        return sent.pop() if len(sent) == 1 else None


def explain(sign_in: SignIn, family: Family, circumstances: Circumstances) -> Explanation:
    # Requests from before the profile was added do not belong to this login.
    requests = [r for r in family.requests if not sign_in.is_import or r.at >= sign_in.since - TOLERANCE]
    tokens = _tokens(sign_in, family, requests)

    def can_be(attempt: Attempt, request: Request) -> bool:
        return _can_be(attempt, request, tokens)

    def is_likely(attempt: Attempt, request: Request) -> bool:
        return can_be(attempt, request) and _is_likely(attempt, request, circumstances)

    strict = _explain(sign_in, family, requests, tokens, is_likely)
    return strict if strict.is_whole else _explain(sign_in, family, requests, tokens, can_be)


def _explain(sign_in: SignIn, family: Family, requests: List[Request], tokens: Dict[str, str],
             fits: Callable[[Attempt, Request], bool]) -> Explanation:
    by_id = {attempt.id: attempt for attempt in sign_in.attempts}
    partners = {attempt.id: [r.seq for r in requests if fits(attempt, r)] for attempt in sign_in.attempts}
    urgent = [attempt for attempt in sign_in.attempts if attempt.was_answered]
    pairs = match([attempt.id for attempt in urgent], [request.seq for request in requests], partners)
    founded = set(pairs.values())
    return Explanation(
        sign_in, family, tokens,
        attempts={seq: by_id[attempt] for seq, attempt in pairs.items()},
        unexplained=[request for request in requests if request.seq not in pairs],
        unfounded=[attempt for attempt in urgent if attempt.id not in founded],
    )


def _tokens(sign_in: SignIn, family: Family, requests: List[Request]) -> Dict[str, str]:
    sent = [attempt.sent for attempt in sign_in.attempts]
    presented = [request.presented for request in requests]
    if not sign_in.is_import and family.sign_in is not None:
        sent.insert(0, sign_in.origin["refresh_fp_after"])
        presented.insert(0, family.sign_in.issued_refresh)
    in_order = zip(dict.fromkeys(filter(None, sent)), dict.fromkeys(filter(None, presented)))
    return dict(in_order)


def _can_be(attempt: Attempt, request: Request, tokens: Dict[str, str]) -> bool:
    if tokens.get(attempt.sent or "") != request.presented:
        return False
    if not attempt.earliest - TOLERANCE <= request.at <= attempt.latest + TOLERANCE:
        return False
    last = attempt.last
    if last is not None and last["http_status"] not in (None, request.status):
        return False
    if attempt.end is End.FAILED:
        return not request.committed
    if attempt.end is End.SALVAGED:
        return request.committed and _is_successor(attempt, request, tokens)
    if attempt.end is End.LATE:
        return request.is_answered
    if attempt.end in BROUGHT_TOKENS:
        return request.is_answered and _is_successor(attempt, request, tokens)
    return True


def _is_successor(attempt: Attempt, request: Request, tokens: Dict[str, str]) -> bool:
    """True if the attempt saved the token that the request issued."""
    saved = attempt.last["refresh_fp_after"] if attempt.last else None
    issued = request.issued_refresh or request.presented
    if saved == attempt.sent or issued == request.presented:
        return saved == attempt.sent and issued == request.presented
    return tokens.get(saved or "", issued) == issued


def _is_likely(attempt: Attempt, request: Request, circumstances: Circumstances) -> bool:
    if request.issued_access in circumstances.printed and attempt.end not in SAVED:
        return False
    earliest, last = attempt.earliest, attempt.last
    if attempt.end in SAVED and last is not None and last["access_fp_after"] and last["expires_at"]:
        earliest = milliseconds(last["expires_at"]) - circumstances.access_seconds * 1000
    return earliest - ROUNDING <= request.at <= attempt.latest + ROUNDING
