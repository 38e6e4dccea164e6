"""A simulator and a live profile on one login: programs of both cause one exchange at expiry."""

from bench import Bench
from failure import equal
from stage import Settings
from storm import expire

EACH = 5


def run(bench: Bench) -> str:
    expiries = 20 if bench.long else 3
    with bench.stage("shared login", Settings(rotate=True)) as stage:
        stage.add("paper")
        stage.add_beside("real", "paper")
        for _ in range(expiries):
            expire(stage, ["paper", "real"] * EACH)
        equal(stage.refreshes, expiries, "exchanges")
    return "%d expiries, %d exchanges, %d of %d served" % (
        expiries, expiries, 2 * EACH * expiries, 2 * EACH * expiries)
