"""Applications do unattended work: each kind of profile, in a busy kernel."""

import json

import pytest
from support.demo_process import approve
from support.kernel_client import LOOP, claims
from support.patience import until
from support.profile_fixtures import KINDS, use
from support.session_client import Page, context_of
from support.session_fixtures import Users

from jupyterlab_cdf_auth import credentials

pytestmark = [
    pytest.mark.timeout(120),
    # A laptop's server has one; the tests' own doesn't.
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 6}


@pytest.fixture
def cdf_auth_config(demo_config, profiles):
    return {**demo_config, "profiles": profiles}


@pytest.fixture
def server_app_config():
    return {"identity_provider_class": Users}


@pytest.fixture
def page(api, demo):
    return Page(api, demo, "ann")


@pytest.mark.parametrize("name", KINDS)
async def test_a_busy_kernel_gets_fresh_tokens(page, demo, start_kernel, name):
    session = await use(page, demo, name)
    assert session["status"] == "active"
    assert session["account"] == {"name": name, "username": f"profile {name}"}
    assert session["profile"]["kind"] == KINDS[name]
    kernel = await start_kernel()
    await page.serve(session, kernel.id, project="plant-north")
    said = await kernel.run(
        f"{LOOP}\nfrom cdf_auth import context\n"
        "print(json.dumps([collect(2), context().project, context().account]))"
    )
    tokens, project, account = json.loads(said)
    for token in map(claims, tokens):
        assert token["azp"] == demo.idp["clientIds"]["confidential"]
        assert token["aud"] == f"https://{demo.connection['cluster']}.cognitedata.com"
        # An application's, nobody's: there is no scope of a person in it.
        assert "scp" not in token
    assert (project, account) == ("plant-north", f"profile {name}")


async def test_who_may_use_it(api, page, demo):
    ben = Page(api, demo, "ben")
    names = [one["name"] for one in (await page.call("GET"))["profiles"]]
    assert names == [*KINDS, "limited", "lost"]
    listed = (await ben.call("GET"))["profiles"]
    assert [one["name"] for one in listed] == [*KINDS, "lost"]
    refused = await use(ben, demo, "limited", 404)
    assert refused["code"] == "no_profile"
    assert (await use(page, demo, "no such", 404))["code"] == "no_profile"


MADE_UP = (
    (None, None),
    ("management", None),
    ("greenfield", "https://greenfield.cognitedata.com"),
    ("management.azure.com/x", "https://management.azure.com/x.cognitedata.com"),
)


async def test_for_which_clusters(page, demo):
    offered = {
        one["name"]: one["clusters"] for one in (await page.call("GET"))["profiles"]
    }
    both = [one["cluster"] for one in demo.connections]
    assert (offered["file"], offered["limited"]) == (both, both[:1])
    second = demo.connection_for(1)
    body = {"profile": "limited", "connection": second}
    refused = await page.call("POST", "", body, 403)
    assert refused["code"] == "cluster_not_allowed"
    assert demo.connection["cluster"] in refused["action"]
    # A page may not make up what a cluster is.
    for cluster, base_url in MADE_UP:
        change = {"baseUrl": base_url or second["baseUrl"]}
        if cluster is not None:
            change["cluster"] = cluster
        refused = await use(page, demo, "file", 403, **change)
        assert refused["code"] == "cluster_not_allowed"
        assert "own settings" in refused["action"]
    assert (await page.call("GET"))["sessions"] == []
    session = await use(page, demo, "file", scopes=["https://vault.azure.net/.default"])
    assert session["connection"]["scopes"] == demo.connection["scopes"]


async def test_for_which_projects(page, demo, start_kernel):
    session = await use(page, demo, "limited")
    path = session["id"]
    body = {"baseUrl": demo.connection["baseUrl"]}
    answer = (await page.call("POST", f"{path}/inspect", body))["answer"]
    assert [one["projectUrlName"] for one in answer["projects"]] == ["plant-north"]
    kernel = await start_kernel()
    context = context_of(demo.connection, project="refinery")
    body = {"kernels": [kernel.id], "context": context}
    refused = await page.call("PUT", f"{path}/kernels", body, 403)
    assert refused["code"] == "project_not_allowed"
    assert "plant-north" in refused["action"]
    assert (await page.call("GET", path))["kernels"] == 0


