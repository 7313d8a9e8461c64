"""What a server that runs with --debug writes down."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from support.fake_cdf import TOKEN, http_answer
from support.patience import LIMIT
from support.ports import free_port
from tornado.httpclient import AsyncHTTPClient

READY = b"/?token="


class Server:
    """A server in a process of its own."""

    def __init__(self, process):
        self._process = process
        #: Its log, as far as it has been read.
        self.log = []

    @property
    def text(self):
        return b"".join(self.log).decode()

    async def read(self, until=None):
        """Read the log up to a line with this in it, or to its end."""
        while line := await self._process.stderr.readline():
            self.log.append(line)
            if until is not None and until in line:
                break

    async def listens(self):
        """Jupyter writes its address down just before it listens there."""
        await self.read(READY)
        self._url = urlsplit(self.log[-1].decode().split()[-1])
        while True:
            try:
                _, writer = await asyncio.open_connection(
                    self._url.hostname, self._url.port
                )
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    async def ask(self, token, body):
        """Have it ask CDF; give the status."""
        answer = await AsyncHTTPClient().fetch(
            f"http://{self._url.netloc}/cdf-auth/inspect",
            method="POST",
            body=body,
            headers={
                "Authorization": f"token {parse_qs(self._url.query)['token'][0]}",
                "X-Cdf-Auth-Token": token,
            },
            raise_error=False,
        )
        return answer.code

    async def stop(self):
        self._process.terminate()
        await self.read()
        await self._process.wait()


@pytest.fixture
def debugged(connection, tmp_path):
    """Run a server with --debug; its log is complete once it has stopped."""

    @asynccontextmanager
    async def run(cdf_timeout):
        config = {"connections": [connection], "cdf_timeout": cdf_timeout}
        file = tmp_path / "jupyter_server_config.json"
        file.write_text(json.dumps({"CdfAuth": config}))
        options = {
            # Older servers can't be asked which port they took instead of 0.
            "port": free_port(),
            "ip": "127.0.0.1",
            "allow_root": True,
            "open_browser": False,
            "root_dir": tmp_path,
            "jpserver_extensions": {"jupyterlab_cdf_auth": True},
        }
        # Python's own loggers at DEBUG too: those of the HTTP client are not Jupyter's.
        code = (
            "import logging; logging.basicConfig(level=logging.DEBUG)\n"
            "from jupyter_server.serverapp import main; main()"
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, "--debug"),
            *(f"--ServerApp.{name}={value}" for name, value in options.items()),
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(tmp_path),
                "JUPYTER_RUNTIME_DIR": str(tmp_path),
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            stderr=asyncio.subprocess.PIPE,
        )
        server = Server(process)
        try:
            await asyncio.wait_for(server.listens(), 60)
            yield server
        finally:
            await server.stop()

    return run


def assert_it_holds_no_part_of_the_token(log, questions):
    # It is the right one, and the HTTP client's part is in it.
    assert log.count("POST /cdf-auth/inspect") == questions
    assert "DEBUG:httpcore" in log
    for part in TOKEN.split("."):
        assert part not in log


async def test_no_part_of_a_token_is_in_the_log(debugged, cdf):
    good = json.dumps({"baseUrl": cdf.base_url})
    async with debugged(cdf_timeout=LIMIT) as server:
        assert await server.ask(TOKEN, good) == 200
        cdf.answer = http_answer(401, {"error": {"code": 401}})
        assert await server.ask(TOKEN, good) == 200
        cdf.answer = b"not HTTP\r\n"
        assert await server.ask(TOKEN, good) == 502
        assert await server.ask(TOKEN + " and more", good) == 400
        body = json.dumps({"baseUrl": "", "token": TOKEN})
        assert await server.ask(TOKEN, body) == 403
        assert await server.ask(TOKEN, '{"token": "' + TOKEN) == 400
        await cdf.stop()
        assert await server.ask(TOKEN, good) == 502
    assert_it_holds_no_part_of_the_token(server.text, 7)


async def test_nor_where_cdf_never_answers(debugged, cdf):
    cdf.hangs_up = False
    cdf.answer = b""
    async with debugged(cdf_timeout=0.3) as server:
        assert await server.ask(TOKEN, json.dumps({"baseUrl": cdf.base_url})) == 504
    assert_it_holds_no_part_of_the_token(server.text, 1)
