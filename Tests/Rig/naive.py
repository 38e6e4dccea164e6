"""Typical naive clients on the same stage: the checker must find their violations, or the rig proves nothing."""

import os

import naive_runs
from bench import Bench
from failure import check, equal
from history import violations
from stage import Settings

PROCESSES = 50


def run(bench: Bench) -> str:
    figures = []
    trials = {
        "no lock": lambda stage: naive_runs.storm(stage, PROCESSES),
        "a lock, and a kill before the rename": lambda stage: naive_runs.death(
            stage, "locking_client.py", "--atomic"),
        "a lock, and a kill with the file open": lambda stage: naive_runs.death(stage, "locking_client.py"),
    }
    for what, trial in trials.items():
        with bench.stage("naive " + what, Settings(rotate=True)) as stage:
            found = _judge(trial(stage), os.path.join(stage.folder, "history"))
            check(found, "the checker found no violation of a client with " + what)
            figures.append("%s: %d violations" % (what, len(found)))
    # With a lock the client is correct unless it is killed. A checker that always finds violations would prove nothing.
    with bench.stage("naive lock", Settings(rotate=True)) as stage:
        found = _judge(naive_runs.storm(stage, 5, "locking_client.py"), os.path.join(stage.folder, "history"))
        equal(found, [], "violations of a client with a lock, without a kill")
    return "; ".join(figures) + "; a lock and no kill: no violation"


def _judge(trial: naive_runs.NaiveRun, folder: str) -> list[str]:
    trial.history().write(folder)
    return violations(folder)
