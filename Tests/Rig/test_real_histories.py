"""Histories of real programs: those of tsaccounts pass, those of the naive clients fail.

The environment variable TSACCOUNTS contains the path of the binary.
"""

import os
import pathlib
import tempfile
import unittest
from typing import Set

from checker import check
from checking.history import read
from checking.rules import Rule

TOOL = os.environ.get("TSACCOUNTS", "")


@unittest.skipUnless(TOOL, "TSACCOUNTS does not name the binary")
class RealHistories(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def stage(self, rotate: bool = True, overlap: int = 0):  # type: ignore[no-untyped-def]
        from stage import Settings, Stage
        return Stage(TOOL, self.folder.name, Settings(rotate, overlap))

    def judge(self, history) -> "list[str]":  # type: ignore[no-untyped-def]
        path = pathlib.Path(self.folder.name, "judged")
        history.write(str(path))
        self.found = check(read(path))
        return [str(violation) for violation in self.found]

    def rules(self, history) -> Set[Rule]:  # type: ignore[no-untyped-def]
        self.judge(history)
        return {violation.rule for violation in self.found}

    def test_the_product(self) -> None:
        for rotate in (True, False):
            with self.stage(rotate) as stage:
                for name in ("one", "two"):
                    stage.add(name)
                for _ in range(3):
                    stage.age("one", "two")
                    for program in [stage.token(name) for name in ("one", "two", "one", "two")]:
                        program.wait().must(0, "token")
                stage.run("logout", "one").must(0, "logout")
                stage.sign_in("one")
                stage.run("refresh", "one", "two").must(0, "refresh")
                history = stage.history()
            self.assertEqual(self.judge(history), [])
            doctored = history._replace(audit=[r for r in history.audit if r["event"] != "refresh_succeeded"])
            self.assertLessEqual({Rule.CHAIN_BROKEN, Rule.ATTEMPT_UNSETTLED, Rule.UNSAVED_TOKEN}, self.rules(doctored))

    def test_naive_clients_at_expiry(self) -> None:
        import naive_runs
        for overlap, rule in ((0, Rule.LOGIN_LOST), (60, Rule.ANSWERED_TWICE)):
            with self.stage(overlap=overlap) as stage:
                self.assertIn(rule, self.rules(naive_runs.storm(stage, processes=6).history()))

    def test_naive_clients_with_a_static_token(self) -> None:
        import naive_runs
        with self.stage(rotate=False) as stage:
            self.assertEqual(self.rules(naive_runs.storm(stage, processes=6).history()), {Rule.ANSWERED_TWICE})

    def test_clients_with_a_lock_are_correct_at_expiry(self) -> None:
        import naive_runs
        with self.stage() as stage:
            self.assertEqual(self.judge(naive_runs.storm(stage, 6, "locking_client.py").history()), [])

    def test_clients_with_a_lock_are_incorrect_if_one_is_killed(self) -> None:
        import naive_runs
        for overlap, options in ((60, ()), (0, ()), (0, ("--atomic",))):
            with self.stage(overlap=overlap) as stage:
                run = naive_runs.death(stage, "locking_client.py", *options)
                self.assertEqual(self.rules(run.history()), {Rule.LOGIN_LOST})

    def test_a_client_with_a_lock_and_a_rename_may_be_killed_within_the_overlap(self) -> None:
        import naive_runs
        with self.stage(overlap=60) as stage:
            self.assertEqual(self.judge(naive_runs.death(stage, "locking_client.py", "--atomic").history()), [])


if __name__ == "__main__":
    unittest.main()
