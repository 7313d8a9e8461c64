"""Waiting for what no event tells."""

import asyncio
from time import monotonic

#: Seconds that are certainly enough, on a busy machine too.
LIMIT = 30


async def until(condition, limit=LIMIT):
    """Wait for what no event tells."""
    end = monotonic() + limit
    while True:
        value = condition()
        value = await value if asyncio.iscoroutine(value) else value
        if value:
            return value
        assert monotonic() < end, "It didn't come about."
        await asyncio.sleep(0.02)
