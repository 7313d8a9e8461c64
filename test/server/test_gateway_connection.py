"""A connection to a gateway that is made after nobody waits for it any more."""

import asyncio

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient
from support.patience import LIMIT
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from jupyterlab_cdf_auth import gateway


class SlowGateway:
    """Answers the request for a websocket when it may."""

    def __init__(self):
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.closed = asyncio.Event()
        handlers = [("/api/kernels/k-1/channels", Channels, {"gateway": self})]
        self._server = HTTPServer(Application(handlers))
        socket, self.port = bind_unused_port()
        self._server.add_socket(socket)

    async def stop(self):
        self._server.stop()
        await self._server.close_all_connections()


class Channels(WebSocketHandler):
    def initialize(self, gateway):
        self.gateway = gateway

    async def get(self):
        self.gateway.asked.set()
        await self.gateway.may_answer.wait()
        await super().get()

    def on_close(self):
        self.gateway.closed.set()


@pytest.fixture
def slow_gateway(jp_asyncio_loop):
    async def start():
        return SlowGateway()

    GatewayClient.clear_instance()
    started = jp_asyncio_loop.run_until_complete(start())
    GatewayClient.instance(url=f"http://127.0.0.1:{started.port}")
    yield started
    jp_asyncio_loop.run_until_complete(started.stop())
    GatewayClient.clear_instance()


async def test_it_is_closed(slow_gateway):
    connecting = asyncio.ensure_future(gateway.connect("k-1", "s-1"))
    await slow_gateway.asked.wait()
    connecting.cancel()
    await asyncio.wait([connecting])
    assert connecting.cancelled()
    slow_gateway.may_answer.set()
    await asyncio.wait_for(slow_gateway.closed.wait(), LIMIT)


async def test_one_that_is_waited_for_is_given(slow_gateway):
    slow_gateway.may_answer.set()
    connection = await gateway.connect("k-1", "s-1")
    assert not slow_gateway.closed.is_set()
    connection.close()
    await asyncio.wait_for(slow_gateway.closed.wait(), LIMIT)
