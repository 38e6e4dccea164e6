#!/usr/bin/env python3
"""Compares what the products offer with fixtures/public-api: python3 Tests/Documentation/public_api.py PRODUCTS [--renew]

PRODUCTS is where a debug build lies (`swift build --show-bin-path`). Somebody's program may need each line of the
snapshot: a line that goes or changes breaks it, a line that comes has to stay. --renew writes the snapshot anew.
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
    parser.add_argument("products", help="where a debug build lies")
    parser.add_argument("--renew", action="store_true", help="write the snapshot anew")
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
        print("\npublic API: it is not what the snapshot says. If it is meant to change:\n  %s" % RENEWAL)
        return 1
    print("public API: %s" % ", ".join("%s %d lines" % (module, len(text)) for module, text in found.items()))
    return 0


def surfaces(products: str) -> Dict[str, List[str]]:
    """What each module offers and none before it does, one declaration on a line."""
    found: Dict[str, List[str]] = {}
    known: Set[str] = set()
    for module in PRODUCTS:
        with tempfile.TemporaryDirectory(prefix="tsaccounts-api-") as folder:
            # What a conformance asks for is said by the conformance.
            extract(products, module, folder, "-skip-protocol-implementations")
            surface = Surface(read(folder), without=known)
        found[module] = [line + "\n" for line in surface.lines()]
        known |= surface.symbols.keys()
    return found


def difference(module: str, text: List[str]) -> List[str]:
    """How a module differs from its snapshot."""
    known: List[str] = []
    if os.path.exists(path(module)):
        with open(path(module), encoding="utf-8") as file:
            known = file.readlines()
    return list(difflib.unified_diff(known, text, os.path.join(SNAPSHOTS, module + ".txt"), module + ", as built"))


def path(module: str) -> str:
    return os.path.join(PACKAGE, SNAPSHOTS, module + ".txt")


if __name__ == "__main__":
    sys.exit(main())
