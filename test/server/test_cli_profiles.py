"""`jupyter cdf-auth login --profile`: an application, and no person at all."""

import pytest

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
