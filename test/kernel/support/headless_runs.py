"""Ways in which people run a notebook or a script without JupyterLab."""

import os
import subprocess
from pathlib import Path

import nbformat
from support.real_kernel import ROOT, python_of

#: Seconds for one run, the start of a kernel on a busy machine included.
LIMIT = 90

#: The environment with nbclient, papermill and msal.
ENVIRONMENT = "headless"

_OURS = ("CDF_", "IDP_", "COGNITE_", "LOGIN_FLOW")
_NETWORK = ("PROXY", "SSL_CERT", "REQUESTS_CA")

_NBCLIENT = """
import sys, nbformat
from nbclient import NotebookClient
source, target, way = sys.argv[1:]
notebook = nbformat.read(source, 4)
options = {"timeout": 60, "kernel_name": "python3", "allow_errors": "errors" in way}
NotebookClient(notebook, **options).execute()
nbformat.write(notebook, target)
"""


def program(name):
    return str(python_of(ENVIRONMENT).with_name(name))


def command(way, source, target):
    """Give what executes the notebook `source` and writes `target`."""
    python = str(python_of(ENVIRONMENT))
    if way == "papermill":
        options = ["--no-progress-bar", "--kernel", "python3"]
        return [python, "-m", "papermill", str(source), str(target), *options]
    if way == "jupyter execute":
        options = [f"--output={target.with_suffix('')}", "--kernel_name=python3"]
        return [program("jupyter"), "execute", str(source), *options]
    return [python, "-c", _NBCLIENT, str(source), str(target), way]


def variables(folder, **extra):
    """Give a clean environment, with `cdf_auth` as if it were installed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_OURS)
        and not any(word in name.upper() for word in _NETWORK)
    }
    path = Path(program("jupyter")).parent
    return {
        **kept,
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "kernel"),
        "IPYTHONDIR": str(folder),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        # What a debugger would say about its frozen modules.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        **extra,
    }


def notebook(*cells):
    made = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            }
        }
    )
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return made


def run(way, folder, cells, *, is_good=True, **extra):
    """Run the cells; give the executed notebook, its text, and what was printed."""
    source, target = folder / "source.ipynb", folder / "executed.ipynb"
    nbformat.write(notebook(*cells), source)
    done = _run(command(way, source, target), folder, extra)
    assert (done.returncode == 0) is is_good, done.stdout
    text = target.read_text() if target.exists() else ""
    return nbformat.reads(text, 4) if text else None, text, done.stdout


def run_script(folder, code, **extra):
    """Run a plain script; give its exit code and what it printed."""
    done = _run([str(python_of(ENVIRONMENT)), "-c", code], folder, extra)
    return done.returncode, done.stdout


def _run(arguments, folder, extra):
    return subprocess.run(
        arguments,
        check=False,
        cwd=folder,
        env=variables(folder, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )


def outputs(notebook, cell):
    """Give what a cell has printed, and its value."""
    return "".join(
        one.get("text", "") + one.get("data", {}).get("text/plain", "")
        for one in notebook.cells[cell].outputs
    )
