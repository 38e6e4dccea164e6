#!/usr/bin/env python3
"""A typical naive client: a token file, and a refresh if the token in it has expired. It has no lock.

    naive_client.py --token-url URL --client-id ID --secret-file FILE TOKEN_FILE

Prints the access token and its expiry as JSON. TOKEN_FILE is the token endpoint's answer with `expires_at` (seconds
since 1970) added. The checker must find its violations, or the rig proves nothing.
"""

import argparse
import datetime
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict

Tokens = Dict[str, Any]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--token-url", required=True)
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--secret-file", required=True, type=pathlib.Path)
    parser.add_argument("token_file", type=pathlib.Path)
    return parser


def main() -> None:
    options = arguments().parse_args()
    tokens = load(options.token_file)
    if is_expired(tokens):
        tokens = refresh(options, tokens)
        options.token_file.write_text(json.dumps(tokens))
    show(tokens)


def load(path: pathlib.Path) -> Tokens:
    return json.loads(path.read_text())


def is_expired(tokens: Tokens) -> bool:
    return tokens["expires_at"] < time.time() + 1


def refresh(options: argparse.Namespace, tokens: Tokens) -> Tokens:
    answer = ask(options, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    return {**tokens, **answer}  # without a refresh token in the answer, the old one is kept


def ask(options: argparse.Namespace, **fields: str) -> Tokens:
    """One exchange at the token endpoint."""
    sent = time.time()
    form = dict(fields, client_id=options.client_id, client_secret=options.secret_file.read_text().strip())
    try:
        with urllib.request.urlopen(options.token_url, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
            tokens = json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"refused: {error.read().decode()}")
    return dict(tokens, expires_at=sent + tokens["expires_in"])


def show(tokens: Tokens) -> None:
    end = datetime.datetime.fromtimestamp(tokens["expires_at"], datetime.timezone.utc)
    print(json.dumps({"access_token": tokens["access_token"],
                      "expires_at": end.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"}))


if __name__ == "__main__":
    main()
