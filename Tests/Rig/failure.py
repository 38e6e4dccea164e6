"""The exceptions with which a scenario reports a failure or cannot run on this machine."""

from typing import Any


class Failed(Exception):
    """A condition that must hold does not hold."""


class Skipped(Exception):
    """The machine lacks what the scenario needs."""


def check(condition: object, message: str) -> None:
    """Fails with the message unless the condition holds."""
    if not condition:
        raise Failed(message)


def equal(actual: Any, wanted: Any, what: str) -> None:
    """Fails with both values unless they are equal."""
    check(actual == wanted, "%s: %r instead of %r" % (what, actual, wanted))
