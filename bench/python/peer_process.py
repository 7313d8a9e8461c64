"""The process of the bare peers, none of which may fail unnoticed."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path

PROGRAM = Path(__file__).with_name("bare_peers.py")
#: Seconds for a line of the process; a peer gives up before.
LIMIT = 60
#: What an agent tells a person who has to wait. That is no fault.
NOTICE = "cdf_auth: "


class Peers:
    """All peers of one process."""

    def __init__(self, process):
        self._process = process
        self._errors = asyncio.ensure_future(process.stderr.read())

    @classmethod
    @asynccontextmanager
    async def start(cls, number):
        """Start so many, and end them. Raises AssertionError if any of them failed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(PROGRAM), str(number)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        peers = cls(process)
        try:
            #: How to reach each of them.
            peers.connections = await peers._line(number)
            yield peers
        finally:
            # If they have failed, that is why whatever else failed here.
            await peers._end()

    async def ask(self):
        """Let all call `get_token()` at once, and give a digest of each one's token."""
        self._process.stdin.write(b"ask\n")
        return await self._line(len(self.connections))

    async def _line(self, number):
        line = await asyncio.wait_for(self._process.stdout.readline(), LIMIT)
        values = json.loads(line or "[]")
        assert len(values) == number, f"{len(values)} of {number} bare peers answered."
        return values

    async def _end(self):
        self._process.stdin.close()
        try:
            code = await asyncio.wait_for(self._process.wait(), LIMIT)
        except asyncio.TimeoutError:
            self._process.kill()
            raise
        text = (await self._errors).decode()
        faults = [line for line in text.splitlines() if not line.startswith(NOTICE)]
        reason = faults[-1] if faults else "they said nothing"
        if code or faults:
            sys.stderr.write(text)
            raise AssertionError(f"The bare peers ended with code {code}: {reason}")
