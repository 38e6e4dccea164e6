"""The holder of a login's lock is killed or stopped: the next process gets the lock at once, or reaches its timeout."""

import datetime
import signal
import statistics
import time
from collections.abc import Iterable

from bench import Bench
from failure import check, equal
from locks import note, waiters
from program import wait_until
from proxy import Proxy
from stage import Settings, Stage

SOON = 0.050  # seconds until the next process has the lock of a killed one; one in ten may be later


def run(bench: Bench) -> str:
    with bench.stage("stalls", Settings(rotate=True, overlap=60)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        times = [_killed(stage, proxy) for _ in range(50 if bench.long else 10)]
        late = ["%.0f ms" % (lock * 1e3) for lock, _ in times if lock > SOON]
        check(len(late) <= len(times) // 10, "the lock came after " + ", ".join(late))
        for place in ("after_lock", "request_written"):
            _stopped(stage, proxy, place)
        stage.add("q")
        for place in ("in_t1", "in_t2"):
            _stopped_in_transaction(stage, place)
    return "holder killed: the next has the lock within %.1f ms (worst of %d: %.1f), its attempt is recorded within " \
        "%.1f ms (%.1f); holder stopped: no process takes over" % (
            _median(lock for lock, _ in times), len(times), max(lock for lock, _ in times) * 1e3,
            _median(row for _, row in times), max(row for _, row in times) * 1e3)


def _median(seconds: Iterable[float]) -> float:
    return statistics.median(seconds) * 1e3


def _killed(stage: Stage, proxy: Proxy) -> tuple[float, float]:
    """Seconds from the kill until the next process has written its id into the lock file, and until its audit row."""
    lock, row = stage.login_lock("p"), stage.last_row()
    stage.age("p")
    hold = proxy.arm("request_written")
    holder = stage.token("p")
    hold.wait()
    waiter = stage.token("p")
    wait_until(lambda: waiters(lock) == 1, "the second process to wait for the lock")
    killed_at, killed = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
    holder.signal(signal.SIGKILL)
    wait_until(lambda: note(lock) == waiter.pid, "the second process to get the lock", every=0.0005)
    has_lock = time.monotonic() - killed
    hold.release(cuts=True)
    waiter.wait().must(0, "the process after a killed holder")
    equal(holder.wait().status, -signal.SIGKILL, "the holder")
    rows = stage.rows("SELECT at FROM audit WHERE seq > ? AND pid = ? AND event = 'refresh_started'", row, waiter.pid)
    equal(len(rows), 1, "attempts of the next process")
    recorded = datetime.datetime.strptime(rows[0]["at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    return has_lock, (recorded - killed_at).total_seconds()


def _stopped(stage: Stage, proxy: Proxy, place: str) -> None:
    """A stopped process keeps its lock until it continues."""
    what = "the holder stopped at %s" % place
    stage.token("p").wait().must(0, "before " + what)
    before, refreshes = stage.last_row(), stage.refreshes
    if place == "request_written":
        hold = proxy.arm(place)
        holder = stage.start("refresh", "p", "--json")
        hold.wait()
        holder.signal(signal.SIGSTOP)
        hold.release()
    else:
        holder = stage.start("refresh", "p", "--json", point=place, action="stop")
    holder.wait_until_stopped()
    began = time.monotonic()
    stage.token("p").wait().must(0, "a valid token, while " + what)
    check(time.monotonic() - began < 2, "a valid token was returned late, while " + what)
    stage.age("p")
    # The timeout is short because the holder's own timeout for the exchange continues.
    others = [stage.token("p", "--timeout", "0.5") for _ in range(3)]
    for other in others:
        end = other.wait().must(75, "no token, while " + what)
        equal(end.code, "lock_timeout", what)
        check(other.seconds < 10, "ended after %.1f s, not at its timeout" % other.seconds)
    equal(stage.events("p", before), [] if place == "after_lock" else ["refresh_started"], "the audit while " + what)
    holder.signal(signal.SIGCONT)
    holder.wait().must(0, what + ", then continued")
    stage.token("p").wait().must(0, "after " + what)
    equal(stage.refreshes - refreshes, 1, "exchanges, " + what)
    equal(stage.events("p", before), ["refresh_started", "refresh_succeeded"], "the audit after " + what)


def _stopped_in_transaction(stage: Stage, place: str) -> None:
    """A process is stopped inside a transaction: others can read, but no process sends anything."""
    what = "the holder stopped %s" % place
    holder = stage.start("refresh", "p", "--json", point=place, action="stop")
    holder.wait_until_stopped()
    refreshes = stage.refreshes
    stage.run("status", "--json").must(0, "status, while " + what)
    for name, code in (("p", "lock_timeout"), ("q", "store_busy")):
        stage.token(name).wait().must(0, "a valid token of %s, while %s" % (name, what))
        end = stage.run("refresh", name, "--json", "--timeout", "1.5").must(75, "refresh %s, while %s" % (name, what))
        equal(end.code, code, "refresh %s, while %s" % (name, what))
    equal(stage.refreshes, refreshes, "requests, while " + what)
    holder.signal(signal.SIGCONT)
    holder.wait().must(0, what + ", then continued")
    for name in ("p", "q"):
        stage.run("refresh", name, "--json").must(0, "refresh %s, after %s" % (name, what))
