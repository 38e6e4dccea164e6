"""Histories without audit: the checker uses the emulator's log alone."""

import unittest
from typing import Set

from checker import check
from checking.rules import Rule
from invented import LIFE, Invented, Login


class WithoutAudit(unittest.TestCase):
    def rules(self, world: Invented) -> Set[Rule]:
        world.audit.clear()
        for output in world.outputs:
            output.update(program="naive", login_id=None)
        return {violation.rule for violation in check(world.history())}

    def served(self, world: Invented, login: Login, presented: str = "") -> None:
        """One naive exchange, whose tokens only the client knows."""
        answer = world.ask(login, presented or None)
        login.refresh, login.access = answer.refresh, answer.access
        world.token(login)

    def test_one_client_alone_does_nothing_wrong(self) -> None:
        for rotate in (True, False):
            world = Invented(rotate=rotate, overlap=0)
            login = world.sign_in()
            for _ in range(3):
                world.wait(LIFE * 1000)
                self.served(world, login)
            self.assertEqual(self.rules(world), set())

    def test_a_reply_that_a_killed_client_may_have_lost_can_be_fetched_again(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.ask(login)
        world.killed(login)["started_at"] = world.time(0)
        self.served(world, login)
        self.assertEqual(self.rules(world), set())

    def test_one_killed_program_explains_only_one_answer(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.ask(login)
        world.killed(login)["started_at"] = world.time(0)
        presented = login.refresh
        self.served(world, login, presented)
        self.served(world, login, presented)
        self.assertEqual(self.rules(world), {Rule.ANSWERED_TWICE})

    def test_a_rotating_token_is_answered_twice(self) -> None:
        world = Invented()
        login = world.sign_in()
        presented = login.refresh
        self.served(world, login, presented)
        self.served(world, login, presented)
        self.assertEqual(self.rules(world), {Rule.ANSWERED_TWICE})

    def test_a_static_token_is_exchanged_twice_in_one_lifetime(self) -> None:
        world = Invented(rotate=False)
        login = world.sign_in()
        self.served(world, login)
        self.served(world, login)
        self.assertEqual(self.rules(world), {Rule.ANSWERED_TWICE})

    def test_a_refused_token_is_a_lost_login(self) -> None:
        world = Invented(overlap=0)
        login = world.sign_in()
        presented = login.refresh
        self.served(world, login)
        world.refuse(login, presented)
        self.assertEqual(self.rules(world), {Rule.LOGIN_LOST})

    def test_a_token_is_sent_after_its_successor(self) -> None:
        world = Invented()
        login = world.sign_in()
        first = login.refresh
        self.served(world, login)
        self.served(world, login)
        world.ask(login, first, lost=True)
        self.assertEqual(self.rules(world), {Rule.OLDER_GENERATION_SENT})

    def test_an_older_token_is_printed_after_a_newer_one(self) -> None:
        world = Invented()
        login = world.sign_in()
        old = login.access
        self.served(world, login)
        world.token(login, old)
        self.assertEqual(self.rules(world), {Rule.STALE_TOKEN})

    def test_the_last_program_gets_no_token(self) -> None:
        world = Invented()
        login = world.sign_in()
        self.served(world, login)
        world.token(login, access_fp=None, exit=1)
        self.assertEqual(self.rules(world), {Rule.LOGIN_LOST})

    def test_a_token_after_its_expiry(self) -> None:
        world = Invented()
        login = world.sign_in()
        world.wait(LIFE * 1000 + 10)
        world.token(login)
        self.assertEqual(self.rules(world), {Rule.EXPIRED_TOKEN})


if __name__ == "__main__":
    unittest.main()
