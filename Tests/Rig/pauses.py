"""After a 429 for one login of an API key, every login of the key waits, in every process."""

from datetime import datetime

from bench import Bench
from failure import check, equal
from program import wait_until
from stage import Settings, Stage

PAUSE = 6
PROGRAMS = 12


def run(bench: Bench) -> str:
    with bench.stage("pauses", Settings(rotate=True)) as stage:
        for place, name in enumerate("abc"):
            stage.add(name, user=place % 2)
        stage.age("a", "b", "c")
        before = stage.refreshes
        # The server tells a to pause while b's exchange is in progress. The success of b must not end the pause.
        stage.control("faults", {"faults": [
            {"at": "token", "when": "after", "do": "delay", "seconds": 1},
            {"at": "token", "when": "before", "do": "respond", "status": 429,
             "headers": {"Retry-After": str(PAUSE)}, "body": "{}"}]})
        slow = stage.token("b")
        wait_until(lambda: stage.refreshes == before + 1, "b's exchange")
        paused = stage.token("a", "--timeout", "2")
        equal(paused.wait().must(75, "a, with a timeout below the pause").code, "rate_limited", "the code of a")
        slow.wait().must(0, "b, whose exchange was in progress")
        for program in [stage.token("ac"[place % 2]) for place in range(PROGRAMS)]:
            program.wait().must(0, "a program that waits for the pause")
        after = _next_after_refusal(stage)
        check(PAUSE <= after, "an exchange %.1f s after a pause of %d s began" % (after, PAUSE))
        equal(stage.refreshes, before + 4, "exchanges")
    return "%d programs on two logins waited for the end of a pause: the next exchange came after %.1f s of %d" % (
        PROGRAMS, after, PAUSE)


def _next_after_refusal(stage: Stage) -> float:
    """The seconds between the refused exchange and the next one."""
    exchanges = [line for line in stage.log() if line.get("grant_type") == "refresh_token"]
    refused = next(place for place, line in enumerate(exchanges) if line["status"] == 429)
    times = [datetime.fromisoformat(line["at"].replace("Z", "+00:00")) for line in exchanges]
    return (times[refused + 1] - times[refused]).total_seconds()
