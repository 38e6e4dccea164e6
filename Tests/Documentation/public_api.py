#!/usr/bin/env python3
"""Compares the public API with fixtures/public-api: python3 Tests/Documentation/public_api.py PRODUCTS [--renew]

PRODUCTS is the folder of a debug build (`swift build --show-bin-path`). Programs may depend on each line of the
snapshot: removing or changing a line breaks them, and a new line must be kept later. --renew updates the snapshot.
"""

import argparse
import difflib
import os
import sys
import tempfile
from typing import Dict, List, Set

from surface import Surface
from symbol_graphs import PACKAGE, PRODUCTS, extract, read

SNAPSHOTS = os.path.join("fixtures", "public-api")
RENEWAL = 'python3 Tests/Documentation/public_api.py "$(swift build --show-bin-path)" --renew'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", help="the folder of a debug build")
    parser.add_argument("--renew", action="store_true", help="update the snapshot")
    options = parser.parse_args()
    found = surfaces(options.products)
    if options.renew:
        for module, text in found.items():
            with open(path(module), "w", encoding="utf-8") as file:
                file.writelines(text)
        return 0
    differences = [line for module, text in found.items() for line in difference(module, text)]
    sys.stdout.writelines(differences)
    if differences:
        print("\npublic API: it differs from the snapshot. If the change is intended:\n  %s" % RENEWAL)
        return 1
    print("public API: %s" % ", ".join("%s %d lines" % (module, len(text)) for module, text in found.items()))
    return 0


def surfaces(products: str) -> Dict[str, List[str]]:
    """The public declarations of each module, without those of the modules before it, one per line."""
    found: Dict[str, List[str]] = {}
    known: Set[str] = set()
    for module in PRODUCTS:
        with tempfile.TemporaryDirectory(prefix="tsaccounts-api-") as folder:
            # The conformance itself stands for the members that it requires.
            extract(products, module, folder, "-skip-protocol-implementations")
            surface = Surface(read(folder), without=known)
        found[module] = [line + "\n" for line in surface.lines()]
        known |= surface.symbols.keys()
    return found


def difference(module: str, text: List[str]) -> List[str]:
    """The differences between a module and its snapshot."""
    known: List[str] = []
    if os.path.exists(path(module)):
        with open(path(module), encoding="utf-8") as file:
            known = file.readlines()
    return list(difflib.unified_diff(known, text, os.path.join(SNAPSHOTS, module + ".txt"), module + ", as built"))


def path(module: str) -> str:
    return os.path.join(PACKAGE, SNAPSHOTS, module + ".txt")


if __name__ == "__main__":
    sys.exit(main())
