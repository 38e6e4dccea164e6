"""A release build knows no kill points."""

from bench import Bench
from failure import Skipped, check
from stage import Settings

VARIABLE = b"TSACCOUNTS_KILL_POINT"


def run(bench: Bench) -> str:
    if not bench.release:
        raise Skipped("no --release PATH")
    check(_holds(bench.tool, VARIABLE), "the debug build does not know the variable")
    check(not _holds(bench.release, VARIABLE), "the release build knows " + VARIABLE.decode())
    with bench.stage("release", Settings(rotate=True), tool=bench.release) as stage:
        stage.add("p")
        stage.age("p")
        stage.token("p", point="after_lock").wait().must(0, "a release build at a kill point")
    return "the binary does not hold %s and heeds none" % VARIABLE.decode()


def _holds(path: str, text: bytes) -> bool:
    with open(path, "rb") as file:
        return text in file.read()
