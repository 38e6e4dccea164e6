"""The database cannot be written. Before T1 nothing is sent; after an answer has arrived, it is kept."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator

from bench import Bench
from failure import Skipped, check, equal
from program import Program
from stage import Settings, Stage

SHIM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fault_shim.c")
Failing = Callable[[], "contextlib.AbstractContextManager[None]"]


def run(bench: Bench) -> str:
    figures = []
    for scenario in (_moved, _blocked, _failing, _small, _read_only):
        try:
            figures.append(scenario(bench))
        except Skipped as reason:
            figures.append("%s skipped: %s" % (scenario.__name__.strip("_"), reason))
    return "; ".join(figures)


def _moved(bench: Bench) -> str:
    """A part of the store, or all of it, is moved away while the answer is on its way."""
    with bench.stage("moved", Settings(rotate=True)) as stage:
        stage.add("p")
        store = os.path.dirname(stage.database)
        for path in (stage.database, os.path.join(store, "key"), store):
            stage.age("p")
            before, row = stage.refreshes, stage.last_row()
            program = stage.token("p", point="reply_parsed", action="stop")
            program.wait_until_stopped()
            with _renamed(path):
                program.signal(signal.SIGCONT)
                end = program.wait()
                check(bool(end.token), "no token was returned: " + path)
            equal(stage.token("p").wait().must(0, "moved back: " + path).token, end.token, "the token, moved back")
            equal(stage.refreshes - before, 1, "requests")
            if end.status:
                equal(end.code, "save_deferred", "an answer that cannot be saved")
                equal(stage.events("p", row), ["refresh_started", "recovered"], "the audit")
    return "moved away: kept, and saved when it was moved back"


def _small(bench: Bench) -> str:
    """A full disk."""
    with _mounted(bench, "small", "size=3m") as folder:
        with bench.stage("small", Settings(rotate=True), folder=folder) as stage:
            stage.add("p")
            full = lambda: _full(stage)  # noqa: E731
            _before_t1(stage, full, 74, "store_full")
            _after_reply(stage, full)
    return "full: nothing sent before T1, kept between T1 and T2"


def _blocked(bench: Bench) -> str:
    """Another program has a transaction open for longer than the timeout of five seconds."""
    with bench.stage("blocked", Settings(rotate=True)) as stage:
        stage.add("p")
        busy = lambda: _exclusive(stage)  # noqa: E731
        _before_t1(stage, busy, 75, "store_busy")
        _after_reply(stage, busy)
    return "blocked by BEGIN EXCLUSIVE: the same"


def _failing(bench: Bench) -> str:
    """A disk with I/O errors."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        raise Skipped("no C compiler for the shim")
    shim, switch = (os.path.join(bench.folder, name) for name in ("shim.so", "fault"))
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, SHIM, "-ldl"], check=True)
    with bench.stage("failing", Settings(rotate=True)) as stage:
        stage.add("p")
        io_errors = lambda: _switched(switch)  # noqa: E731
        more = {"LD_PRELOAD": shim, "RIG_FAULT": switch}
        _before_t1(stage, io_errors, 74, "store_readonly", **more)
        _after_reply(stage, io_errors, **more)
    return "I/O errors: the same"


def _read_only(bench: Bench) -> str:
    """A disk that was remounted read-only. (The kernel refuses this while a program writes, so only T1 is tested.)"""
    with _mounted(bench, "read-only", "size=8m") as folder:
        with bench.stage("read only", Settings(rotate=True), folder=folder) as stage:
            stage.add("p")
            _before_t1(stage, lambda: _remounted(folder), 74, "store_readonly")
    return "read-only: nothing sent"


def _before_t1(stage: Stage, failing: Failing, status: int, code: str, **more: str) -> None:
    """Nothing is sent, and nothing is changed."""
    stage.age("p")
    before, row = stage.refreshes, stage.last_row()
    with failing():
        end = stage.token("p", **more).wait().must(status, "the attempt cannot be recorded")
        equal(end.code, code, "the attempt cannot be recorded")
        equal(end.token, None, "a token without an attempt")
    equal(stage.refreshes - before, 0, "requests without a recorded attempt")
    equal(stage.events("p", row), [], "the audit without a recorded attempt")
    stage.token("p").wait().must(0, "after the failure is over")
    equal(stage.refreshes - before, 1, "requests after the failure")


def _after_reply(stage: Stage, failing: Failing, **more: str) -> None:
    """The token is saved in the side file and returned, and the next command saves it in the database."""
    stage.age("p")
    before, row = stage.refreshes, stage.last_row()
    program = stage.token("p", point="reply_parsed", action="stop", **more)
    program.wait_until_stopped()
    with failing():
        token = _deferred(stage, program)
        equal(_deferred(stage, stage.token("p", **more)), token, "the token of the next program in the meantime")
    end = stage.token("p").wait().must(0, "after the failure is over")
    equal(end.token, token, "the token after the failure")
    equal(stage.refreshes - before, 1, "requests")
    equal(stage.events("p", row), ["refresh_started", "recovered"], "the audit")


def _deferred(stage: Stage, program: Program) -> str:
    program.signal(signal.SIGCONT)
    end = program.wait().must(74, "an answer that the database cannot save")
    equal(end.code, "save_deferred", "an answer that the database cannot save")
    assert end.token, "no token was returned"
    return end.token


@contextlib.contextmanager
def _mounted(bench: Bench, name: str, options: str) -> Iterator[str]:
    """Mounts a small disk in memory."""
    folder = os.path.join(bench.folder, "disk-" + name)
    os.makedirs(folder)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], stderr=subprocess.DEVNULL).returncode:
        raise Skipped("nothing can be mounted here")
    os.chmod(folder, 0o700)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder])


@contextlib.contextmanager
def _renamed(path: str) -> Iterator[None]:
    os.rename(path, path + ".away")
    yield
    check(not os.path.exists(path), "something was made in the place of " + path)
    os.rename(path + ".away", path)


@contextlib.contextmanager
def _full(stage: Stage) -> Iterator[None]:
    filler = os.path.join(stage.folder, "filler")
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    yield
    os.remove(filler)


@contextlib.contextmanager
def _exclusive(stage: Stage) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(stage.database, isolation_level=None, timeout=30)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")


@contextlib.contextmanager
def _switched(switch: str) -> Iterator[None]:
    open(switch, "w").close()
    yield
    os.remove(switch)


@contextlib.contextmanager
def _remounted(folder: str) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
