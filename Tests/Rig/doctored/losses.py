"""Logins that were lost without an acceptable reason, or without a report in the audit."""

from typing import Tuple

from checking.rules import Rule
from doctored.case import breaks, lived
from invented import Invented, Login


def lost(allowed: bool, replies_lost: int = 1) -> Tuple[Invented, Login, str]:
    """A login whose reply was lost with its process, without overlap. The refused attempt has no result yet."""
    world = Invented(overlap=0, allow_lost_between=allowed)
    login = world.sign_in()
    for _ in range(replies_lost):
        attempt = world.start(login)
        world.ask(login)
        world.killed(login)
        world.unknown(login, attempt)
    attempt = world.start(login)
    world.refuse(login)
    return world, login, attempt


@breaks(Rule.LOGIN_LOST)
def a_loss_that_is_not_expected() -> Invented:
    world, login, attempt = lost(allowed=False)
    world.fail(login, attempt, 403, "invalid_grant")
    world.needs_login(login, attempt)
    return world


@breaks(Rule.LOGIN_LOST)
def a_loss_that_no_lost_reply_explains() -> Invented:
    world, login, attempt = lost(allowed=True, replies_lost=0)
    world.fail(login, attempt, 403, "invalid_grant")
    world.needs_login(login, attempt)
    return world


@breaks(Rule.LOGIN_LOST)
def a_needs_login_without_a_refusal() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.swallow(login).update(status=400, error="invalid_request", fault="respond")
    world.fail(login, attempt, 400, "invalid_request")
    world.needs_login(login, attempt)
    return world


@breaks(Rule.LOGIN_LOST)
def a_needs_login_beside_an_expected_loss() -> Invented:
    world, login, attempt = lost(allowed=True)
    world.fail(login, attempt, 403, "invalid_grant")
    world.needs_login(login, attempt)
    world.audit.insert(2, dict(world.row("needs_login"), attempt_id=world.row("refresh_started", 0)["attempt_id"]))
    return world


@breaks(Rule.LOSS_UNNAMED)
def an_expected_loss_that_the_audit_does_not_name() -> Invented:
    world, login, attempt = lost(allowed=True)
    world.fail(login, attempt, 403, "invalid_grant")
    return world
