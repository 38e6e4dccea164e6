"""Correct histories pass."""

import unittest

from checker import check
from invented import Invented


class CorrectHistories(unittest.TestCase):
    def passes(self, world: Invented) -> None:
        self.assertEqual([str(violation) for violation in check(world.history())], [])

    def test_ordinary_refreshes(self) -> None:
        for rotate in (True, False):
            world = Invented(rotate=rotate, overlap=0)
            login = world.sign_in()
            world.token(login)
            for _ in range(3):
                world.wait(1_200_000)
                world.refresh(login)
                world.token(login)
                world.token(login)
            self.passes(world)

    def test_a_login_that_began_with_a_refresh_token(self) -> None:
        world = Invented()
        login = world.import_token()
        world.refresh(login)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_two_logins_at_the_same_time_with_printed_tokens_and_without(self) -> None:
        for prints in (True, False):
            for rotate in (True, False):
                world = Invented(rotate=rotate)
                logins = [world.sign_in(), world.sign_in(), world.sign_in()]
                for _ in range(4):
                    world.wait(1000)
                    attempts = [world.start(login) for login in logins]
                    answers = [world.ask(login) for login in reversed(logins)]
                    for login, attempt, answer in zip(logins, attempts, reversed(answers)):
                        world.save(login, attempt, answer)
                        if prints:
                            world.token(login)
                self.passes(world)

    def test_a_reply_is_lost_and_the_token_sent_again_within_the_overlap(self) -> None:
        world = Invented()
        login = world.sign_in()
        attempt = world.start(login)
        world.ask(login, fault="close", lost=True)
        world.unknown(login, attempt, "server_unreachable")
        world.refresh(login)
        world.token(login)
        world.refresh(login)
        self.passes(world)

    def test_a_process_is_killed_with_the_answer_and_the_next_one_sends_the_token_again(self) -> None:
        for rotate in (True, False):
            world = Invented(rotate=rotate)
            login = world.sign_in()
            attempt = world.start(login)
            world.ask(login)
            world.killed(login)
            world.unknown(login, attempt)
            world.refresh(login)
            world.token(login)
            world.refresh(login)
            self.passes(world)

    def test_the_request_of_a_killed_process_arrives_after_the_next_attempt(self) -> None:
        world = Invented()
        login = world.sign_in()
        attempt = world.start(login)
        world.killed(login)
        world.unknown(login, attempt)
        presented = login.refresh
        world.refresh(login)
        world.ask(login, presented)
        world.refresh(login)
        self.passes(world)

    def test_a_process_is_killed_before_it_sends(self) -> None:
        world = Invented(overlap=0)
        login = world.sign_in()
        attempt = world.start(login)
        world.killed(login, "after_T1")
        world.unknown(login, attempt)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_the_side_file_of_a_killed_process_is_recovered(self) -> None:
        world = Invented(overlap=0)
        login = world.sign_in()
        attempt = world.start(login)
        answer = world.ask(login)
        world.killed(login, "side_file_written")
        world.save(login, attempt, answer, "recovered")
        world.token(login)
        world.refresh(login)
        self.passes(world)

    def test_a_sign_in_is_recovered_from_its_side_file(self) -> None:
        world = Invented()
        login = world.sign_in()
        row = world.row("signed_in")
        row.update(event="recovered", attempt_id="f" * 32, generation_before=0)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_a_program_prints_a_token_that_only_its_side_file_contains_and_reports_it(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.start(login)
        answer = world.ask(login)
        world.token(login, answer.access, exit=74)
        self.passes(world)

    def test_the_last_attempt_is_dangling(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.refresh(login)
        world.start(login)
        world.ask(login)
        world.killed(login)
        self.passes(world)

    def test_failures_without_a_loss(self) -> None:
        world = Invented()
        login = world.sign_in()
        attempt = world.start(login)
        line = world.swallow(login)
        line.update(status=503, fault="respond")
        world.fail(login, attempt, 503)
        attempt = world.start(login)
        world.fail(login, attempt, None)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_a_refused_exchange_that_a_newer_generation_explains(self) -> None:
        world = Invented()
        login = world.sign_in()
        slow = world.start(login)
        line = world.swallow(login)
        line.update(status=403, error="invalid_grant", fault="respond")
        world.unknown(login, slow)
        world.refresh(login)
        world.note("refresh_adopted", login, slow, generation_before=1, generation_after=2, http_status=403)
        world.token(login)
        self.passes(world)

    def test_a_late_result(self) -> None:
        world = Invented()
        login = world.sign_in()
        slow = world.start(login)
        world.ask(login)
        world.unknown(login, slow)
        world.refresh(login)
        world.note("late_result", login, slow, generation_before=1, generation_after=2)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_a_refresh_token_is_salvaged_from_half_an_answer(self) -> None:
        world = Invented()
        login = world.sign_in()
        attempt = world.start(login)
        answer = world.ask(login, fault="truncate")
        row = world.save(login, attempt, answer)
        row.update(event="outcome_unknown", outcome="refresh_token_salvaged", access_fp_after=None)
        world.token(login, "access family1 1")
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_an_answer_is_saved_without_its_refresh_token(self) -> None:
        world = Invented(rotate=False)
        login = world.sign_in()
        attempt = world.start(login)
        row = world.save(login, attempt, world.ask(login))
        row.update(event="refresh_failed", outcome="refresh_token_unusable")
        world.token(login)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_a_login_is_signed_out_and_in_again(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.refresh(login)
        world.note("signed_out", login)
        login.generation += 1
        world.sign_in_again(login)
        world.refresh(login)
        world.token(login)
        self.passes(world)

    def test_a_revoked_login_is_not_lost(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.log.append({"seq": 2, "at": world.time(), "method": "POST", "path": "/oauth/revoke", "client_id": "key",
                          "committed": True, "status": 200})
        world.note("revoked", login)
        login.generation += 1
        world.refuse(login)
        # No program presents it: an unknown request is unexplained, but no loss.
        self.assertEqual([v.rule.value for v in check(world.history())], ["request_unexplained"])

    def test_a_token_that_was_current_when_the_program_started(self) -> None:
        world = Invented()
        login = world.sign_in()
        old = login.access
        started = world.time()
        world.refresh(login)
        world.token(login, old, started_at=started)
        self.passes(world)

    def test_a_token_whose_commit_takes_long(self) -> None:
        world = Invented()
        login = world.sign_in()
        old = login.access
        world.refresh(login)
        world.wait(40)
        world.token(login, old)  # the row is written but not committed: the new generation is not visible yet
        world.token(login)
        self.passes(world)

    def test_a_login_is_lost_because_only_the_server_knew_the_token(self) -> None:
        self.passes(lost_at_overlap_0())

    def test_a_login_is_lost_because_a_request_arrived_too_late(self) -> None:
        world = Invented(overlap=0, allow_lost_between=True)
        login = world.sign_in()
        attempt = world.start(login)
        world.killed(login)
        world.unknown(login, attempt)
        presented = login.refresh
        world.refresh(login)
        world.refuse(login, presented)
        attempt = world.start(login)
        world.refuse(login)
        world.fail(login, attempt, 403, "invalid_grant")
        world.needs_login(login, attempt)
        self.passes(world)

    def test_a_script_refuses_a_token(self) -> None:
        world = Invented()
        login = world.sign_in()
        attempt = world.start(login)
        line = world.swallow(login)
        line.update(status=403, error="invalid_grant", fault="respond")
        world.fail(login, attempt, 403, "invalid_grant")
        world.needs_login(login, attempt)
        self.passes(world)


def lost_at_overlap_0() -> Invented:
    world = Invented(overlap=0, allow_lost_between=True)
    login = world.sign_in()
    attempt = world.start(login)
    world.ask(login)
    world.killed(login)
    world.unknown(login, attempt)
    attempt = world.start(login)
    world.refuse(login)
    world.fail(login, attempt, 403, "invalid_grant")
    world.needs_login(login, attempt)
    return world


if __name__ == "__main__":
    unittest.main()
