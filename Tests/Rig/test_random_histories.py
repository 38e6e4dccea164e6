"""Random correct histories pass. Processes are killed, replies are lost and requests arrive late, in any order."""

import random
import unittest
from typing import Callable, List, Optional

from checker import check
from invented import Answer, Invented

HISTORIES = 500


class Life:
    """One login that makes one random step at a time and never breaks a rule."""

    def __init__(self, world: Invented, chance: random.Random, prints: bool) -> None:
        self.world = world
        self.chance = chance
        self.prints = prints
        self.is_strict = bool(world.settings["rotate"]) and world.settings["overlap"] == 0
        self.login = world.sign_in() if chance.random() < 0.7 else world.import_token()
        self.attempt: Optional[str] = None
        self.answer: Optional[Answer] = None
        self.is_lost = False
        self.late: List[Callable[[], None]] = []  # requests of killed processes that have not arrived yet

    def step(self) -> None:
        self.world.wait(self.chance.choice([0, 1, 5, 300]))
        if self.late and self.chance.random() < 0.5:
            self.late.pop()()
        elif self.attempt is None:
            self._rest()
        elif self.answer is None:
            self._send(self.attempt)
        else:
            self._receive(self.attempt, self.answer)

    def finish(self) -> None:
        """Completes an exchange in progress."""
        while self.attempt is not None:
            self.step()
        for send in self.late:
            send()

    def _rest(self) -> None:
        what = self.chance.random()
        if what < 0.3 and self.login.generation:
            if self.prints:
                self.world.token(self.login)
        elif what < 0.35 and self.login.generation:
            self.world.note("signed_out", self.login)
            self.login.generation += 1
            self._sign_in()
        else:
            self.attempt = self.world.start(self.login)

    def _send(self, attempt: str) -> None:
        world, login = self.world, self.login
        how = self.chance.choice(["answer"] * 6 + ["die", "late", "swallow", "busy", "reply lost", "not sent"])
        if self.is_lost:
            world.refuse(login)
            world.fail(login, attempt, 403, "invalid_grant")
            world.needs_login(login, attempt)
            self.attempt = None
            self._sign_in()
        elif how == "answer":
            self.answer = world.ask(login, fault=self.chance.choice([None, "delay"]))
        elif how in ("die", "late"):
            world.killed(login)
            world.unknown(login, attempt)
            presented = login.refresh
            if how == "late" and not self.is_strict:
                self.late.append(lambda: None if self.login.refresh != presented else self._late(presented))
            self.attempt = None
        elif how == "busy":
            world.swallow(login).update(status=503, fault="respond")
            world.fail(login, attempt, 503)
            self.attempt = None
        elif how == "not sent":
            world.fail(login, attempt, None)
            self.attempt = None
        elif how == "swallow":
            world.swallow(login)
            world.unknown(login, attempt, "server_unreachable")
            self.attempt = None
        else:
            world.ask(login, fault="close", lost=True)
            world.unknown(login, attempt, "server_unreachable")
            self.attempt = None
            self.is_lost = self.is_strict

    def _late(self, presented: str) -> None:
        self.world.ask(self.login, presented)

    def _receive(self, attempt: str, answer: Answer) -> None:
        world, login = self.world, self.login
        how = self.chance.choice(["save"] * 6 + ["recover", "die", "defer"])
        if how == "save":
            world.save(login, attempt, answer)
        elif how == "recover":
            world.killed(login)
            world.save(login, attempt, answer, "recovered")
        elif how == "defer":
            if self.prints:
                world.token(login, answer.access, exit=74)
            world.save(login, attempt, answer, "recovered")
        else:
            world.killed(login)
            world.unknown(login, attempt)
            self.is_lost = self.is_strict
        self.attempt = self.answer = None

    def _sign_in(self) -> None:
        self.late.clear()
        self.is_lost = False
        self.world.sign_in_again(self.login)


class RandomHistories(unittest.TestCase):
    def test_no_violation_is_found(self) -> None:
        for seed in range(HISTORIES):
            with self.subTest(seed):
                self.assertEqual([str(violation) for violation in check(invent(seed).history())], [])


def invent(seed: int) -> Invented:
    chance = random.Random(seed)
    rotate = chance.random() < 0.7
    overlap = chance.choice([0, 60])
    world = Invented(rotate, overlap, allow_lost_between=rotate and overlap == 0)
    prints = chance.random() < 0.7
    lives = [Life(world, chance, prints) for _ in range(chance.randint(1, 4))]
    for _ in range(chance.randint(5, 120)):
        chance.choice(lives).step()
    if chance.random() < 0.5:
        for life in lives:
            life.finish()
    return world


if __name__ == "__main__":
    unittest.main()
