"""Clocks that stop, are set, or begin again: no token is handed out past its end by the server's clock.

A paused virtual machine is simulated by a wall clock that jumps forward together with the server's, while the boot clock
stands still. A clock that is wrong costs one exchange, not one per program.
"""

import os
import shutil
import signal
import struct
import subprocess
import time

from bench import Bench
from failure import Skipped, check, equal
from program import wait_until
from stage import Settings, Stage

PAUSE = 1500  # seconds: longer than an access token lives, shorter than an unused refresh token
YEARS = 10 * 365 * 86_400
NOTICED = 30.0  # seconds; run() looks at both clocks every ten
PROGRAMS = 3
AHEAD = ("unshare", "--time", "--boottime", "864000", "--fork", "--")


class Clocks:
    """The clocks of programs that run with ``variables``."""

    def __init__(self, bench: Bench) -> None:
        compiler = shutil.which("cc") or shutil.which("clang")
        if not compiler:
            raise Skipped("no C compiler")
        library = os.path.join(bench.folder, "clock_shim.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock_shim.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self._file = os.path.join(bench.folder, "clock")
        self.set()
        self.variables = {"LD_PRELOAD": library, "RIG_CLOCK": self._file}

    def set(self, wall: int = 0, boot: int = 0) -> None:
        """Sets the offsets, in seconds, also for programs that run."""
        with open(self._file, "r+b" if os.path.exists(self._file) else "wb") as file:
            file.write(struct.pack("ll", wall, boot))


def run(bench: Bench) -> str:
    figures = [_paused(bench), _rebooted(bench), _wrong(bench)]
    if subprocess.run([*AHEAD, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        figures.append(_namespaces(bench))
    return "; ".join(figures)


def _tokens(stage: Stage, clocks: Clocks, what: str) -> int:
    """Runs some programs one after the other. Returns how many exchanges they made."""
    before = stage.refreshes
    for _ in range(PROGRAMS):
        stage.token("p", **clocks.variables).wait().must(0, what)
    return stage.refreshes - before


def _paused(bench: Bench) -> str:
    """The machine is paused for 25 minutes, once while no program runs and once while `serve` does."""
    clocks = Clocks(bench)
    with bench.stage("paused", Settings(rotate=True)) as stage:
        stage.add("p")
        equal(_tokens(stage, clocks, "before the pause"), 0, "exchanges before the pause")
        clocks.set(wall=PAUSE)
        stage.pass_time(PAUSE)
        equal(_tokens(stage, clocks, "after the pause"), 1, "exchanges after the pause")
        serve = stage.start("serve", **clocks.variables)
        time.sleep(3)  # until it keeps the profile; if it needs longer, it begins after the pause
        before = stage.refreshes
        clocks.set(wall=2 * PAUSE)
        stage.pass_time(PAUSE)
        began = time.monotonic()
        wait_until(lambda: stage.refreshes > before, "serve to notice the pause", patience=NOTICED)
        took = time.monotonic() - began
        serve.signal(signal.SIGTERM)
        serve.wait().must(0, "serve")
        equal(_tokens(stage, clocks, "after serve"), 0, "exchanges after serve")
    return "a pause costs 1 exchange, serve notices it in %.0f s" % took


def _rebooted(bench: Bench) -> str:
    """The machine reboots, and its boot id stays the same."""
    clocks = Clocks(bench)
    with bench.stage("rebooted", Settings(rotate=True)) as stage:
        stage.add("p")
        clocks.set(boot=864_000)
        stage.run("refresh", "p", "--json", **clocks.variables).must(0, "refresh")
        clocks.set(wall=PAUSE)
        stage.pass_time(PAUSE)
        equal(_tokens(stage, clocks, "after the reboot"), 1, "exchanges after the reboot")
    return "a reboot 1"


def _wrong(bench: Bench) -> str:
    """The wall clock is set to other times; the server's is not."""
    clocks = Clocks(bench)
    with bench.stage("wrong", Settings(rotate=True), clocks_differ=True) as stage:
        stage.add("p")
        steps = [YEARS, -YEARS, 0] + ([3600, -3600, 600, 0] if bench.long else [])
        for wall in steps:
            clocks.set(wall=wall)
            count = _tokens(stage, clocks, "with a wall clock that is %d s off" % wall)
            check(count <= 1, "%d exchanges after the wall clock was set %d s off" % (count, wall))
    return "each of %d steps at most 1" % len(steps)


def _namespaces(bench: Bench) -> str:
    """Two containers with boot clocks of their own share a store."""
    with bench.stage("namespaces", Settings(rotate=True)) as stage:
        stage.add("p")
        before = stage.refreshes
        for _ in range(PROGRAMS):
            stage.token("p").wait().must(0, "outside")
            stage.token("p", under=AHEAD).wait().must(0, "in a time namespace")
        equal(stage.refreshes - before, 0, "exchanges of two time namespaces")
    return "two time namespaces none"
