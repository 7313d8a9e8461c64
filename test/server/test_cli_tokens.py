"""Which Jupyter server is sent which token."""

import errno
import json
import os
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

pytestmark = pytest.mark.timeout(60)

GIVEN = "s3cr3t-of-the-environment"


class Listener(ThreadingHTTPServer):
    """Whoever has a port of this machine, and writes down what it is sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.seen = {}

    @property
    def tokens(self):
        return {token for token in self.seen.values() if token}

    @property
    def port(self):
        return self.server_address[1]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen[self.path] = self.headers["Authorization"]
        self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture
def listen(cli, tmp_path):
    """Start listeners, and leave the file of a Jupyter server for each."""
    with ExitStack() as stack:

        def start(token=""):
            listener = stack.enter_context(Listener())
            thread = Thread(target=listener.serve_forever, args=[0.01])
            thread.start()
            stack.callback(thread.join)
            stack.callback(listener.shutdown)
            info = {
                "url": f"http://localhost:{listener.port}/",
                "port": listener.port,
                "token": token,
                "pid": os.getpid(),
                "base_url": "/",
            }
            file = tmp_path / "runtime" / f"jpserver-{listener.port}.json"
            file.write_text(json.dumps(info))
            return listener

        yield start


def test_the_environments_is_for_none_of_several(cli, listen):
    one, other = listen(), listen()
    assert cli("status", JUPYTER_TOKEN=GIVEN)[0] == 1
    code, _, err = cli("login", JUPYTER_TOKEN=GIVEN)
    assert code == 2
    assert "Several Jupyter servers are running" in err
    # They were asked.
    assert "/cdf-auth/sessions" in one.seen
    assert "/cdf-auth/sessions" in other.seen
    assert one.tokens | other.tokens == set()


def test_the_environments_is_for_the_only_one(cli, listen):
    only = listen()
    for command in ("status", "login"):
        only.seen.clear()
        cli(command, JUPYTER_TOKEN=GIVEN)
        assert only.tokens == {f"token {GIVEN}"}


def test_the_environments_is_for_the_one_that_is_named(cli, listen):
    one, other = listen(), listen()
    for command in ("status", "login"):
        one.seen.clear()
        cli(command, "--server", str(one.port), JUPYTER_TOKEN=GIVEN)
        assert one.tokens == {f"token {GIVEN}"}
    assert other.seen == {}


def test_a_servers_own_comes_first_and_goes_to_no_other(cli, listen):
    one, other = listen("of-one"), listen("of-other")
    cli("status", JUPYTER_TOKEN=GIVEN)
    assert one.tokens == {"token of-one"}
    assert other.tokens == {"token of-other"}


def test_to_find_out_who_is_there_none_is_sent(cli, listen):
    one, other = listen("of-one"), listen("of-other")
    assert cli("login")[0] == 2
    assert one.seen == other.seen == {"/api": None}


def test_where_the_process_is_somebody_elses_none_is_sent(cli, listen, monkeypatch):
    """A server was killed, and its number and its port have gone to another user."""
    taken = listen("of-the-killed-one")

    def kill(pid, signal):
        assert (pid, signal) == (os.getpid(), 0)
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "kill", kill)
    code, _, err = cli("status")
    assert code == 1
    assert "No Jupyter server of yours is running" in err
    assert taken.seen == {}
