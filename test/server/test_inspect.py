"""Asking CDF on behalf of the page."""

import json

import pytest
from support.fake_cdf import TOKEN, http_answer

from jupyterlab_cdf_auth.cdf import MAX_ANSWER_BYTES

VERDICT = {
    "subject": "alice",
    "projects": [{"projectUrlName": "plant-north", "groups": [1, 2]}],
    "capabilities": [],
}
REFUSAL = {"error": {"code": 401, "message": "Unauthorized"}}


async def test_passes_the_question_and_the_answer_on(ask, cdf):
    cdf.answer = http_answer(200, VERDICT)
    status, answer, headers = await ask(cdf.base_url + "/")
    assert (status, answer) == (200, {"status": 200, "answer": VERDICT})
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"].startswith("application/json")

    [request] = cdf.requests
    assert request.startswith(b"GET /api/v1/token/inspect HTTP/1.1\r\n")
    assert f"authorization: bearer {TOKEN.lower()}\r\n".encode() in request.lower()
    assert b"cookie" not in request.lower()


async def test_an_empty_list_of_projects_is_an_answer(ask, cdf):
    cdf.answer = http_answer(200, {"subject": "bob", "projects": []})
    assert (await ask())[1]["answer"]["projects"] == []


@pytest.mark.parametrize("refusal", [401, 403])
@pytest.mark.parametrize(("body", "passed_on"), [(REFUSAL, REFUSAL), (b"<html>", None)])
async def test_cdfs_refusal_is_told_from_jupyters(ask, cdf, refusal, body, passed_on):
    cdf.answer = http_answer(refusal, body)
    status, answer, _ = await ask()
    assert (status, answer) == (200, {"status": refusal, "answer": passed_on})


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (http_answer(500, {"error": {"code": 500}}), "HTTP status 500"),
        (http_answer(404, b"<html>Not here</html>"), "HTTP status 404"),
        (http_answer(200, b""), "not a JSON object"),
        (http_answer(200, b"<!DOCTYPE html><p>Sign in"), "not a JSON object"),
        (http_answer(200, [1, 2]), "not a JSON object"),
        (http_answer(200, b"\xff\xfe\x00{"), "not a JSON object"),
        (http_answer(200, b"[" * 100_000), "not a JSON object"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "not HTTP"),
        (http_answer(200, b"not gzip", **{"Content-Encoding": "gzip"}), "not HTTP"),
        (http_answer(200, b" " * MAX_ANSWER_BYTES + b"{}"), "more than"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3 * MAX_ANSWER_BYTES, "more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:40],
)
async def test_a_bad_answer_is_named(ask, cdf, raw, told):
    cdf.answer = raw
    status, answer, _ = await ask()
    assert (status, answer["code"]) == (502, "cdf_bad_answer")
    assert told in answer["message"]
    assert cdf.base_url in answer["message"]
    assert "type the name of your project" in answer["action"]


async def test_a_redirect_is_not_followed(ask, cdf):
    cdf.answer = http_answer(302, b"", Location=f"{cdf.base_url}/elsewhere")
    status, answer, _ = await ask()
    assert (status, answer["code"]) == (502, "cdf_bad_answer")
    assert "302" in answer["message"]
    assert len(cdf.requests) == 1


class TestTimeout:
    """With a limit that a test can wait for."""

    @pytest.fixture
    def cdf_auth_config(self, connection):
        return {"connections": [connection], "cdf_timeout": 0.3}

    @pytest.mark.parametrize(
        "said_before",
        [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"],
        ids=["all", "half"],
    )
    async def test_silence_ends_with_the_timeout(self, ask, cdf, said_before):
        cdf.answer = said_before
        cdf.hangs_up = False
        status, answer, _ = await ask()
        assert (status, answer["code"]) == (504, "cdf_timeout")
        assert "0.3 s" in answer["message"]


class TestUnreachable:
    """An address that is allowed and does not work."""

    @pytest.fixture
    def cdf_auth_config(self, connection, cdf):
        hosts = [f"127.0.0.1:{cdf.port}", "no-such-host.invalid"]
        return {"connections": [connection], "allowed_cdf_hosts": hosts}

    async def test_nobody_listens(self, ask, cdf):
        await cdf.stop()
        status, answer, _ = await ask()
        assert (status, answer["code"]) == (502, "cdf_unreachable")
        assert "proxy" in answer["action"]

    async def test_no_such_host(self, ask):
        status, answer, _ = await ask("https://no-such-host.invalid")
        assert (status, answer["code"]) == (502, "cdf_unreachable")

    async def test_no_tls_where_tls_is_needed(self, ask, cdf):
        cdf.listens = False
        status, answer, _ = await ask(cdf.base_url.replace("http:", "https:"))
        assert (status, answer["code"]) == (502, "cdf_unreachable")


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "{}", '{"baseUrl": 1}', b"\xff", "[" * 100_000]
)
async def test_a_body_that_names_no_base_url_is_refused(ask, cdf, body):
    status, answer, _ = await ask(body=body)
    assert (status, answer["code"]) == (400, "bad_request")
    assert "baseUrl" in answer["message"]
    assert cdf.requests == []


@pytest.mark.parametrize(
    "token", [None, "", "two words", 'quote"d', "t\u00f6ken", "=", "a\tb"]
)
async def test_a_header_that_holds_no_token_is_refused(ask, cdf, token):
    status, answer, _ = await ask(token=token)
    assert (status, answer["code"]) == (400, "bad_request")
    assert "X-Cdf-Auth-Token" in answer["message"]
    assert not token or len(token) < 2 or token not in json.dumps(answer)
    assert cdf.requests == []


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("127.0.0.1", "localhost"),
        lambda url: url.replace("http:", "https:"),
        lambda url: url + "/api",
        lambda url: url + "?x=1",
        lambda url: url.replace("//", "//cognitedata.com@"),
        lambda url: url.rsplit(":", 1)[0] + ":22",
    ],
)
async def test_another_address_than_the_configured_one_is_not_asked(ask, cdf, change):
    status, answer, _ = await ask(change(cdf.base_url))
    assert (status, answer["code"]) == (403, "host_not_allowed")
    assert "allowed_cdf_hosts" in answer["action"]
    assert cdf.requests == []


async def test_environment_proxies_are_not_asked_about_loopback(ask, cdf, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await ask())[0] == 200
    assert len(cdf.requests) == 1
