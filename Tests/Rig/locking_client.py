#!/usr/bin/env python3
"""A bit less naive: one process at a time, which looks again once it has the lock. It survives any number of processes,
but no death of one of them:

* by default the token file is opened for writing before the answer is there, so a death in between leaves it empty;
* with --atomic the answer is put in place by a rename, and a death before that loses the rotated token without a
  trace.

Otherwise as naive_client.py.
"""

import fcntl
import json
import os

from naive_client import arguments, is_expired, load, refresh, show


def main() -> None:
    parser = arguments()
    parser.add_argument("--atomic", action="store_true")
    options = parser.parse_args()
    with open(f"{options.token_file}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = load(options.token_file)
        if is_expired(tokens) and options.atomic:
            tokens = refresh(options, tokens)
            new = options.token_file.with_suffix(".new")
            new.write_text(json.dumps(tokens))
            os.replace(new, options.token_file)
        elif is_expired(tokens):
            with open(options.token_file, "w") as file:
                tokens = refresh(options, tokens)
                json.dump(tokens, file)
    show(tokens)


if __name__ == "__main__":
    main()
