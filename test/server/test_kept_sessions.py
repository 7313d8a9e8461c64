"""A restart of the server, by whatever end, with and without kept sessions."""

import json
import os
import stat

import httpx
import pytest
from support.jupyter_process import JupyterProcess
from support.patience import until
from support.session_client import Page

from jupyterlab_cdf_auth.session_record import SessionRecord, Unusable

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
    return {"token-lifetime": 3, "device-interval": 1}


@pytest.fixture
def config(demo, demo_config, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(demo.idp["clientSecret"])
    secret.chmod(0o600)
    application = {
        "secretFile": str(secret),
        "clientId": demo.idp["clientIds"]["confidential"],
    }
    profiles = [
        {**application, "name": "nightly", "authority": demo.idp["authority"]},
        {
            **application,
            "name": "elsewhere",
            "tokenUrl": f"{demo.idp['authority']}/oauth2/v2.0/token",
            "scopes": demo.connection["scopes"],
        },
        {"name": "machine", "managedIdentity": "system"},
    ]
    return {**demo_config, "profiles": profiles, "keep_sessions": True}


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


async def test_with_profiles_of_every_kind(start, demo, kept, endpoint, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url)
    server = start()
    page = Page(server, demo)
    used = []
    for name in ("nightly", "elsewhere", "machine"):
        body = {"profile": name, "connection": demo.connection}
        used.append((await page.call("POST", "", body, 201))["id"])
    await until(lambda: len(list(kept.glob("*.session"))) == len(used))
    server.process.kill()

    server = start()
    page = Page(server, demo)
    again = {one["id"]: one for one in (await page.call("GET"))["sessions"]}
    assert set(again) == set(used)
    assert {one["status"] for one in again.values()} == {"active"}
    for id_ in used[:2]:
        assert await renew(page, again[id_], demo) == ["plant-north"]
    asked = len(endpoint.requests)
    body = {"baseUrl": demo.connection["baseUrl"]}
    await page.call("POST", f"{used[2]}/inspect", body)
    assert len(endpoint.requests) == asked + 1


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
