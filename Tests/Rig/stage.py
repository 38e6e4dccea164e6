"""A store and an emulator in a separate directory, and the programs that use them."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple, Optional

import browser
import history
import locks
from failure import Failed, check
from program import Ended, Program, environment
from proxy import Proxy

PAST = "2026-01-01T00:00:00.000Z"


class Settings(NamedTuple):
    """The settings of the emulator."""

    rotate: bool = False
    overlap: int = 0
    access_token_seconds: int = 1200

    @property
    def options(self) -> list[str]:
        return (["--rotate"] if self.rotate else []) + [
            "--overlap", str(self.overlap), "--access-token-seconds", str(self.access_token_seconds)]


class Stage:
    """Everything a scenario needs. At the end of the `with` block, the history is written and checked."""

    def __init__(self, tool: str, folder: str, settings: Settings, allow_lost: bool = False,
                 clocks_differ: bool = False) -> None:
        self.tool = tool
        self.folder = folder
        self.store = os.path.join(folder, "store")
        self.database = os.path.join(self.store, "accounts.db")
        self.allow_lost = allow_lost
        self.clocks_differ = clocks_differ
        self._server_ahead = 0
        self.is_checked = True
        self.logins: dict[str, int] = {}
        self._outputs: list[dict[str, Any]] = []
        self._running: list[Program] = []
        self._proxies: list[Proxy] = []
        self._lock = threading.Lock()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._emulator = subprocess.Popen([tool, "emulator", *settings.options], env=self._environment(), text=True,
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                          stdin=subprocess.DEVNULL)
        assert self._emulator.stdout
        self.place = json.loads(self._emulator.stdout.readline())
        pathlib.Path(folder, "secret").write_text(self.place["client_secret"])

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for program in self._running:
            program.end()
        try:
            past = self.history() if os.path.exists(self.database) else None
        finally:
            for proxy in self._proxies:
                proxy.close()
            self._emulator.send_signal(signal.SIGTERM)
            self._emulator.wait()
        if past is None or kind:
            return
        if not self.is_checked:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        path = os.path.join(self.folder, "history")
        past.write(path)
        found = history.violations(path)
        check(not found, "the checker: " + "; ".join(found[:5]))
        shutil.rmtree(self.folder, ignore_errors=True)

    # Profiles

    def add(self, name: str, proxy: Optional[Proxy] = None, user: int = 0) -> None:
        """Adds a profile with a complete sign-in. Its exchanges go through the proxy, if one is given."""
        options = ["--sim", "--client-id", self.place["client_id"], "--secret-file",
                   os.path.join(self.folder, "secret"), "--authorize-url", self.place["authorize_url"], "--token-url",
                   proxy.url if proxy else self.place["token_url"], "--revoke-url", self.place["revoke_url"],
                   "--api-url", self.place["sim_url"]]
        self._sign_in(["add", "profile", name, *options], name, user)
        self.learn(name)

    def add_beside(self, name: str, other: str) -> None:
        """Adds a live profile on the login of another profile."""
        self.run("add", "profile", name, "--live", "--same-login-as", other, "--api-url", self.place["live_url"]).must(
            0, "add profile " + name)
        self.learn(name)

    def sign_in(self, name: str, user: int = 0) -> None:
        """Signs in again for a profile."""
        self._sign_in(["login", name], name, user)

    def learn(self, name: str) -> None:
        """Reads and keeps the login of a profile."""
        self.logins[name] = self.rows("SELECT login_id FROM profile WHERE name = ?", name)[0]["login_id"]

    def proxy(self) -> Proxy:
        """Creates a proxy in front of the token endpoint. Each has a separate API key, because its endpoint differs."""
        made = Proxy(self.place["token_url"])
        self._proxies.append(made)
        return made

    @property
    def store_lock(self) -> str:
        return os.path.join(self.store, "locks", "store.lock")

    def login_lock(self, name: str) -> str:
        return os.path.join(self.store, "locks", "login-%d.lock" % self.logins[name])

    # Programs

    def start(self, *arguments: str, point: Optional[str] = None, action: str = "kill", talks: bool = False,
              under: tuple[str, ...] = (), **more: str) -> Program:
        """Starts tsaccounts. With a kill point, a debug build sends itself the signal of the action there."""
        variables = self._environment(**more)
        if point:
            variables["TSACCOUNTS_KILL_POINT"] = "%s=%s" % (point, action)
        profile = next((word for word in arguments[1:] if word in self.logins), None)
        facts = {"program": " ".join(["tsaccounts", *arguments]), "profile": profile,
                 "login_id": self.logins.get(profile or ""), "point": point,
                 "server_ahead_ms": self._server_ahead}
        program = Program([*under, self.tool, *arguments], variables, self._keep, facts, talks)
        with self._lock:
            self._running = [other for other in self._running if not other.is_over] + [program]
        return program

    def run(self, *arguments: str, **more: Any) -> Ended:
        """Runs tsaccounts and waits for its end."""
        return self.start(*arguments, **more).wait()

    def token(self, name: str, *options: str, **more: Any) -> Program:
        """Starts `tsaccounts token`."""
        return self.start("token", name, "--json", *options, **more)

    def note(self, facts: dict[str, Any]) -> None:
        """Adds the output of another program to the history."""
        self._keep(facts)

    # State

    def control(self, name: str, body: Optional[dict[str, Any]] = None) -> Any:
        """Sends a request to the control URL of the emulator."""
        return json.loads(self._control(name, body))

    def log(self) -> list[Any]:
        """Every request that the emulator received."""
        return [json.loads(line) for line in self._control("log").splitlines()]

    def pass_time(self, seconds: int) -> None:
        """Advances the clock of the server."""
        self.control("advance", {"seconds": seconds})
        self._server_ahead += seconds * 1000

    @property
    def refreshes(self) -> int:
        """How often a refresh token was presented to the emulator."""
        return self.control("counts")["refreshes"]

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Reads the database."""
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.database, uri=True, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]

    def last_row(self) -> int:
        """The number of the last audit row."""
        return self.rows("SELECT coalesce(max(seq), 0) AS seq FROM audit")[0]["seq"]

    def events(self, name: str, after: int) -> list[str]:
        """The events of a profile's login after an audit row, without warnings."""
        rows = self.rows("SELECT event FROM audit WHERE login_id = ? AND seq > ? ORDER BY seq",
                         self.logins[name], after)
        return [row["event"] for row in rows if not row["event"].endswith("_ending")]

    def age(self, *names: str) -> None:
        """Ends access tokens, under the store lock: with an edited expiry, they do not open any more."""
        with self.edited() as database:
            database.executemany(
                "UPDATE login SET access_expires_at = ?, boot_id = NULL, access_expires_boot_ms = NULL "
                "WHERE id = ?", [(PAST, self.logins[name]) for name in names])

    @contextlib.contextmanager
    def edited(self) -> Iterator[sqlite3.Connection]:
        """The database for one transaction, under the store lock."""
        with locks.held(self.store_lock):
            with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as database, database:
                yield database

    def history(self) -> history.History:
        """The record of the run for the checker."""
        with self._lock:
            outputs = list(self._outputs)
        return history.History(self.log(), self.control("settings"), self.rows("SELECT * FROM audit ORDER BY seq"),
                               outputs, {"allow_lost_between": self.allow_lost, "clocks_differ": self.clocks_differ})

    def _sign_in(self, arguments: list[str], name: str, user: int) -> None:
        person = self.place["users"][user]
        program = self.start(*arguments, "--no-browser", "--paste", talks=True)
        address = browser.sign_in(program.ask("http"), person["username"], person["password"])
        program.answer(address).must(0, "sign-in of " + name)

    def _control(self, name: str, body: Optional[dict[str, Any]] = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request("%s/%s" % (self.place["control_url"], name), data)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode()
        except OSError as error:
            raise Failed("the emulator's %s: %s" % (name, error))

    def _keep(self, facts: dict[str, Any]) -> None:
        with self._lock:
            self._outputs.append(facts)

    def _environment(self, **more: str) -> dict[str, str]:
        return environment(self.folder, TSACCOUNTS_HOME=self.store, **more)
