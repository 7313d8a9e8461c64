"""A stand-in of the endpoints at which Azure gives tokens for managed identities."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest
from support.fake_cdf import http_answer
from support.fake_provider import ACCESS


class Endpoint:
    """Answers GETs as the Instance Metadata Service and App Service do."""

    def __init__(self):
        self.requests = []
        self.answer = None

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self):
        self._server.close()

    async def _serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target = urlsplit(head.split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        query = {name: value[0] for name, value in parse_qs(target.query).items()}
        self.requests.append((target.path, query, headers))
        writer.write(self.answer(len(self.requests)))
        await writer.drain()
        writer.close()


def identity_token(number, **changes):
    body = {
        "access_token": f"{ACCESS}{number}",
        "expires_in": "6",
        "token_type": "Bearer",
        "resource": "https://api.cognitedata.com",
    }
    return http_answer(200, {**body, **changes})


@pytest.fixture
def endpoint(jp_asyncio_loop):
    made = Endpoint()
    made.answer = identity_token
    jp_asyncio_loop.run_until_complete(made.start())
    yield made
    jp_asyncio_loop.run_until_complete(made.stop())
