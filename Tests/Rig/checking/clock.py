"""Times in whole milliseconds since 1970, and the allowed differences between times of one machine."""

from datetime import datetime

# All times of a history come from the wall clock of one machine, rounded or truncated to a millisecond.
ROUNDING = 1

# The difference that a rule allows before it reports a violation.
TOLERANCE = 5 + ROUNDING

# The time after a client's end or timeout within which the emulator may still receive the client's request: the bytes
# are in the kernel, and a busy emulator reads them late.
GRACE = 5_000

FOREVER = 1 << 62


def milliseconds(text: str) -> int:
    """Reads RFC 3339 in UTC with milliseconds, for example 2026-10-06T09:31:00.000Z."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)
