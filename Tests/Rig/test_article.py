"""Compares the table of kill points in the article HowARefreshWorks with the expectations of the rig."""

import pathlib
import re
import unittest

import kills
import proxy

ARTICLE = (pathlib.Path(__file__).parents[2] / "Sources" / "TradeStationSessions" / "Documentation.docc" /
           "HowARefreshWorks.md")
LOST_MARK = "(a)"


def words(text: str) -> list[str]:
    """The words in code voice, in order."""
    return re.findall(r"`([a-z0-9_]+)`", text)


def rows(text: str) -> list[kills.Point]:
    """The rows of the table as the rig would expect them."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and words(cells[0]):
            found.append(kills.Point(words(cells[0])[0], int(cells[3].split()[0]), words(cells[4]),
                                     LOST_MARK in cells[3]))
    return found


class ArticleTest(unittest.TestCase):
    def setUp(self) -> None:
        self.text = ARTICLE.read_text(encoding="utf-8")

    def test_the_table_contains_what_the_rig_expects(self) -> None:
        self.assertEqual(rows(self.text), kills.POINTS)

    def test_the_note_contains_the_events_of_a_lost_sign_in(self) -> None:
        note = re.search(r"^\(a\)(.*?)\n\n", self.text, re.MULTILINE | re.DOTALL)
        assert note
        self.assertEqual(words(note.group(1)), kills.LOST)

    def test_the_points_of_the_proxy_are_in_the_table(self) -> None:
        self.assertLessEqual(set(proxy.POINTS), {row.name for row in rows(self.text)})


if __name__ == "__main__":
    unittest.main()
