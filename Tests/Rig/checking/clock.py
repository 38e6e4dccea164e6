"""Times as whole milliseconds since 1970, and how far two clocks of one machine are let apart."""

from datetime import datetime

# All times of a history come from the wall clock of one machine, each rounded or cut to a millisecond.
ROUNDING = 1

# What a rule allows beyond that before it accuses.
TOLERANCE = 5 + ROUNDING

# How long after a client's end or time limit the emulator may still take up what that client had sent: the bytes
# are in the kernel by then, and a busy emulator reads them late.
GRACE = 5_000

FOREVER = 1 << 62


def milliseconds(text: str) -> int:
    """Reads RFC 3339 in UTC with milliseconds, for example 2026-10-06T09:31:00.000Z."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)
