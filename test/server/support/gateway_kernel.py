"""A kernel behind a gateway, and a client that is connected to the gateway itself."""

import asyncio
import json
import os
import signal

from support.gateway_process import TOKEN
from support.kernel_client import ATTACHED
from support.patience import LIMIT, until
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from jupyterlab_cdf_auth.gateway_messages import Framing


class GatewayKernel:
    """A kernel that Jupyter's own API has started; its cells need no Jupyter server."""

    def __init__(self, app, jp_fetch, gateway, id_):
        self.id = id_
        self._app = app
        self._jp_fetch = jp_fetch
        self._gateway = gateway
        self._framing = Framing()
        self._cells = {}
        #: Whether the gateway sends less than there is.
        self.is_limited = False
        self._died = asyncio.Event()
        self._asks = asyncio.Event()

    @classmethod
    async def start(cls, app, jp_fetch, gateway, path="job.ipynb"):
        body = {"path": path, "type": "notebook", "name": path}
        body["kernel"] = {"name": "python3"}
        answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
        id_ = json.loads(answer.body)["kernel"]["id"]
        kernel = cls(app, jp_fetch, gateway, id_)
        await kernel.connect()
        await kernel.run("pass")
        return kernel

    async def connect(self):
        """Connect, and let no cell go before the kernel answers, as JupyterLab does."""
        url = f"ws://127.0.0.1:{self._gateway.port}/api/kernels/{self.id}/channels"
        query = f"?session_id={self._framing.session}"
        headers = {"Authorization": f"token {TOKEN}"}
        self._socket = await websocket_connect(
            HTTPRequest(url + query, headers=headers)
        )
        self._reader = asyncio.ensure_future(self._read())
        await (await self._send("kernel_info_request", {})).finish()

    async def restart(self):
        """Restart it by way of the server, and connect anew, as JupyterLab does."""
        await self._call("restart")
        await self._connect_anew()

    async def kill(self, process):
        """Kill its process, wait until the gateway says so, and connect anew."""
        os.kill(process, signal.SIGKILL)
        await asyncio.wait_for(self._died.wait(), LIMIT)
        await self._connect_anew()

    async def _connect_anew(self):
        await self._disconnect()
        await self.connect()
        # This client's connection can be ahead of the server's by a moment.
        await until(self.is_attached)

    async def interrupt(self):
        """Interrupt it by way of the server."""
        await self._call("interrupt")

    async def _call(self, action):
        await self._jp_fetch(
            "api", "kernels", self.id, action, method="POST", body="{}"
        )

    async def has_connections(self, number):
        """Ask the gateway itself."""
        url = f"http://127.0.0.1:{self._gateway.port}/api/kernels/{self.id}"
        headers = {"Authorization": f"token {TOKEN}"}
        answer = await AsyncHTTPClient().fetch(url, headers=headers, raise_error=False)
        return json.loads(answer.body)["connections"] == number

    async def asks(self):
        """Wait until its agent asks for a token."""
        self._asks.clear()
        await asyncio.wait_for(self._asks.wait(), LIMIT)

    async def is_attached(self):
        """Tell whether the agent is there and has been told whom it follows."""
        return await self.run(ATTACHED) == "True\n"

    async def run(self, code):
        """Run a cell and give what it printed to stdout, or its traceback."""
        return await (await self.begin(code))

    async def begin(self, code):
        """Start a cell, wait until it runs, and give what to await for its output."""
        cell = await self._send("execute_request", request(code))
        await asyncio.wait_for(cell.running.wait(), LIMIT)
        return cell.finish()

    async def _send(self, kind, content):
        id_, text = self._framing.write("shell", kind, content)
        cell = self._cells[id_] = Cell()
        await self._socket.write_message(text)
        return cell

    async def _read(self):
        while (raw := await self._socket.read_message()) is not None:
            message = json.loads(raw)
            if "rate exceeded" in raw:
                self.is_limited = True
            if message["content"].get("execution_state") == "restarting":
                self._died.set()
            if message["content"].get("comm_id") == "cdf-auth":
                self._asks.set()
            cell = self._cells.get((message["parent_header"] or {}).get("msg_id"))
            if cell:
                cell.note(message)

    async def _disconnect(self):
        self._socket.close()
        await self._reader

    async def close(self):
        await self._disconnect()
        if self.id in self._app.kernel_manager:
            await self._app.kernel_manager.shutdown_kernel(self.id, now=True)


class Cell:
    """What is known of a cell, or of another request."""

    def __init__(self):
        self.running = asyncio.Event()
        # What it has printed may come after the reply.
        self._replied, self._published = asyncio.Event(), asyncio.Event()
        self.output = ""

    def note(self, message):
        kind, content = message["msg_type"], message["content"]
        if kind == "execute_input":
            self.running.set()
        elif kind == "stream":
            # What is on stderr can come before or after what is on stdout.
            if content["name"] == "stdout":
                self.output += content["text"]
        elif kind == "error":
            self.output += "\n".join(content["traceback"])
        elif message["channel"] == "shell":
            self._replied.set()
        elif content.get("execution_state") == "idle":
            self._published.set()

    async def finish(self):
        for event in (self._replied, self._published):
            await asyncio.wait_for(event.wait(), 2 * LIMIT)
        return self.output


def request(code):
    return {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
