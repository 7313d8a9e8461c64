"""Which server the command line talks to, and what it says where it can't."""

import json
import os
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from jupyter_server.auth import passwd
from support.jupyter_process import JupyterProcess

pytestmark = pytest.mark.timeout(120)

CONNECTION = {
    "label": "Nowhere",
    "tenant": "contoso.test",
    "clientId": "app-1",
    "cluster": "api",
    "authority": "https://localhost:1/contoso.test",
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Start servers, each with a runtime folder of its own."""
    with ExitStack() as stack:

        def start(name, config=None, **variables):
            folder = tmp_path_factory.mktemp(name)
            config = {"CdfAuth": {"connections": [CONNECTION]}, **(config or {})}
            server = JupyterProcess(folder, config, **variables)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="module")
def one(servers):
    return servers("one")


@pytest.fixture(scope="module")
def bare(servers):
    off = {"jpserver_extensions": {"jupyterlab_cdf_auth": False}}
    return servers("bare", {"ServerApp": off})


@pytest.fixture(scope="module")
def locked(servers):
    hashed = passwd("correct horse", "sha1")
    return servers(
        "locked",
        {
            "PasswordIdentityProvider": {"hashed_password": hashed},
            "IdentityProvider": {"token": ""},
        },
    )


def test_help_names_the_commands(cli):
    code, out, err = cli("--help")
    assert (code, err) == (0, "")
    assert all(command in out for command in ("login", "status", "logout"))


def test_a_wrong_argument_is_a_usage_error(cli):
    code, out, err = cli("login", "--no-such")
    assert (code, out) == (2, "")
    assert "usage: jupyter cdf-auth" in err


@pytest.mark.parametrize("command", ["login", "status", "logout"])
def test_where_none_runs(cli, command):
    code, out, err = cli(command)
    assert (code, out) == (1, "")
    assert "No Jupyter server of yours is running" in err
    assert "jupyter lab" in err


def test_where_none_runs_a_program_is_told_so_in_json(cli):
    code, out, _ = cli("status", "--json")
    assert (code, json.loads(out)) == (1, {"servers": []})


def test_the_only_one_is_taken(cli, one):
    code, out, _ = cli("status", see=[one])
    assert code == 1
    assert one.url in out
    assert "Nobody is signed in." in out


def test_one_of_several_has_to_be_named(cli, one, bare):
    code, out, err = cli("login", see=[one, bare])
    assert (code, out) == (2, "")
    assert "--server" in err
    assert one.url in err
    assert bare.url in err
    assert str(bare.folder / "notebooks") in err


@pytest.mark.parametrize(
    "name",
    [
        lambda server: str(server.port),
        lambda server: server.url,
        lambda server: f"http://127.0.0.1:{server.port}",
        lambda server: f"{server.url}lab/tree/a.ipynb?token=of-the-page",
    ],
    ids=["port", "address", "other name of this machine", "address of a page"],
)
def test_naming_one(cli, one, bare, name):
    code, out, err = cli("logout", "--server", name(one), see=[one, bare])
    assert (code, out, err) == (0, "Nobody is signed in.\n", "")


@pytest.mark.parametrize("name", ["1", "no-such"])
def test_a_wrong_name_lists_those_that_run(cli, one, name):
    code, out, err = cli("login", "--server", name, see=[one])
    assert (code, out) == (2, "")
    assert "No Jupyter server of yours has this port" in err
    assert one.url in err


def test_status_tells_of_all(cli, one, bare):
    code, out, err = cli("status", see=[one, bare])
    assert (code, err) == (1, "")
    assert one.url in out
    assert "Nobody is signed in." in out
    assert bare.url in out
    assert "hasn't got this extension" in out


def test_a_server_without_the_extension(cli, bare):
    code, out, err = cli("login", "--all", see=[bare])
    assert (code, out) == (1, "")
    assert "hasn't got this extension" in err
    assert "jupyter server extension list" in err


def test_a_server_with_a_password_and_no_token(cli, locked):
    code, out, err = cli("login", see=[locked])
    assert (code, out) == (1, "")
    assert "has a password only" in err
    assert "JUPYTER_TOKEN" in err


def test_a_server_that_leaves_no_file_is_reached_with_its_token(cli, one):
    arguments = ["logout", "--server", one.url]
    code, _, err = cli(*arguments)
    assert code == 1
    assert "JUPYTER_TOKEN" in err
    code, _, err = cli(*arguments, JUPYTER_TOKEN="wrong")
    assert code == 1
    assert "Its token has changed" in err
    code, out, _ = cli(*arguments, JUPYTER_TOKEN=one.info["token"])
    assert (code, out) == (0, "Nobody is signed in.\n")


def test_an_open_server_needs_no_token(cli, servers):
    free = servers("free", {"IdentityProvider": {"token": ""}})
    # It is let in, though Jupyter wants to see its XSRF cookie here, and then finds no
    # provider.
    for variables in ({}, {"JUPYTER_TOKEN": "of another"}):
        code, out, err = cli("login", see=[free], **variables)
        assert (code, out) == (1, "Signing in to Nowhere.\n")
        assert "The sign-in service cannot be reached" in err


def test_a_unix_socket(cli, servers):
    with tempfile.TemporaryDirectory() as folder:
        sock = str(Path(folder) / "s")
        server = servers("sock", {"ServerApp": {"sock": sock}})
        # Nothing of TLS is needed for it.
        none = str(Path(folder) / "none.pem")
        code, out, err = cli("logout", see=[server], SSL_CERT_FILE=none)
        assert (code, out, err) == (0, "Nobody is signed in.\n", "")
        code, out, _ = cli("status", "--server", sock, see=[server])
        assert code == 1
        assert sock in out


def test_the_file_of_a_dead_server_is_left_aside(cli, one, tmp_path):
    dead = subprocess.Popen(["true"])
    dead.wait()
    stale = {**one.info, "port": 1, "url": "http://localhost:1/"}
    for number, pid in enumerate([dead.pid, os.getpid()]):
        # The second one's process id has another program by now.
        file = tmp_path / "runtime" / f"jpserver-{number}.json"
        file.write_text(json.dumps({**stale, "pid": pid}))
    (tmp_path / "runtime" / "jpserver-2.json").write_text("[]")
    code, out, err = cli("logout", see=[one])
    assert (code, out, err) == (0, "Nobody is signed in.\n", "")


def test_what_is_no_jupyter_server(cli, demo):
    code, _, err = cli("login", "--server", demo.idp["url"], JUPYTER_TOKEN="x")
    assert code == 1
    assert "is no Jupyter server with this extension" in err


def test_nobody_at_the_address(cli):
    code, _, err = cli("login", "--server", "http://localhost:1/", JUPYTER_TOKEN="x")
    assert code == 1
    assert "http://localhost:1/ doesn't answer" in err


def test_no_token_is_ever_written(cli, one, bare):
    for arguments in (["login"], ["status"], ["status", "--json"], ["logout"]):
        _, out, err = cli(*arguments, see=[one, bare])
        assert one.info["token"] not in out + err
        assert bare.info["token"] not in out + err
