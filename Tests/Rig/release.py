"""A release build contains no kill points."""

from bench import Bench
from failure import Skipped, check
from stage import Settings

VARIABLE = b"TSACCOUNTS_KILL_POINT"


def run(bench: Bench) -> str:
    if not bench.release:
        raise Skipped("no --release PATH")
    check(_holds(bench.tool, VARIABLE), "the debug build does not contain the variable")
    check(not _holds(bench.release, VARIABLE), "the release build contains " + VARIABLE.decode())
    with bench.stage("release", Settings(rotate=True), tool=bench.release) as stage:
        stage.add("p")
        stage.age("p")
        stage.token("p", point="after_lock").wait().must(0, "a release build at a kill point")
    return "the binary does not contain %s and ignores it" % VARIABLE.decode()


def _holds(path: str, text: bytes) -> bool:
    with open(path, "rb") as file:
        return text in file.read()
