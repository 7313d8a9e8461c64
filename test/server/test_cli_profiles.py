"""`jupyter cdf-auth login --profile`: an application, and no person at all."""

import pytest
from support.session_fixtures import QuickClock

from jupyterlab_cdf_auth import CdfAuth

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

WEST = ["--cluster", "westeurope-1"]
CONTEXT = """
import cdf_auth
context = cdf_auth.context()
print(context.account, context.project, str(cdf_auth.get_token())[:2])
"""


@pytest.fixture
def secret_file(demo, tmp_path):
    file = tmp_path / "secret"
    file.write_text(demo.idp["clientSecret"])
    file.chmod(0o600)
    return file


@pytest.fixture
def cdf_auth_config(demo, demo_config, secret_file):
    profile = {
        "name": "forecasts",
        "description": "Forecasts at night",
        "tenant": demo.connection["tenant"],
        "clientId": demo.idp["clientIds"]["confidential"],
        "authority": demo.idp["authority"],
        "secretFile": str(secret_file),
    }
    return {**demo_config, "profiles": [profile]}


async def test_a_profile_serves_kernels_without_a_person(
    command, page, demo, start_kernel
):
    kernel = await start_kernel()
    arguments = ["login", *WEST, "--profile", "forecasts", "--all"]
    code, out, err = await command(*arguments)
    assert (code, err) == (0, "")
    assert "profile forecasts is signed in to Contoso · westeurope-1" in out
    assert demo.idp["clientSecret"] not in out
    # The only project that CDF lists for it.
    assert await kernel.run(CONTEXT) == "profile forecasts plant-north ey\n"

    # The same session goes on, and a person's is another.
    await command(*arguments)
    [session] = (await page.call("GET"))["sessions"]
    await page.sign_in("bob@contoso.test")
    code, out, _ = await command("login", *WEST)
    assert (code, "Bob Example" in out) == (0, True)
    code, out, err = await command("status")
    assert (code, err) == (0, "")
    assert "profile forecasts" in out
    code, out, _ = await command("logout", "--session", session["id"])
    assert code == 0
    assert "profile forecasts is signed out" in out


async def test_an_unknown_profile_lists_those_that_there_are(command, page):
    code, out, err = await command("login", *WEST, "--profile", "forecast")
    assert (code, out) == (2, "")
    assert "no such profile" in err
    assert "forecasts  Forecasts at night" in err
    assert (await page.call("GET"))["sessions"] == []


async def test_a_secret_that_is_wrong_is_said_in_the_providers_words(
    command, page, secret_file
):
    secret_file.write_text("not-the-secret")
    code, out, err = await command("login", *WEST, "--profile", "forecasts", "--all")
    assert (code, out) == (1, "")
    assert "AADSTS7000215" in err
    assert "not-the-secret" not in err


@pytest.mark.parametrize("served", [["--all"], []], ids=["served", "none served"])
async def test_a_profile_that_gets_no_token_any_more_is_a_fault(
    command, start_kernel, secret_file, monkeypatch, served
):
    kernel = await start_kernel()
    arguments = ["login", *WEST, "--profile", "forecasts", *served]
    await command(*arguments)
    good = secret_file.read_text()
    secret_file.write_text("expired")
    clock, hours = CdfAuth.clock, 1
    monkeypatch.setattr(
        clock, "monotonic", lambda: QuickClock.monotonic() + 3600 * hours
    )
    code, out, err = await command(*arguments)
    assert code == 1
    assert "profile forecasts gets no token for Contoso · westeurope-1" in out
    assert "is signed in" not in out
    assert kernel.id in out
    assert "AADSTS7000215" in err
    assert "expired" not in out + err

    # Nothing has to be ended: it goes on as soon as the secret is right.
    secret_file.write_text(good)
    hours = 2
    code, out, err = await command(*arguments)
    assert (code, err) == (0, "")
    assert "profile forecasts is signed in" in out


async def test_a_session_of_a_profile_can_be_named_alone(command, page, start_kernel):
    kernel = await start_kernel()
    await command("login", *WEST, "--profile", "forecasts")
    [session] = (await page.call("GET"))["sessions"]
    named = ["login", *WEST, "--session", session["id"], "--all"]
    code, out, err = await command(*named)
    assert (code, err) == (0, "")
    assert "profile forecasts is signed in" in out
    assert await kernel.run(CONTEXT) == "profile forecasts plant-north ey\n"
    assert len((await page.call("GET"))["sessions"]) == 1


async def test_a_session_that_is_not_of_the_named_profile(command, page):
    session = await page.sign_in("bob@contoso.test")
    named = ["--session", session["id"], "--profile", "forecasts"]
    code, out, err = await command("login", *WEST, *named)
    assert (code, out) == (2, "")
    assert f'has no session {session["id"]} of the profile "forecasts"' in err
