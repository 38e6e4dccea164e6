#!/usr/bin/env python3
"""Builds the documentation of every product: python3 Tests/Documentation/catalog.py PRODUCTS [--output FOLDER]

PRODUCTS is the folder of a debug build (`swift build --show-bin-path`). A broken link, an undocumented parameter and a
symbol without a topic are failures. With --output the result is kept in that folder.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import List

from symbol_graphs import PACKAGE, PRODUCTS, extract


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", help="the folder of a debug build")
    parser.add_argument("--output", help="the folder for the documentation")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tsaccounts-docs-") as folder:
        output = os.path.abspath(options.output or os.path.join(folder, "output"))
        bad = [module for module in PRODUCTS if not builds(module, options.products, folder, output)]
    print("documentation: %s" % ("failed: " + ", ".join(bad) if bad else "no problems"))
    return 1 if bad else 0


def builds(module: str, products: str, folder: str, output: str) -> bool:
    """Builds the documentation of one module, with its catalog if it has one. Returns true if there is no problem."""
    graphs = os.path.join(folder, module)
    extract(products, module, graphs)
    os.makedirs(output, exist_ok=True)
    catalog = os.path.join(PACKAGE, "Sources", module, "Documentation.docc")
    has_catalog = os.path.isdir(catalog)
    archive = os.path.join(output, module + ".doccarchive")
    built = subprocess.run([
        "docc", "convert", *([catalog] if has_catalog else []), "--additional-symbol-graph-dir", graphs,
        "--output-dir", archive, "--fallback-display-name", module, "--fallback-bundle-identifier", module,
        "--warnings-as-errors",
    ])
    unlisted = symbols_without_topic(archive, module) if has_catalog and built.returncode == 0 else []
    for symbol in unlisted:
        print("%s: no topic of the landing page contains %s" % (module, symbol))
    return built.returncode == 0 and not unlisted


def symbols_without_topic(archive: str, module: str) -> List[str]:
    """The symbols that DocC put into a generated topic."""
    with open(os.path.join(archive, "data", "documentation", module.lower() + ".json"), encoding="utf-8") as file:
        page = json.load(file)
    return [link.rsplit("/", 1)[1] for section in page["topicSections"] if section.get("generated")
            for link in section["identifiers"]]


if __name__ == "__main__":
    sys.exit(main())
