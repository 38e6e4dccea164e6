"""One run, as recorded in its folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from .clock import milliseconds

Record = Dict[str, Any]


@dataclass(frozen=True)
class Program:
    """A program that ran, and the token that it printed.

    The rig took the times, before its start and after its end. They are by the server's clock.
    """

    number: int
    name: str
    profile: Optional[str]
    login: Optional[int]
    started: int
    ended: int
    exit: int
    access: Optional[str]
    expires: Optional[int]

    @property
    def was_killed(self) -> bool:
        return self.exit < 0

    @property
    def is_deferred(self) -> bool:
        """True if the printed token was saved only in the side file (save_deferred)."""
        return self.exit == 74

    @property
    def is_product(self) -> bool:
        return Path(self.name.split(" ", 1)[0]).name == "tsaccounts"

    def __str__(self) -> str:
        return f"program {self.number} ({self.name})"


@dataclass(frozen=True)
class History:
    log: List[Record]
    access_seconds: int  # the lifetime when tokens were issued; the largest value if it changed during the run
    rotates: bool
    audit: List[Record]  # keys in table order, in which they are hashed
    programs: List[Program]
    allows_lost_between: bool
    clocks_differ: bool  # the times in the audit and those that programs print are not by the server's clock


def history(log: List[Record], settings: Record, audit: List[Record], outputs: List[Record],
            expect: Record) -> History:
    return History(
        log=log,
        access_seconds=settings["access_token_seconds"],
        rotates=settings["rotate"],
        audit=audit,
        programs=[program(number, output) for number, output in enumerate(outputs, 1)],
        allows_lost_between=expect.get("allow_lost_between", False),
        clocks_differ=expect.get("clocks_differ", False),
    )


def program(number: int, output: Record) -> Program:
    expires = output.get("expires_at")
    ahead = output.get("server_ahead_ms", 0)
    return Program(
        number=number,
        name=output["program"],
        profile=output.get("profile"),
        login=output.get("login_id"),
        started=milliseconds(output["started_at"]) + ahead,
        ended=milliseconds(output["ended_at"]) + ahead,
        exit=output["exit"],
        access=output.get("access_fp"),
        expires=milliseconds(expires) if expires else None,
    )


def read(folder: Path) -> History:
    """Reads a folder. `audit.jsonl` and `expect.json` may be missing; all other files must exist."""
    return history(
        log=lines(folder / "emulator.jsonl"),
        settings=json.loads((folder / "settings.json").read_text("utf-8")),
        audit=lines(folder / "audit.jsonl", optional=True),
        outputs=lines(folder / "outputs.jsonl"),
        expect=json.loads((folder / "expect.json").read_text("utf-8")) if (folder / "expect.json").exists() else {},
    )


def lines(path: Path, optional: bool = False) -> List[Record]:
    if optional and not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
