"""Doctored histories fail, each with the violation named. A rule that nothing breaks would prove nothing."""

import unittest
from typing import Callable, List, Set, Tuple

from checker import check
from checking.rules import Rule
from invented import LIFE, Invented, Login, keyed

Doctored = Callable[[], Invented]
DOCTORED: List[Tuple[Doctored, Set[Rule]]] = []


def breaks(*rules: Rule) -> Callable[[Doctored], Doctored]:
    """Exactly these rules, and no other, are broken."""
    def keep(make: Doctored) -> Doctored:
        DOCTORED.append((make, set(rules)))
        return make
    return keep


class DoctoredHistories(unittest.TestCase):
    def test_each_is_convicted_of_what_was_done_to_it(self) -> None:
        for make, rules in DOCTORED:
            with self.subTest(make.__name__):
                world = make()
                found = check(world.history(rechain=Rule.CHAIN_BROKEN not in rules))
                self.assertEqual({v.rule for v in found}, rules, [str(violation) for violation in found])

    def test_every_rule_is_broken_by_one_of_them(self) -> None:
        self.assertEqual(set().union(*(rules for _, rules in DOCTORED)), set(Rule))


def lived(rotate: bool = True, refreshes: int = 2) -> Tuple[Invented, Login]:
    """A correct history to begin with."""
    world = Invented(rotate=rotate)
    login = world.sign_in()
    for _ in range(refreshes):
        world.wait(1000)
        world.refresh(login)
        world.token(login)
    return world, login


# What was there at all

@breaks(Rule.EMPTY_HISTORY)
def nothing_happened() -> Invented:
    return Invented()


@breaks(Rule.AUDIT_MISSING)
def the_audit_is_gone() -> Invented:
    world, _ = lived()
    world.audit.clear()
    return world


# The chain

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


# Exchanges

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
    stranger = world.sign_in()
    world.audit.pop()
    world.ask(stranger)
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


# Lineage

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
def an_attempt_began_with_a_generation_that_nobody_saved() -> Invented:
    world, login = lived()
    login.generation += 1
    world.unknown(login, world.start(login))
    return world


@breaks(Rule.GENERATION_GAP)
def a_refusal_is_explained_by_a_generation_that_nobody_saved() -> Invented:
    world, login = lived()
    attempt = world.start(login)
    world.swallow(login).update(status=403, error="invalid_grant", fault="respond")
    world.note("refresh_adopted", login, attempt, generation_before=3, generation_after=4, http_status=403)
    return world


@breaks(Rule.ATTEMPT_UNSETTLED)
def nobody_says_what_became_of_an_attempt() -> Invented:
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


# What was handed out

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


# Losses

def lost(allowed: bool, replies_lost: int = 1) -> Tuple[Invented, Login, str]:
    """A login whose reply died with its process at overlap 0; the attempt that was refused is not settled yet."""
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
def a_needs_login_that_nobody_refused() -> Invented:
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


if __name__ == "__main__":
    unittest.main()
