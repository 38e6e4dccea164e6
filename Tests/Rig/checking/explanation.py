"""Which attempt of the audit made which request of the emulator's log.

The audit's fingerprints are keyed and the emulator's are not, so a token cannot be looked up from one in the other.
What ties them together, for one sign-in and its family:

* The order of tokens. A token is saved after the request that brought it, and first sent after that. So the tokens
  in the order in which attempts first sent them are the tokens in the order in which they were first presented; only
  the last of the audit's may never have arrived.
* The time. An attempt's row is committed before anything is sent, and an answer that was read came before the row
  that says so. Only the end of a client that died or gave up has a grace (`clock.GRACE`).
* The kind. Tokens come from a request that was answered whole; a refusal does not come from one that committed; and
  the successor that the audit saved is the one that was presented next.

Under these every request needs an attempt of its own, and every attempt that was answered needs a request. A correct
history has such a pairing, so none is accused: the real one. Where a request of a dead process arrives beside that
of the next one, both could be either's; then more is true of the real pairing:

* One machine's clock is read in one order, so that times differ by rounding only; and the expiry that was saved counts
  from the moment of sending, so it tells that moment.
* An access token that a program printed comes from an attempt that saved it.

A history without such a stricter pairing breaks a rule: with one under the rest alone, it is clear which.
"""

from dataclasses import dataclass, field
from typing import Callable, Dict, FrozenSet, List, Optional

from .audit_log import BROUGHT_TOKENS, SAVED, Attempt, End, SignIn
from .clock import ROUNDING, TOLERANCE, milliseconds
from .emulator_log import Family, Request
from .matching import match


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the log and the audit."""

    access_seconds: int  # how long an access token lives
    printed: FrozenSet[str]  # the access tokens that programs handed out as saved ones


@dataclass
class Explanation:
    sign_in: SignIn
    family: Family
    tokens: Dict[str, str] = field(default_factory=dict)  # the emulator's name of a token by the audit's
    attempts: Dict[int, Attempt] = field(default_factory=dict)  # by the request's seq
    unexplained: List[Request] = field(default_factory=list)
    unfounded: List[Attempt] = field(default_factory=list)  # were answered as no request was

    @property
    def is_whole(self) -> bool:
        return not self.unexplained and not self.unfounded

    def generation(self, request: Request) -> Optional[int]:
        """Which generation a request presented."""
        attempt = self.attempts.get(request.seq)
        if attempt is not None:
            return attempt.generation
        sent = {a.generation for a in self.sign_in.attempts if self.tokens.get(a.sent or "") == request.presented}
        return sent.pop() if len(sent) == 1 else None


def explain(sign_in: SignIn, family: Family, circumstances: Circumstances) -> Explanation:
    # What a token did before the profile was added is not this login's doing.
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
    """Whether the token that the attempt saved is the one that the request issued."""
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
