"""A program is killed or interrupted at every kill point of a refresh. The next program must get a token."""

import queue
import signal
import threading
import time
from typing import NamedTuple

import proxy as proxies
from failure import check, equal
from bench import Bench
from stage import Settings, Stage

LANES = 4

REFRESHED = ["refresh_started", "refresh_succeeded"]
REPEATED = ["refresh_started", "outcome_unknown", *REFRESHED]
LOST = ["refresh_started", "outcome_unknown", "refresh_started", "refresh_failed", "needs_login"]
RECOVERED = ["refresh_started", "recovered"]


class Point(NamedTuple):
    """A kill point with its expected results: how often the token is presented, and the audit events.

    The article HowARefreshWorks contains the same table; `test_article.py` compares the two.
    """

    name: str
    presented: int
    events: list[str]
    is_on_its_way: bool = False


POINTS = [
    Point("before_lock", 1, REFRESHED),
    Point("after_lock", 1, REFRESHED),
    Point("in_t1", 1, REFRESHED),
    Point("after_t1", 1, REPEATED),
    Point("before_connect", 1, REPEATED),
    Point("request_half_written", 1, REPEATED),
    # Between here and the side file, it is possible that only the server knows the new token.
    Point("request_written", 2, REPEATED, True),
    Point("server_processed_reply_unread", 2, REPEATED, True),
    Point("reply_half_read", 2, REPEATED, True),
    Point("reply_parsed", 2, REPEATED, True),
    Point("side_file_written", 1, RECOVERED),
    Point("in_t2", 1, RECOVERED),
    Point("after_t2", 1, REFRESHED),
    Point("after_unlock", 1, REFRESHED),
]

MODES = {
    "static": Settings(),
    "overlap 60 s": Settings(rotate=True, overlap=60),
    "overlap 0": Settings(rotate=True, overlap=0),
}


class Lane:
    """A profile with its own proxy. Its rounds run one after another."""

    def __init__(self, stage: Stage, number: int, loses: bool) -> None:
        self.stage = stage
        self.name = "lane%d" % number
        self.loses = loses
        self.lost = 0
        self.proxy = stage.proxy()
        stage.add(self.name, self.proxy)

    def round(self, point: Point, action: str) -> None:
        """Kills or interrupts one program, then runs the next."""
        what = "%s at %s" % (action, point.name)
        before, row = self.proxy.forwarded, self.stage.last_row()
        self.stage.age(self.name)
        self.strike(point.name, action, what)
        is_lost = action == "kill" and self.loses and point.is_on_its_way
        after = self.stage.token(self.name).wait().must(77 if is_lost else 0, "the program after " + what)
        events = self.stage.events(self.name, row)
        if is_lost:
            equal(after.code, "login_required", what)
            self.lost += 1
            self.stage.sign_in(self.name)
            self.stage.token(self.name).wait().must(0, "signed in again after " + what)
        presented = self.proxy.forwarded - before - is_lost
        if action == "kill":
            equal(events, LOST if is_lost else point.events, "the audit after " + what)
            equal(presented, point.presented, "requests after " + what)
        else:
            equal(events, REFRESHED, "the audit after " + what)
            equal(presented, 1, "requests after " + what)

    def strike(self, point: str, action: str, what: str) -> None:
        """Runs a program until it is killed or interrupted at the point."""
        number = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "int": signal.SIGINT}[action]
        if point in proxies.POINTS:
            hold = self.proxy.arm(point)
            program = self.stage.token(self.name)
            program.facts["point"] = point
            hold.wait()
            program.signal(number)
            if action == "kill":
                program.wait()
            else:
                time.sleep(0.05)  # until its handler has run
            # The other half of the request of a killed program must not arrive.
            hold.release(cuts=action == "kill" and point == "request_half_written")
        else:
            program = self.stage.token(self.name, point=point, action=action)
        status = program.wait().status
        if action == "kill":
            equal(status, -signal.SIGKILL, what)
        else:
            check(status in (0, 128 + number), "%s: exit %d" % (what, status))


def run(bench: Bench) -> str:
    runs, gentle = (200, 20) if bench.long else (5, 2)
    figures = []
    for mode, settings in MODES.items():
        loses = settings.rotate and settings.overlap == 0
        rounds = [(point, "kill") for _ in range(runs) for point in POINTS]
        if loses or bench.long:
            rounds += [(point, action) for _ in range(gentle) for point in POINTS for action in ("term", "int")]
        with bench.stage("kills " + mode, settings, allow_lost=loses) as stage:
            lanes = [Lane(stage, number, loses) for number in range(LANES)]
            _spread(rounds, lanes)
            counts = stage.control("counts")
            lost = sum(lane.lost for lane in lanes)
            on_its_way = sum(1 for point in POINTS if point.is_on_its_way)
            equal(lost, runs * on_its_way if loses else 0, "logins lost, " + mode)
            equal(counts["logins_lost"], lost, "logins lost according to the server, " + mode)
            equal(sum(lane.proxy.forwarded for lane in lanes), counts["exchanges"], "requests, " + mode)
            figures.append("%s: %d rounds, %d exchanges, %d lost and reported" % (
                mode, len(rounds), counts["refreshes"], lost))
    return "; ".join(figures)


def _spread(rounds: list[tuple[Point, str]], lanes: list[Lane]) -> None:
    """Runs the rounds on all lanes at the same time. Fails with the first failure."""
    work: "queue.SimpleQueue[tuple[Point, str]]" = queue.SimpleQueue()
    for item in rounds:
        work.put(item)
    failures: list[BaseException] = []

    def run_rounds(lane: Lane) -> None:
        try:
            while not failures:
                lane.round(*work.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run_rounds, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
