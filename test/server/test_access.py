"""Who may call what."""

import re
from typing import ClassVar

import pytest
from jupyter_server.auth import Authorizer
from support.fake_cdf import TOKEN
from tornado.web import RequestHandler

# Everything else refuses a caller without a Jupyter session. Jupyter answers
# preflight requests of every API without one.
SESSION = "cdf-auth/sessions/server-0"
APIS = {
    "cdf-auth/inspect": {"POST"},
    "cdf-auth/connections": {"GET"},
    "cdf-auth/sessions": {"GET", "POST"},
    SESSION: {"GET", "DELETE"},
    f"{SESSION}/kernels": {"GET", "PUT"},
    f"{SESSION}/inspect": {"POST"},
}
PUBLIC = {
    ("cdf-auth/redirect", "GET"),
    ("cdf-auth/redirect.js", "GET"),
    *((path, "OPTIONS") for path in APIS),
}
# A valid pair: what refuses must be the missing session, not the XSRF check.
STRANGER = {"Authorization": "", "Cookie": "_xsrf=abc", "X-XSRFToken": "abc"}


def implemented_methods(handler):
    for method in RequestHandler.SUPPORTED_METHODS:
        name = method.lower()
        if getattr(handler, name) is not getattr(RequestHandler, name):
            yield method


@pytest.mark.parametrize(
    "server_app_config", [{}, {"allow_unauthenticated_access": False}]
)
# Where everything is closed, Jupyter warns of a route without a decorator that says
# who may call it; as an error it keeps the extension from loading.
@pytest.mark.filterwarnings("error:(?s).*cdf-auth")
async def test_only_the_listed_routes_are_public(own_routes, jp_fetch):
    calls = {
        (re.sub(r"\(.*\)", "server-0", path), method)
        for path, handler in own_routes
        for method in implemented_methods(handler)
    }
    assert calls == PUBLIC | {(path, m) for path in APIS for m in APIS[path]}
    for path, method in calls - PUBLIC:
        response = await jp_fetch(
            *path.split("/"),
            method=method,
            headers=STRANGER,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
        )
        assert response.code == 403, (path, method)


class Deny(Authorizer):
    """Lets nobody do anything with our resource, and remembers what was asked."""

    asked: ClassVar = []

    def is_authorized(self, handler, user, action, resource):
        self.asked.append((action, resource))
        return resource != "cdf-auth"


@pytest.mark.parametrize("server_app_config", [{"authorizer_class": Deny}])
async def test_an_authorizer_can_forbid_the_inspection(ask, cdf):
    Deny.asked.clear()
    status, answer, _ = await ask()
    assert status == 403
    assert "code" not in answer
    assert Deny.asked == [("write", "cdf-auth")]
    assert cdf.requests == []


async def test_a_session_cookie_needs_the_xsrf_token(ask, jp_fetch, jp_serverapp, cdf):
    page = await jp_fetch("login", params={"next": "/"}, headers={"Authorization": ""})
    assert page.code == 200
    token = jp_serverapp.identity_provider.token
    signed_in = await jp_fetch(
        "login",
        headers={"Authorization": ""},
        params={"token": token},
        follow_redirects=False,
        raise_error=False,
    )
    cookies = "; ".join(
        c.split(";")[0] for c in signed_in.headers.get_list("Set-Cookie")
    )
    cookie = {"Authorization": None, "Cookie": cookies + "; _xsrf=abc"}

    status, answer, _ = await ask(
        headers={"Authorization": "", "Cookie": cookie["Cookie"]}
    )
    assert status == 403
    assert "XSRF" in answer["message"] or "_xsrf" in answer["message"]
    assert cdf.requests == []

    status, _, _ = await ask(
        headers={"Authorization": "", "Cookie": cookie["Cookie"], "X-XSRFToken": "abc"}
    )
    assert status == 200
    assert TOKEN.encode() in cdf.requests[0]
