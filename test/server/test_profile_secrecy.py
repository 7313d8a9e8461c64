"""The secret of a profile is nowhere but where the administrator has put it."""

import json
import logging
import os
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from support.profile_fixtures import KINDS, VARIABLE, use
from support.session_client import Page

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]


@pytest.fixture
def cdf_auth_config(demo_config, profiles):
    return {**demo_config, "profiles": profiles}


@pytest.fixture
def page(api, demo):
    return Page(api, demo)


@pytest.fixture
def secrets(demo):
    """Return the client secret, and a line of the certificate's private key."""
    certificate = Path(demo.idp["clientCertificateFile"]).read_text()
    return [demo.idp["clientSecret"], certificate.splitlines()[3]]


async def serve_all(page, demo, kernel):
    """Use each kind of profile for the kernel; give all that was answered."""
    told = []
    for name in KINDS:
        session = await use(page, demo, name)
        told += [session, await page.serve(session, kernel.id)]
        body = {"baseUrl": demo.connection["baseUrl"]}
        told.append(await page.call("POST", f"{session['id']}/inspect", body))
    return told


CELLS = [
    "import os; print(dict(os.environ))",
    "from cdf_auth import context; print(context()); get_token()",
    "get_token('https://elsewhere.test/.default')",
]


async def save_notebook(kernel, jp_fetch, path):
    """Run cells in the kernel and save them with their outputs, as a page does."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    client = NotebookClient(notebook, km=kernel.manager, allow_errors=True)
    await client.async_execute()
    body = {"type": "notebook", "format": "json", "content": notebook}
    url = ("api", "contents", path)
    await jp_fetch(*url, method="PUT", body=json.dumps(body))
    await jp_fetch(*url, "checkpoints", method="POST", body="")


async def test_no_secret_gets_out(  # noqa: PLR0913, PLR0917 - wherever one could be
    page, demo, secrets, start_kernel, caplog, jp_fetch, jp_root_dir
):
    caplog.set_level(logging.DEBUG)
    kernel = await start_kernel(path="job.ipynb")
    told = await serve_all(page, demo, kernel)
    told.append(await page.call("GET"))
    told.append((await jp_fetch("lab", "api", "settings", raise_error=False)).body)
    await save_notebook(kernel, jp_fetch, "job.ipynb")
    saved = [file.read_text() for file in jp_root_dir.rglob("*.ipynb")]
    # The notebook and its checkpoint, with what was printed and the error.
    assert ["JPY_SESSION_NAME" in one and "TokenRefused" in one for one in saved] == [
        True,
        True,
    ]
    for secret in secrets:
        assert secret not in str(told + saved)
        assert secret not in caplog.text
    # It was there for the server; kernels and terminals get what it leaves.
    assert VARIABLE not in os.environ


@pytest.mark.skipif(
    not Path("/proc/self/environ").exists(),
    reason="only Linux shows the arguments and the environment of a process as files",
)
async def test_no_secret_is_shown_by_the_kernels_process(
    page, demo, secrets, start_kernel
):
    kernel = await start_kernel()
    await serve_all(page, demo, kernel)
    process = Path("/proc") / str(kernel.manager.provisioner.process.pid)
    shown = [(process / name).read_bytes() for name in ("cmdline", "environ")]
    assert b"JPY_SESSION_NAME" in shown[1]
    for secret in secrets:
        assert secret.encode() not in b"".join(shown)
