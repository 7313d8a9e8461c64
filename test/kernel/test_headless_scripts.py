"""Scripts without JupyterLab and without a kernel, at the demo's provider."""

import time

import pytest
from support.headless_environment import jwt
from support.headless_fixtures import requests_of
from support.headless_runs import outputs, run, run_script

#: Says of how many tokens how many are different, whether a holder was waited for, and
#: which project it was.
WORK = """
import threading
from cdf_auth import _install, context, get_token
tokens = []
work = lambda: tokens.append(get_token())
threads = [threading.Thread(target=work) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
waited = _install.agent().alone_since is not None
print(len(tokens), len(set(tokens)), waited, context().project)
"""


def test_a_script_does_not_wait_and_asks_once(demo, job, tmp_path):
    before = requests_of(demo)
    code, printed = run_script(tmp_path, WORK, **job)
    assert (code, printed) == (0, "20 1 False plant-north\n")
    assert requests_of(demo) - before == 1


def test_any_provider_by_its_token_endpoint(demo, job, tmp_path):
    job |= {
        "IDP_AUTHORITY_URL": "",
        # On plain http it is none of Entra ID's.
        "IDP_TOKEN_URL": demo.idp["metadata"]["token_endpoint"],
        "IDP_SCOPES": "https://westeurope-1.cognitedata.com/.default",
    }
    code, printed = run_script(tmp_path, WORK, **job)
    assert (code, printed) == (0, "20 1 False plant-north\n")


SHAPES = ["PEM", "encrypted PEM", "PFX", "key and thumbprint"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_certificate(shape, certificate, tmp_path):
    code, printed = run_script(tmp_path, WORK, **certificate(shape))
    assert (code, printed) == (0, "20 1 False plant-north\n")


TELL = """
import cdf_auth
try:
    cdf_auth.get_token()
except cdf_auth.CdfAuthError as error:
    print(error.code)
    print(error)
"""


def told(folder, job, code=TELL):
    """Run a script that fails, and give the code and the sentence."""
    status, printed = run_script(folder, code, **job)
    assert status == 0, printed
    assert "Traceback" not in printed
    code, _, sentence = printed.partition("\n")
    return code, sentence


def test_a_wrong_password(certificate, tmp_path):
    job = certificate("encrypted PEM") | {"IDP_CERTIFICATE_PASSWORD": "wrong"}
    code, sentence = told(tmp_path, job)
    assert code == "certificate_unusable"
    assert "IDP_CERTIFICATE_PASSWORD" in sentence


def test_a_password_or_a_thumbprint_that_is_missing(certificate, tmp_path):
    for shape, name in (
        ("encrypted PEM", "PASSWORD"),
        ("key and thumbprint", "THUMBPRINT"),
    ):
        variable = f"IDP_CERTIFICATE_{name}"
        code, sentence = told(tmp_path, certificate(shape) | {variable: ""})
        assert code == "environment_incomplete"
        assert variable in sentence


@pytest.mark.parametrize(
    "content", [None, "", "nonsense", "-----BEGIN CERTIFICATE-----\n", "\0" * 2_000_000]
)
def test_a_certificate_file_that_cannot_be_used(content, job, tmp_path):
    path = tmp_path / "client.pem"
    if content is not None:
        path.write_text(content)
    job |= {"IDP_CLIENT_SECRET": "", "IDP_CERTIFICATE_PATH": str(path)}
    assert told(tmp_path, job)[0] == "certificate_unusable"


def test_the_provider_s_refusal_is_told(job, tmp_path):
    job["IDP_CLIENT_SECRET"] = "wrong~secret"
    code, sentence = told(tmp_path, job)
    assert code == "invalid_client"
    assert "AADSTS7000215" in sentence
    assert "wrong~secret" not in sentence


def test_a_tenant_that_does_not_exist(demo, job, tmp_path):
    job["IDP_AUTHORITY_URL"] = f"{demo.idp['tlsUrl']}/nobody"
    assert "AADSTS90002" in told(tmp_path, job)[1]


def test_a_service_that_nobody_trusts(job, tmp_path):
    del job["SSL_CERT_FILE"]
    hasty = TELL.replace(
        "import cdf_auth", "import cdf_auth, cdf_auth._headless as h; h._PATIENCE = 0"
    )
    code, sentence = told(tmp_path, job, hasty)
    assert code == "provider_unreachable"
    assert "isn't trusted" in sentence
    assert "SSL_CERT_FILE" in sentence


def test_a_bundle_of_requests_is_trusted(job, tmp_path):
    job["REQUESTS_CA_BUNDLE"] = job.pop("SSL_CERT_FILE")
    assert run_script(tmp_path, WORK, **job)[0] == 0


def test_without_msal(job, tmp_path):
    hidden = "import sys; sys.modules['msal'] = None\n" + TELL
    code, sentence = told(tmp_path, job, hidden)
    assert code == "msal_missing"
    assert "pip install cdf-auth[msal]" in sentence


def test_nothing_in_the_environment(tmp_path):
    code, sentence = told(tmp_path, {})
    assert code == "not_in_kernel"
    assert "LOGIN_FLOW" in sentence


def test_what_is_missing_is_told_in_a_notebook(job, tmp_path):
    del job["IDP_CLIENT_ID"]
    executed, _, _ = run("nbclient", tmp_path, [TELL], **job)
    assert outputs(executed, 0).startswith("environment_incomplete\n")
    assert "IDP_CLIENT_ID" in outputs(executed, 0)


#: An hour passes between two calls.
HOUR = """
import time
passed, clock = 0, time.time
time.time = lambda: clock() + passed
import cdf_auth
print(len(cdf_auth.get_token()), flush=True)
passed = 3600
"""


def test_a_fixed_token_until_it_expires(job, tmp_path):
    token = jwt(exp=time.time() + 1800)
    fixed = {name: job[name] for name in ("CDF_CLUSTER", "CDF_PROJECT", "CDF_URL")} | {
        "CDF_TOKEN": token
    }
    status, printed = run_script(tmp_path, HOUR + TELL, **fixed)
    lines = printed.splitlines()
    assert (status, lines[:2]) == (0, [str(len(token)), "environment_token_expired"])
    assert "CDF_TOKEN has expired" in printed


def test_at_the_end_of_the_interpreter(job, tmp_path):
    code = (
        "import atexit, cdf_auth\n"
        "atexit.register(lambda: print(len(cdf_auth.get_token()) > 100))"
    )
    assert run_script(tmp_path, code, **job) == (0, "True\n")


def test_child_processes_of_a_script(job, tmp_path):
    code = """
import multiprocessing, cdf_auth

def work(_):
    return len(cdf_auth.get_token(min_ttl=5000)) > 100

cdf_auth.get_token()
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(work, range(4)))
"""
    assert run_script(tmp_path, code, **job) == (
        0,
        "[True, True, True, True]\n",
    )
