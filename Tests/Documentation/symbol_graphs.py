"""The public symbols of the built modules, extracted by the compiler."""

import glob
import json
import os
import subprocess
from typing import Any, Dict, List

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The modules that a program can import, with the modules that they re-export.
PRODUCTS: Dict[str, List[str]] = {
    "TradeStationSessions": ["TradeStationModel"],
    "TradeStationEmulator": [],
    "TradeStationTesting": ["TradeStationEmulator", "TradeStationSessions", "TradeStationModel"],
}


def extract(products: str, module: str, folder: str, *options: str) -> None:
    """Writes the symbol graphs of a module, including re-exported symbols, from the folder of a build."""
    target = json.loads(subprocess.check_output(["swiftc", "-print-target-info"]))["target"]["triple"]
    command = ["swift", "symbolgraph-extract", "-module-name", module, "-target", target, "-output-dir", folder,
               "-minimum-access-level", "public", "-skip-synthesized-members", "-skip-inherited-docs",
               "-I", os.path.join(products, "Modules"), *options]
    if PRODUCTS[module]:
        command.append("-experimental-allowed-reexported-modules=" + ",".join(PRODUCTS[module]))
    for path in module_maps(products):
        command += ["-Xcc", "-fmodule-map-file=" + path]
    os.makedirs(folder, exist_ok=True)
    subprocess.run(command, check=True)


def module_maps(products: str) -> List[str]:
    """The module maps of the C modules that the Swift modules import."""
    checkouts = os.path.join(products, "..", "..", "checkouts", "*", "Sources", "*")
    patterns = [os.path.join(products, "*.build", "module.modulemap"),
                os.path.join(checkouts, "module.modulemap"), os.path.join(checkouts, "include", "module.modulemap")]
    return sorted(path for pattern in patterns for path in glob.glob(pattern))


def read(folder: str) -> List[Dict[str, Any]]:
    """Reads every symbol graph of a folder."""
    graphs = []
    for path in sorted(glob.glob(os.path.join(folder, "*.symbols.json"))):
        with open(path, encoding="utf-8") as file:
            graphs.append(json.load(file))
    return graphs
