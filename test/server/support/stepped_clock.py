"""A clock that a test lets pass."""

import asyncio


class SteppedClock:
    """Both clocks; a sleep advances them at once, and is noted."""

    def __init__(self):
        self.now = 1000.0
        #: By how much the wall clock is ahead; a jump of it is a clock that was set.
        self.ahead = 1_790_000_000.0
        self.sleeps = []

    def monotonic(self):
        return self.now

    def wall(self):
        return self.now + self.ahead

    def advance(self, seconds):
        self.now += seconds

    async def sleep(self, seconds):
        self.sleeps.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)
