#!/usr/bin/env python3
"""Prints the accounts of a profile, then a price several times: bot.py PROFILE SYMBOL TIMES

Needs only Python's standard library and `tsaccounts` in the PATH, which keeps the sign-in alive for all programs. If
tsaccounts fails, this program exits with the same status: 77 means that a user must sign in.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TEMPORARY = (69, 75)  # the sign-in server is unreachable or failing: wait and try again
PAUSES = (1, 5, 15, 60)  # seconds


def tsaccounts(*words):
    """Returns the output of tsaccounts. Its error messages go to standard error, for the user."""
    for pause in (*PAUSES, None):
        done = subprocess.run(["tsaccounts", *words], stdout=subprocess.PIPE, text=True)
        if done.returncode == 0:
            return done.stdout
        if done.returncode not in TEMPORARY or pause is None:
            sys.exit(done.returncode)
        time.sleep(pause)


def get(profile, path):
    """Returns an answer of the API. Getting a token is cheap, so it is requested each time and never stored."""
    try:
        return ask(profile, path)
    except urllib.error.HTTPError as refusal:
        if refusal.code != 401:
            raise
    # The token was refused before its expiry: refresh once and try again.
    tsaccounts("refresh", profile, "-q")
    return ask(profile, path)


def ask(profile, path):
    session = json.loads(tsaccounts("token", profile, "--json"))
    request = urllib.request.Request(session["api_url"] + path)
    request.add_header("Authorization", "Bearer " + session["access_token"])
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main():
    profile, symbol, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for account in get(profile, "/v3/brokerage/accounts")["Accounts"]:
        print(account["AccountID"], account["AccountType"])
    for turn in range(times):
        if turn:
            time.sleep(1)
        for quote in get(profile, "/v3/marketdata/quotes/" + urllib.parse.quote(symbol))["Quotes"]:
            print(quote["Symbol"], quote["Last"])


if __name__ == "__main__":
    main()
