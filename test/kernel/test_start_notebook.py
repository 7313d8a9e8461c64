"""The starter notebook runs as it stands, in a kernel of its own."""

import json

import nbformat
import pytest
from jupyter_client import AsyncKernelClient
from nbclient import NotebookClient
from support.real_kernel import LIMIT, ROOT
from support.stand_in import Service
from support.warm_kernel import start_over

NOTEBOOK = ROOT / "docs" / "start.ipynb"


@pytest.fixture
def environment():
    return "kernel-sdk8"


@pytest.fixture
def cdf():
    service = Service()
    yield service
    service.close()


def execute(notebook, kernel):
    """Execute `notebook` in a kernel that runs already, as JupyterLab does."""
    client = AsyncKernelClient(connection_file=kernel.manager.connection_file)
    client.load_connection_file()
    client.start_channels()
    executor = NotebookClient(notebook, km=kernel.manager, timeout=LIMIT)
    executor.kc = client
    try:
        executor.execute()
    finally:
        client.stop_channels()


def test_it_runs(kernel, holder, bootstrap, cdf):
    start_over(kernel, holder, bootstrap, cdf)
    # It must import by itself what it uses.
    kernel.run("%reset -f")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    execute(notebook, kernel)
    shown = [
        output.get("text") or output["data"]["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    token, context, series, headers, projects, until, given = shown
    assert token == given == "'[token hidden]'"
    assert "project='plant-north'" in context
    assert series == "['pump']"
    assert headers == "{'Authorization': '[token hidden]'}"
    assert projects == "['plant-north', 'plant-south']"
    assert until.startswith("good until 20")
    assert cdf.refused == []
    assert "secret" not in json.dumps(notebook)


def test_it_is_kept_without_outputs():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert not any(cell.get("outputs") for cell in cells)
    assert not any(cell.get("execution_count") for cell in cells)
