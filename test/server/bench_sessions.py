"""What a server session costs; prints JSON.

    python test/server/bench_sessions.py

Real kernels, bare peers that run the agent, and the demo's identity provider; the
server's part runs in this process, on the event loop that is probed.
"""

import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace

import zmq.asyncio
from demo_process import Demo, approve
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from patience import until
from session_client import context_of

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from jupyterlab_cdf_auth import protocol
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
from jupyterlab_cdf_auth.zmq_transport import ZmqTransport

HERE = Path(__file__).parent
KERNELS, PEERS = 5, 95
PULLS, PAUSE = 100, 0.2
ROUNDS = 5
#: Seconds: of the storms' tokens, and after which all of them have expired.
LIFETIME = 3
EXPIRED = LIFETIME + 0.2

#: A cell that ends once the kernel has the agent.
HAS_AGENT = """
import time
while "get_token" not in globals():
    time.sleep(0.01)
"""


class QuickPolls(SystemClock):
    async def sleep(self, seconds):
        await asyncio.sleep(0.02 if seconds >= 5 else seconds)


class Server:
    """As much of a Jupyter server as the couriers ask."""

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
        clock = QuickPolls()
        self.blocking = Blocking()
        authority = demo.connection["authority"]
        authorities = Authorities([authority], [], logging.getLogger())
        trust = Trust(demo.idp["caFile"])
        settings = OAuthSettings(authorities, trust, 10, self.blocking, clock)
        self.sessions = Sessions(settings, Profiles([], []), MemoryOnly())
        self.kernels = Kernels(self.server, clock, bootstrap)

    async def sign_in(self):
        connection = Connection.read(self.demo.connection)
        session = await self.sessions.start("", connection, None)
        await approve(session.as_json(0)["device"], "bob@contoso.test")
        await until(lambda: session.status.value == "active")
        return session

    async def start_kernel(self, name):
        manager = ServerKernelManager()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels(hb=False, stdin=False)
        await client.wait_for_ready(timeout=60)
        manager.execution_state = "idle"
        self.server.kernel_manager[name] = manager
        return client

    def add_peer(self, name, info):
        manager = ServerKernelManager()
        manager.load_connection_info(info)
        manager.execution_state = "idle"
        self.server.kernel_manager[name] = manager

    async def serve(self, session):
        context = Context.read(context_of(self.demo.connection))
        names = tuple(self.server.kernel_manager)
        await self.kernels.name(session, names, context)

    async def close(self):
        self.sessions.close()
        await self.kernels.close()
        await self.blocking.close()
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
        printed.append(content.get("text", ""))

    await client.execute_interactive(code, output_hook=hook, timeout=120)
    return "".join(printed)


async def probe(seconds):
    """Give by how many milliseconds a timer of one millisecond is late, each time."""
    late, end = [], time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - now - 0.001) * 1000)
    return late


async def storms(folder):
    bench = Bench(Demo.start(folder, **{"token-lifetime": LIFETIME}))
    peers = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "bare_peers.py"), str(PEERS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    for number, info in enumerate(json.loads(await peers.stdout.readline())):
        bench.add_peer(f"peer-{number}", info)
    clients = [await bench.start_kernel(f"kernel-{n}") for n in range(KERNELS)]

    async def ask():
        peers.stdin.write(b"ask\n")
        asking = [run(client, "x = get_token()") for client in clients]
        await asyncio.gather(peers.stdout.readline(), *asking)

    requests, beside, alone = [], [], []
    await bench.serve(await bench.sign_in())
    # Everybody gets the agent, and a token.
    await asyncio.gather(*(run(client, HAS_AGENT) for client in clients))
    await ask()
    for _ in range(ROUNDS):
        alone += await probe(EXPIRED)
        before = await bench.demo.grants("refresh_token")
        probing = asyncio.ensure_future(probe(EXPIRED / 2))
        await asyncio.gather(ask(), probing)
        beside += probing.result()
        requests.append(await bench.demo.grants("refresh_token") - before)
    peers.stdin.close()
    await peers.wait()
    for client in clients:
        client.stop_channels()
    await bench.close()
    return max(requests), permille(beside), permille(alone)


def permille(values):
    return quantiles(values, n=1000)[-1]


PULL = f"""
import json, time
took = []
for _ in range({PULLS}):
    time.sleep({PAUSE})
    started = time.perf_counter()
    get_token(min_ttl=10**6)
    took.append((time.perf_counter() - started) * 1000)
print(json.dumps(took))
"""


async def pulls(folder):
    bench = Bench(Demo.start(folder, **{"token-lifetime": 3600}))
    client = await bench.start_kernel("kernel")
    await bench.serve(await bench.sign_in())
    await run(client, HAS_AGENT)
    context = zmq.asyncio.Context()
    transport = ZmqTransport(bench.server.kernel_manager["kernel"], context)
    transport.reopen()
    cell = asyncio.ensure_future(run(client, PULL))
    trips = []
    while not cell.done():
        await asyncio.sleep(PAUSE)
        started = time.perf_counter()
        await transport.send(protocol.hello("bench"), 5)
        trips.append((time.perf_counter() - started) * 1000)
    transport.close()
    context.destroy(linger=0)
    client.stop_channels()
    await bench.close()
    return median(json.loads(cell.result())), median(trips)


def row(name, unit, ours, reference, reference_name):
    return {
        "name": name,
        "unit": unit,
        "ours": ours,
        "reference": reference,
        "reference_name": reference_name,
    }


async def main():
    with tempfile.TemporaryDirectory() as folder:
        requests, beside, alone = await storms(folder)
    with tempfile.TemporaryDirectory() as folder:
        pull, trip = await pulls(folder)
    rows = [
        row("expiry-storm/idp-requests", "requests", requests, 1, "one for everybody"),
        row("event-loop/p999-milliseconds", "ms", beside, alone, "without a storm"),
        row("server-pull/milliseconds", "ms", pull, trip, "control round trip"),
    ]
    sys.stdout.write(json.dumps(rows))


if __name__ == "__main__":
    asyncio.run(main())
