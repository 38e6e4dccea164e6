"""A sign-in server answers `serve` with bytes that are not HTTP. `serve` and all other profiles live, and when the server
answers rightly again, its profile does too.
"""

import signal
import time

from bench import Bench
from failure import check, equal
from program import wait_until
from stage import Settings

LIFE = 12  # seconds
OTHERS = "abc"

# A status below 100 once ended the process. None of these has a status that the audit would record.
ANSWERS = [
    b"HTTP/1.1 000 x\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 099 x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n{}",
    b"HTTP/2 200 OK\r\n\r\n",
    b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
    b"",
]


def run(bench: Bench) -> str:
    with bench.stage("garbage", Settings(rotate=True, overlap=30, access_token_seconds=LIFE)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        for name in OTHERS:
            stage.add(name)
        proxy.answer(ANSWERS)
        before = stage.last_row()
        serve = stage.start("serve")
        wanted = len(ANSWERS) * (3 if bench.long else 1)
        wait_until(lambda: proxy.answered >= wanted or serve.is_over, "%d answers that are not HTTP" % wanted)
        check(not serve.is_over, "serve has ended")
        for name in OTHERS:
            check("refresh_succeeded" in stage.events(name, before), "no refresh of %s beside the garbage" % name)
        equal([event for event in stage.events("p", before) if event == "refresh_succeeded"], [], "successes of p")
        proxy.answer(None)
        began, row = time.monotonic(), stage.last_row()
        wait_until(lambda: "refresh_succeeded" in stage.events("p", row) or serve.is_over, "p to recover")
        recovered = time.monotonic() - began
        serve.signal(signal.SIGTERM)
        serve.wait().must(0, "serve")
        for name in "p" + OTHERS:
            stage.token(name).wait().must(0, "a token of " + name)
    return "%d answers that are not HTTP: serve and %d other logins lived, and the login recovered after %.1f s" % (
        wanted, len(OTHERS), recovered)
