#!/usr/bin/env python3
"""A less naive client: only one process at a time refreshes, and it reads the file again under the lock. It is
correct for any number of processes, but not if one of them is killed:

* By default the token file is opened for writing before the answer arrives. A kill in between leaves it empty.
* With --atomic a rename replaces the file. A kill before the rename loses the rotated token without a trace.

The rest is as in naive_client.py.
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
