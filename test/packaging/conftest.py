"""A copy of the source, and a clean environment into which it is installed."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What may lead Python, pip or Jupyter to something outside of the environment.
AMBIENT = ("PYTHON", "JUPYTER", "VIRTUAL_ENV", "PIP_TARGET", "PIP_USER", "NODE_PATH")


class Environment:
    """A virtual environment, used without activating it."""

    def __init__(self, folder):
        venv.create(folder, with_pip=True)
        self.folder = folder
        self._bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.variables = {
            k: v for k, v in os.environ.items() if not k.startswith(AMBIENT)
        }
        self.variables |= {
            f"JUPYTER_{kind}_DIR": str(folder / f"empty-{kind.lower()}")
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }

    def command(self, *words):
        return [str(self._bin / words[0]), *map(str, words[1:])]

    def run(self, *words, **variables):
        """Run one of its commands; return all that it wrote."""
        result = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        return result.stdout


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Copy what git would give to a fresh clone, and what is about to be added."""
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
    )
    folder = tmp_path_factory.mktemp("source")
    for name in listed.decode().split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def environment(tmp_path_factory, source):
    """Install the source, and JupyterLab, as a user would."""
    env = Environment(tmp_path_factory.mktemp("environment"))
    env.run("pip", "install", "--quiet", source, "jupyterlab")
    return env


@pytest.fixture(scope="session")
def sdist(environment, source):
    """Build the source distribution."""
    environment.run("pip", "install", "--quiet", "build")
    folder = environment.folder / "sdist"
    environment.run("python", "-m", "build", "--sdist", "--outdir", folder, source)
    [path] = folder.glob("jupyterlab_cdf_auth-*.tar.gz")
    return path


@pytest.fixture(scope="session")
def wheel(environment, sdist):
    """Build the wheel from the source distribution, on a machine without Node."""
    folder = environment.folder / "wheel"
    no_tools = environment.folder / "no-tools"
    no_tools.mkdir()
    environment.run(
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        folder,
        sdist,
        PATH=str(no_tools),
    )
    [path] = folder.glob("jupyterlab_cdf_auth-*.whl")
    return path
