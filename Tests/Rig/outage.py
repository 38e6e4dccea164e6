"""The sign-in server is down for one and a half times the token's lifetime, while programs keep requesting tokens.

The times are scaled: an outage of 15 minutes and a lifetime of 10 minutes become 30 and 20 seconds, or 150 and 100. In
the first half of the outage the server answers 503, in the second half its port is closed. Half of the programs request
a longer validity than the stored token has, so that they need a refresh.
"""

import threading
import time
from typing import NamedTuple

from bench import Bench
from failure import check, equal
from program import Ended, wait_until
from stage import Settings, Stage

PROGRAMS = 10
PAUSE = 0.2
BETWEEN_FLIGHTS = 5.0  # seconds
# store_busy: on a busy machine the store, too, may need longer than the --timeout of two seconds.
CODES = {"server_error", "server_unreachable", "backing_off", "lock_timeout", "store_busy"}


class Answer(NamedTuple):
    demands: bool
    began: float
    over: float
    end: Ended


def run(bench: Bench) -> str:
    life, away = (100, 150) if bench.long else (20, 30)
    with bench.stage("outage", Settings(rotate=True, overlap=60, access_token_seconds=life)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        ends = stage.rows("SELECT strftime('%s', access_expires_at) AS at FROM login")[0]["at"]
        last = int(ends) - life * 0.1  # with less than a tenth of its lifetime, a token is not returned
        is_over = threading.Event()
        answers: list[Answer] = []

        def ask(demands: bool) -> None:
            options = ["--min-validity", str(life - 2)] if demands else []
            while not is_over.is_set():
                start = time.time()
                end = stage.token("p", "--timeout", "2", *options).wait()
                answers.append(Answer(demands, start, time.time(), end))
                time.sleep(PAUSE)

        stage.control("faults", {"faults": [{"at": "token", "do": "respond", "status": 503, "times": 1_000_000}]})
        time.sleep(2.5)  # until the token is too old for the demanding programs
        threads = [threading.Thread(target=ask, args=(number % 2 == 1,)) for number in range(PROGRAMS)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(away / 2 - 2.5)
            left = _degraded(stage, life)
            proxy.close()
            time.sleep(away / 2)
            back = time.time()
            proxy.reopen()
            stage.control("faults", {"faults": []})
            wait_until(lambda: any(answer.began > back and answer.end.status == 0 for answer in list(answers)),
                       "a first success after the outage")
            recovered = time.time() - back
        finally:
            is_over.set()
            for thread in threads:
                thread.join()
        stage.token("p").wait().must(0, "after the outage")
        equal(stage.run("status", "--json").status, 0, "status after the outage")
        served = [answer for answer in answers if not answer.demands and answer.over < last]
        failed = [answer for answer in answers if last + 1 < answer.began and answer.over < back]
        check(len(served) > PROGRAMS and len(failed) > PROGRAMS, "too few programs ran")
        for answer in served:
            answer.end.must(0, "a valid token, %.1f s before its end" % (last - answer.over))
        for answer in failed:
            check(answer.end.status in (69, 75) and answer.end.code in CODES,
                  "expected a known error code, got exit %d: %s" % (answer.end.status, answer.end.errors.strip()))
        gap = _shortest_gap(stage)
        check(gap >= BETWEEN_FLIGHTS, "two flights within %.1f s" % gap)
    return "%d programs, %d s lifetime, %d s outage: %d served, then %d known errors; degraded with %d s left; " \
        "flights at least %.1f s apart; served again after %.1f s" % (
            PROGRAMS, life, away, len(served), len(failed), left, gap, recovered)


def _degraded(stage: Stage, life: int) -> int:
    """Checks `status` while refreshing fails. Returns the remaining seconds of the token."""
    profile = stage.run("status", "p", "--json").must(75, "status in the outage").json["profiles"][0]
    equal(profile["state"], "degraded", "the state in the outage")
    left = profile["access_expires_in_seconds"]
    check(0 < left < life, "status reports %r s left" % left)
    equal(profile["last_error"], "server_error", "the last error in the outage")
    return left


def _shortest_gap(stage: Stage) -> float:
    """The shortest time in seconds between the starts of two flights of the login."""
    rows = stage.rows("SELECT julianday(at) * 86400 AS at FROM audit "
                      "WHERE event = 'refresh_started' AND retry_no = 0 ORDER BY seq")
    check(len(rows) > 2, "%d flights" % len(rows))
    return min(later["at"] - earlier["at"] for earlier, later in zip(rows, rows[1:]))
