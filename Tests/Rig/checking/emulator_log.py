"""The emulator's log, grouped into families. A family contains all tokens that come from one sign-in."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from .clock import FOREVER, milliseconds
from .history import Record


@dataclass(frozen=True)
class Request:
    """One request to the token endpoint."""

    seq: int
    at: int
    presented: Optional[str]
    issued_refresh: Optional[str]
    issued_access: Optional[str]
    status: Optional[int]
    error: Optional[str]
    fault: Optional[str]
    committed: bool

    @property
    def is_answered(self) -> bool:
        """True if new tokens were sent completely. Only the client knows whether they arrived."""
        return self.committed and self.status == 200 and self.fault in (None, "delay")

    @property
    def is_refusal(self) -> bool:
        """True if the emulator itself, not a script, refused the refresh token."""
        return self.error == "invalid_grant" and self.fault != "respond"

    def __str__(self) -> str:
        return f"request {self.seq}"


@dataclass
class Family:
    name: str
    first_at: int
    sign_in: Optional[Request] = None  # the exchange of the code
    requests: List[Request] = field(default_factory=list)  # the exchanges of refresh tokens, in order of arrival
    revoked_at: int = FOREVER

    @property
    def refusals(self) -> List[Request]:
        return [r for r in self.requests if r.is_refusal and r.at < self.revoked_at]


class EmulatorLog:
    def __init__(self, records: List[Record]) -> None:
        self.families: Dict[str, Family] = {}
        self.exchanges = 0
        self._origins: Dict[str, Tuple[Family, Request]] = {}
        owners: Dict[str, str] = {}  # the family of each issued refresh token
        clients: Dict[str, str] = {}
        for record in sorted(records, key=lambda record: record["seq"]):
            if record.get("issued_refresh"):
                owners[record["issued_refresh"]] = record["family_id"]
        for record in sorted(records, key=lambda record: record["seq"]):
            grant = record.get("grant_type")
            request = _request(record)
            if grant == "refresh_token":
                # A request that a fault dropped has no family in the log; its token determines the family. A token
                # that was never issued gets a separate family.
                owner = record.get("family_id") or owners.get(request.presented or "")
                family = self._family(owner or f"unknown {request.presented}", request.at)
                family.requests.append(request)
            elif grant == "authorization_code" and record.get("family_id"):
                family = self._family(record["family_id"], request.at)
                family.sign_in = request
            elif record["path"].endswith("/revoke") and record.get("committed"):
                for name, family in self.families.items():
                    if clients.get(name) == record.get("client_id"):
                        family.revoked_at = min(family.revoked_at, request.at)
                continue
            else:
                continue
            self.exchanges += 1
            clients.setdefault(family.name, record.get("client_id") or "")
            if request.issued_access:
                self._origins[request.issued_access] = (family, request)

    def _family(self, name: str, at: int) -> Family:
        return self.families.setdefault(name, Family(name, at))

    def origin_of(self, access: Optional[str]) -> Optional[Tuple[Family, Request]]:
        """The family and the request that an access token comes from."""
        return self._origins.get(access or "")


def _request(record: Record) -> Request:
    return Request(
        seq=record["seq"],
        at=milliseconds(record["at"]),
        presented=record.get("presented"),
        issued_refresh=record.get("issued_refresh"),
        issued_access=record.get("issued_access"),
        status=record.get("status"),
        error=record.get("error"),
        fault=record.get("fault"),
        committed=record.get("committed", False),
    )
