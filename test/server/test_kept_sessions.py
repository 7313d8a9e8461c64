"""A restart of the server, by whatever end, with and without kept sessions."""

import json
import logging
import os
import signal
import stat
import subprocess
import sys

import httpx
import pytest
from demo_process import ROOT
from jupyter_process import JupyterProcess
from patience import until
from session_client import Page

from jupyterlab_cdf_auth.session_record import SessionRecord, Unusable
from jupyterlab_cdf_auth.session_store import FolderStore

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.name != "posix", reason="of Windows' vault nothing is known"),
]

BOB = "bob@contoso.test"


class Server:
    """A server process and its sessions' endpoints."""

    def __init__(self, folder, config):
        self.process = JupyterProcess(folder, {"CdfAuth": config})

    async def __call__(self, method, path="", body=None, *, user=None):
        url = f"{self.process.url}cdf-auth/sessions{path and '/' + path}"
        headers = {"Authorization": f"token {self.process.info['token']}"}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.request(method, url, json=body, headers=headers)
        said = answer.json() if answer.content else None
        return answer.status_code, said, answer.headers


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 6, "device-interval": 1}


@pytest.fixture
def config(demo, demo_config, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(demo.idp["clientSecret"])
    secret.chmod(0o600)
    profile = {
        "name": "nightly",
        "secretFile": str(secret),
        "tenant": demo.connection["tenant"],
        "clientId": demo.idp["clientIds"]["confidential"],
        "authority": demo.idp["authority"],
    }
    return {**demo_config, "profiles": [profile], "keep_sessions": True}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "server"


@pytest.fixture
def start(folder, config):
    servers = []

    def run(**changes):
        servers.append(Server(folder, {**config, **changes}))
        return servers[-1]

    yield run
    for server in servers:
        server.process.stop()


@pytest.fixture
def kept(folder):
    return folder / "data" / "cdf-auth"


async def renew(page, session, demo):
    """Have the server ask for a token of its own."""
    body = {"baseUrl": demo.connection["baseUrl"]}
    said = await page.call("POST", f"{session['id']}/inspect", body)
    return [one["projectUrlName"] for one in said["answer"]["projects"]]


async def sign_in(page):
    """Sign in, and wait until that is kept: a crash before would cost it."""
    session = await page.sign_in(BOB)

    async def look():
        now = await page.call("GET", session["id"])
        return now["kept"] == "file" and now

    return await until(look)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_with_kept_sessions(start, demo, kept, end):
    server = start()
    page = Page(server, demo)
    session = await sign_in(page)
    profile = {"profile": "nightly", "connection": demo.connection}
    nightly = await page.call("POST", "", profile, 201)
    await until((kept / f"{nightly['id']}.session").exists)
    nightly["kept"] = "file"
    await renew(page, session, demo)
    getattr(server.process, end)()

    files = sorted(kept.glob("*.session"))
    assert {file.stem for file in files} == {session["id"], nightly["id"]}
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        # Neither an access token nor an application's secret.
        assert "AccessToken" not in file.read_text()
        assert demo.idp["clientSecret"] not in file.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700

    page = Page(start(), demo)
    again = {one["id"]: one for one in (await page.call("GET"))["sessions"]}
    assert again == {session["id"]: session, nightly["id"]: nightly}
    # Without anybody's doing: the provider takes the refresh token that was kept.
    assert await renew(page, session, demo) == ["plant-south", "refinery"]
    assert await renew(page, nightly, demo) == ["plant-north"]


async def test_without(start, demo, kept):
    server = start(keep_sessions=False)
    session = await Page(server, demo).sign_in(BOB)
    assert session["kept"] == "memory"
    server.process.stop()
    assert not kept.exists()
    page = Page(start(keep_sessions=False), demo)
    assert (await page.call("GET"))["sessions"] == []


async def test_each_refresh_token_is_kept_in_time(start, demo):
    """The provider takes each of them once, and is offended by an old one."""
    server = start()
    page = Page(server, demo)
    session = await sign_in(page)
    grant = "refresh_token"
    before = await demo.grants(grant)
    while await demo.grants(grant) < before + 2:
        await renew(page, session, demo)
    server.process.kill()
    assert await renew(Page(start(), demo), session, demo)


async def test_what_was_signed_out_stays_so(start, demo, kept):
    server = start()
    page = Page(server, demo)
    session = await sign_in(page)
    await page.call("DELETE", session["id"], status=204)
    server.process.stop()
    assert list(kept.glob("*.session")) == []
    assert (await Page(start(), demo).call("GET"))["sessions"] == []


async def test_a_file_that_is_corrupt_costs_that_session_alone(start, demo, kept):
    server = start()
    page = Page(server, demo)
    first, second = [await sign_in(page) for _ in range(2)]
    server.process.kill()
    file = kept / f"{first['id']}.session"
    file.write_bytes(file.read_bytes()[:-40])
    server = start()
    page = Page(server, demo)
    listed = (await page.call("GET"))["sessions"]
    assert [one["id"] for one in listed] == [second["id"]]
    assert not file.exists()
    assert file.with_suffix(".unreadable").exists()
    log = server.process.log.read_text()
    assert "cannot be used" in log
    assert "Sign in again" in log
    assert "Traceback" not in log


async def test_a_profile_that_is_gone(start, demo, kept):
    server = start()
    page = Page(server, demo)
    profile = {"profile": "nightly", "connection": demo.connection}
    await page.call("POST", "", profile, 201)
    server.process.stop()
    server = start(profiles=[])
    assert (await Page(server, demo).call("GET"))["sessions"] == []
    assert "no_profile" in server.process.log.read_text()


async def test_one_server_at_a_time(start, demo, folder, kept):
    one = start()
    first = await sign_in(Page(one, demo))
    other = start()
    page = Page(other, demo)
    assert (await page.call("GET"))["sessions"] == []
    second = await page.sign_in(BOB)
    assert second["kept"] == "memory"
    assert "another Jupyter server" in other.process.log.read_text()
    assert [file.stem for file in kept.glob("*.session")] == [first["id"]]


# The store by itself.

LOG = logging.getLogger("test_kept_sessions")

CRASH = """
import logging, os, pathlib, signal, sys
from jupyterlab_cdf_auth.session_store import FolderStore
store = FolderStore(pathlib.Path(sys.argv[1]), logging.getLogger())
store.save("one", "first")
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
store.save("one", "second")
"""


def test_a_crash_in_the_middle_of_writing_loses_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == -signal.SIGKILL
    store = FolderStore(tmp_path, LOG)
    assert list(store.load()) == [("one", "first")]
    store.save("one", "third")
    store.close()
    assert list(FolderStore(tmp_path, LOG).load()) == [("one", "third")]


def test_a_renewal_under_way_does_not_bring_back_what_was_removed(tmp_path):
    store = FolderStore(tmp_path, LOG)
    store.save("one", "text")
    store.remove("one")
    store.save("one", "text")
    assert list(store.load()) == []


def test_a_full_disk_is_said_and_costs_nothing_else(tmp_path, monkeypatch, caplog):
    store = FolderStore(tmp_path, LOG)
    store.save("one", "first")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    store.save("one", "second")
    assert "could not be kept" in caplog.text
    assert "second" not in caplog.text
    assert list(store.load()) == [("one", "first")]


def test_a_file_that_others_could_read_is_closed_again(tmp_path, caplog):
    store = FolderStore(tmp_path, LOG)
    store.save("one", "text")
    file = tmp_path / "one.session"
    file.chmod(0o644)
    assert list(store.load()) == [("one", "text")]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Others could read" in caplog.text


GOOD = {
    "version": 1,
    "user": "",
    "connection": {
        "label": "Contoso",
        "tenant": "t",
        "clientId": "c",
        "cluster": "api",
        "baseUrl": "https://api.cognitedata.com",
        "authority": "https://login.microsoftonline.com/t",
        "scopes": ["https://api.cognitedata.com/.default"],
    },
    "account": ["Bob", "bob@contoso.test", "issuer", "subject"],
    "cache": "{}",
    "profile": None,
}


def test_what_was_written_is_read():
    record = SessionRecord.read(json.dumps(GOOD))
    assert json.loads(record.as_text()) == GOOD
    assert "Bob" not in repr(record)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        *(
            json.dumps({**GOOD, **change})
            for change in (
                {"version": 2},
                {"user": None},
                {"connection": {}},
                {"connection": {**GOOD["connection"], "scopes": "all"}},
                {"account": None},
                {"account": ["Bob"]},
                {"account": [1, 2, 3, 4]},
                {"cache": 7},
                {"cache": "{"},
                {"cache": "[]"},
                {"cache": None},
                {"profile": "nightly"},
            )
        ),
        *(
            json.dumps({key: value for key, value in GOOD.items() if key != left_out})
            for left_out in GOOD
        ),
    ],
)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(Unusable):
        SessionRecord.read(text)
