"""A program installs its signal handlers before it sends anything, even if installing them is slow.

Without a handler, a signal would end the program at once, even between a request and its answer.
"""

import pathlib
import shutil
import signal

from bench import Bench
from failure import Skipped, check, equal
from stage import Settings

DELAY = 300_000  # microseconds of delay before every change of a signal handler


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
            check(caught >> (number - 1) & 1, "a request was sent, but %s has no handler" % number.name)
        hold.release()
        program.wait().must(0, "a program that installs its handlers slowly")
        equal(stage.refreshes, 1, "exchanges")
    return "every change of a signal handler %d ms late: both installed before anything is sent" % (DELAY // 1000)


def _caught(process: str) -> int:
    """The signals for which a process has handlers, as a bit mask."""
    for line in pathlib.Path("/proc", process, "status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return int(line.split()[1], 16)
    return 0
