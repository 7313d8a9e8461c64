"""Whose sessions they are."""

import pytest
from support.session_client import Page, context_of
from support.session_fixtures import Users

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

BOB = "bob@contoso.test"


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


class TestNamedUsers:
    """Two people on one server, as Jupyter's identity provider tells them apart."""

    @pytest.fixture
    def server_app_config(self):
        return {"identity_provider_class": Users}

    async def test_another_users_session_does_not_exist(self, quick, api, demo):
        ann, ben = Page(api, demo, "ann"), Page(api, demo, "ben")
        session = await ann.sign_in(BOB)
        connection = demo.connection
        assert (await ben.call("GET"))["sessions"] == []
        path = session["id"]
        cdf = {"baseUrl": connection["baseUrl"]}
        kernels = {"kernels": [], "context": context_of(connection)}
        renewal = {"connection": connection, "session": path}
        for call in (
            ("GET", path),
            ("DELETE", path),
            ("PUT", f"{path}/kernels", kernels),
            ("POST", f"{path}/inspect", cdf),
            ("POST", "", renewal),
        ):
            answer = await ben.call(*call, status=404)
            assert answer["code"] == "no_session"
        assert (await ann.call("GET", path))["status"] == "active"

    async def test_a_user_can_have_so_many_and_no_more(self, quick, api, demo):
        ann, ben = Page(api, demo, "ann"), Page(api, demo, "ben")
        for _ in range(20):
            await ann.start()
        answer = await ann.call("POST", "", {"connection": demo.connection}, 429)
        assert answer["code"] == "too_many_sessions"
        await ben.start()


async def test_whoever_has_the_servers_token_is_one_user(quick, api, demo):
    # Jupyter makes up another name for each request that comes with a token only.
    page = Page(api, demo)
    session = await page.start()
    assert (await page.call("GET", session["id"]))["id"] == session["id"]
    assert len((await page.call("GET"))["sessions"]) == 1


@pytest.mark.parametrize("id_", ["..", "%2e%2e", "a" * 65, "ä", "a b", "a;b", "x.y"])
async def test_an_id_of_another_shape_leads_nowhere(jp_fetch, id_):
    answer = await jp_fetch("cdf-auth", "sessions", id_, raise_error=False)
    assert answer.code == 404


CONTEXT = {
    "connection": "Contoso",
    "cluster": "api",
    "project": None,
    "baseUrl": "https://api.cognitedata.com",
    "scopes": ["https://api.cognitedata.com/.default"],
    "since": "2026-11-23T10:00:00.000Z",
}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"kernels": None, "context": None},
        {"kernels": ["../../etc"], "context": None},
        {"kernels": [7], "context": None},
        {"kernels": ["x" * 65], "context": None},
        {"kernels": ["k"] * 1001, "context": None},
        {"kernels": []},
        {"kernels": [], "context": []},
        {"kernels": [], "context": {**CONTEXT, "since": "yesterday"}},
        {"kernels": [], "context": {**CONTEXT, "since": "2026-13-45T10:00:00Z"}},
        {"kernels": [], "context": {**CONTEXT, "scopes": []}},
        {"kernels": [], "context": {**CONTEXT, "scopes": ["two words"]}},
        {"kernels": [], "context": {**CONTEXT, "project": 7}},
        {"kernels": [], "context": {**CONTEXT, "cluster": "a\nb"}},
        {"kernels": [], "context": {**CONTEXT, "baseUrl": "x" * 513}},
    ],
    ids=lambda body: str(body)[:60],
)
async def test_a_body_that_makes_no_sense_is_refused(quick, api, demo, body):
    page = Page(api, demo)
    session = await page.start()
    answer = await page.call("PUT", f"{session['id']}/kernels", body, 400)
    assert answer["code"] == "bad_request"


@pytest.mark.parametrize("name", ["label", "tenant", "clientId", "authority", "scopes"])
@pytest.mark.parametrize("value", [None, 7, "a\x00b", ["a", 7], "x" * 513])
async def test_a_connection_that_makes_no_sense_is_refused(api, demo, name, value):
    body = {"connection": demo.connection_for(0, **{name: value})}
    status, answer, _ = await api("POST", "", body)
    assert (status, answer["code"]) == (400, "bad_request")
    assert name in answer["message"]


async def test_kernels_are_not_named_to_a_sign_in_that_is_pending(quick, api, demo):
    page = Page(api, demo)
    session = await page.start()
    body = {"kernels": [], "context": None}
    answer = await page.call("PUT", f"{session['id']}/kernels", body, 409)
    assert answer["code"] == "not_signed_in"
