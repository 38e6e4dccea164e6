"""Programs as people write them today, on the same stage: the checker must convict them, or the rig proves nothing."""

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
        "a lock, and a death before the rename": lambda stage: naive_runs.death(
            stage, "locking_client.py", "--atomic"),
        "a lock, and a death with the file open": lambda stage: naive_runs.death(stage, "locking_client.py"),
    }
    for what, trial in trials.items():
        with bench.stage("naive " + what, Settings(rotate=True)) as stage:
            found = _judge(trial(stage), os.path.join(stage.folder, "history"))
            check(found, "the checker is content with a client that has " + what)
            figures.append("%s: convicted of %d" % (what, len(found)))
    # A lock does survive a storm: a checker that convicts everybody would prove nothing either.
    with bench.stage("naive lock", Settings(rotate=True)) as stage:
        found = _judge(naive_runs.storm(stage, 5, "locking_client.py"), os.path.join(stage.folder, "history"))
        equal(found, [], "what the checker has against a client with a lock, and no death")
    return "; ".join(figures) + "; a lock and no death: acquitted"


def _judge(trial: naive_runs.NaiveRun, folder: str) -> list[str]:
    trial.history().write(folder)
    return violations(folder)
