"""The page that the sign-in window comes back to."""

import pytest

from jupyterlab_cdf_auth import routes

NOBODY = {"Authorization": ""}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'none'",
    "style-src 'none'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
}


@pytest.fixture
def server_app_config():
    # A deployment that closes every page and isolates it from its opener.
    return {
        "allow_unauthenticated_access": False,
        "tornado_settings": {
            "headers": {
                "Content-Security-Policy": "frame-ancestors 'none'",
                "Cross-Origin-Opener-Policy": "same-origin",
            }
        },
    }


@pytest.fixture
def script(monkeypatch, tmp_path):
    """Stand in for the bundle, so that this suite needs no Node."""
    path = tmp_path / "redirect.js"
    path.write_text("/* bridge */")
    monkeypatch.setattr(routes, "_SCRIPT", path)
    return path


async def test_page_needs_no_session_and_lives_under_the_base_url(
    jp_fetch, jp_base_url
):
    assert jp_base_url != "/"
    response = await jp_fetch("cdf-auth", "redirect", headers=NOBODY)
    assert f"{jp_base_url}cdf-auth/redirect" in response.effective_url
    assert b"You can close this window" in response.body


async def test_page_headers_win_over_those_of_the_deployment(jp_fetch):
    headers = (await jp_fetch("cdf-auth", "redirect", headers=NOBODY)).headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "Cross-Origin-Opener-Policy" not in headers


async def test_page_is_allowed_by_its_own_policy(jp_fetch):
    page = (await jp_fetch("cdf-auth", "redirect", headers=NOBODY)).body.decode()
    assert (
        page.count("<script")
        == page.count('<script src="redirect.js" defer></script>')
        == 1
    )
    for forbidden in ("<style", "style=", "<link", "<img", "<base", "<form", "onload"):
        assert forbidden not in page


async def test_script_is_public_and_not_cached(jp_fetch, script):
    response = await jp_fetch("cdf-auth", "redirect.js", headers=NOBODY)
    assert response.body == script.read_bytes()
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_clone_that_is_not_built_says_so(jp_fetch, script, caplog):
    script.unlink()
    response = await jp_fetch(
        "cdf-auth", "redirect.js", headers=NOBODY, raise_error=False
    )
    assert response.code == 404
    assert "npm run build:bridge" in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "redirect.js.map",
        "redirect.html",
        "static/redirect.js",
        "redirectXjs",
        "routes.py",
    ],
)
async def test_no_other_file_is_served(jp_fetch, script, path):
    response = await jp_fetch("cdf-auth", *path.split("/"), raise_error=False)
    assert response.code == 404
    assert script.read_bytes() not in response.body
