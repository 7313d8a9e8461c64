"""A socket that plays CDF, well or badly."""

import asyncio
import json

# Shaped like a JWT, so that a search for a part of it finds a part of a token.
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl"


def http_answer(status, body, **headers):
    """Return an HTTP/1.1 answer as bytes."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class FakeCdf:
    """Answers every connection with ``answer``, then hangs up or goes silent.

    Without ``listens`` it hangs up at once.
    """

    def __init__(self):
        self.answer = http_answer(200, {"subject": "alice", "projects": []})
        self.listens = True
        self.hangs_up = True
        self.requests = []
        self._writers = []

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        if self.listens:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
        if self.hangs_up:
            writer.close()

    async def stop(self):
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()
