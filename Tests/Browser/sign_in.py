#!/usr/bin/env python3
"""Signs in to the emulator in a real browser: python3 Tests/Browser/sign_in.py PATH_TO_TSACCOUNTS

Needs chromium and chromedriver on the PATH, and the Python standard library. With SCREENSHOTS=DIR in the
environment, it saves a screenshot of every page there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

from chromium import Browser, Child, Failed, check, end_all, environment_of, is_installed


def open_sign_in(browser, program):
    url = program.wait_for(r"^\s*(http\S+/authorize\?\S+)$")
    browser.ask("POST", "/url", {"url": url})
    browser.wait_for("Sign in", "sign-in page")
    return url


def check_callback_page(browser, shown, url, secrets, what):
    """Checks that the last page contains no secret, code or state."""
    source = browser.ask("GET", "/source")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["state"][0]
    address = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.ask("GET", "/url")).query)
    for value in secrets + [state] + address.get("code", []):
        check(value not in shown and value not in source, what + ": the page contains a secret, the code or the state")
    check(not re.search(r"\b(code|state)=", source), what + ": the page contains its own address")


def run(tsaccounts, folder, started):
    environment = environment_of(folder)
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
    url = open_sign_in(browser, add)
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
    url = open_sign_in(browser, login)
    browser.click("button[value=decline]")
    shown = browser.wait_for("Not signed in", "declined")
    browser.picture("4-declined")
    check_callback_page(browser, shown, url, secrets + [token.strip()], "declined")
    login.ended(77)
    check(child("token", "swing").ended(0) == token, "a declined sign-in removed the old tokens")


def main():
    if len(sys.argv) != 2 or not is_installed():
        sys.exit("usage: sign_in.py PATH_TO_TSACCOUNTS, with chromium and chromedriver on the PATH")
    started, folder = [], tempfile.mkdtemp(prefix="tsaccounts-browser-")
    try:
        run(os.path.abspath(sys.argv[1]), folder, started)
    except (Failed, OSError, ValueError, subprocess.TimeoutExpired) as error:
        sys.exit("sign_in.py: %s" % error)
    finally:
        end_all(started)
        shutil.rmtree(folder, ignore_errors=True)
    print("sign_in.py: wrong password, sign-in, token and declined sign-in work in chromium")


if __name__ == "__main__":
    main()
