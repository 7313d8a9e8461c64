"""The demo's provider, and what a job's environment says about it."""

import json
import runpy
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from support.real_kernel import ROOT


@pytest.fixture(scope="module")
def demo(request, tmp_path_factory):
    """Return the demo; its tokens live for the module's `LIFETIME` (s), or an hour."""
    lifetime = getattr(request.module, "LIFETIME", 3600)
    helpers = ROOT / "test" / "server" / "support"
    demo_process = runpy.run_path(str(helpers / "demo_process.py"))
    folder = tmp_path_factory.mktemp("ca")
    started = demo_process["Demo"].start(folder, **{"token-lifetime": lifetime})
    yield started
    started.stop()


@pytest.fixture
def job(demo):
    """Return the variables of a job that has a secret at Entra ID."""
    cluster = demo.clusters[0]
    return {
        "LOGIN_FLOW": "client_credentials",
        "CDF_CLUSTER": cluster["name"],
        "CDF_PROJECT": "plant-north",
        "CDF_URL": cluster["url"],
        "IDP_AUTHORITY_URL": demo.idp["authority"],
        "IDP_CLIENT_ID": demo.idp["clientIds"]["confidential"],
        "IDP_CLIENT_SECRET": demo.idp["clientSecret"],
        "SSL_CERT_FILE": demo.idp["caFile"],
    }


def requests_of(demo):
    with urllib.request.urlopen(f"{demo.idp['url']}/__demo/stats") as response:
        grants = json.load(response)["grants"]
    return grants.get("client_credentials", {"requests": 0})["requests"]


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture
def certificate(demo, job, tmp_path):
    """Give the variables of a job with a certificate, in one of its shapes."""
    pem = demo.idp["clientCertificateFile"]

    def make(shape):
        made = {**job, "IDP_CLIENT_SECRET": "", "IDP_CERTIFICATE_PATH": pem}
        target = str(tmp_path / "client")
        if shape == "PFX":
            options = ("-passout", "pass:open sesame", "-in", pem, "-out", target)
            openssl("pkcs12", "-export", *options)
        elif shape == "encrypted PEM":
            key = ("-topk8", "-passout", "pass:open sesame", "-in", pem)
            openssl("pkcs8", *key, "-out", target)
            public = Path(pem).read_text().partition("-----END PRIVATE KEY-----")[2]
            Path(target).write_text(Path(target).read_text() + public)
        elif shape == "key and thumbprint":
            openssl("pkey", "-in", pem, "-out", target)
            print_ = subprocess.check_output(
                ["openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha1"],
                text=True,
            )
            made["IDP_CERTIFICATE_THUMBPRINT"] = print_.partition("=")[2].strip()
        else:
            return made
        if shape != "key and thumbprint":
            made["IDP_CERTIFICATE_PASSWORD"] = "open sesame"
        return {**made, "IDP_CERTIFICATE_PATH": target}

    if shutil.which("openssl") is None:
        pytest.skip("There is no openssl to make a PFX file and an encrypted key with.")
    return make
