"""Runs the naive clients against the emulator, and records what the checker needs. There is no audit."""

import argparse
import json
import os
import pathlib
import sys
import urllib.parse
from typing import Any, Dict, List, Optional

import browser
from history import History
from naive_client import ask
from program import Program, environment, wait_until
from stage import Stage

START_SECONDS = 0.2  # the time that a client needs to start and to send a request, among others
REDIRECT = "http://localhost:31022"


class NaiveRun:
    """One token file with a sign-in at a stage's emulator, and the clients that share it."""

    def __init__(self, stage: Stage, client: str, *options: str) -> None:
        self.stage = stage
        self.command = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), client), *options]
        self.token_file = pathlib.Path(stage.folder, "tokens.json")
        self.outputs: List[Dict[str, Any]] = []
        self.options = argparse.Namespace(token_url=stage.place["token_url"], client_id=stage.place["client_id"],
                                          secret_file=pathlib.Path(stage.folder, "secret"))
        code = self._code()
        self._save(ask(self.options, grant_type="authorization_code", code=code, redirect_uri=REDIRECT))

    def start(self) -> Program:
        """Starts one client."""
        arguments = [*self.command, "--token-url", self.options.token_url, "--client-id", self.options.client_id,
                     "--secret-file", str(self.options.secret_file), str(self.token_file)]
        facts = {"program": os.path.basename(self.command[1]), "profile": "tokens", "login_id": None, "point": None}
        return Program(arguments, environment(self.stage.folder), self.outputs.append, facts)

    def expire(self) -> None:
        """Marks the saved token as expired."""
        self._save(dict(json.loads(self.token_file.read_text()), expires_at=0))

    def slow_down(self, when: str, seconds: float, times: int) -> None:
        """Delays the next exchanges, before or after the server processes them."""
        self.stage.control("faults", {"faults": [
            {"at": "token", "when": when, "do": "delay", "seconds": seconds, "times": times}]})

    def history(self) -> History:
        return History(self.stage.log(), self.stage.control("settings"), [], self.outputs, {})

    def _save(self, tokens: Dict[str, Any]) -> None:
        self.token_file.write_text(json.dumps(tokens))

    def _code(self) -> str:
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": self.options.client_id, "redirect_uri": REDIRECT, "state": "s",
            "audience": "https://api.tradestation.com", "scope": "openid profile offline_access"})
        person = self.stage.place["users"][0]
        location = browser.sign_in(f"{self.stage.place['authorize_url']}?{query}", person["username"],
                                   person["password"])
        return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]


def storm(stage: Stage, processes: int, client: str = "naive_client.py") -> NaiveRun:
    """Runs many clients at the moment of expiry. The server delays its answers until all of them have started."""
    run = NaiveRun(stage, client)
    run.expire()
    run.slow_down("before", processes * START_SECONDS, processes)
    for program in [run.start() for _ in range(processes)]:
        program.wait()
    return run


def death(stage: Stage, client: str, *options: str) -> NaiveRun:
    """Kills one client after the server has processed its request, before the answer arrives. Then runs two others."""
    run = NaiveRun(stage, client, *options)
    run.expire()
    run.slow_down("after", 5, 1)
    program = run.start()
    wait_until(lambda: any(_is_answer(line) for line in stage.log()), "the exchange")
    program.end()
    program.wait()
    for _ in range(2):
        run.start().wait()
    return run


def _is_answer(line: Dict[str, Any]) -> Optional[bool]:
    return line.get("grant_type") == "refresh_token" and line["committed"]
