"""Runs cells in a server's kernel without any websocket, as a job overnight does."""

import asyncio
import base64
import json
import os
import signal

from support.patience import LIMIT

from jupyterlab_cdf_auth.kernels import KERNEL_EVENTS

#: Calls until so many different tokens have come.
LOOP = """
import json, time
def collect(number):
    seen = []
    while len(seen) < number:
        token = str(get_token())
        if token not in seen:
            seen.append(token)
        time.sleep(0.05)
    return seen
"""

#: Not by `get_token` alone: the connection can be cut before the greeting has come.
ATTACHED = """
import sys
print("get_token" in globals() and bool(sys.modules["cdf_auth"].context()))
"""


class ServerKernel:
    """A kernel that Jupyter's own API has started, with a session unless told."""

    def __init__(self, app, id_):
        self.id = id_
        # What its cells have printed so far, to stderr too.
        self.printed = ""
        self._app = app
        self._events = asyncio.Queue()
        self._clients = []

    @classmethod
    async def start(cls, app, jp_fetch, path="job.ipynb", name="python3"):
        body = {"path": path, "type": "notebook", "name": path}
        body["kernel"] = {"name": name}
        answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(body))
        kernel = cls(app, json.loads(answer.body)["kernel"]["id"])
        app.event_logger.add_listener(schema_id=KERNEL_EVENTS, listener=kernel.note)
        await kernel.run("pass")
        return kernel

    @property
    def manager(self):
        return self._app.kernel_manager.get_kernel(self.id)

    async def note(self, *, data, **_):
        if data["kernel_id"] == self.id:
            self._events.put_nowait(data["action"])

    async def happened(self, action):
        """Wait for an event of Jupyter's about this kernel."""
        while await asyncio.wait_for(self._events.get(), LIMIT) != action:
            pass

    async def restart(self):
        """Restart it by way of the server."""
        await self.manager.restart_kernel(now=True)
        await self.happened("restart")

    async def kill(self, process):
        """Kill its process, and wait for the next one."""
        os.kill(process, signal.SIGKILL)
        await self.happened("restart")

    async def is_attached(self):
        """Tell whether the agent is there and has been told whom it follows."""
        return await self.run(ATTACHED) == "True\n"

    async def run(self, code):
        """Run a cell and give what it printed to stdout, or its traceback."""
        return await (await self.begin(code))

    async def begin(self, code):
        """Start a cell, wait until it runs, and give what to await for its output."""
        client = self.manager.client()
        client.start_channels(stdin=False, hb=False)
        self._clients.append(client)
        await client.wait_for_ready(timeout=LIMIT)
        allow_orphans(client.iopub_channel)
        running = asyncio.Event()
        output = []

        def hook(message):
            kind, content = message["msg_type"], message["content"]
            if kind == "execute_input":
                running.set()
            elif kind == "stream":
                # What is on stderr can come before or after what is on stdout.
                if content["name"] == "stdout":
                    output.append(content["text"])
                self.printed += content["text"]
            elif kind == "error":
                output.append("\n".join(content["traceback"]))

        async def finish():
            try:
                await client.execute_interactive(
                    code, output_hook=hook, timeout=LIMIT, allow_stdin=False
                )
            except TimeoutError:
                printed = "".join(output)
                raise AssertionError(
                    f"The cell didn't end within {LIMIT} s: {printed}"
                ) from None
            finally:
                client.stop_channels()
            return "".join(output)

        task = asyncio.ensure_future(finish())
        await asyncio.wait_for(running.wait(), LIMIT)
        return task

    async def close(self):
        for client in self._clients:
            client.stop_channels()
        self._app.event_logger.remove_listener(
            schema_id=KERNEL_EVENTS, listener=self.note
        )
        if self.id in self._app.kernel_manager:
            await self._app.kernel_manager.shutdown_kernel(self.id, now=True)


def allow_orphans(channel):
    """Let jupyter_client read what xeus-python publishes without a parent."""
    get = channel.get_msg

    async def get_msg(**options):
        message = await get(**options)
        return {**message, "parent_header": message["parent_header"] or {}}

    channel.get_msg = get_msg


def claims(token):
    """Read a JWT's claims; who made it is the clusters' business."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
