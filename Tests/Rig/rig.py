#!/usr/bin/env python3
"""Tests that no refresh is duplicated or lost: python3 Tests/Rig/rig.py PATH_OF_TSACCOUNTS [--long]

Needs a debug build, which has kill points. --only NAME runs one scenario; --long runs all of them at full length;
--release PATH names a release build for the scenarios that need one; --damage-seconds N sets the length of "damage".
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from bench import Bench
from failure import Failed, Skipped

SCENARIOS = ["kills", "handlers", "storm", "shared_login", "chaos", "damage", "copies", "stalls", "replies", "garbage",
             "pauses", "disk", "outage", "clocks", "answers", "costs", "naive", "release"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tsaccounts", help="a debug build")
    parser.add_argument("--long", action="store_true", help="the full length")
    parser.add_argument("--only", choices=SCENARIOS, action="append", help="this scenario; repeat it for more")
    parser.add_argument("--release", help="a release build")
    parser.add_argument("--damage-seconds", type=int, metavar="N",
                        help="the length of the scenario damage (30; with --long 600)")
    options = parser.parse_args()
    enter_namespace()
    began = time.monotonic()
    folder = tempfile.mkdtemp(prefix="tsaccounts-rig-")
    release = options.release and os.path.abspath(options.release)
    bench = Bench(os.path.abspath(options.tsaccounts), folder, options.long, release, options.damage_seconds)
    failed = [name for name in options.only or SCENARIOS if not passes(name, bench)]
    print("rig: %s in %.0f s" % ("failed: " + ", ".join(failed) if failed else "all passed", time.monotonic() - began))
    if failed:
        print("rig: the files are kept in", folder)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def passes(name: str, bench: Bench) -> bool:
    """Runs a scenario and prints its result."""
    began = time.monotonic()
    try:
        word, figures, is_well = "ok", importlib.import_module(name).run(bench), True
    except Skipped as reason:
        word, figures, is_well = "skipped", str(reason), True
    except Failed as failure:
        word, figures, is_well = "FAILED", str(failure), False
    except Exception:
        word, figures, is_well = "CRASHED", traceback.format_exc(), False
    print("%-8s %-8s %4.0f s  %s" % (name, word, time.monotonic() - began, figures), flush=True)
    return is_well


def enter_namespace() -> None:
    """If allowed, restarts in a separate mount namespace, so that small disks can be mounted and none remains."""
    inside = "TSACCOUNTS_RIG_NAMESPACE"
    unshare = ["unshare", "--mount", "--propagation", "private"]
    if inside in os.environ or os.geteuid() != 0 or not shutil.which("unshare"):
        return
    if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        os.environ[inside] = "1"
        os.execvp("unshare", [*unshare, sys.executable, *sys.argv])


if __name__ == "__main__":
    sys.exit(main())
