"""Doctored histories fail with the right violations. Every rule is broken by at least one of them."""

import unittest

import doctored.chain
import doctored.exchanges
import doctored.handed_out
import doctored.lineage
import doctored.losses
from checker import check
from checking.rules import Rule
from doctored.case import DOCTORED


class DoctoredHistories(unittest.TestCase):
    def test_each_history_breaks_exactly_its_rules(self) -> None:
        for make, rules in DOCTORED:
            with self.subTest(make.__name__):
                world = make()
                found = check(world.history(rechain=Rule.CHAIN_BROKEN not in rules))
                self.assertEqual({v.rule for v in found}, rules, [str(violation) for violation in found])

    def test_every_rule_is_broken_by_a_history(self) -> None:
        self.assertEqual(set().union(*(rules for _, rules in DOCTORED)), set(Rule))


if __name__ == "__main__":
    unittest.main()
