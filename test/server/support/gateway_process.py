"""A real kernel gateway as a process, and the line to it, which can be cut."""

import asyncio
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from support.ports import free_port

TOKEN = "the-gateways-own-token"

# Its end of the pipe goes when the test's process does, even if it is killed.
_MAIN = f"""
import os, signal, sys, threading
sys.path.append({str(Path(__file__).parent)!r})
from ports import give_kernels_free_ports
give_kernels_free_ports()
def end_with_stdin():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end_with_stdin, daemon=True).start()
from kernel_gateway import launch_instance
launch_instance()
"""


class Gateway:
    """`jupyter kernelgateway` on a port of its own."""

    def __init__(self, folder, **options):
        self.port = free_port()
        self._folder = folder
        self._options = {
            "KernelGatewayApp.port": self.port,
            "KernelGatewayApp.port_retries": 0,
            "KernelGatewayApp.auth_token": TOKEN,
            "JupyterWebsocketPersonality.list_kernels": True,
            **options,
        }
        self.log = ""

    def start(self):
        options = [f"--{name}={value}" for name, value in self._options.items()]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, *options],
            env={**os.environ, "JUPYTER_RUNTIME_DIR": str(self._folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self._process.stderr:
            self.log += line
            if "is available at" in line:
                break
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stderr:
            self.log += line

    def stop(self):
        """End it as an administrator does; its kernels end with it."""
        self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        self._process.stderr.close()


class Line:
    """The way to a gateway: a TCP port that hands on what comes, until it is cut."""

    def __init__(self, port):
        self._port = port
        self._writers = set()
        self._stalled = set()
        self._server = None
        self.port = 0
        #: What is answered instead of the gateway, if anything.
        self.answer = None
        #: How many have got it.
        self.answered = 0
        #: What has gone to the gateway.
        self.requests = b""

    @property
    def is_quiet(self):
        """Whether there are no connections."""
        return not self._writers

    async def open(self):
        # It is opened again on the same one.
        self.port = self.port or free_port()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self):
        """Break all connections, and take no more."""
        self._server.close()
        self.drop()

    def drop(self):
        """Break all connections."""
        for writer in self._writers:
            writer.transport.abort()

    def stall(self):
        """Hand on nothing more of the connections that there are."""
        self._stalled = set(self._writers)

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        tasks = []
        try:
            if self.answer is not None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.answer)
                writer.close()
                await writer.wait_closed()
                self.answered += 1
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.add(back)
            tasks.append(asyncio.ensure_future(self._pump(there, writer)))
            await self._pump(reader, back, is_noted=True)
        except OSError:
            pass
        finally:
            for one in (writer, *([back] if tasks else [])):
                one.transport.abort()
                self._writers.discard(one)
            if tasks:
                await asyncio.wait(tasks)

    async def _pump(self, reader, writer, *, is_noted=False):
        with suppress(OSError):
            while data := await reader.read(65536):
                if is_noted:
                    self.requests += data
                if writer in self._stalled:
                    continue
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


def http_refusal(code, body=b"{}"):
    return (
        b"HTTP/1.1 %d Refused\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
        % (code, len(body), body)
    )
