"""Chromium through chromedriver, and other child processes of the tests with a browser."""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
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

    def __init__(self, folder, started, *arguments):
        driver = Child([shutil.which("chromedriver"), "--port=0"], dict(os.environ, HOME=folder), started)
        self.base = "http://127.0.0.1:" + driver.wait_for(r"successfully on port (\d+)")
        options = {"binary": shutil.which("chromium"),
                   "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=900,700",
                            "--user-data-dir=" + os.path.join(folder, "chromium"), *arguments]}
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

    def command(self, name, **parameters):
        """Runs a command of the DevTools protocol."""
        return self.ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script):
        """Runs the body of a function in the page, and returns its value."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": []})

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


def is_installed():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


def environment_of(folder):
    """The environment of tsaccounts with its store in the folder."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("XDG_", "TSACCOUNTS_")) and name not in ("DISPLAY", "BROWSER")}
    kept.update(HOME=folder, TSACCOUNTS_HOME=os.path.join(folder, "store"))
    return kept


def end_all(started):
    for process in reversed(started):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a process group each: chromium ends with its driver
        process.wait()
