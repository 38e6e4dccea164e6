"""The record of a run for the checker: a folder of JSON lines without secrets."""

import json
import pathlib
import subprocess
import sys
from typing import Any, NamedTuple

from failure import Failed

CHECKER = pathlib.Path(__file__).with_name("checker.py")


class History(NamedTuple):
    """The emulator's log and settings, the audit, the output of the programs, and the expected losses."""

    emulator: list[Any]
    settings: Any
    audit: list[Any]
    outputs: list[Any]
    expect: Any

    def write(self, folder: str) -> None:
        path = pathlib.Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for name in ("emulator", "audit", "outputs"):
            lines = "".join(json.dumps(line) + "\n" for line in getattr(self, name))
            path.joinpath(name + ".jsonl").write_text(lines)
        for name in ("settings", "expect"):
            path.joinpath(name + ".json").write_text(json.dumps(getattr(self, name)) + "\n")


def violations(folder: str) -> list[str]:
    """The violations that the checker finds in a history."""
    run = subprocess.run([sys.executable, str(CHECKER), folder], capture_output=True, text=True)
    if run.returncode == 0:
        return []
    if run.returncode != 1 or not run.stdout.strip():
        raise Failed("the checker crashed: exit %d: %s" % (run.returncode, run.stderr.strip()))
    return run.stdout.strip().splitlines()
