"""However slow a program is to listen for signals: nothing is under way before it does.

A signal that finds no handler ends the program where it is, between request and answer too.
"""

import pathlib
import shutil
import signal

from bench import Bench
from failure import Skipped, check, equal
from stage import Settings

DELAY = 300_000  # microseconds before every change of a signal's handling


def run(bench: Bench) -> str:
    if not shutil.which("strace"):
        raise Skipped("no strace")
    strace = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rt_sigaction", "-e",
              "inject=rt_sigaction:delay_enter=%d" % DELAY)
    with bench.stage("handlers", Settings(rotate=True)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        stage.age("p")
        hold = proxy.arm("request_written")
        program = stage.token("p", under=strace)
        hold.wait()
        process = pathlib.Path("/proc/%d/task/%d/children" % (program.pid, program.pid)).read_text().split()[0]
        caught = _caught(process)
        for number in (signal.SIGINT, signal.SIGTERM):
            check(caught >> (number - 1) & 1, "a request is on its way, and %s is not heeded" % number.name)
        hold.release()
        program.wait().must(0, "a program that is slow to listen")
        equal(stage.refreshes, 1, "exchanges")
    return "every change of a signal's handling %d ms late: both heeded before anything is sent" % (DELAY // 1000)


def _caught(process: str) -> int:
    """The signals that a process has handlers for, as a bit mask."""
    for line in pathlib.Path("/proc", process, "status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return int(line.split()[1], 16)
    return 0
