#!/usr/bin/env python3
"""Looks at the dashboard in a real browser: python3 Tests/Browser/dashboard.py PATH_TO_TSACCOUNTS [--pictures DIR]

Every state of a login is drawn, and read back from the accessibility tree, at the width of a desk and of a phone, light
and dark. Pages of other origins, also one whose name leads to 127.0.0.1, must get nothing. Needs chromium and
chromedriver on the PATH, and the Python standard library. With --pictures, it saves a picture of each page there.
"""

import argparse
import base64
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "Rig"))

from chromium import PATIENCE, Browser, Child, Failed, check, end_all, environment_of, is_installed
from failure import Failed as StageFailed
from program import wait_until
from stage import Settings, Stage

DESK, PHONE = (1280, 900), (390, 844)
REBOUND = "rebound.test"  # a name of an attacker that leads to 127.0.0.1

# The words of the state of each profile, and a part of what the page says to do.
STATES = {
    "ready": ("● ready", "nothing"),
    "refreshing": ("◐ refreshing", "nothing"),
    "degraded": ("▲ degraded", "tsaccounts refresh degraded"),
    "paused": ("▲ degraded", "The next attempt is due"),
    "ending": ("● ready", "Sign in by"),
    "ended": ("✕ needs login", "tsaccounts login ended"),
    "refused": ("✕ bad client", "tsaccounts set refused --secret-file FILE && tsaccounts refresh refused"),
    "onhold": ("✕ held", "tsaccounts login onhold"),
    "unused": ("○ new", "tsaccounts login unused"),
    "signedout": ("○ signed out", "tsaccounts login signedout"),
    "broken": ("✕ damaged", "tsaccounts"),
}


def make_states(stage):
    """Brings a profile into each state, as users and servers do where that is possible."""
    proxies = {name: stage.proxy() for name in ("ending", "refused", "paused")}
    for name in ("ready", "degraded", "ended", "onhold", "signedout", "broken", "refreshing"):
        stage.add(name)
    for name, proxy in proxies.items():
        stage.add(name, proxy)
    stage.add_beside("ready-live", "ready")
    stage.run("add", "profile", "unused", "--sim", "--client-id", "unused", "--no-login", "--no-input").must(0, "add unused")
    stage.run("set", "ready-live", "--read-only", "on").must(0, "set --read-only")
    for name in ("ready", "degraded", "ending", "ended"):
        stage.run("refresh", name).must(0, "refresh " + name)
    stage.run("set", "ending", "--absolute", "5400").must(0, "set --absolute")
    stage.run("logout", "signedout").must(0, "logout")

    def refused(name, status, body, **fields):
        stage.control("faults", {"faults": [dict(at="token", do="respond", status=status, body=json.dumps(body),
                                                 times=1000, **fields)]})
        check(stage.run("refresh", name, "--timeout", "4").status != 0, "the refresh of %s succeeded" % name)
        stage.control("faults", {"faults": []})

    refused("degraded", 503, {})
    refused("paused", 429, {}, headers={"Retry-After": "120"})
    refused("ended", 400, {"error": "invalid_grant"})
    refused("refused", 401, {"error": "invalid_client"})
    with stage.edited() as database:
        database.execute("UPDATE login SET state = 'held' WHERE id = ?", (stage.logins["onhold"],))
        database.execute("UPDATE profile SET read_only = 1 WHERE name = 'broken'")
    stage.control("faults", {"faults": [{"at": "token", "do": "hang", "seconds": 600}]})
    # Stopped in the middle of its exchange, it stays there.
    exchanging = stage.start("refresh", "refreshing", "--timeout", "600")
    wait_until(lambda: stage.rows("SELECT 1 FROM login WHERE id = ? AND attempt_id IS NOT NULL",
                                  stage.logins["refreshing"]), "the exchange to begin")
    exchanging.signal(signal.SIGSTOP)
    stage.control("faults", {"faults": []})


class Dashboard:
    """`tsaccounts dashboard`, and the browser that looks at it."""

    def __init__(self, tool, environment, started, *options):
        self.program = Child([tool, "dashboard", "--utc", *options], environment, started)
        self.link = self.program.wait_for(r"^(http://127\.0\.0\.1:\d+/open/[0-9a-f]+)$")
        self.origin = self.link.split("/open/")[0]
        self.port = int(self.origin.rsplit(":", 1)[1])

    def open(self, browser, address=None):
        browser.ask("POST", "/url", {"url": address or self.link})
        wait_until(lambda: "/d/" in browser.ask("GET", "/url"), "the page", PATIENCE)
        self.page = browser.ask("GET", "/url")
        check(self.page.startswith(self.origin + "/d/"), "the link led to " + self.page)


