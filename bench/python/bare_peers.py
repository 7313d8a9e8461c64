"""Peers that are nothing of a kernel but its agent, many in one process.

    python bench/python/bare_peers.py NUMBER

Prints a line of JSON with their connections. Then for each line `ask` on stdin every
peer calls `get_token()` at once, and a line with a digest of each one's token is
printed. A peer that fails ends the process with code 1.
"""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import zmq
import zmq.asyncio
from jupyter_client.session import Session

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernel"))

from cdf_auth._agent import Agent
from cdf_auth._cache import Slot
from cdf_auth._clock import SystemClock
from cdf_auth._protocol import COMM_ID, CONTENT_KEY

HOST = "127.0.0.1"
KEY = "a-key-of-the-benchmark"
#: Seconds that a peer waits for its token.
PATIENCE = 30


class Peer:
    """An agent with the sockets that a courier connects to, and its port to them."""

    def __init__(self, context):
        self.agent = Agent(self, SystemClock(), Slot())
        self._session = Session(key=KEY.encode())
        self._iopub = context.socket(zmq.PUB)
        self._control = context.socket(zmq.ROUTER)
        self.info = {
            "ip": HOST,
            "transport": "tcp",
            "key": KEY,
            "signature_scheme": "hmac-sha256",
            "iopub_port": self._iopub.bind_to_random_port(f"tcp://{HOST}"),
            "control_port": self._control.bind_to_random_port(f"tcp://{HOST}"),
            **{f"{name}_port": 1 for name in ("shell", "stdin", "hb")},
        }

    def send(self, data):
        content = {"comm_id": COMM_ID, "data": data}
        topic = b"comm-" + COMM_ID.encode()
        self._session.send(self._iopub, "comm_msg", content, ident=topic)

    def obstacle(self):
        return None

    async def serve(self):
        while True:
            parts = await self._control.recv_multipart()
            idents, rest = self._session.feed_identities(parts)
            message = self._session.deserialize(rest)
            reply = self.agent.receive(message["content"].get(CONTENT_KEY))
            content = {"status": "ok", "comms": {}, CONTENT_KEY: reply}
            parts = self._session.serialize(
                self._session.msg("comm_info_reply", content, parent=message), idents
            )
            await self._control.send_multipart(parts)

    async def ask(self):
        """Give a digest of the token."""
        token = await self.agent.get_token_async((), wait=PATIENCE)
        return hashlib.sha256(str(token).encode()).hexdigest()


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


async def ask_when_told(peers):
    while await asyncio.to_thread(sys.stdin.readline) == "ask\n":
        say(await asyncio.gather(*(peer.ask() for peer in peers)))


async def main(number):
    context = zmq.asyncio.Context()
    peers = [Peer(context) for _ in range(number)]
    say([peer.info for peer in peers])
    # The first one that fails ends them all: fewer peers would be another benchmark.
    tasks = [asyncio.ensure_future(peer.serve()) for peer in peers]
    tasks.append(asyncio.ensure_future(ask_when_told(peers)))
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
