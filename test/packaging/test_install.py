"""`pip install .` in a clean environment gives an extension that works."""

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import PurePosixPath

import pytest

LAB = "share/jupyter/labextensions/jupyterlab-cdf-auth"
# A wheel keeps what belongs beside the package, not into it, under this.
DATA = re.compile(r"^jupyterlab_cdf_auth-[^/]+\.data/data/")
NEEDED = {
    "jupyterlab_cdf_auth/_agent.json",
    "jupyterlab_cdf_auth/redirect.html",
    "jupyterlab_cdf_auth/static/redirect.js",
    "etc/jupyter/jupyter_server_config.d/jupyterlab_cdf_auth.json",
    f"{LAB}/install.json",
    f"{LAB}/package.json",
    f"{LAB}/static/style.js",
}
FOREIGN = {
    "test",
    "tests",
    "bench",
    "demo",
    "src",
    "kernel",
    "node_modules",
    "scripts",
    "labextension",
}


@pytest.fixture(scope="session")
def version(source):
    return json.loads((source / "package.json").read_text())["version"]


def test_jupyterlab_lists_the_extension(environment, version):
    report = environment.run("jupyter", "labextension", "list", "--verbose")
    [line] = [line for line in report.splitlines() if "jupyterlab-cdf-auth v" in line]
    words = re.sub(r"\x1b\[\d*m", "", line).split()
    assert words[:4] == ["jupyterlab-cdf-auth", f"v{version}", "enabled", "OK"]


def test_jupyter_server_lists_the_extension(environment, version):
    report = re.sub(
        r"\x1b\[\d*m", "", environment.run("jupyter", "server", "extension", "list")
    )
    assert re.search(r"jupyterlab_cdf_auth enabled\n", report)
    assert re.search(rf"jupyterlab_cdf_auth {re.escape(version)} OK\n", report)


def test_jupyter_has_the_command(environment):
    assert "COMMAND" in environment.run("jupyter", "cdf-auth", "--help")


@pytest.fixture
def read(environment, tmp_path):
    """Start JupyterLab; return a function that reads a page of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--port-retries=0"]
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            environment.command(
                "jupyter", "lab", *options, "--IdentityProvider.token=t"
            ),
            cwd=environment.folder,
            env=environment.variables,
            stderr=file,
        )
    deadline = time.monotonic() + 120

    def read(path):
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                    return answer.read().decode()
            except urllib.error.URLError as error:
                starting = isinstance(error.reason, ConnectionRefusedError)
                if (
                    not starting
                    or process.poll() is not None
                    or time.monotonic() > deadline
                ):
                    raise AssertionError(log.read_text()) from error
                time.sleep(0.1)

    yield read
    process.terminate()
    process.wait()


def test_a_running_jupyterlab_has_both_parts(read):
    page = read("/lab?token=t")
    script = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    config = json.loads(script[1])
    assert config["cdfAuth"]["redirectPath"] == "cdf-auth/redirect"
    extensions = {e["name"]: e for e in config["federated_extensions"]}
    entry = extensions["jupyterlab-cdf-auth"]["load"]
    base = config["fullLabextensionsUrl"]
    assert "jupyterlab-cdf-auth" in read(f"{base}/jupyterlab-cdf-auth/{entry}")
    assert 'src="redirect.js"' in read("/cdf-auth/redirect")
    assert "BroadcastChannel" in read("/cdf-auth/redirect.js")


def test_the_wheel_holds_what_is_needed_once_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = [DATA.sub("", info.filename) for info in archive.infolist()]
        contents = Counter(
            sha256(archive.read(info)).hexdigest() for info in archive.infolist()
        )
    assert set(names) >= NEEDED
    assert any(name.startswith(f"{LAB}/static/remoteEntry.") for name in names)
    assert len(set(names)) == len(names)
    assert set(contents.values()) == {1}
    for name in names:
        path = PurePosixPath(name)
        assert path.suffix not in {".map", ".ts", ".tsx", ".pyc", ".tsbuildinfo"}, name
        assert not FOREIGN.intersection(path.parts), name


def test_the_wheel_of_the_source_distribution_is_the_installed_one(environment, wheel):
    listed = environment.run("pip", "show", "--files", "jupyterlab-cdf-auth").split(
        "Files:\n"
    )[1]
    installed = {re.sub(r"^(\.\./)+", "", line.strip()) for line in listed.splitlines()}
    installed = {
        name
        for name in installed
        if "__pycache__" not in name
        and ".dist-info/" not in name
        # pip makes it of an entry point.
        and PurePosixPath(name).stem != "jupyter-cdf-auth"
    }
    with zipfile.ZipFile(wheel) as archive:
        built = {
            DATA.sub("", name)
            for name in archive.namelist()
            if ".dist-info/" not in name
        }
    assert installed == built
