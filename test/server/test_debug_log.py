"""What a server that runs with --debug writes down."""

import asyncio
import json
import os
import socket
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_cdf import TOKEN, http_answer
from tornado.httpclient import AsyncHTTPClient

READY = b"/?token="


@pytest.fixture
def start_server(cdf, connection, tmp_path):
    """Return a function that starts a server in a process of its own."""
    config = {"CdfAuth": {"connections": [connection], "cdf_timeout": 0.3}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(config))
    options = {
        "port": free_port(),
        "ip": "127.0.0.1",
        "allow_root": True,
        "open_browser": False,
        "root_dir": tmp_path,
        "jpserver_extensions": {"jupyterlab_cdf_auth": True},
    }

    async def start():
        # Python's own loggers at DEBUG too: those of the HTTP client are not Jupyter's.
        code = (
            "import logging; logging.basicConfig(level=logging.DEBUG)\n"
            "from jupyter_server.serverapp import main; main()"
        )
        return await asyncio.create_subprocess_exec(
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

    return start


def free_port():
    """Older servers can't be asked which port they took instead of 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def read_log(process, until):
    """Read the log up to a line with this in it, or to its end."""
    lines = []
    while line := await process.stderr.readline():
        lines.append(line)
        if until is not None and until in line:
            break
    return lines


async def listening(url):
    """Jupyter writes its address down just before it listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection(url.hostname, url.port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


async def test_no_part_of_a_token_is_in_the_log(start_server, cdf):
    process = await start_server()
    try:
        log = await asyncio.wait_for(read_log(process, READY), 60)
        url = urlsplit(log[-1].decode().split()[-1])
        await asyncio.wait_for(listening(url), 60)

        async def ask(token, body):
            return await AsyncHTTPClient().fetch(
                f"http://{url.netloc}/cdf-auth/inspect",
                method="POST",
                body=body,
                headers={
                    "Authorization": f"token {parse_qs(url.query)['token'][0]}",
                    "X-Cdf-Auth-Token": token,
                },
                raise_error=False,
            )

        good = json.dumps({"baseUrl": cdf.base_url})
        assert (await ask(TOKEN, good)).code == 200
        cdf.answer = http_answer(401, {"error": {"code": 401}})
        assert (await ask(TOKEN, good)).code == 200
        cdf.answer = b"not HTTP\r\n"
        assert (await ask(TOKEN, good)).code == 502
        assert (await ask(TOKEN + " and more", good)).code == 400
        assert (
            await ask(TOKEN, json.dumps({"baseUrl": "", "token": TOKEN}))
        ).code == 403
        assert (await ask(TOKEN, '{"token": "' + TOKEN)).code == 400
        cdf.hangs_up = False
        cdf.answer = b""
        assert (await ask(TOKEN, good)).code == 504
        await cdf.stop()
        assert (await ask(TOKEN, good)).code == 502
    finally:
        process.terminate()
        log += await read_log(process, None)
        await process.wait()

    text = b"".join(log).decode()
    # The log is the right one, and the HTTP client's part is in it.
    assert text.count("POST /cdf-auth/inspect") == 8
    assert "DEBUG:httpcore" in text
    for part in TOKEN.split("."):
        assert part not in text
