"""The holder of a login's lock is killed or stopped: the next has it at once, or leaves at its own deadline."""

import datetime
import signal
import time

from bench import Bench
from failure import check, equal
from locks import note, waiters
from program import wait_until
from stage import Settings, Stage

SOON = 0.050  # seconds until the next process has the lock of a killed one


def run(bench: Bench) -> str:
    with bench.stage("stalls", Settings(rotate=True, overlap=60)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        times = [_killed(stage, proxy) for _ in range(50 if bench.long else 10)]
        check(max(lock for lock, _ in times) < SOON, "the lock came after %.1f ms" % (max(times)[0] * 1e3))
        for place in ("after_lock", "request_written"):
            _stopped(stage, proxy, place)
    return "holder killed: the next has the lock within %.1f ms, its attempt is recorded within %.1f ms (worst of %d); " \
        "holder stopped: nobody takes over" % (
            max(lock for lock, _ in times) * 1e3, max(row for _, row in times) * 1e3, len(times))


def _killed(stage: Stage, proxy) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Seconds from the kill until the next process has left its number in the lock file, and until its audit row."""
    lock, row = stage.login_lock("p"), stage.last_row()
    stage.age("p")
    hold = proxy.arm("request_written")
    holder = stage.token("p", point=None)
    hold.wait()
    waiter = stage.token("p")
    wait_until(lambda: waiters(lock) == 1, "the second at the lock")
    killed_at, killed = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
    holder.signal(signal.SIGKILL)
    wait_until(lambda: note(lock) == waiter.pid, "the second with the lock", every=0.0005)
    has_lock = time.monotonic() - killed
    hold.release(cuts=True)
    waiter.wait().must(0, "the next after a killed holder")
    equal(holder.wait().status, -signal.SIGKILL, "the holder")
    rows = stage.rows("SELECT at FROM audit WHERE seq > ? AND pid = ? AND event = 'refresh_started'", row, waiter.pid)
    equal(len(rows), 1, "attempts of the next")
    recorded = datetime.datetime.strptime(rows[0]["at"], "%Y-%m-%dT%H:%M:%S.%f%z")
    return has_lock, (recorded - killed_at).total_seconds()


def _stopped(stage: Stage, proxy, place: str) -> None:  # type: ignore[no-untyped-def]
    """A living holder keeps its lock, however long it sleeps."""
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
    stage.token("p").wait().must(0, "a token that lives, while " + what)
    check(time.monotonic() - began < 2, "a token that lives was waited for, while " + what)
    stage.age("p")
    others = [stage.token("p", "--timeout", "1.5") for _ in range(5)]
    for other in others:
        end = other.wait().must(75, "no token, while " + what)
        equal(end.code, "lock_timeout", what)
        check(1.4 < other.seconds < 4, "left after %.1f s, not at its deadline" % other.seconds)
    equal(stage.events("p", before), [] if place == "after_lock" else ["refresh_started"], "the audit while " + what)
    holder.signal(signal.SIGCONT)
    holder.wait().must(0, what + ", then continued")
    stage.token("p").wait().must(0, "after " + what)
    equal(stage.refreshes - refreshes, 1, "exchanges, " + what)
    equal(stage.events("p", before), ["refresh_started", "refresh_succeeded"], "the audit after " + what)
