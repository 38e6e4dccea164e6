"""Audits that contradict themselves."""

from checking.rules import Rule
from doctored.case import breaks, lived
from invented import Invented, keyed


@breaks(Rule.LINEAGE_BROKEN)
def a_success_descends_from_another_token() -> Invented:
    world, _ = lived()
    world.row("refresh_succeeded")["refresh_fp_before"] = keyed("another")
    return world


@breaks(Rule.GENERATION_GAP)
def a_generation_was_skipped() -> Invented:
    world, login = lived()
    login.generation += 1
    world.row("refresh_succeeded")["generation_after"] += 1
    world.refresh(login)
    return world


@breaks(Rule.GENERATION_GAP)
def an_attempt_began_with_a_generation_that_was_not_saved() -> Invented:
    world, login = lived()
    login.generation += 1
    world.unknown(login, world.start(login))
    return world


@breaks(Rule.GENERATION_GAP)
def a_refusal_is_explained_by_a_generation_that_was_not_saved() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.swallow(login).update(status=403, error="invalid_grant", fault="respond")
    world.note("refresh_adopted", login, attempt, generation_before=3, generation_after=4, http_status=403)
    return world


@breaks(Rule.ATTEMPT_UNSETTLED)
def an_attempt_has_no_result() -> Invented:
    world, login = lived()
    world.start(login)
    world.killed(login)
    world.refresh(login)
    return world


@breaks(Rule.ATTEMPT_NOT_STARTED)
def an_attempt_ends_that_never_began() -> Invented:
    world, login = lived()
    world.unknown(login, "f" * 32)
    return world


@breaks(Rule.ATTEMPT_SETTLED_TWICE)
def an_attempt_ends_twice() -> Invented:
    world = Invented()
    login = world.sign_in()
    attempt = world.start(login)
    world.swallow(login).update(status=503, fault="respond")
    world.fail(login, attempt, 503)
    world.fail(login, attempt, 503)
    return world
