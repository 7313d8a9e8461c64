"""A sign-in with a device code, to each of its ends, at the real provider."""

import asyncio

import pytest
from support.demo_process import Person, approve, decline
from support.session_fixtures import QuickClock

from jupyterlab_cdf_auth import CdfAuth

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

BOB = "bob@contoso.test"
ALICE = "alice@contoso.test"


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_approved(page, demo):
    session = await page.start()
    assert session["status"] == "pending"
    assert session["account"] is None
    assert session["connection"] == demo.connection
    assert session["device"]["verificationUri"] == f"{demo.idp['url']}/devicelogin"
    assert 800 < session["device"]["expiresIn"] <= 900
    await approve(session["device"], BOB)
    session = await page.ended(session, "active")
    assert session["account"] == {"name": "Bob Example", "username": BOB}
    assert session["device"] is None
    assert session["problem"] is None
    assert session["profile"] is None
    assert session["kept"] == "memory"
    assert await page.call("GET") == {"sessions": [session], "profiles": []}
    path, body = f"{session['id']}/inspect", {"baseUrl": demo.connection["baseUrl"]}
    verdict = await page.call("POST", path, body)
    names = [one["projectUrlName"] for one in verdict["answer"]["projects"]]
    assert names == ["plant-south", "refinery"]


async def test_declined(page):
    session = await page.start()
    await decline(session["device"], BOB)
    session = await page.ended(session, "failed")
    assert session["problem"]["code"] == "sign_in_declined"
    assert "AADSTS65004" in session["problem"]["message"]
    assert session["device"] is session["account"] is None
    assert (await page.call("GET"))["sessions"] == [session]


async def test_a_code_that_was_used_elsewhere_has_expired(page, demo):
    session = await page.start()
    await approve(session["device"], BOB)
    # The same code can't be finished by a second person.
    async with Person() as second:
        await second.enter(session["device"])
        assert "That code did not work" in second.page
    session = await page.ended(session, "active")
    assert session["account"]["username"] == BOB


async def test_two_codes_of_two_people_at_once(page):
    first, second = await page.start(), await page.start()
    await approve(second["device"], ALICE)
    await approve(first["device"], BOB)
    first, second = [await page.ended(one, "active") for one in (first, second)]
    assert first["account"]["username"] == BOB
    assert second["account"]["username"] == ALICE


async def test_expired(page, monkeypatch):
    session = await page.start()
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 901)
    session = await page.ended(session, "failed")
    assert session["problem"]["code"] == "code_expired"
    assert "Start the sign-in again" in session["problem"]["action"]


async def test_a_failed_sign_in_is_shown_for_ten_minutes(page, monkeypatch):
    session = await page.start()
    await decline(session["device"], BOB)
    await page.ended(session, "failed")
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 601)
    assert (await page.call("GET"))["sessions"] == []


@pytest.mark.parametrize("hours", [-48, 48])
async def test_a_wall_clock_that_is_set_does_no_harm(page, monkeypatch, hours):
    session = await page.start()
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "wall", lambda: QuickClock.wall() + hours * 3600)
    await approve(session["device"], BOB)
    session = await page.ended(session, "active")
    body = {"baseUrl": session["connection"]["baseUrl"]}
    path = f"{session['id']}/inspect"
    assert (await page.call("POST", path, body))["status"] == 200
    monkeypatch.setattr(clock, "wall", QuickClock.wall)
    assert (await page.call("POST", path, body))["status"] == 200


async def test_revoked_and_renewed_by_the_same_account_only(page, demo, monkeypatch):
    session = await page.sign_in(BOB)
    await demo.revoke(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3600)
    path, body = f"{session['id']}/inspect", {"baseUrl": demo.connection["baseUrl"]}
    problem = await page.call("POST", path, body, status=409)
    assert problem["code"] == "sign_in_required"
    assert "AADSTS50173" in problem["message"]
    ended = await page.ended(session, "ended")
    assert ended["problem"] == problem
    assert ended["account"] == session["account"]

    renewal = {"connection": demo.connection, "session": session["id"]}
    pending = await page.call("POST", "", renewal, 201)
    assert pending["id"] == session["id"]
    assert pending["account"] == session["account"]
    # The page may have lost the code: another is given, and the first is of no use.
    again = await page.call("POST", "", renewal, 201)
    assert again["id"] == session["id"]
    assert again["device"]["userCode"] != pending["device"]["userCode"]
    await approve(pending["device"], BOB)
    assert (await page.call("GET", session["id"]))["status"] == "pending"
    await approve(again["device"], ALICE)
    ended = await page.ended(session, "ended")
    assert ended["problem"]["code"] == "other_account"
    assert ALICE in ended["problem"]["message"]
    assert ended["account"]["username"] == BOB

    pending = await page.call("POST", "", renewal, 201)
    await approve(pending["device"], BOB)
    assert (await page.ended(session, "active"))["problem"] is None
    assert (await page.call("POST", path, body))["status"] == 200
    assert (await page.call("POST", "", renewal, 409))["code"] == "not_ended"


async def test_of_a_hundred_questions_at_once_one_reaches_the_provider(
    page, demo, jp_serverapp, monkeypatch
):
    session = await page.sign_in(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3595)
    before = await demo.grants("refresh_token")
    path, body = f"{session['id']}/inspect", {"baseUrl": demo.connection["baseUrl"]}
    calls = (page.call("POST", path, body) for _ in range(100))
    verdicts = await asyncio.gather(*calls)
    assert {one["status"] for one in verdicts} == {200}
    assert await demo.grants("refresh_token") == before + 1


async def test_a_passing_fault_is_hidden_while_the_token_is_good(
    page, demo, monkeypatch
):
    session = await page.sign_in(BOB)
    clock = CdfAuth.clock
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3550)
    await demo.faults(token="500")
    path, body = f"{session['id']}/inspect", {"baseUrl": demo.connection["baseUrl"]}
    before = await demo.grants("refresh_token")
    for _ in range(5):
        assert (await page.call("POST", path, body))["status"] == 200
    # The provider is left in peace for five seconds.
    assert (await demo.stats())["endpoints"]["token"]["refused"] >= 1
    asked = (await demo.stats())["endpoints"]["token"]["requests"]
    assert (await page.call("POST", path, body))["status"] == 200
    assert (await demo.stats())["endpoints"]["token"]["requests"] == asked
    await demo.faults(token=None)
    monkeypatch.setattr(clock, "monotonic", lambda: QuickClock.monotonic() + 3556)
    assert (await page.call("POST", path, body))["status"] == 200
    assert await demo.grants("refresh_token") > before
    assert (await page.ended(session, "active"))["problem"] is None
