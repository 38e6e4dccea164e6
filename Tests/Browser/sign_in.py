#!/usr/bin/env python3
"""Signs in to the emulator in a real browser: python3 Tests/Browser/sign_in.py PATH_TO_TSACCOUNTS

Needs chromium and chromedriver on the PATH, and the Python standard library. With SCREENSHOTS=DIR in the
environment, it saves a screenshot of every page there.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 30  # the timeout in seconds for everything
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the W3C WebDriver name of an element reference


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


class Browser:
    """Headless chromium through chromedriver, by the W3C WebDriver protocol."""

    def __init__(self, folder, started):
        driver = Child([shutil.which("chromedriver"), "--port=0"], dict(os.environ, HOME=folder), started)
        self.base = "http://127.0.0.1:" + driver.wait_for(r"successfully on port (\d+)")
        options = {"binary": shutil.which("chromium"),
                   "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=900,700",
                            "--user-data-dir=" + os.path.join(folder, "chromium")]}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        self.base += "/session/" + self.ask("POST", "/session", wanted)["sessionId"]

    def ask(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Failed("WebDriver %s: %s" % (path, json.load(error)["value"]["message"].split("\n")[0]))

    def element(self, css):
        return "/element/" + self.ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def type(self, css, text):
        self.ask("POST", self.element(css) + "/clear")
        self.ask("POST", self.element(css) + "/value", {"text": text})

    def click(self, css):
        self.ask("POST", self.element(css) + "/click")

    def wait_for(self, text, what):
        """Waits until the page shows the text. Retries while the browser loads another page."""
        seen, end = "", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(Failed):
                seen = self.ask("GET", self.element("body") + "/text")
            if text in seen:
                return seen
            time.sleep(0.1)
        raise Failed("%s: the page does not contain %r but %r" % (what, text, seen))

    def open_sign_in(self, program):
        url = program.wait_for(r"^\s*(http\S+/authorize\?\S+)$")
        self.ask("POST", "/url", {"url": url})
        self.wait_for("Sign in", "sign-in page")
        return url

    def picture(self, name):
        if "SCREENSHOTS" in os.environ:
            png = base64.b64decode(self.ask("GET", "/screenshot"))
            pathlib.Path(os.environ["SCREENSHOTS"], name + ".png").write_bytes(png)


class Child:
    """A child process. Its output goes to a file, and it is killed at the end."""

    def __init__(self, arguments, environment, started, text=""):
        self.name = " ".join(arguments[:2])
        self.file = tempfile.TemporaryFile("w+")
        # A separate session, so that its own child processes can be killed with it.
        self.process = subprocess.Popen(arguments, env=environment, text=True, start_new_session=True,
                                        stdin=subprocess.PIPE, stdout=self.file, stderr=self.file)
        started.append(self.process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.communicate(text, timeout=0.1)

    def output(self):
        return os.pread(self.file.fileno(), 1 << 20, 0).decode()

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.output(), re.MULTILINE)):
            check(time.monotonic() < end and self.process.poll() is None,
                  "%s did not print %r but %r" % (self.name, pattern, self.output()))
            time.sleep(0.05)
        return found.group(1)

    def ended(self, status):
        code = self.process.wait(timeout=PATIENCE)
        check(code == status, "%s: exit %d, not %d: %s" % (self.name, code, status, self.output()))
        return self.output()


def check_callback_page(browser, shown, url, secrets, what):
    """Checks that the last page contains no secret, code or state."""
    source = browser.ask("GET", "/source")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["state"][0]
    address = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.ask("GET", "/url")).query)
    for value in secrets + [state] + address.get("code", []):
        check(value not in shown and value not in source, what + ": the page contains a secret, the code or the state")
    check(not re.search(r"\b(code|state)=", source), what + ": the page contains its own address")


def run(tsaccounts, folder, started):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("XDG_", "TSACCOUNTS_")) and name not in ("DISPLAY", "BROWSER")}
    environment.update(HOME=folder, TSACCOUNTS_HOME=os.path.join(folder, "store"))
    emulator = Child([tsaccounts, "emulator"], environment, started)
    place = json.loads(emulator.wait_for(r"^(\{.*\})$"))
    alice = place["users"][0]
    secrets = [place["client_secret"], alice["password"]]
    browser = Browser(folder, started)

    def child(*arguments, text=""):
        return Child([tsaccounts, *arguments], environment, started, text)

    def sign_in(password):
        browser.type("#username", alice["username"])
        browser.type("#password", password)
        browser.click("button[value=sign_in]")

    add = child("add", "profile", "swing", "--sim", "--client-id", place["client_id"], "--secret-file", "-",
                "--no-browser", "--timeout", "120", "--authorize-url", place["authorize_url"], "--token-url", place["token_url"],
                "--revoke-url", place["revoke_url"], "--api-url", place["sim_url"], text=place["client_secret"] + "\n")
    url = browser.open_sign_in(add)
    browser.picture("1-sign-in")
    sign_in("not-" + alice["password"])
    browser.wait_for("Wrong username or password", "wrong password")
    browser.picture("2-wrong-password")
    sign_in(alice["password"])
    shown = browser.wait_for("Back to the terminal", "callback")
    browser.picture("3-signed-in")
    check_callback_page(browser, shown, url, secrets, "signed in")
    add.ended(0)
    token = child("token", "swing").ended(0)
    check(token.count(".") == 2 and token.count("\n") == 1, "tsaccounts token did not print one token")

    login = child("login", "swing", "--no-browser", "--timeout", "120")
    url = browser.open_sign_in(login)
    browser.click("button[value=decline]")
    shown = browser.wait_for("Not signed in", "declined")
    browser.picture("4-declined")
    check_callback_page(browser, shown, url, secrets + [token.strip()], "declined")
    login.ended(77)
    check(child("token", "swing").ended(0) == token, "a declined sign-in removed the old tokens")


def main():
    if len(sys.argv) != 2 or not shutil.which("chromium") or not shutil.which("chromedriver"):
        sys.exit("usage: sign_in.py PATH_TO_TSACCOUNTS, with chromium and chromedriver on the PATH")
    started, folder = [], tempfile.mkdtemp(prefix="tsaccounts-browser-")
    try:
        run(os.path.abspath(sys.argv[1]), folder, started)
    except (Failed, OSError, ValueError, subprocess.TimeoutExpired) as error:
        sys.exit("sign_in.py: %s" % error)
    finally:
        for process in reversed(started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a process group each: chromium ends with its driver
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print("sign_in.py: wrong password, sign-in, token and declined sign-in work in chromium")


if __name__ == "__main__":
    main()
