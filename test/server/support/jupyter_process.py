"""A Jupyter server as a process, and an editor that uses it."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from support.demo_process import ROOT
from support.patience import LIMIT
from support.ports import free_port

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent

#: Ours alone: those of JupyterLab double the time that a server takes to start.
EXTENSIONS = {
    "jupyterlab_cdf_auth": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "jupyterlab": False,
    "notebook_shim": False,
}

_KERNELS_PORTS = f"""
import sys
sys.path.append({str(HERE)!r})
from ports import give_kernels_free_ports
give_kernels_free_ports()
"""


def environment(folder, **more):
    """Give what a terminal of this user has: the server's folders, and no display.

    Nor the size of another one: pytest's workers are told that of where it was started.
    """
    others = ("JUPYTER", "CDF_AUTH", "DISPLAY", "COLUMNS", "LINES")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(others)
    }
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        # The sources, not what is installed.
        "PYTHONPATH": str(ROOT),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "HOME": str(folder),
        **more,
    }


class JupyterProcess:
    """`jupyter server`, which makes up its token by itself."""

    def __init__(self, folder, config, **variables):
        self.folder = folder
        self.environment = environment(folder)
        for name in ("config", "runtime", "data", "notebooks"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        is_socket = "sock" in config.get("ServerApp", {})
        config = {
            "ServerApp": {
                **({} if is_socket else {"port": self.port, "port_retries": 0}),
                "open_browser": False,
                "allow_root": True,
                "root_dir": str(folder / "notebooks"),
                "jpserver_extensions": EXTENSIONS,
                **config.get("ServerApp", {}),
            },
            **{name: value for name, value in config.items() if name != "ServerApp"},
        }
        file = folder / "config" / "jupyter_server_config.json"
        file.write_text(json.dumps(config))
        file.with_suffix(".py").write_text(_KERNELS_PORTS)
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [BIN / "jupyter", "server"],
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.info = self._wait_for_info()

    @property
    def url(self):
        return self.info["url"]

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()

    def _wait_for_info(self):
        # It writes the file once it listens.
        file = self.folder / "runtime" / f"jpserver-{self._process.pid}.json"
        end = monotonic() + LIMIT
        while monotonic() < end and self._process.poll() is None:
            with suppress(FileNotFoundError, ValueError):
                return json.loads(file.read_text())
            sleep(0.05)
        raise AssertionError(self.log.read_text())


class Editor:
    """A client without a page; see editor.cjs."""

    def __init__(self, server, notebook):
        self._process = subprocess.Popen(
            [shutil.which("node"), HERE / "editor.cjs", notebook],
            env={
                **os.environ,
                "URL": server.url,
                "TOKEN": server.info["token"],
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._number = 0
        self.kernel = self._read()["kernel"]

    def begin(self, code):
        """Run a cell, and return once it runs, with what to call for its output."""
        self._number += 1
        number = self._number
        self._process.stdin.write(json.dumps({"id": number, "code": code}) + "\n")
        self._process.stdin.flush()
        assert self._read() == {"id": number, "event": "running"}

        def finish():
            done = self._read()
            assert (done["id"], done["event"]) == (number, "done")
            return done["output"]

        return finish

    def run(self, code):
        return self.begin(code)()

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(LIMIT)

    def _read(self):
        line = self._process.stdout.readline()
        assert line, "The editor has ended."
        return json.loads(line)
