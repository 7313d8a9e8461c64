"""The command line, in the process of the test."""

import asyncio
import shutil

import pytest
from support.demo_process import approve
from support.patience import until

from jupyterlab_cdf_auth.cli.main import main


class Command:
    """Runs `jupyter cdf-auth …` beside the server's event loop."""

    def __init__(self, api, capsys):
        self._api = api
        self._capsys = capsys

    async def __call__(self, *arguments):
        """Give the exit code, and what was written to the output and as a fault."""
        try:
            code = await asyncio.to_thread(main, arguments)
        except SystemExit as usage:
            code = usage.code
        written = self._capsys.readouterr()
        return code, written.out, written.err

    async def login(self, account, *arguments):
        """Sign in, as this account enters the code or as somebody else handles it."""
        command = asyncio.ensure_future(self("login", *arguments))
        device = await self.device()
        await (account(device) if callable(account) else approve(device, account))
        return await command

    async def device(self):
        """Wait for a code that somebody can enter."""

        async def look():
            _, answer, _ = await self._api("GET")
            waiting = (one["device"] for one in answer["sessions"])
            return next((device for device in waiting if device), None)

        return await until(look)


@pytest.fixture
def command(quick, jp_serverapp, api, capsys, monkeypatch):
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    jp_serverapp.write_server_info_file()
    yield Command(api, capsys)
    jp_serverapp.remove_server_info_file()


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    """Run the command where the files of these servers lie."""
    (tmp_path / "runtime").mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)

    def run(*arguments, see=(), **variables):
        for server in see:
            for file in (server.folder / "runtime").glob("jpserver-*.json"):
                shutil.copy(file, tmp_path / "runtime")
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as end:
                code = end.code
        written = capsys.readouterr()
        return code, written.out, written.err

    return run
