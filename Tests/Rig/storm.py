"""Many processes at the moment of expiry, with a key that rotates without overlap: one exchange.

The expiry is moved into the past in the database, under the store lock, so that the token expires for all processes at
the same moment. The server's lifetimes stay long. The first process is stopped while it holds the lock, until all
others wait for it. So no process starts late and finds a new token.
"""

import signal

from bench import Bench
from failure import equal
from locks import waiters
from program import Ended, wait_until
from stage import Settings, Stage

PROCESSES = 50


def run(bench: Bench) -> str:
    expiries = 20 if bench.long else 5
    with bench.stage("storm", Settings(rotate=True)) as stage:
        stage.add("p")
        served = sum(len(expire(stage, ["p"] * PROCESSES)) for _ in range(expiries))
        equal(stage.refreshes, expiries, "exchanges")
        equal(stage.control("counts")["refused"], 0, "refusals")
        equal(served, expiries * PROCESSES, "served")
        wait_for_no_writer(stage)
    return "%d expiries, %d exchanges, %d of %d served" % (expiries, expiries, served, expiries * PROCESSES)


def expire(stage: Stage, names: list[str]) -> list[Ended]:
    """Starts one program for each name, all on one login, at one expiry. All must get the same token."""
    stage.age(names[0])
    first = stage.token(names[0], "--timeout", "120", point="after_lock", action="stop")
    first.wait_until_stopped()
    others = [stage.token(name, "--timeout", "120") for name in names[1:]]
    wait_until(lambda: waiters(stage.login_lock(names[0])) == len(others), "all other processes to wait for the lock")
    first.signal(signal.SIGCONT)
    return one_token([program.wait() for program in [first, *others]])


def one_token(ends: list[Ended]) -> list[Ended]:
    """Checks that all programs printed the same token."""
    for end in ends:
        end.must(0, "a process at expiry")
    equal(len({end.token for end in ends}), 1, "different tokens of one expiry")
    return ends


def wait_for_no_writer(stage: Stage) -> None:
    """Checks that no login has an unfinished attempt."""
    equal(stage.rows("SELECT count(*) AS n FROM login WHERE attempt_id IS NOT NULL")[0]["n"], 0, "attempts left")
