"""A real kernel over ZMQ, driven as a notebook drives one."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from time import monotonic

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from support.hung_cell import account

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENTS = ROOT / ".cache" / "envs"

#: Where the deep tests run: both generations of ipykernel.
GENERATIONS = ["kernel-ipykernel6", "kernel-ipykernel7"]

#: Seconds that are certainly enough, on a busy machine too.
LIMIT = 60


#: What a busy machine may have a cell say.
SLOW = "cdf_auth: JupyterLab doesn't answer yet; asking again.\n"


@dataclass
class Result:
    """What a cell gave."""

    stdout: str = ""
    stderr: str = ""
    value: str | None = None
    error: str | None = None
    traceback: str = ""
    messages: list = field(default_factory=list, repr=False)

    @property
    def lines(self):
        return self.stdout.split()

    @property
    def complaints(self):
        """What is on stderr, but for the line that an answer takes its time."""
        return self.stderr.replace(SLOW, "")


def python_of(environment):
    folder = ENVIRONMENTS / environment
    for place in ("bin/python", "Scripts/python.exe"):
        if (folder / place).exists():
            return folder / place
    raise RuntimeError(
        f"There is no environment {folder}: make it with `python -m venv` and install "
        f"requirements/{environment}.txt into it."
    )


def overlooks_requests(environment):
    """Tell whether its ipykernel is one that can leave a request lie, 7.0 to 7.3.

    Until another client connects: https://github.com/ipython/ipykernel/issues/1554
    """
    found = (ENVIRONMENTS / environment).glob(
        "[Ll]ib/*/site-packages/ipykernel-7.[0-3].*.dist-info"
    )
    return any(found)


class OneSpec(KernelSpecManager):
    """Knows one kernel, which needn't be installed anywhere."""

    def __init__(self, spec):
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name):
        return self._spec


class RealKernel:
    """A kernel process and the client of its notebook."""

    def __init__(
        self,
        environment,
        folder,
        *,
        launcher=("ipykernel_launcher",),
        debug=False,
        extra_env=None,
    ):
        # Free ports are found first and bound later: of tests that run side by side,
        # two can find the same. Only ipykernel knows another transport.
        has_ipc = os.name == "posix" and "ipykernel_launcher" in launcher
        argv = [
            str(python_of(environment)),
            *("-m", *launcher, "-f", "{connection_file}"),
        ]
        # Where the tests run may have PYTHONPATH set: the agent is to be injected.
        # What a kernel that is killed leaves behind is in here, and the packed source.
        env = {"PYTHONPATH": "", "IPYTHONDIR": str(folder), "TMPDIR": str(folder)}
        env |= {"XDG_CACHE_HOME": str(folder / "cache")}
        env |= extra_env or {}
        self.manager = KernelManager(
            connection_file=str(folder / "kernel.json"),
            transport="ipc" if has_ipc else "tcp",
            kernel_spec_manager=OneSpec(
                KernelSpec(argv=[*argv, "--debug"] if debug else argv, env=env)
            ),
        )
        self.log = folder / "kernel.log"
        self._log = self.log.open("wb")
        self._overlooks = overlooks_requests(environment)
        self._others = []
        self.manager.start_kernel(
            stdout=self._log, stderr=subprocess.STDOUT, cwd=str(folder)
        )
        self.client = self.connect()
        self.wait_for_ready()

    def connect(self):
        client = self.manager.blocking_client()
        client.start_channels()
        return client

    def wake(self):
        """Connect another client where that is what the kernel may be waiting for."""
        if self._overlooks:
            self._others.append(self.connect())
            self._others[-1].kernel_info()

    def wait_for_ready(self):
        deadline = monotonic() + LIMIT
        patience = 5 if self._overlooks else LIMIT
        while True:
            try:
                return self.client.wait_for_ready(timeout=patience)
            except RuntimeError:
                if monotonic() + patience > deadline:
                    raise
                self.wake()

    def reconnect(self):
        """Go on with a new client, which has nothing to read yet."""
        self.client.stop_channels()
        self.client = self.connect()
        self.wait_for_ready()

    def restart(self):
        self.manager.restart_kernel(now=True)
        self.wait_for_ready()

    def kill(self):
        """End the process as a machine without memory does, and start it again."""
        process = self.manager.provisioner.process
        process.kill()
        process.wait(LIMIT)
        self.restart()

    def close(self):
        for client in (self.client, *self._others):
            client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        self._log.close()

    def interrupt(self):
        self.manager.interrupt_kernel()

    def start(self, code, **options):
        """Send a cell and give its id."""
        return self.client.execute(code, **options)

    def start_dated(self, code, date):
        """Send a cell as if it had been submitted at `date`."""
        session = self.client.session
        message = session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        )
        message["header"]["date"] = date
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def start_comm(self, comm_id, data):
        """Send what a widget of the front end sends, and give the message's id."""
        content = {"comm_id": comm_id, "data": data}
        message = self.client.session.msg("comm_msg", content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def execute_on_control(self, code, *, timeout=LIMIT, **expressions):
        """Execute silently on control, as for a busy kernel; wait for the reply."""
        message = self.client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": True,
                "store_history": False,
                "user_expressions": expressions,
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        self.client.control_channel.send(message)
        while True:
            reply = self.client.control_channel.get_msg(timeout=timeout)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]

    def execute_silently(self, code):
        """Execute silently on shell, as for an idle kernel; wait for the reply."""
        return self.reply(self.client.execute(code, silent=True, store_history=False))

    def reply(self, id_):
        """Wait for the reply on shell to the request `id_` and give its content."""
        deadline = monotonic() + LIMIT
        while monotonic() < deadline:
            try:
                reply = self.client.get_shell_msg(timeout=2)
            except Empty:
                self.wake()
                continue
            if reply["parent_header"].get("msg_id") == id_:
                return reply["content"]
        raise AssertionError("No reply came.")

    def run(self, code):
        return self.finish(self.start(code))

    def finish(self, id_, *, until=None):
        """Collect what the cell `id_` gives, to its end or until a text is printed."""
        result = Result()
        deadline = monotonic() + LIMIT
        while monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=2)
            except Empty:
                self.wake()
                continue
            result.messages.append(message)
            kind, content = message["msg_type"], message["content"]
            # xeus-python has messages without a parent.
            if (message["parent_header"] or {}).get("msg_id") != id_:
                continue
            if kind == "stream":
                text = getattr(result, content["name"]) + content["text"]
                setattr(result, content["name"], text)
                if until is not None and until in text:
                    return result
            elif kind == "execute_result":
                result.value = content["data"]["text/plain"]
            elif kind == "error":
                result.error = f"{content['ename']}: {content['evalue']}"
                result.traceback = "\n".join(content["traceback"])
            elif kind == "status" and content["execution_state"] == "idle":
                # Output on control flips the status too; a cell ends with its own.
                return result
        raise AssertionError(f"The cell didn't end; {account(self, id_, result)}")

    def wait_for(self, id_, text):
        """Wait until the cell `id_` has printed `text`."""
        return self.finish(id_, until=text)
