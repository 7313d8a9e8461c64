"""Whose tokens the tests speak of, and a renewal that somebody may meet."""

import pytest
from support.fake_provider import encode
from support.session_fixtures import QuickClock

from jupyterlab_cdf_auth import CdfAuth

HOME = "7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10"
GUEST = "c41f7e0b-93a6-4d58-8b2e-6f05d1a7c9e3"
BOB = "c2a8e4d6-9b0f-4172-8d3e-5f6a1b7c9e08"
BOB_AS_GUEST = "0b6f3d18-52c7-4f9e-a1d4-93e7c8250f6b"
APP = "e91a4d7b-5c82-4b3f-9d60-2f8c7e1a5b93"
OTHER_APP = "3d5c1e0a-8b7f-4f0e-a1d2-6c9e4b8f7a21"


def jwt(claims):
    return f"{encode({'alg': 'RS256'})}.{encode(claims)}.c2lnbmF0dXJl"


def known_to_all(connection):
    """Return what of a connection an administrator configures."""
    names = ("label", "tenant", "clientId", "cluster", "baseUrl", "authority")
    return {name: connection[name] for name in names}


@pytest.fixture
def renew(page, monkeypatch):
    """Have the server ask CDF with a token of an hour later; give its answer."""

    async def run(session, status):
        later = lambda: QuickClock.monotonic() + 3600  # noqa: E731
        monkeypatch.setattr(CdfAuth.clock, "monotonic", later)
        body = {"baseUrl": session["connection"]["baseUrl"]}
        return await page.call("POST", f"{session['id']}/inspect", body, status)

    return run
