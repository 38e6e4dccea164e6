#!/usr/bin/env python3
"""Prints the accounts of a profile, then a price so many times: bot.py PROFILE SYMBOL TIMES

Needs Python's standard library and `tsaccounts` on the PATH, which keeps the sign-in alive for this and every other
program. Ends with the exit status of tsaccounts when that cannot help: 77 means that a person has to sign in.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PASSING = (69, 75)  # the sign-in server is out of reach or in trouble: wait and repeat
PAUSES = (1, 5, 15, 60)  # seconds


def tsaccounts(*words):
    """What tsaccounts prints. Standard error, where it says what is wrong and what to do, is left to the person."""
    for pause in (*PAUSES, None):
        done = subprocess.run(["tsaccounts", *words], stdout=subprocess.PIPE, text=True)
        if done.returncode == 0:
            return done.stdout
        if done.returncode not in PASSING or pause is None:
            sys.exit(done.returncode)
        time.sleep(pause)


def get(profile, path):
    """An answer of the API. A token costs nothing to ask for, so it is asked for each time and kept nowhere."""
    try:
        return ask(profile, path)
    except urllib.error.HTTPError as refusal:
        if refusal.code != 401:
            raise
    # Refused although its time is not over: one new token, one more try.
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
