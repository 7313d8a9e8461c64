"""Notebooks without JupyterLab, at the demo's provider, past an expiry."""

import base64
import json

import nbformat
import pytest
from headless_environment import jwt
from headless_fixtures import LIFETIME, requests_of
from headless_runs import outputs, run

WAYS = ["jupyter execute", "nbclient", "papermill"]

#: Works past the end of its first token, as a job does: each call of CDF counts.
LONG_WORK = """
import json, time, urllib.request
import cdf_auth
from cdf_auth import context, get_token

here = context()
print(here.connection, here.cluster, here.project, here.account)

def series():
    request = urllib.request.Request(
        f"{here.base_url}/api/v1/projects/{here.project}/timeseries",
        headers={"Authorization": "Bearer " + get_token()},
    )
    with urllib.request.urlopen(request) as response:
        return len(json.load(response)["items"])

tokens, ends = set(), time.monotonic() + LIFETIME + 1
while time.monotonic() < ends:
    assert series() == 3
    tokens.add(str(get_token()))
    time.sleep(0.5)
print("worked with", "several" if len(tokens) > 1 else "one")
""".replace("LIFETIME", str(LIFETIME))

SECOND = """
started = time.monotonic()
print("quick" if get_token() and time.monotonic() - started < 2 else "slow")
print("pinned" if here.get_token() == get_token() else "other")
print(await cdf_auth.get_token_async() == get_token())
get_token()
"""


def assert_nothing_is_left(text, *secrets):
    """Look through an executed notebook for what must not be saved."""
    executed = nbformat.reads(text, 4)
    assert "widgets" not in executed.metadata
    bare = [
        {**cell, "source": ""}  # the code itself names the package
        for cell in executed.cells
    ]
    saved = json.dumps([executed.metadata, bare])
    assert "eyJ" not in saved  # how every token of the demo begins
    assert base64.b64encode(b'{"')[:3].decode() == "eyJ"
    for word in ("cdf-auth", "environment-", "comm_", "application/vnd.jupyter.widget"):
        assert word not in saved, word
    for secret in secrets:
        for start in range(len(secret) - 7):
            assert secret[start : start + 8] not in text


@pytest.mark.parametrize("way", WAYS)
def test_a_notebook_works_past_an_expiry(way, demo, job, tmp_path):
    before = requests_of(demo)
    executed, text, _ = run(way, tmp_path, [LONG_WORK, SECOND], **job)
    first = 1 if way == "papermill" and len(executed.cells) > 2 else 0
    assert outputs(executed, first).split("\n")[:2] == [
        f"environment westeurope-1 plant-north {job['IDP_CLIENT_ID']}",
        "worked with several",
    ]
    assert outputs(executed, first + 1) == "quick\npinned\nTrue\n'[token hidden]'"
    # One for each lifetime, with a margin of a quarter, and none for each call.
    assert 2 <= requests_of(demo) - before <= 5
    assert_nothing_is_left(text, job["IDP_CLIENT_SECRET"])


def test_the_agent_may_be_injected_without_being_used(packed, demo, job, tmp_path):
    """A server that brings the agent to every kernel, and no holder of a session."""
    cells = [packed["bootstrap"], "print(len(get_token()) > 100)"]
    executed, text, _ = run(
        "nbclient", tmp_path, cells, **job, PYTHONPATH=str(tmp_path)
    )
    assert outputs(executed, 0) == "'ok'"
    assert outputs(executed, 1) == "True\n"
    assert_nothing_is_left(text, job["IDP_CLIENT_SECRET"])


VERBOSE = """
%xmode Verbose
import logging, os
logging.basicConfig(level=logging.DEBUG)
from cdf_auth import get_token
secret_of_mine = None
"""


@pytest.mark.parametrize(
    "change",
    [
        {"IDP_CLIENT_ID": "00000000-0000-0000-0000-000000000000"},
        {"IDP_TENANT_ID": "a/b", "IDP_AUTHORITY_URL": ""},
        {"IDP_SCOPES": "s" * 600},
        {"LOGIN_FLOW": "interactive"},
        {"CDF_CLUSTER": "", "CDF_URL": ""},
        {"IDP_CERTIFICATE_PATH": "also.pem"},
        {"IDP_AUTHORITY_URL": "", "IDP_TOKEN_URL": "https://127.0.0.1:9/token"},
        {"LOGIN_FLOW": "token"},
        {"LOGIN_FLOW": "token", "CDF_TOKEN": "Bearer {secret}"},
        {"LOGIN_FLOW": "token", "CDF_TOKEN": "{expired}"},
    ],
)
def test_verbose_tracebacks_and_debug_logs_hide_secrets(change, job, tmp_path):
    secret = job["IDP_CLIENT_SECRET"]
    expired = jwt(exp=1)
    job |= {
        name: value.format(secret=secret, expired=expired)
        for name, value in change.items()
    }
    # No retries: what can't be reached won't be.
    cells = [VERBOSE, "import cdf_auth._headless as h; h._PATIENCE = 0", "get_token()"]
    executed, text, printed = run("papermill", tmp_path, cells, is_good=False, **job)
    traceback = executed.cells[-1].outputs[-1]
    assert traceback.output_type == "error"
    assert "_wait.py" in "".join(traceback.traceback)
    for shown in (text, printed):
        assert secret not in shown
        assert expired not in shown


def test_a_verbose_traceback_of_a_run_that_works(job, tmp_path):
    cells = [VERBOSE, "token = get_token()\ndef f(t):\n    return 1 / 0\nf(token)"]
    _, text, printed = run("papermill", tmp_path, cells, is_good=False, **job)
    assert "ZeroDivisionError" in text
    for shown in (text, printed):
        assert job["IDP_CLIENT_SECRET"] not in shown
        assert "eyJ" not in shown
