"""Tokens that should not have been printed."""

from checking.rules import Rule
from doctored.case import breaks, lived
from invented import LIFE, Invented


@breaks(Rule.UNKNOWN_TOKEN)
def a_token_from_nowhere() -> Invented:
    world, login = lived()
    world.token(login, "made up")
    return world


@breaks(Rule.FOREIGN_TOKEN)
def a_token_of_another_login() -> Invented:
    world, login = lived()
    other = world.sign_in()
    world.token(other)
    world.token(other)
    world.token(login, other.access)
    return world


@breaks(Rule.FOREIGN_TOKEN)
def a_token_of_another_login_by_profile_name_alone() -> Invented:
    world, login = lived()
    other = world.sign_in()
    world.token(other, login_id=None)
    world.token(other, login_id=None)
    world.token(login, other.access, login_id=None)
    return world


@breaks(Rule.UNSAVED_TOKEN)
def a_token_was_handed_out_before_it_was_saved() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    answer = world.ask(login)
    world.token(login, answer.access)
    world.unknown(login, attempt)
    return world


@breaks(Rule.UNSAVED_TOKEN)
def a_killed_program_had_handed_out_what_it_had_not_saved() -> Invented:
    world, login = lived()
    world.start(login)
    answer = world.ask(login)
    world.token(login, answer.access, exit=-9)
    return world


@breaks(Rule.STALE_TOKEN)
def an_old_token_after_the_next_row_was_written() -> Invented:
    world = Invented()
    login = world.sign_in()
    old = login.access
    world.refresh(login)
    world.note("fenced", login)
    world.wait(10)
    world.token(login, old)
    return world


@breaks(Rule.STALE_TOKEN)
def an_old_token_after_another_program_had_the_new_one() -> Invented:
    world = Invented()
    login = world.sign_in()
    old = login.access
    world.refresh(login)
    world.token(login)
    world.token(login, old)
    return world


@breaks(Rule.EXPIRED_TOKEN)
def a_token_after_its_end() -> Invented:
    world, login = lived()
    world.wait(LIFE * 1000)
    world.token(login)
    return world


@breaks(Rule.EXPIRY_OVERSTATED)
def a_program_promises_too_much() -> Invented:
    world, login = lived()
    world.token(login, expires_at=world.time(world.now + LIFE * 1000))
    return world


@breaks(Rule.EXPIRY_OVERSTATED)
def an_expiry_that_counts_from_the_answer_to_a_slow_exchange() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    answer = world.ask(login, fault="delay")
    world.wait(2000)
    world.save(login, attempt, answer)["expires_at"] = world.time(world.now + LIFE * 1000)
    return world


@breaks(Rule.EXPIRED_TOKEN)
def a_token_had_ended_by_the_servers_clock() -> Invented:
    world, login = lived()
    world.token(login, server_ahead_ms=LIFE * 1000)
    return world


@breaks(Rule.EXPIRED_TOKEN)
def a_token_had_ended_by_the_servers_clock_while_the_programs_clock_was_wrong() -> Invented:
    world, login = lived()
    world.expect["clocks_differ"] = True
    world.audit[-1]["at"] = "1970-01-01T00:00:00.000Z"
    world.token(login, server_ahead_ms=LIFE * 1000, expires_at="2036-01-01T00:00:00.000Z")
    return world
