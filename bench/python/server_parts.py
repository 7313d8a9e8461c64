"""As much of a Jupyter server as a session needs, in this process."""

import asyncio
import logging
import sys
import tempfile
import warnings
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test" / "server"))

from support.demo_process import Demo, approve
from support.patience import until
from support.ports import give_kernels_free_ports
from support.session_client import context_of

from jupyterlab_cdf_auth.app import bootstrap
from jupyterlab_cdf_auth.authorities import Authorities
from jupyterlab_cdf_auth.blocking import Blocking
from jupyterlab_cdf_auth.bounded_http import Trust
from jupyterlab_cdf_auth.clock import SystemClock
from jupyterlab_cdf_auth.kernels import Kernels
from jupyterlab_cdf_auth.models import Connection, Context
from jupyterlab_cdf_auth.oauth_settings import OAuthSettings
from jupyterlab_cdf_auth.profiles.catalogue import Profiles
from jupyterlab_cdf_auth.session_store import MemoryOnly
from jupyterlab_cdf_auth.sessions import Sessions

give_kernels_free_ports()
# msal's, of polls that are quicker than a person.
warnings.filterwarnings("ignore", "Attempted too soon")


class QuickPolls(SystemClock):
    async def sleep(self, seconds):
        await asyncio.sleep(0.02 if seconds >= 5 else seconds)


class Server:
    """What the couriers ask of a server."""

    def __init__(self):
        self.kernel_manager = Managers()
        self.session_manager = SimpleNamespace(get_session=self._get_session)
        self.event_logger = None

    async def _get_session(self, *, kernel_id):
        return {"kernel": {"id": kernel_id}}


class Managers(dict):
    def get_kernel(self, id_):
        return self[id_]


class Bench:
    """A session of bob's at a demo, and the kernels that are named to it."""

    def __init__(self, demo):
        self.demo = demo
        self.server = Server()
        self._clients = []
        clock = QuickPolls()
        self._blocking = Blocking()
        authority = demo.connection["authority"]
        authorities = Authorities([authority], [], logging.getLogger())
        trust = Trust(demo.idp["caFile"])
        settings = OAuthSettings(authorities, trust, 10, self._blocking, clock)
        self._sessions = Sessions(settings, Profiles([], []), MemoryOnly())
        self._kernels = Kernels(self.server, clock, bootstrap)

    @classmethod
    @asynccontextmanager
    async def start(cls, lifetime):
        """Start with a demo whose tokens live so many seconds, and end all of it."""
        with tempfile.TemporaryDirectory() as folder:
            bench = cls(Demo.start(folder, **{"token-lifetime": lifetime}))
            try:
                yield bench
            finally:
                await bench.close()

    async def sign_in(self):
        connection = Connection.read(self.demo.connection)
        session = await self._sessions.start("", connection, None)
        await approve(session.as_json(0)["device"], "bob@contoso.test")
        await until(lambda: session.status.value == "active")
        return session

    async def start_kernels(self, number):
        """Give a client of each."""
        names = [f"kernel-{one}" for one in range(number)]
        return await asyncio.gather(*(self._start_kernel(name) for name in names))

    async def _start_kernel(self, name):
        manager = self.server.kernel_manager[name] = ServerKernelManager()
        # Each would warn that it speaks unencrypted TCP.
        await manager.start_kernel(extra_arguments=["--log-level=ERROR"])
        client = manager.client()
        client.start_channels(hb=False, stdin=False)
        self._clients.append(client)
        await client.wait_for_ready(timeout=60)
        manager.execution_state = "idle"
        return client

    def add_peer(self, name, info):
        manager = ServerKernelManager()
        manager.load_connection_info(info)
        manager.execution_state = "idle"
        self.server.kernel_manager[name] = manager

    async def serve(self, session):
        """Bring the agent to all kernels that there are."""
        context = Context.read(context_of(self.demo.connection))
        names = tuple(self.server.kernel_manager)
        await self._kernels.name(session, names, context)
        states = dict.fromkeys(names, "attached")
        try:
            await until(lambda: self._kernels.of(session) == states)
        except AssertionError:
            states = list(self._kernels.of(session).values())
            number = len(names) - states.count("attached")
            raise AssertionError(
                f"{number} of {len(names)} kernels have got no agent."
            ) from None

    async def close(self):
        for client in self._clients:
            client.stop_channels()
        await self._sessions.close()
        await self._kernels.close()
        await self._blocking.close()
        for manager in self.server.kernel_manager.values():
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)
        self.demo.stop()


async def run(client, code):
    """Run a cell and give what it prints."""
    printed = []

    def hook(message):
        content = message["content"]
        if message["msg_type"] == "error":
            raise RuntimeError(content["evalue"])
        if content.get("name") == "stdout":
            printed.append(content["text"])

    await client.execute_interactive(code, output_hook=hook, timeout=120)
    return "".join(printed).strip()
