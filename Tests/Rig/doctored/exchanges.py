"""Requests without attempts, attempts without requests, and old tokens."""

from checking.rules import Rule
from doctored.case import breaks, lived
from invented import Invented


@breaks(Rule.ANSWERED_TWICE, Rule.ATTEMPT_UNSETTLED, Rule.GENERATION_GAP, Rule.LINEAGE_BROKEN)
def two_processes_at_once_were_answered_and_saved() -> Invented:
    world = Invented()
    login = world.sign_in()
    first, second = world.start(login), world.start(login)
    answers = [world.ask(login), world.ask(login)]
    world.save(login, first, answers[0])
    login.generation, login.refresh = 1, "refresh family1 1"
    world.save(login, second, answers[1])
    return world


@breaks(Rule.ANSWERED_TWICE, Rule.ATTEMPT_UNSETTLED)
def two_processes_at_once_were_answered_and_one_came_late() -> Invented:
    world = Invented()
    login = world.sign_in()
    first, second = world.start(login), world.start(login)
    answers = [world.ask(login), world.ask(login)]
    world.save(login, first, answers[0])
    world.note("late_result", login, second, generation_before=1, generation_after=2)
    return world


@breaks(Rule.ROTATION_UNEXPLAINED, Rule.ANSWERED_TWICE)
def a_second_request_of_one_attempt() -> Invented:
    world = Invented()
    login = world.sign_in()
    attempt = world.start(login)
    world.ask(login)
    world.save(login, attempt, world.ask(login))
    world.refresh(login)
    return world


@breaks(Rule.ROTATION_UNEXPLAINED)
def a_static_token_was_exchanged_without_an_attempt() -> Invented:
    world, login = lived(rotate=False)
    world.wait(1000)
    world.ask(login)
    return world


@breaks(Rule.ROTATION_UNEXPLAINED)
def an_attempt_that_was_answered_is_called_unsent() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.ask(login)
    world.fail(login, attempt, None)
    return world


@breaks(Rule.ROTATION_UNEXPLAINED)
def a_login_without_audit_refreshes() -> Invented:
    world, _ = lived()
    other = world.sign_in()
    world.audit.pop()
    world.ask(other)
    return world


@breaks(Rule.ROTATION_UNEXPLAINED)
def a_request_long_after_the_process_died() -> Invented:
    world = Invented()
    login = world.sign_in()
    world.unknown(login, world.start(login))
    world.wait(60_000)
    world.ask(login)
    return world


@breaks(Rule.REQUEST_UNEXPLAINED)
def a_request_that_was_swallowed_without_an_attempt() -> Invented:
    world, login = lived()
    world.swallow(login)
    return world


@breaks(Rule.REQUEST_UNEXPLAINED, Rule.ANSWER_WITHOUT_REQUEST)
def an_answer_with_another_status_than_the_audit_says() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.swallow(login).update(status=429, fault="respond")
    world.fail(login, attempt, 503)
    return world


@breaks(Rule.REQUEST_UNEXPLAINED)
def a_request_before_its_attempt_was_written() -> Invented:
    world, login = lived()
    world.swallow(login)
    world.wait(1000)
    world.unknown(login, world.start(login), "server_unreachable")
    return world


@breaks(Rule.OLDER_GENERATION_SENT, Rule.ROTATION_UNEXPLAINED)
def an_old_token_was_sent_and_passed() -> Invented:
    world = Invented()
    login = world.sign_in()
    old = login.refresh
    world.refresh(login)
    world.refresh(login)
    world.wait(1000)
    world.ask(login, old, lost=True)
    return world


@breaks(Rule.OLDER_GENERATION_SENT, Rule.REQUEST_UNEXPLAINED, Rule.LOGIN_LOST)
def an_old_token_was_sent_and_refused() -> Invented:
    world = Invented()
    login = world.sign_in()
    old = login.refresh
    world.refresh(login)
    world.refresh(login)
    world.wait(1000)
    world.refuse(login, old)
    return world


@breaks(Rule.OLDER_GENERATION_SENT, Rule.LINEAGE_BROKEN)
def an_attempt_began_with_an_old_generation() -> Invented:
    world = Invented()
    login = world.sign_in()
    old = (login.generation, login.refresh)
    world.refresh(login)
    world.refresh(login)
    world.wait(1000)
    login.generation, login.refresh = old
    attempt = world.start(login)
    world.ask(login, lost=True)
    world.unknown(login, attempt, "server_unreachable")
    return world


@breaks(Rule.ANSWER_WITHOUT_REQUEST)
def a_success_that_no_request_brought() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    answer = world.ask(login)
    world.save(login, attempt, answer)
    world.log.remove(answer.line)
    return world


@breaks(Rule.ANSWER_WITHOUT_REQUEST, Rule.ROTATION_UNEXPLAINED)
def a_success_whose_reply_was_lost() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.save(login, attempt, world.ask(login, fault="close", lost=True))
    return world


@breaks(Rule.ANSWER_WITHOUT_REQUEST, Rule.ROTATION_UNEXPLAINED)
def the_rotated_token_was_dropped() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    answer = world.ask(login)
    row = world.save(login, attempt, answer)
    row.update(refresh_fp_after=row["refresh_fp_before"])
    return world


@breaks(Rule.ANSWER_WITHOUT_REQUEST)
def a_login_that_the_server_never_saw() -> Invented:
    world, _ = lived()
    ghost = world.sign_in()
    world.refresh(ghost)
    world.log = [line for line in world.log if line["family_id"] != ghost.family]
    return world


@breaks(Rule.ANSWER_WITHOUT_REQUEST)
def a_refusal_that_the_server_never_gave() -> Invented:
    world, login = lived()
    world.fail(login, world.start(login), 503)
    return world
