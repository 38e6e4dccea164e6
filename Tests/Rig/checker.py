#!/usr/bin/env python3
"""Checks a run of the rig: python3 Tests/Rig/checker.py FOLDER

FOLDER contains the run: `emulator.jsonl` (GET control_url/log), `settings.json` (GET control_url/settings),
`audit.jsonl` (every audit row, all columns in table order), `outputs.jsonl` (one object per program that ran) and
`expect.json`. Prints a line for each violation, and a summary. The exit status is 0 without violations, else 1.
`checking/rules.py` lists the rules. For programs without audit, `audit.jsonl` is missing.

Requirements for a run: all times come from one wall clock; a program's `server_ahead_ms` is how far the emulator's was
ahead of it when the program started, and `clocks_differ` in `expect.json` says that the program's own clocks were wrong;
`access_token_seconds` does not change; each sign-in at the emulator belongs to one login; a scripted answer contains no
tokens.
"""

import sys
from pathlib import Path
from typing import List

from checking.audit_chain import check_chain
from checking.audit_log import AuditLog
from checking.emulator_log import EmulatorLog
from checking.exchanges import check_exchanges, check_lonely
from checking.explanation import Explanation
from checking.handed_out import check_expiries, check_generations, check_lives
from checking.history import History, read
from checking.lineage import check_lineage
from checking.losses import check_losses
from checking.pairing import pair
from checking.rules import Rule, Violation
from checking.saved import Saved
from checking.without_audit import check_without_audit


def check(history: History) -> List[Violation]:
    log = EmulatorLog(history.log)
    violations = check_lives(history, log)
    if log.exchanges == 0:
        violations.append(Violation(Rule.EMPTY_HISTORY, "the emulator saw no exchange"))
    if not history.audit:
        if any(program.is_product for program in history.programs):
            violations.append(Violation(Rule.AUDIT_MISSING, "tsaccounts ran, but the audit is empty"))
        return violations + check_without_audit(history, log)
    audit = AuditLog(history.audit)
    if history.clocks_differ:
        return violations + check_lineage(audit) + check_chain(history.audit)
    saved = Saved(audit)

    def blame(explanation: Explanation) -> List[Violation]:
        return (
            check_exchanges(explanation, saved)
            + check_expiries(explanation, history.access_seconds)
            + check_losses(explanation, history.allows_lost_between)
        )

    pairing = pair(log, audit, history, blame)
    for explanation in pairing.explanations:
        violations += blame(explanation)
    return (
        violations
        + check_lonely(pairing)
        + check_generations(history, log, audit, pairing, saved)
        + check_lineage(audit)
        + check_chain(history.audit)
    )


def summary(history: History, violations: List[Violation]) -> str:
    log = EmulatorLog(history.log)
    verdict = f"{len(violations)} violations" if violations else "correct"
    answered = sum(request.is_answered for family in log.families.values() for request in family.requests)
    served = sum(program.access is not None for program in history.programs)
    killed = sum(program.was_killed for program in history.programs)
    return (f"{verdict}: {len(log.families)} families, {log.exchanges} exchanges, {answered} refreshes answered, "
            f"{len(history.programs)} programs ({served} served, {killed} killed), {len(history.audit)} audit rows")


def main(arguments: List[str]) -> int:
    if len(arguments) != 1:
        print("usage: checker.py FOLDER", file=sys.stderr)
        return 64
    history = read(Path(arguments[0]))
    violations = check(history)
    for violation in violations:
        print(violation)
    print(summary(history, violations))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
