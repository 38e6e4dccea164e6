"""A simulator and a live profile on one login: however many programs of either ask at expiry, one exchange."""

from bench import Bench
from failure import equal
from locks import waiters
from program import wait_until
from stage import Settings
from storm import one_token

EACH = 5


def run(bench: Bench) -> str:
    expiries = 20 if bench.long else 3
    with bench.stage("shared login", Settings(rotate=True)) as stage:
        proxy = stage.proxy()
        stage.add("paper", proxy)
        stage.add_beside("real", "paper")
        for _ in range(expiries):
            stage.age("paper")
            hold = proxy.arm("request_written")
            programs = [stage.token(name, "--timeout", "120") for _ in range(EACH) for name in ("paper", "real")]
            hold.wait()
            wait_until(lambda: waiters(stage.login_lock("paper")) == 2 * EACH - 1, "all the others at the lock")
            hold.release()
            one_token([program.wait() for program in programs])
        equal(stage.refreshes, expiries, "exchanges")
    return "%d expiries, %d exchanges, %d of %d served" % (
        expiries, expiries, 2 * EACH * expiries, 2 * EACH * expiries)