class Tree:
    """The accessibility tree of a page."""

    def __init__(self, browser):
        self.nodes = [node for node in browser.command("Accessibility.getFullAXTree")["nodes"]]
        self.by_id = {node["nodeId"]: node for node in self.nodes}

    def all(self, role, inside=None):
        nodes = self.nodes if inside is None else list(self.below(inside))
        return [node for node in nodes if node.get("role", {}).get("value") == role and not node.get("ignored")]

    def below(self, node):
        for child in node.get("childIds", []):
            if child in self.by_id:
                yield self.by_id[child]
                yield from self.below(self.by_id[child])

    def name(self, node):
        return node.get("name", {}).get("value", "")

    def text(self, node):
        parts = [self.name(other) for other in self.below(node) if other.get("role", {}).get("value") == "StaticText"]
        return " ".join(" ".join(parts).split())

    def table(self, label):
        tables = [node for node in self.all("table") if self.name(node) == label]
        check(len(tables) == 1, "%d tables are called %s" % (len(tables), label))
        return [[self.text(cell) for cell in self.below(row)
                 if cell.get("role", {}).get("value") in ("rowheader", "cell", "gridcell", "columnheader")]
                for row in self.all("row", tables[0])]


def check_tree(browser, what):
    """Checks what a screen reader gets: the state of every login, the outline and the timelines in words."""
    tree = Tree(browser)
    rows = {row[0].split(" ")[0]: row for row in tree.table("Logins")[1:]}
    for name, (state, advice) in STATES.items():
        check(name in rows, "%s: there is no row for %s, only %s" % (what, name, sorted(rows)))
        row = rows[name]
        check(len(row) == 7, "%s: the row of %s has %d cells" % (what, name, len(row)))
        check(state in row[1], "%s: %s is %r, not %r" % (what, name, row[1], state))
        check(advice in row[6], "%s: the advice for %s is %r" % (what, name, row[6]))
    check("ready-live LIVE read-only" in rows["ready"][0], "%s: profiles of one login: %r" % (what, rows["ready"][0]))
    headings = [tree.name(node) for node in tree.all("heading")]
    for title in ("tsaccounts", "Logins", "Timeline", "Who uses which profile", "Audit"):
        check(headings.count(title) == 1, "%s: headings %s" % (what, headings))
    images = {tree.name(node): node.get("description", {}).get("value", "") for node in tree.all("image") + tree.all("img")}
    degraded = images.get("Timeline of degraded", "")
    check("failed" in degraded and "refreshed" in degraded, "%s: timelines %s" % (what, images))
    check(len(tree.all("main")) == 1 and len(tree.all("navigation")) >= 2, what + ": landmarks")
    check(all(tree.name(link) for link in tree.all("link")), what + ": a link has no name")


