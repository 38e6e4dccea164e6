#!/usr/bin/env python3
"""Runs programs that know nothing of tsaccounts on a profile of the emulator: python3 Tests/Clients/run.py BINARY [--long]

Each program is unmodified: it has TradeStation's URLs, a made-up secret and a made-up refresh token. Some need packages
from PyPI, which are installed into a temporary directory. With --long, programs run that take longer, or that need
languages which are not installed everywhere.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from typing import Callable, NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Rig"))

from canary import Canary  # noqa: E402
from failure import Failed, check, equal  # noqa: E402
from program import PATIENCE, environment  # noqa: E402
from stage import Settings, Stage  # noqa: E402

PROGRAMS = HERE / "programs"
ACCOUNTS = ["SIM1100001F", "SIM1100001M"]


class Client(NamedTuple):
    """A program and what it needs."""

    name: str
    words: list[str]
    package: str = ""
    tool: str = ""
    is_long: bool = False
    variables: dict[str, str] = {}

    def is_possible(self, long: bool) -> bool:
        return (long or not self.is_long) and (not self.tool or shutil.which(self.tool) is not None)


SDK, AIOHTTP = "tradestation==0.2 requests", "tradestation-api-python==1.3.3"
CLIENTS = [
    Client("tradestation 0.2", ["python", "sdk_sync.py"], SDK),
    Client("tradestation 0.2, AutoRefreshSession", ["python", "sdk_auto.py"], SDK),
    Client("tradestation-api-python 1.3.3 (aiohttp)", ["python", "sdk_aiohttp.py"], AIOHTTP),
    Client("requests", ["python", "script_requests.py"], SDK),
    Client("httpx", ["python", "script_httpx.py"], SDK),
    Client("urllib", ["python", "script_urllib.py"], SDK),
    Client("curl", ["sh", "script_curl.sh"], tool="curl"),
    Client("Node", ["node", "script_node.mjs"], tool="node"),
    Client("whole URLs, as from axios", ["node", "whole_url.cjs"], tool="node"),
    Client("httpx 0.27", ["python", "script_httpx.py"], "httpx==0.27.2", is_long=True),
    Client("Java", ["java", "Accounts.java"], tool="java", is_long=True),
    Client("Go", ["go", "run", "accounts.go"], tool="go", is_long=True,
           variables={"GOFLAGS": "-mod=mod", "GOCACHE": "/tmp/tsa-go-cache"}),
]


class Interpreters:
    """Python interpreters with packages, each in a directory of its own."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made: dict[str, str] = {}

    def with_package(self, package: str) -> str:
        if package not in self._made:
            place = os.path.join(self._folder, "python-%d" % len(self._made))
            subprocess.run([sys.executable, "-m", "venv", place], check=True)
            subprocess.run([place + "/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                            *package.split()], check=True)
            self._made[package] = place + "/bin/python"
        return self._made[package]


class Run:
    """A program that runs on the profile `paper`."""

    def __init__(self, stage: Stage, client: Client, interpreters: Interpreters, options: tuple[str, ...] = (),
                 **more: str) -> None:
        words = list(client.words)
        words[-1] = str(PROGRAMS / words[-1])
        if words[0] == "python":
            words[0] = interpreters.with_package(client.package)
        variables = environment(stage.folder, TSACCOUNTS_HOME=stage.store, CLIENT_ID=stage.place["client_id"],
                                **{"SECONDS_TO_RUN": "1", **client.variables, **more})
        variables["PATH"] = os.environ["PATH"]
        self.client = client
        self.process = subprocess.Popen([stage.tool, "exec", "paper", *options, "--", *words], env=variables, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self) -> str:
        """Waits for the end, and returns everything that the program wrote."""
        try:
            output, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("%s did not end: %s" % (self.client.name, self.process.communicate()))
        equal(self.process.returncode, 0, "exit status of %s: %s" % (self.client.name, errors))
        self.answer = json.loads(output)
        found = self.answer.get("accounts") or [account["AccountID"] for account in self.answer["Accounts"]]
        equal(sorted(found), ACCOUNTS, "accounts of %s" % self.client.name)
        return output + errors


def each(stage: Stage, clients: list[Client], interpreters: Interpreters) -> str:
    """Each program works on an expired login, and gets no token of TradeStation's."""
    for client in clients:
        stage.age("paper")
        before = stage.refreshes
        Canary(stage).search_text(Run(stage, client, interpreters).end(), client.name)
        equal(stage.refreshes - before, 1, "exchanges of %s" % client.name)
    return ", ".join(client.name for client in clients)


def over_lifetimes(stage: Stage, _: list[Client], interpreters: Interpreters) -> str:
    """AutoRefreshSession refreshes for three lifetimes of a token; each lifetime has one exchange."""
    before, started = stage.refreshes, time.monotonic()
    run = Run(stage, CLIENTS[1], interpreters, SECONDS_TO_RUN=str(3 * LIFETIME))
    run.end()
    exchanges = stage.refreshes - before
    # A session refreshes in the last quarter of a lifetime, give or take a tenth of the lifetime.
    most = 1 + (time.monotonic() - started) / (0.6 * LIFETIME)
    check(3 <= exchanges <= most, "%d exchanges in three lifetimes" % exchanges)
    check(run.answer["tokens"] >= 3, "%d tokens in three lifetimes" % run.answer["tokens"])
    return "%d tokens from %d exchanges" % (run.answer["tokens"], exchanges)


def crowd(stage: Stage, clients: list[Client], interpreters: Interpreters) -> str:
    """Twenty programs at once, on one login that rotates without overlap: one exchange per expiry, and no token."""
    canary = Canary(stage)
    chosen = [clients[index % len(clients)] for index in range(18)] + [CLIENTS[1]] * 2
    for client in chosen:
        if client.package:
            interpreters.with_package(client.package)
    stage.age("paper")
    before = stage.refreshes
    runs = [Run(stage, client, interpreters, SECONDS_TO_RUN="5") for client in chosen]
    # The programs that run for some seconds are searched while they hold their tokens.
    while runs[-1].process.poll() is None:
        canary.search_descendants(runs[-1].process.pid)
        canary.search_descendants(runs[-2].process.pid)
        time.sleep(0.5)
    for run in runs:
        canary.search_text(run.end(), run.client.name)
    equal(stage.refreshes - before, 1, "exchanges of %d programs" % len(runs))
    equal(stage.control("counts")["logins_lost"], 0, "lost logins")
    return "%d programs, one exchange, %d places searched" % (len(runs), canary.places)


def without_hooks(stage: Stage, _: list[Client], interpreters: Interpreters) -> str:
    """Without its hook, a program that ignores the proxy reaches nobody with what it has."""
    before = stage.control("counts")
    try:
        Run(stage, CLIENTS[2], interpreters, ("--no-hooks",)).end()
    except Failed:
        equal(stage.control("counts"), before, "requests")
        return "fails closed"
    raise Failed("tradestation-api-python worked without its hook")


LIFETIME = 6
SCENES: list[tuple[str, Settings, Callable[[Stage, list[Client], Interpreters], str], bool]] = [
    ("each", Settings(rotate=True), each, False),
    ("over lifetimes", Settings(rotate=True, access_token_seconds=LIFETIME), over_lifetimes, False),
    ("crowd", Settings(rotate=True), crowd, False),
    ("without hooks", Settings(rotate=True), without_hooks, True),
]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary")
    arguments.add_argument("--long", action="store_true")
    arguments.add_argument("--only", help="run one scene")
    given = arguments.parse_args()
    clients = [client for client in CLIENTS if client.is_possible(given.long)]
    failures = 0
    with tempfile.TemporaryDirectory(prefix="tsa-clients-") as folder:
        interpreters = Interpreters(folder)
        for name, settings, scene, is_long in SCENES:
            if given.only not in (None, name) or (is_long and not given.long and given.only is None):
                continue
            started = time.monotonic()
            try:
                with Stage(os.path.abspath(given.binary), os.path.join(folder, name.replace(" ", "-")), settings) as stage:
                    stage.add("paper")
                    print("%-16s %s (%.0f s)" % (name, scene(stage, clients, interpreters), time.monotonic() - started),
                          flush=True)
            except (Failed, subprocess.CalledProcessError, OSError, ValueError) as failure:
                failures += 1
                print("%-16s FAILED: %s" % (name, failure), flush=True)
                if not isinstance(failure, Failed):
                    traceback.print_exc()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
