"""Addresses, tokens, certificates and proxies that can't be used: what is said then."""

import json
import os

import pytest

pytestmark = pytest.mark.timeout(60)

ELSEWHERE = "http://jupyter.invalid:8888/"


@pytest.fixture
def left_file(tmp_path, cli):
    """Leave the file of a server at an address, whose process is that of the test."""

    def leave(url):
        info = {"url": url, "pid": os.getpid(), "token": "", "base_url": "/"}
        file = tmp_path / "runtime" / f"jpserver-{len(url)}.json"
        file.write_text(json.dumps(info))

    return leave


@pytest.mark.parametrize("command", ["login", "status"])
@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://[localhost]/",
        "http://localhost:99999/",
        "http://exa%mple..com/",
        "https://x..y/",
        "http://xn--/",
        f"http://{'x' * 64}.com/",
        "http://localhost\udcff/",
        "http://localhost/\udcff",
        "http://a\nb/",
        "http://bob:secret@localhost/",
        "http:///lab",
    ],
)
def test_what_cannot_be_an_address(cli, left_file, command, address):
    left_file("http://localhost:1/")
    code, out, err = cli(command, "--server", address, JUPYTER_TOKEN="x")
    assert (code, out) == (2, "")
    assert err == (
        "jupyter cdf-auth: --server isn't the address of a Jupyter server.\n"
        "Write it like http://localhost:8888/, without a user name.\n"
    )


def test_a_file_with_such_an_address_is_left_aside(cli, left_file):
    left_file("http://[::1")
    left_file("http://x..y/")
    code, _, err = cli("status")
    assert code == 1
    assert "No Jupyter server of yours is running" in err


@pytest.mark.parametrize(
    "token", ["geheimnisträger", "s3cr3t-value\n", " s3cr3t-value"]
)
@pytest.mark.parametrize("command", ["login", "logout"])
def test_a_token_that_no_header_can_carry(cli, command, token):
    code, out, err = cli(command, "--server", ELSEWHERE, JUPYTER_TOKEN=token)
    assert (code, out) == (1, "")
    assert f"The token for the Jupyter server at {ELSEWHERE} can't be sent" in err
    assert "JUPYTER_TOKEN, copy it again" in err
    assert token.strip() not in err


def test_status_shows_such_a_token_as_that_servers_problem(cli):
    code, out, _ = cli("status", "--server", ELSEWHERE, JUPYTER_TOKEN="tökén")
    assert code == 1
    assert "can't be sent" in out


@pytest.mark.parametrize("command", ["login", "logout"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read(cli, tmp_path, command, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    arguments = ["--server", "https://jupyter.invalid/"]
    code, out, err = cli(
        command, *arguments, JUPYTER_TOKEN="x", SSL_CERT_FILE=str(file)
    )
    assert (code, out) == (1, "")
    assert "The certificates to trust can't be read" in err
    assert "Set SSL_CERT_FILE to a PEM file" in err


def test_a_proxy_that_cannot_be_used(cli):
    proxy = {"HTTPS_PROXY": "gopher://bob:s3cr3t-value@localhost:1"}
    arguments = ["--server", "https://jupyter.invalid/"]
    code, out, err = cli("login", *arguments, JUPYTER_TOKEN="x", **proxy)
    assert (code, out) == (1, "")
    assert "A proxy that the environment names can't be used" in err
    assert "HTTPS_PROXY" in err
    assert "s3cr3t-value" not in err


@pytest.mark.parametrize("command", ["login", "logout", "status"])
def test_a_token_in_plain_text_to_another_host_is_pointed_out(cli, command):
    arguments = ["--server", "http://jupyter.invalid:8888/user/bob/lab"]
    variables = {"JUPYTER_TOKEN": "s3cr3t-value", "NO_PROXY": "*"}
    code, out, err = cli(command, *arguments, **variables)
    assert code == 1
    warning = err.splitlines()[0]
    assert "the token of http://jupyter.invalid:8888/user/bob/ travels in" in warning
    assert "http://jupyter.invalid:8888/user/bob/ doesn't answer" in out + err
    assert "s3cr3t-value" not in out + err


@pytest.mark.parametrize("token", ["", "x"])
def test_what_nobody_can_read_is_not_pointed_out(cli, token):
    address = ELSEWHERE if not token else "https://jupyter.invalid/"
    variables = {"JUPYTER_TOKEN": token, "NO_PROXY": "*"}
    _, _, err = cli("status", "--server", address, **variables)
    assert err == ""


def test_https_that_is_not_trusted(cli, demo):
    address = demo.idp["issuer"].split("/")[2]
    arguments = ["login", "--server", f"https://{address}/"]
    code, _, err = cli(*arguments, JUPYTER_TOKEN="x")
    assert code == 1
    assert "isn't trusted" in err
    assert "SSL_CERT_FILE" in err
    code, _, err = cli(*arguments, JUPYTER_TOKEN="x", SSL_CERT_FILE=demo.idp["caFile"])
    assert code == 1
    assert "is no Jupyter server with this extension" in err
