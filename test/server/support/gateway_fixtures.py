"""A real gateway, which keeps the kernels where a test has the mark "gateway"."""

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient
from support.gateway_kernel import GatewayKernel
from support.gateway_process import TOKEN, Gateway, Line


@pytest.fixture(scope="module")
def gateway_options():
    return {}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, gateway_options):
    started = Gateway(tmp_path_factory.mktemp("gateway"), **gateway_options)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def line(gateway, jp_asyncio_loop):
    """Return the only way that the server has to the gateway."""
    # It is one for all of a process, and would keep the settings of another test.
    GatewayClient.clear_instance()
    made = Line(gateway.port)
    jp_asyncio_loop.run_until_complete(made.open())
    yield made
    made.cut()
    GatewayClient.clear_instance()


@pytest.fixture
def gateway_config(line):
    """Return what more there is in the server's configuration."""
    section = {
        "url": f"http://127.0.0.1:{line.port}",
        "auth_token": TOKEN,
        "gateway_retry_max": 0,
    }
    return {"GatewayClient": section}


@pytest.fixture
def start_gateway_kernel(jp_serverapp, jp_fetch, jp_asyncio_loop, gateway):
    """Start kernels behind the gateway, and end them after the test."""
    kernels = []

    async def start(**options):
        kernel = await GatewayKernel.start(jp_serverapp, jp_fetch, gateway, **options)
        kernels.append(kernel)
        return kernel

    yield start
    for kernel in kernels:
        jp_asyncio_loop.run_until_complete(kernel.close())
