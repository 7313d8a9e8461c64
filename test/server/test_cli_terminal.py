"""The command line in a real terminal, beside an editor and without any browser."""

import asyncio
import json
import re
import subprocess
from io import StringIO
from time import monotonic, sleep

import pexpect
import pytest
from support.demo_process import approve, decline
from support.jupyter_process import BIN, Editor, JupyterProcess
from support.kernel_client import LOOP, claims
from support.patience import LIMIT

pytestmark = pytest.mark.timeout(180)

BOB = "bob@contoso.test"
#: Runs before anybody has signed in, and then has a token.
BEFORE_THE_LOGIN = """
import time
while "get_token" not in globals():
    time.sleep(0.05)
print(str(get_token())[:2])
"""
#: Calls until it may not any more.
UNTIL_SIGNED_OUT = """
import time
import cdf_auth
try:
    while True:
        cdf_auth.get_token(wait=20)
        time.sleep(0.05)
except cdf_auth.CdfAuthError as error:
    print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4, "device-interval": 1}


@pytest.fixture(scope="module")
def server(demo, tmp_path_factory):
    # One connection: the one for which no project is configured.
    section = {"connections": demo.connections[1:], "ca_bundle": demo.idp["caFile"]}
    started = JupyterProcess(tmp_path_factory.mktemp("jupyter"), {"CdfAuth": section})
    started.screen = StringIO()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def editor(server):
    opened = Editor(server, "analysis.ipynb")
    yield opened
    opened.close()


@pytest.fixture
def terminal(server):
    """Run `jupyter cdf-auth …` under a pty."""
    children = []

    def start(*arguments, columns=100, **variables):
        child = pexpect.spawn(
            str(BIN / "jupyter"),
            ["cdf-auth", *arguments],
            env={**server.environment, "TERM": "xterm-256color", **variables},
            encoding="utf-8",
            timeout=LIMIT,
            dimensions=(40, columns),
        )
        child.logfile_read = server.screen
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def read_device(child):
    """Read page and code off the screen."""
    child.expect(r"(https?://[^\s\x1b]+)[\s\x1b]")
    page = child.match[1]
    child.expect(r"enter the code:\s+(?:\x1b\[1m)?([A-Z0-9-]+)[\s\x1b]")
    return {"verificationUri": page, "userCode": child.match[1]}


def end(child):
    """Wait for the end; give the rest of the output and the exit code."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before, child.exitstatus


def test_an_editors_busy_cell_has_fresh_tokens_until_the_logout(
    server, editor, terminal
):
    running = editor.begin(BEFORE_THE_LOGIN)
    login = terminal("login", "--all", "--project", "wind-park")
    device = read_device(login)
    login.expect("Waiting for you to sign in")
    asyncio.run(approve(device, BOB))
    said, code = end(login)
    assert code == 0, said
    assert f"Bob Example ({BOB}) has signed in" in said
    assert "project wind-park" in said
    assert re.search(rf"analysis\.ipynb +{editor.kernel} +busy +served", said)

    assert running() == "ey\n"
    context = "import cdf_auth; c = cdf_auth.context(); print(c.account, c.project)"
    assert editor.run(context) == f"{BOB} wind-park\n"
    tokens = json.loads(editor.run(f"{LOOP}\nprint(json.dumps(collect(3)))"))
    issued = [claims(token) for token in tokens]
    assert {one["preferred_username"] for one in issued} == {BOB}
    # The cell has lived longer than its first token.
    assert issued[-1]["iat"] >= issued[0]["exp"]

    said, code = end(terminal("status"))
    assert code == 0, said
    assert BOB in said

    busy = editor.begin(UNTIL_SIGNED_OUT)
    said, code = end(terminal("logout"))
    assert code == 0, said
    assert f"{editor.kernel}" in said
    assert busy() == "SignInRequired\n"

    said, code = end(terminal("status"))
    assert code == 1
    assert "Nobody is signed in." in said
    shown, log = server.screen.getvalue(), server.log.read_text()
    assert BOB in shown
    assert not any(token in shown + log for token in tokens)
    assert server.info["token"] not in shown


def test_ctrl_c_calls_the_sign_in_off(server, terminal):
    login = terminal("login")
    read_device(login)
    login.expect("Waiting for you to sign in")
    login.sendintr()
    said, code = end(login)
    assert code == 130
    assert "Called off." in said
    assert "Traceback" not in said
    said, code = end(terminal("status"))
    assert code == 1
    assert "Nobody is signed in." in said


def test_declined(terminal):
    login = terminal("login")
    asyncio.run(decline(read_device(login), BOB))
    said, code = end(login)
    assert code == 1
    assert "AADSTS65004" in said


def test_without_colour_nothing_but_text_is_written(terminal):
    login = terminal("login", NO_COLOR="1")
    login.expect("Waiting for you to sign in")
    assert "\x1b" not in login.before
    login.sendintr()
    said, code = end(login)
    assert code == 130
    assert "\x1b" not in said


def test_with_colour_the_code_stands_out(terminal):
    login = terminal("login")
    login.expect("Waiting for you to sign in")
    assert "\x1b[1m" in login.before
    login.sendintr()
    end(login)


def test_in_a_narrow_terminal_the_waiting_stays_on_its_line(terminal):
    login = terminal("login", columns=40)
    said = ""
    for _ in range(3):
        login.expect("Waiting for you to sign in")
        said += login.before + login.after
    drawn = re.findall(r"\r([^\r\n]*)", said)
    # The last one hasn't been read to its end.
    assert sum("Waiting" in one for one in drawn[:-1]) == 2
    assert max(map(len, drawn)) < 40
    login.sendintr()
    _, code = end(login)
    assert code == 130


def test_into_a_file_each_thing_is_said_once(server, tmp_path):
    file = tmp_path / "said"
    with file.open("w") as said:
        login = subprocess.Popen(
            [BIN / "jupyter", "cdf-auth", "login"],
            env=server.environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    text = wait_for(lambda: "Waiting" in file.read_text() and file.read_text())
    page = re.search(r"^    (http\S+)$", text, re.MULTILINE)[1]
    user_code = re.search(r"^    ([A-Z0-9-]+)$", text, re.MULTILINE)[1]
    device = {"verificationUri": page, "userCode": user_code}
    asyncio.run(approve(device, BOB))
    assert login.wait(LIMIT) == 0
    text = file.read_text()
    assert text.count("Waiting") == 1
    assert "\r" not in text
    assert "\x1b" not in text
    assert "has signed in" in text
    assert (
        subprocess.call([BIN / "jupyter", "cdf-auth", "logout"], env=server.environment)
        == 0
    )


def wait_for(condition):
    end = monotonic() + LIMIT
    while not (value := condition()):
        assert monotonic() < end, "It didn't come about."
        sleep(0.05)
    return value


def test_a_server_that_is_gone_ends_the_waiting(demo, terminal, tmp_path):
    section = {"connections": demo.connections[:1], "ca_bundle": demo.idp["caFile"]}
    other = JupyterProcess(tmp_path, {"CdfAuth": section})
    login = terminal("login", JUPYTER_RUNTIME_DIR=str(tmp_path / "runtime"))
    read_device(login)
    other.kill()
    said, code = end(login)
    assert code == 1
    assert f"The Jupyter server at {other.url} doesn't answer" in said
    assert "Traceback" not in said