def look(browser, dashboard, pictures):
    """The page at both widths, light and dark."""
    for width, height in (DESK, PHONE):
        browser.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                        mobile=width < 500)
        for scheme in ("light", "dark"):
            what = "%d pixels, %s" % (width, scheme)
            browser.command("Emulation.setEmulatedMedia",
                            features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.ask("POST", "/url", {"url": dashboard.page + "?hours=1"})
            browser.wait_for("Who uses which profile", what)
            check_tree(browser, what)
            wide = browser.run("return document.documentElement.scrollWidth - window.innerWidth")
            check(wide <= 0, "%s: the page is %d pixels wider than the window" % (what, wide))
            color = browser.run("return getComputedStyle(document.body).backgroundColor")
            check((color == "rgb(20, 22, 26)") == (scheme == "dark"), "%s: the background is %s" % (what, color))
            if pictures:
                picture(browser, pictures, "%s-%s" % ("desk" if width > 500 else "phone", scheme))
    browser.command("Emulation.clearDeviceMetricsOverride")


def picture(browser, folder, name):
    data = browser.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
    pathlib.Path(folder, name + ".png").write_bytes(base64.b64decode(data))


def check_secrets(browser, dashboard, secrets):
    source, address = browser.ask("GET", "/source"), browser.ask("GET", "/url")
    cookies = browser.ask("GET", "/cookie")
    check(len(cookies) == 1 and cookies[0]["httpOnly"] and cookies[0]["sameSite"] == "Strict"
          and address.split(dashboard.origin)[1].startswith(cookies[0]["path"]), "the cookies are %s" % cookies)
    for secret in secrets + [cookies[0]["value"], dashboard.link.rsplit("/", 1)[1]]:
        check(secret and secret not in source and secret not in address, "the page or its address has a secret")
    check(browser.run("return document.cookie") == "", "a script can read the cookie")


def check_keyboard(browser):
    """Tab reaches the first link, each filter, and the tables of the timelines, in the order of the page."""
    browser.run("document.activeElement.blur(); window.scrollTo(0, 0); return 0")
    order = browser.run("""
        return [...document.querySelectorAll("a, summary")].map((element) => [element.tabIndex, element.textContent])
    """)
    check(all(index == 0 for index, _ in order), "an element is out of the order of the keyboard")
    tab = [{"type": "keyDown", "value": "\ue004"}, {"type": "keyUp", "value": "\ue004"}]
    browser.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": tab * 3}]})
    focused = browser.run("return document.activeElement.tagName + ' ' + document.activeElement.textContent")
    check(focused.startswith("A "), "after three tabs, the focus is on " + focused)
    outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
    check(outline == "solid", "the focus is not visible")


def check_live(browser, stage):
    """A refresh appears without a reload, and an opened table and the focus stay."""
    browser.run("window.marker = 1; document.querySelector('details').open = true; "
                "document.getElementById('hours-6').focus(); return 0")
    before = stage.rows("SELECT generation FROM login WHERE id = ?", stage.logins["ready"])[0]["generation"]
    stage.control("faults", {"faults": []})
    stage.run("refresh", "ready").must(0, "refresh ready")
    browser.wait_for("generation %d" % (before + 1), "live")
    check(browser.run("return window.marker") == 1, "the page was loaded again")
    check(browser.run("return document.querySelector('details').open"), "an open table was closed")
    check(browser.run("return document.activeElement.id") == "hours-6", "the focus was lost")
    check(not browser.run("return document.documentElement.classList.contains('stale')"), "the page says that it is stale")


def check_without_script(browser, dashboard):
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.ask("POST", "/url", {"url": dashboard.page + "?hours=24&show=failures"})
    browser.wait_for("Who uses which profile", "without JavaScript")
    check_tree(browser, "without JavaScript")
    browser.command("Emulation.setScriptExecutionDisabled", value=False)


ATTACK = """<!doctype html><title>attack</title><body><script>
window.got = [];
const target = "%s";
const note = (name, promise) => promise.then((value) => got.push(name + ": " + value), () => {});
(async () => {
  for (const mode of ["cors", "no-cors"]) for (const method of ["GET", "POST"])
    await note(mode + " " + method, fetch(target, {mode, method, credentials: "include"}).then(async (answer) => {
      const text = await answer.text();
      if (!text && answer.type === "opaque") throw 0;
      return text;
    }));
  const element = (name, attribute, wait = 1500) => new Promise((done, fail) => {
    const made = document.createElement(name);
    made.onload = () => done(made);
    made.onerror = fail;
    made[attribute] = target;
    document.body.append(made);
    setTimeout(fail, wait);
  });
  await note("script", element("script", "src").then(() => "loaded"));
  await note("image", element("img", "src").then(() => "loaded"));
  await note("frame", element("iframe", "src").then((frame) => frame.contentDocument.body.innerText));
  await note("events", new Promise((done, fail) => {
    const source = new EventSource(target + "events", {withCredentials: true});
    source.onopen = () => done("open");
    source.onerror = () => { source.close(); fail(); };
  }));
  document.title = "over";
})();
</script>"""


@contextlib.contextmanager
def attacker(text):
    """A server of somebody else, on another port."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def check_attacks(browser, dashboard):
    with attacker(ATTACK % dashboard.page.split("?")[0]) as port:
        for host in ("127.0.0.1", "localhost", REBOUND):
            browser.ask("POST", "/url", {"url": "http://%s:%d/" % (host, port)})
            wait_until(lambda: browser.ask("GET", "/title") == "over", "the attack of " + host, PATIENCE)
            got = browser.run("return window.got")
            check(not got, "a page of %s got %s" % (host, got))
    # A name that was rebound is the same origin for the browser: only the Host says that it is not ours.
    path = dashboard.page.split("?")[0].split(dashboard.origin)[1]
    browser.ask("POST", "/url", {"url": "http://%s:%d%s" % (REBOUND, dashboard.port, path)})
    shown = browser.wait_for("Wrong host", "rebinding")
    check(not any(name in shown for name in STATES if name != "ready"), "a rebound page shows profiles")
    status = browser.ask("POST", "/execute/async", {
        "script": "const done = arguments[0]; fetch(location.href).then((answer) => done(answer.status), () => done(0))",
        "args": []})
    check(status in (0, 421), "a rebound page got %s" % status)


def check_used_link(browser, dashboard):
    browser.ask("POST", "/url", {"url": dashboard.link})
    browser.wait_for("This link cannot be opened", "used link")


def check_stale(browser, dashboard, pictures):
    """The page says that it is old, and how old, once its server is gone."""
    browser.ask("POST", "/url", {"url": dashboard.page})
    browser.wait_for("As of", "again")
    dashboard.program.process.send_signal(signal.SIGKILL)
    dashboard.program.process.wait()
    browser.wait_for("Not connected. This is", "stale")
    check(browser.run("return document.documentElement.classList.contains('stale')"), "the page is not grey")
    if pictures:
        picture(browser, pictures, "stale")


def check_file(browser, tool, folder, environment, started):
    """The browser is started with a file, not with the link, and the file leads to the page."""
    opened = os.path.join(folder, "opened")
    opener = pathlib.Path(folder, "opener")
    opener.write_text("#!/bin/sh\nprintf %%s \"$1\" > %s.part && mv %s.part %s\n" % (opened, opened, opened))
    opener.chmod(0o700)
    dashboard = Dashboard(tool, dict(environment, BROWSER=str(opener)), started)
    wait_until(lambda: os.path.exists(opened), "the browser to be started", PATIENCE)
    address = pathlib.Path(opened).read_text()
    check(address.startswith("file:///"), "the browser was started with " + address)
    dashboard.open(browser, address)
    browser.wait_for("Who uses which profile", "from a file")
    dashboard.program.process.send_signal(signal.SIGINT)
    dashboard.program.ended(0)
    check(not os.path.exists(address[len("file://"):]), "the file is still there")


def run(tool, pictures, folder, started):
    with Stage(tool, os.path.join(folder, "stage"), Settings(rotate=True, overlap=60)) as stage:
        stage.is_checked = False
        environment = dict(environment_of(folder), TSACCOUNTS_HOME=stage.store)
        make_states(stage)
        secrets = [stage.place["client_secret"], stage.place["users"][0]["password"]]
        browser = Browser(folder, started, "--host-resolver-rules=MAP %s 127.0.0.1" % REBOUND)
        dashboard = Dashboard(tool, environment, started, "--no-browser")
        dashboard.open(browser)
        look(browser, dashboard, pictures)
        check_secrets(browser, dashboard, secrets)
        check_keyboard(browser)
        check_live(browser, stage)
        secrets.append(stage.token("ready").wait().token)
        check_secrets(browser, dashboard, secrets)
        check_without_script(browser, dashboard)
        check_used_link(browser, dashboard)
        check_attacks(browser, dashboard)
        check_stale(browser, dashboard, pictures)
        check_file(browser, tool, folder, environment, started)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", help="the path of tsaccounts")
    parser.add_argument("--pictures", help="the folder for pictures of the pages")
    options = parser.parse_args()
    if not is_installed():
        sys.exit("dashboard.py: needs chromium and chromedriver on the PATH")
    if options.pictures:
        os.makedirs(options.pictures, exist_ok=True)
    started, folder = [], tempfile.mkdtemp(prefix="tsaccounts-dashboard-")
    try:
        run(os.path.abspath(options.tool), options.pictures, folder, started)
    except (Failed, StageFailed, OSError, ValueError, subprocess.TimeoutExpired) as error:
        sys.exit("dashboard.py: %s" % error)
    finally:
        end_all(started)
        shutil.rmtree(folder, ignore_errors=True)
    print("dashboard.py: %d states at two widths, light and dark; live, stale, keyboard and attacks work in chromium"
          % len(STATES))


if __name__ == "__main__":
    main()
