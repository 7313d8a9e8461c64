"""A sign-in with a device code, to each of its ends, at the real provider."""

import pytest
from demo import Person, approve, decline
from session_client import Page

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture
def page(quick, api, demo):
    return Page(api, demo)


async def test_approved(page, demo):
    session = await page.start()
    assert session["status"] == "pending"
    assert session["account"] is None
    assert session["connection"] == demo.connection
    assert session["device"]["verificationUri"] == f"{demo.idp['url']}/devicelogin"
    assert 800 < session["device"]["expiresIn"] <= 900
    await approve(session["device"], "bob@contoso.test")
    session = await page.ended(session, "active")
    assert session["account"] == {
        "name": "Bob Example",
        "username": "bob@contoso.test",
    }
    assert session["device"] is None
    assert session["problem"] is None
    assert await page.call("GET") == {"sessions": [session]}
    verdict = await page.call(
        "POST",
        f"{session['id']}/inspect",
        {"baseUrl": demo.connection["baseUrl"]},
    )
    names = [one["projectUrlName"] for one in verdict["answer"]["projects"]]
    assert names == ["plant-south", "refinery"]
