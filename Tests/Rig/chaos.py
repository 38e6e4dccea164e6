"""Ten processes at a time on ten logins whose tokens really expire. Every 200 ms one process is killed at random."""

import random
import signal
import threading
import time

from bench import Bench
from failure import check, equal
from program import Ended, Program
from stage import Settings

LOGINS = 10
PROCESSES = 10
TOKEN_SECONDS = 3
KILL_EVERY = 0.2
EXCHANGE_SECONDS = 0.1  # long, so that many processes are killed during an exchange


def run(bench: Bench) -> str:
    seconds = 120 if bench.long else 20
    with bench.stage("chaos", Settings(rotate=True, overlap=60, access_token_seconds=TOKEN_SECONDS)) as stage:
        names = ["p%d" % number for number in range(LOGINS)]
        for number, name in enumerate(names):
            stage.add(name, user=number % 2)
        stage.control("faults", {"faults": [
            {"at": "token", "when": "after", "do": "delay", "seconds": EXCHANGE_SECONDS, "times": 1_000_000}]})
        end = time.monotonic() + seconds
        running: dict[int, Program] = {}
        ends: list[Ended] = []

        def run_programs(slot: int) -> None:
            chance = random.Random(slot)
            while time.monotonic() < end:
                command = chance.choice(["token", "token", "refresh"])
                running[slot] = stage.start(command, chance.choice(names), "--json")
                ends.append(running[slot].wait())

        threads = [threading.Thread(target=run_programs, args=(slot,)) for slot in range(PROCESSES)]
        for thread in threads:
            thread.start()
        chance = random.Random(0)
        while time.monotonic() < end:
            time.sleep(KILL_EVERY)
            if alive := [program for program in list(running.values()) if not program.is_over]:
                chance.choice(alive).signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
        for end_of in ends:
            check(end_of.status in (0, -signal.SIGKILL), "exit %d: %s" % (end_of.status, end_of.errors.strip()))
        for name in names:
            stage.token(name).wait().must(0, "%s after the kills" % name)
        counts = stage.control("counts")
        equal(counts["logins_lost"], 0, "logins lost as the server counts")
        equal(counts["refused"], 0, "refusals")
        equal(stage.rows("SELECT count(*) AS n FROM audit WHERE event = 'needs_login'")[0]["n"], 0, "logins lost")
        unknown = stage.rows("SELECT count(*) AS n FROM audit WHERE event IN ('outcome_unknown', 'recovered')")[0]["n"]
    killed = sum(1 for end_of in ends if end_of.status)
    return "%d s: %d served, %d killed (%d of them during an exchange), %d exchanges, 0 logins lost" % (
        seconds, len(ends) - killed, killed, unknown, counts["refreshes"])
