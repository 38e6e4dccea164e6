#!/usr/bin/env python3
"""Runs every example against the emulator: python3 Tests/Examples/run.py FOLDER_OF_THE_BUILT_PROGRAMS

The folder is the output of `swift build --show-bin-path` and contains bot, route and tsaccounts. Each example has its
own store and emulator, and the rig's checker checks both afterwards.
"""

import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request
from typing import Any, Optional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Rig"))

from failure import Failed, check, equal  # noqa: E402
from program import PATIENCE, environment, wait_until  # noqa: E402
from stage import Settings, Stage  # noqa: E402

ACCOUNTS = ["SIM1100001M", "SIM1100001F"]


class Example:
    """An example program that runs on a stage."""

    def __init__(self, stage: Stage, *words: object) -> None:
        variables = environment(stage.folder, TSACCOUNTS_HOME=stage.store)
        variables["PATH"] = "%s:%s" % (pathlib.Path(stage.tool).parent, variables["PATH"])
        self.words = [str(word) for word in words]
        self.process = subprocess.Popen(self.words, env=variables, text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self, status: int = 0, complaint: str = "") -> list[str]:
        """Waits for the end, checks status and error output, and returns the lines of standard output."""
        try:
            output, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("%s did not end: %s" % (self.words, self.process.communicate()))
        equal(self.process.returncode, status, "exit status of %s (%r)" % (self.words, errors))
        check(complaint in errors if complaint else not errors, "error output of %s: %r" % (self.words, errors))
        return output.splitlines()


def bot(stage: Stage, folder: pathlib.Path) -> str:
    """Buys exactly once, although the stream is interrupted before the price is reached."""
    is_lean(folder)
    quote = get(stage.place["sim_url"] + "/v3/marketdata/quotes/MSFT", stage.token("paper").wait().token)
    price = "%.2f" % (float(quote["Quotes"][0]["Last"]) + 0.05)
    stage.control("settings", {"stream_seconds": 0.05})
    stage.control("faults", {"faults": [{"at": "stream", "do": "go_away", "objects": 3}]})
    stage.age("paper")
    lines = Example(stage, folder / "bot", "paper", "MSFT", price).end()
    equal([line.split(": ", 1)[0] for line in lines], [price], "the price that was bought at")
    orders = stage.control("orders")["orders"]
    equal([(order["account_id"], order["quantity"]) for order in orders], [(ACCOUNTS[0], "10")], "orders")
    check(lines[0].endswith(orders[0]["order_id"]), "output about the order: %s" % lines)
    wait_until(lambda: stage.control("counts")["open_streams"] == 0, "the end of the stream")
    equal(counts(stage, "orders_accepted", "streams_opened", "refreshes"), [1, 2, 1], "counts")
    return "bought at %s, after a GoAway" % price


def is_lean(folder: pathlib.Path) -> None:
    """Checks that the bot contains no HTTP server and no argument parser, and that this check would find them."""
    def linked(name: str) -> str:
        return (folder / (name + ".product") / "Objects.LinkFileList").read_text()

    found = [module for module in ("Hummingbird", "ArgumentParser", "TradeStationEmulator")
             if "/%s.build/" % module in linked("bot")]
    check(not found, "built into the bot: " + ", ".join(found))
    for module, program in (("TradeStationSessions", "bot"), ("Hummingbird", "route"), ("ArgumentParser", "tsaccounts")):
        check("/%s.build/" % module in linked(program), "%s is not linked into %s" % (module, program))


def route(stage: Stage, folder: pathlib.Path) -> str:
    """Answers requests, also after its token was ended; reports errors; ends on SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = Example(stage, folder / "route", "paper", port)
    try:
        address = "http://127.0.0.1:%d" % port
        wait_until(lambda: service.process.poll() is not None or answers(port), "a service that listens")
        for refreshes in (0, 1):
            equal([account["id"] for account in get(address + "/accounts")], ACCOUNTS, "accounts")
            equal(counts(stage, "refreshes"), [refreshes], "refreshes")
            stage.control("expire_access", {})
        equal(get(address + "/quotes/MSFT")["Symbol"], "MSFT", "a quote")
        equal(status(address + "/quotes/UNKNOWN"), 404, "an unknown symbol")
        stage.control("expire_access", {})
        stage.run("logout", "paper").must(0, "logout")
        equal(status(address + "/accounts"), 503, "a sign-in that has ended")
    finally:
        service.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    service.process.communicate(timeout=PATIENCE)
    equal(service.process.returncode, 0, "exit of the service")
    return "ended %.1f s after SIGTERM" % (time.monotonic() - began)


def python(stage: Stage, folder: pathlib.Path) -> str:
    """Gets a new token after a 401, retries after a failure, and exits with 77 if a user must sign in."""
    words = [sys.executable, HERE / "python" / "bot.py", "paper", "MSFT"]
    stage.control("expire_access", {})
    stage.control("faults", {"faults": [{"at": "token", "do": "respond", "status": 503, "headers": {}, "body": ""}]})
    lines = Example(stage, *words, 2).end(complaint="HTTP 503")
    equal([line.split()[0] for line in lines], [*ACCOUNTS, "MSFT", "MSFT"], "what it printed")
    equal(counts(stage, "refreshes", "api_requests"), [2, 4], "counts")
    stage.run("logout", "paper").must(0, "logout")
    equal(Example(stage, *words, 1).end(77, "tsaccounts login paper"), [], "what it printed without a sign-in")
    return "one new token after a 401, exit 77 without a sign-in"


def counts(stage: Stage, *names: str) -> list[int]:
    now = stage.control("counts")
    return [now[name] for name in names]


def get(url: str, token: Optional[str] = None) -> Any:
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    folder = pathlib.Path(sys.argv[1]).resolve()
    failed = False
    for example in (bot, route, python):
        try:
            with tempfile.TemporaryDirectory(prefix="tsaccounts-example-") as place:
                with Stage(str(folder / "tsaccounts"), place, Settings(rotate=True)) as stage:
                    stage.add("paper")
                    word, figures = "ok", example(stage, folder)
        except Failed as failure:
            failed, word, figures = True, "FAILED", str(failure)
        except Exception:
            failed, word, figures = True, "CRASHED", traceback.format_exc()
        print("%-8s %-8s %s" % (example.__name__, word, figures), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
