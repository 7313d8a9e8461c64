"""Notebooks without JupyterLab, at the demo's provider, past an expiry."""

import json

import nbformat
import pytest
from support.headless_environment import jwt
from support.headless_fixtures import requests_of
from support.headless_runs import outputs, run

WAYS = ["jupyter execute", "nbclient", "papermill"]

#: Seconds for which a token lives: a quarter of them is for the requests of a call.
LIFETIME = 8

#: Works until its token has been renewed, as a job does: each call of CDF counts.
LONG_WORK = """
import json, time, urllib.request
import cdf_auth
from cdf_auth import context, get_token

here = context()
print(here.connection, here.cluster, here.project, here.account)

tokens = set()

def token():
    found = get_token()
    tokens.add(str(found))
    return found

def series():
    request = urllib.request.Request(
        f"{here.base_url}/api/v1/projects/{here.project}/timeseries",
        headers={"Authorization": "Bearer " + token()},
    )
    with urllib.request.urlopen(request) as response:
        return len(json.load(response)["items"])

while len(tokens) < 2:
    assert series() == 3
    time.sleep(0.2)
"""

SECOND = """
# Who had to wait for JupyterLab would be told that there is no time for it.
print("quick" if get_token(min_ttl=0, wait=0) else "slow")
print("pinned" if here.get_token() == token() else "other")
print(token().startswith("eyJ"))  # what the test looks for
print(await cdf_auth.get_token_async() == token())
print(len(tokens))
token()
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
    for word in ("cdf-auth", "environment-", "comm_", "application/vnd.jupyter.widget"):
        assert word not in saved, word
    for secret in secrets:
        for start in range(len(secret) - 7):
            assert secret[start : start + 8] not in text


@pytest.mark.parametrize("way", WAYS)
def test_a_notebook_works_past_an_expiry(way, demo, job, tmp_path):
    before = requests_of(demo)
    executed, text, _ = run(way, tmp_path, [LONG_WORK, SECOND], **job)
    assert outputs(executed, 0) == (
        f"environment westeurope-1 plant-north {job['IDP_CLIENT_ID']}\n"
    )
    *said, tokens, shown = outputs(executed, 1).split("\n")
    assert (said, shown) == (["quick", "pinned", "True", "True"], "'[token hidden]'")
    # One for each token, and none for each call.
    assert requests_of(demo) - before == int(tokens) >= 2
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
import logging, os, sys
logging.basicConfig(level=logging.DEBUG)
originals = dict(os.environ)
import cdf_auth
"""

#: A kernel of its own would take ten times as long.
ANEW = """
for name in [one for one in sys.modules if one.startswith("cdf_auth")]:
    del sys.modules[name]
os.environ.update(originals)
import cdf_auth, cdf_auth._headless, cdf_auth._wait
# Nobody comes, and what can't be reached won't be.
cdf_auth._wait.SILENCE = cdf_auth._headless._PATIENCE = 0
"""

#: Code that breaks the environment, and the error that follows.
BROKEN = {
    "os.environ['IDP_CLIENT_ID'] = 'nobody'": "unauthorized_client",
    "os.environ['IDP_CLIENT_SECRET'] += 'x'": "invalid_client",
    "os.environ.update(IDP_TENANT_ID='a/b', IDP_AUTHORITY_URL='')": (
        "environment_invalid"
    ),
    "os.environ['IDP_SCOPES'] = 600 * 's'": "environment_invalid",
    "os.environ['LOGIN_FLOW'] = 'interactive'": "login_flow_unsupported",
    "os.environ.update(CDF_CLUSTER='', CDF_URL='')": "environment_incomplete",
    "os.environ['IDP_CERTIFICATE_PATH'] = 'also.pem'": "environment_invalid",
    "os.environ['IDP_TOKEN_URL'] = 'https://127.0.0.1:9/t'": "provider_unreachable",
    "os.environ['LOGIN_FLOW'] = 'token'": "environment_incomplete",
    "os.environ.update(LOGIN_FLOW='token', CDF_TOKEN='Bearer ' + originals"
    "['IDP_CLIENT_SECRET'])": "environment_invalid",
    "os.environ.update(LOGIN_FLOW='token', CDF_TOKEN=originals['EXPIRED'])": (
        "environment_token_expired"
    ),
    "os.environ['SSL_CERT_FILE'] = ''": "provider_unreachable",
}


def test_verbose_tracebacks_and_debug_logs_hide_secrets(job, tmp_path):
    expired = jwt(exp=1)
    job |= {"EXPIRED": expired, "IDP_CERTIFICATE_PATH": "", "IDP_TENANT_ID": "t"}
    job |= {"IDP_TOKEN_URL": "", "CDF_TOKEN": "", "IDP_SCOPES": ""}
    broken = [
        f"{ANEW}{code}\nsecret_of_mine = dict(os.environ)\ncdf_auth.get_token()"
        for code in BROKEN
    ]
    good = f"{ANEW}token = cdf_auth.get_token()\ndef f(t):\n    return 1 / 0\nf(token)"
    way = "nbclient, errors allowed"
    executed, text, printed = run(way, tmp_path, [VERBOSE, *broken, good], **job)
    errors = [executed.cells[n].outputs[-1] for n in range(1, len(BROKEN) + 2)]
    codes = [one.evalue.rpartition("[")[2].rstrip("]") for one in errors[:-1]]
    assert codes == list(BROKEN.values())
    assert all("_wait.py" in "".join(one.traceback) for one in errors[:-1])
    assert errors[-1].ename == "ZeroDivisionError"
    for shown in (text, printed):
        assert job["IDP_CLIENT_SECRET"] not in shown
        assert expired not in shown
        assert "eyJ" not in shown
