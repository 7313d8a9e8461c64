"""Azure's own clients take the credential."""

import pytest
from support.stand_in import Service, make_certificate
from support.warm_kernel import start_over, warm_kernel

STORAGE = "https://storage.azure.com/.default"

#: The azure-core policy of both kinds, with a transport over the real network.
POLICY = """
import asyncio
from azure.core import PipelineClient, AsyncPipelineClient
from azure.core.credentials import SupportsTokenInfo, TokenCredential
from azure.core.credentials_async import AsyncSupportsTokenInfo, AsyncTokenCredential
from azure.core.pipeline import policies as p
from azure.core.rest import HttpRequest
SCOPE = "https://storage.azure.com/.default"

def ask(url, ca, credential):
    policy = p.BearerTokenCredentialPolicy(credential, SCOPE)
    with PipelineClient(url, policies=[policy], connection_verify=ca) as client:
        while (r := client.send_request(HttpRequest("GET", url))).json()["tokens"] < 3:
            pass
        return r.status_code

async def ask_async(url, ca, credential):
    policy = p.AsyncBearerTokenCredentialPolicy(credential, SCOPE)
    async with AsyncPipelineClient(url, policies=[policy], connection_verify=ca) as c:
        while (r := await c.send_request(HttpRequest("GET", url))).json()["tokens"] < 6:
            pass
        return r.status_code
"""

BLOB = """
from azure.storage.blob import BlobServiceClient
def upload(url, ca, credential):
    service = BlobServiceClient(
        url + "/account", credential, connection_verify=ca, retry_total=0
    )
    blob = service.get_blob_client("notes", "a.txt")
    for size in range(1, 10**6):
        blob.upload_blob(b"x" * size, overwrite=True)
        if json.loads(blob.download_blob().readall())["tokens"] > 2:
            return size
"""


@pytest.fixture(scope="module")
def environment():
    return "kernel-sdk8"


@pytest.fixture(scope="module")
def kernel(environment, tmp_path_factory):
    with warm_kernel(environment, tmp_path_factory.mktemp("azure")) as kernel:
        yield kernel


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def storage(certificate):
    service = Service(scope=STORAGE, context=certificate[1])
    yield service
    service.close()


@pytest.fixture
def served(kernel, holder, bootstrap, storage, certificate):
    start_over(kernel, holder, bootstrap, storage)
    kernel.run(f"url, ca = {storage.url!r}, {str(certificate[0])!r}")
    return holder


def test_the_bearer_token_policy_outlives_its_first_token(kernel, served, storage):
    served.lifetime = 2
    result = kernel.run(
        POLICY + "print(isinstance(credential, TokenCredential),\n"
        "      isinstance(credential, SupportsTokenInfo),\n"
        "      isinstance(credential.aio, AsyncTokenCredential),\n"
        "      isinstance(credential.aio, AsyncSupportsTokenInfo))\n"
        "print(ask(url, ca, credential))\n"
        "print(await ask_async(url, ca, context().credential.aio))\n"
    )
    assert result.error is None, result.traceback
    assert result.lines == ["True"] * 4 + ["200"] * 2
    assert storage.refused == []


def test_azure_cores_own_types_are_given(kernel, served):
    result = kernel.run(
        "from azure.core.credentials import AccessToken, AccessTokenInfo\n"
        f"a = credential.get_token({STORAGE!r})\n"
        f"b = credential.get_token_info({STORAGE!r})\n"
        "print(type(a) is AccessToken, isinstance(b, AccessTokenInfo),\n"
        "      a.expires_on == b.expires_on, 'secret' in a.token, repr(b))"
    )
    assert result.lines[:4] == ["True"] * 4
    assert "secret" not in result.stdout


def test_blobs_are_written_and_read(kernel, served, storage):
    served.lifetime = 2
    result = kernel.run(BLOB + "print(upload(url, ca, credential) > 1)")
    assert result.error is None, result.traceback
    assert result.lines == ["True"]
    assert {one.method for one in storage.good} >= {"GET", "PUT"}
    assert all(one.issued.scopes == (STORAGE,) for one in storage.good)
    assert storage.refused == []


def test_a_missing_consent_comes_out_of_azures_client(kernel, served):
    said = "AADSTS65001: no consent. https://login.microsoftonline.com/error?code=65001"
    served.policy = lambda question: served.say(
        "error",
        id=question["id"],
        session="s-1",
        code="consent_required",
        message=said,
        action="Ask.",
    )
    result = kernel.run(BLOB + "print(code(upload, url, ca, credential))")
    assert result.stdout.strip() == f"TokenRefused: {said} Ask. [consent_required]"
