"""How a scenario says that something was wrong, or that it cannot be run here."""

from typing import Any


class Failed(Exception):
    """What must hold does not."""


class Skipped(Exception):
    """The machine lacks what the scenario needs."""


def check(condition: object, message: str) -> None:
    """Fails with the message unless the condition holds."""
    if not condition:
        raise Failed(message)


def equal(actual: Any, wanted: Any, what: str) -> None:
    """Fails, saying both, unless the two are equal."""
    check(actual == wanted, "%s: %r instead of %r" % (what, actual, wanted))