async def test_a_project_that_cdf_does_not_list(page, demo):
    session = await use(page, demo, "lost")
    body = {"baseUrl": demo.connection["baseUrl"]}
    said = await page.call("POST", f"{session['id']}/inspect", body, 409)
    assert said["code"] == "project_unknown"
    assert "no-such-plant" in said["message"]


async def test_for_which_services(page, demo, start_kernel):
    kernel = await start_kernel()
    for name, expected in (("limited", "vault.azure.net"), ("file", "not_allowed")):
        await page.serve(await use(page, demo, name), kernel.id, project=None)
        said = await kernel.run(
            "from cdf_auth import TokenRefused\n"
            "try: token = get_token('https://vault.azure.net/.default')\n"
            "except TokenRefused as error: print(error)\n"
            "else: print(str(token))"
        )
        if "." in expected:
            assert claims(said)["aud"] == f"https://{expected}"
        else:
            assert f"The profile {name} gives no tokens for https://vault" in said
            assert expected in said


UNTIL_IT_WAITS = """
import time
from cdf_auth import TokenTimeout, get_token
last = get_token()
print("served", flush=True)
try:
    while last := get_token(wait=0.5): time.sleep(0.1)
except TokenTimeout:
    print(get_token() != last)
"""


@pytest.fixture
def spoil(demo, secret_file, jp_asyncio_loop):
    """Make the profile's secret wrong, or let it expire, and put that right again."""
    right = secret_file.read_text()

    async def run(how):
        secret_file.write_text("wrong" if how == "wrong" else right)
        await demo.expire_secret(how == "expired")

    yield run
    jp_asyncio_loop.run_until_complete(run(None))


@pytest.mark.parametrize(
    ("how", "number"), [("wrong", "7000215"), ("expired", "7000222")]
)
async def test_a_night_goes_on_once_the_secret_is_right_again(  # noqa: PLR0913, PLR0917
    page, demo, start_kernel, secret_file, spoil, monkeypatch, how, number
):
    monkeypatch.setattr(credentials, "_LONG_PEACE", 0.1)
    session = await use(page, demo, "file")
    kernel = await start_kernel()
    await page.serve(session, kernel.id)
    cell = await kernel.begin(UNTIL_IT_WAITS)
    await until(lambda: "served" in kernel.printed)
    await spoil(how)
    await until(lambda: f"the profile gets no token (secret_{how})" in kernel.printed)
    told = (await page.call("GET", session["id"]))["problem"]
    assert told["code"] == f"secret_{how}"
    assert told["message"].startswith(f"AADSTS{number}")
    assert str(secret_file) in told["action"]
    await spoil(None)
    assert (await cell).splitlines()[-1] == "True"
    now = await page.call("GET", session["id"])
    assert (now["status"], now["problem"]) == ("active", None)


async def test_scopes_of_two_services_are_the_authors_mistake(page, demo, start_kernel):
    session = await use(page, demo, "limited")
    kernel = await start_kernel()
    await page.serve(session, kernel.id, project=None)
    [own] = demo.connection["scopes"]
    said = await kernel.run(
        "from cdf_auth import TokenRefused\n"
        f"try: get_token({own!r}, 'https://vault.azure.net/.default')\n"
        "except TokenRefused as error: print(error.code, error)"
    )
    assert said.startswith("scope_refused AADSTS1002012")
    assert (await page.call("GET", session["id"]))["problem"] is None


async def test_it_ends_with_a_sign_out(page, demo, start_kernel):
    session = await use(page, demo, "file")
    kernel = await start_kernel()
    await page.serve(session, kernel.id)
    assert "eyJ" in await kernel.run("print(get_token())")
    await page.call("DELETE", session["id"], status=204)
    assert "SignInRequired" in await kernel.run("get_token()")


async def test_people_can_sign_in_beside_it(quick, page, demo):
    session = await use(page, demo, "file")
    person = await page.start()
    await approve(person["device"], "bob@contoso.test")
    await page.ended(person, "active")
    listed = (await page.call("GET"))["sessions"]
    assert [one["profile"] and one["profile"]["name"] for one in listed] == [
        "file",
        None,
    ]
    body = {"connection": demo.connection, "session": session["id"]}
    assert (await page.call("POST", "", body, 409))["code"] == "not_ended"
