"""Many processes at the moment of expiry, on a key whose old tokens are dead at once: one exchange.

The expiry is moved into the past in the database, under the store lock, so that it comes for all of them at the same
moment; the server's own lives stay long. The first is stopped with the lock in its hands until all the others sleep at
it: nobody comes so late that the token is there already.
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
    """One program for each name, all of one login, at one expiry of it: all of them are served the same token."""
    stage.age(names[0])
    first = stage.token(names[0], "--timeout", "120", point="after_lock", action="stop")
    first.wait_until_stopped()
    others = [stage.token(name, "--timeout", "120") for name in names[1:]]
    wait_until(lambda: waiters(stage.login_lock(names[0])) == len(others), "all the others at the lock")
    first.signal(signal.SIGCONT)
    return one_token([program.wait() for program in [first, *others]])


def one_token(ends: list[Ended]) -> list[Ended]:
    """All of them served, with one and the same token."""
    for end in ends:
        end.must(0, "a process at expiry")
    equal(len({end.token for end in ends}), 1, "different tokens of one expiry")
    return ends


def wait_for_no_writer(stage: Stage) -> None:
    """Nothing stays undone: no attempt is left on a login."""
    equal(stage.rows("SELECT count(*) AS n FROM login WHERE attempt_id IS NOT NULL")[0]["n"], 0, "attempts left")
