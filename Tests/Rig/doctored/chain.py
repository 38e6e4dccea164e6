"""Missing and edited audits, and a run without exchanges."""

from checking.rules import Rule
from doctored.case import breaks, lived
from invented import Invented


@breaks(Rule.EMPTY_HISTORY)
def nothing_happened() -> Invented:
    return Invented()


@breaks(Rule.AUDIT_MISSING)
def the_audit_is_gone() -> Invented:
    world, _ = lived()
    world.audit.clear()
    return world


@breaks(Rule.CHAIN_BROKEN)
def a_row_was_edited() -> Invented:
    world, _ = lived()
    world.chain()
    world.row("refresh_started")["host"] = "another"
    return world


@breaks(Rule.CHAIN_BROKEN)
def a_null_became_empty() -> Invented:
    world, _ = lived()
    world.chain()
    world.row("refresh_started")["outcome"] = ""
    return world


@breaks(Rule.CHAIN_BROKEN)
def a_row_was_cut_out() -> Invented:
    world, login = lived()
    row = world.note("fenced", login)
    world.note("fenced", login)
    world.chain()
    world.audit.remove(row)
    return world


@breaks(Rule.CHAIN_BROKEN)
def a_row_was_replaced_with_a_good_hash_of_its_own() -> Invented:
    world, login = lived()
    world.note("fenced", login)
    world.chain()
    last = world.audit[-1]["prev_hash"]
    world.audit[-2]["host"] = "another"
    world.chain()
    world.audit[-1]["prev_hash"] = last
    return world
