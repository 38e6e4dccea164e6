"""The costs of a refresh: disk syncs, system calls while waiting for the lock, time for many processes at expiry."""

import os
import re
import shutil
import signal
import subprocess
import time

from bench import Bench
from failure import Skipped, check, equal
from locks import waiters
from program import environment, wait_until
from stage import Settings, Stage
from storm import one_token

REFRESHES, MOST_SYNCS, MOST_SYNCS_OF_ONE = 100, 105, 5
PROCESSES = 50
LATENCY = 0.3  # seconds that the emulator takes for an exchange
MOST_TIME = 1.5  # times the latency plus the time of as many processes that only print their version
STILL = 2.0  # seconds for which a process at the lock is watched
# In every process with a queue, libdispatch checks its threads once a second. This is not part of the waiting.
CLOCKWORK = re.compile(r"(<\.\.\. )?(epoll_wait|epoll_ctl|timerfd_settime)\b")


def run(bench: Bench) -> str:
    figures = [_time(bench)]
    if not shutil.which("strace"):
        raise Skipped("no strace; " + figures[0])
    with bench.stage("costs", Settings(rotate=True)) as stage:
        for number in range(REFRESHES):
            stage.add("p%d" % number)
        many = _syncs(stage, "refresh", "--all")
        equal(stage.refreshes, REFRESHES, "refreshes in one process")
        check(many <= MOST_SYNCS, "%d refreshes cost %d disk syncs" % (REFRESHES, many))
        stage.age("p0")
        one = _syncs(stage, "token", "p0")
        equal(stage.refreshes, REFRESHES + 1, "refreshes in another")
        check(one <= MOST_SYNCS_OF_ONE, "a one-shot command cost %d disk syncs" % one)
        figures.append("%d refreshes in one process: %d disk syncs; one-shot: %d" % (REFRESHES, many, one))
        _waiting(stage)
        figures.append("waiting for the lock: one flock, in %.0f s no system call but libdispatch's timer" % STILL)
    return "; ".join(figures)


def _syncs(stage: Stage, *arguments: str) -> int:
    """The number of disk syncs of a command."""
    trace = os.path.join(stage.folder, "trace")
    calls = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "msync")
    strace = ("strace", "-f", "-qq", "-o", trace, "-e", "trace=" + ",".join(calls))
    stage.run(*arguments, "--json", under=strace).must(0, " ".join(arguments))
    with open(trace) as file:
        return len(re.findall(r"^\d+ +(?:%s)\(" % "|".join(calls), file.read(), re.MULTILINE))


def _waiting(stage: Stage) -> None:
    """A process that waits for the lock sleeps in one `flock` call until the kernel wakes it."""
    holder = stage.start("refresh", "p0", "--json", point="after_lock", action="stop")
    holder.wait_until_stopped()
    stage.age("p0")
    trace = os.path.join(stage.folder, "trace")
    strace = ("strace", "-f", "-qq", "-y", "-ttt", "-o", trace)
    waiter = stage.token("p0", under=strace)
    wait_until(lambda: waiters(stage.login_lock("p0")) == 1, "a process to wait for the lock")
    time.sleep(0.5)  # until its other threads are idle
    began = time.time()
    time.sleep(STILL)
    over = time.time()
    holder.signal(signal.SIGCONT)
    holder.wait().must(0, "the holder")
    waiter.wait().must(0, "the waiting process")
    with open(trace) as file:
        lines = [line.split(None, 2) for line in file]
    blocking = [call for _, _, call in lines if re.match(r"flock\(\d+<.*/login-\d+\.lock>, LOCK_EX[) ]", call)]
    equal(len(blocking), 1, "blocking flock calls on the login's lock")
    awake = [call.strip() for _, at, call in lines if began < float(at) < over]
    equal([call for call in awake if not CLOCKWORK.match(call)], [], "system calls of a waiting process")
    ticks = sum(1 for call in awake if call.startswith("timerfd_settime"))
    check(ticks <= STILL + 1, "%d timers in %.0f s of waiting" % (ticks, STILL))


def _time(bench: Bench) -> str:
    """Compares many processes at expiry with as many that do nothing, in one run."""
    tool, kind = (bench.release, "release") if bench.release else (bench.tool, "debug")
    with bench.stage("time", Settings(rotate=True), tool=tool) as stage:
        stage.add("p")
        stage.control("faults", {"faults": [
            {"at": "token", "when": "before", "do": "delay", "seconds": LATENCY, "times": 1000}]})
        ratios = []
        for _ in range(5 if bench.long else 2):
            stage.age("p")
            before = stage.refreshes
            plain = _seconds(stage)
            began = time.monotonic()
            one_token([program.wait() for program in [stage.token("p") for _ in range(PROCESSES)]])
            ratios.append((time.monotonic() - began) / (LATENCY + plain))
            equal(stage.refreshes - before, 1, "exchanges of %d processes" % PROCESSES)
    best = min(ratios)
    if bench.release:
        check(best <= MOST_TIME, "%d processes at expiry took %.2f times the minimum" % (PROCESSES, best))
    return "%d processes at expiry: %.2f times latency and start-up (%s build)" % (PROCESSES, best, kind)


def _seconds(stage: Stage) -> float:
    """The time of the same number of processes that only print their version."""
    variables = environment(stage.folder)
    began = time.monotonic()
    started = [subprocess.Popen([stage.tool, "--version"], env=variables, stdout=subprocess.DEVNULL)
               for _ in range(PROCESSES)]
    for process in started:
        process.wait()
    return time.monotonic() - began
