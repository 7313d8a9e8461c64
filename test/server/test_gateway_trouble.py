"""A gateway that drops, refuses, or comes back with other kernels."""

import json
import logging

import pytest
from support.gateway_process import TOKEN, http_refusal
from support.kernel_client import LOOP, claims
from support.patience import until

pytestmark = [
    pytest.mark.gateway,
    pytest.mark.timeout(150),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

#: Waits for nobody, who can't come while the gateway is away.
OUTCOME = """
import cdf_auth
try:
    print(str(cdf_auth.get_token(wait=0))[:2])
except cdf_auth.CdfAuthError as error:
    print(error.code)
"""

COLLECT = LOOP + "print(json.dumps(collect({})))"


@pytest.fixture(scope="module")
def demo_options():
    return {"token-lifetime": 4}


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


@pytest.fixture
def written(caplog):
    """Return what our part has written down about kernels and their gateway."""
    caplog.set_level(logging.DEBUG)

    def lines():
        return [
            record.getMessage()
            for record in caplog.records
            if record.module.startswith("gateway") and record.name == "ServerApp"
        ]

    return lines


@pytest.fixture
def serve(page, start_gateway_kernel):
    """Start a kernel, and serve it."""

    async def start():
        kernel = await start_gateway_kernel()
        session = await page.sign_in()
        assert (await page.serve(session, kernel.id))["kernels"] == 1
        await until(kernel.is_attached)
        return kernel, session

    return start


async def test_a_cell_goes_on_over_a_loss_of_the_connection(serve, line, written):
    kernel, _ = await serve()
    cell = await kernel.begin(COLLECT.format(5))
    await kernel.asks()
    line.cut()
    # It asks again each second, and nobody hears it.
    await kernel.asks()
    await kernel.asks()
    await line.open()
    tokens = (await cell).splitlines()[-1]
    assert len(set(json.loads(tokens))) == 5
    away, back = written()
    assert "is away from kernel " + kernel.id in away
    assert "gives kernel " + kernel.id in back


async def test_a_gateway_that_refuses_is_tried_again(serve, line, written):
    kernel, _ = await serve()
    line.answer = http_refusal(403)
    line.drop()
    cell = await kernel.begin("print(str(get_token(min_ttl=10**6)))")
    await until(lambda: any("refuses" in one for one in written()))
    refused = line.answered
    await until(lambda: line.answered >= refused + 2)
    line.answer = None
    token = (await cell).splitlines()[-1]
    assert claims(token)["preferred_username"] == "bob@contoso.test"
    away, refuses, back = written()
    assert "(HTTP 403; see c.GatewayClient.auth_token)" in refuses
    assert TOKEN not in away + refuses + back


async def test_what_stands_before_a_gateway_does_not_say_what_it_keeps(
    serve, line, written
):
    kernel, _ = await serve()
    line.answer = http_refusal(404, b"<h1>Not here</h1>")
    line.drop()
    await until(lambda: line.answered >= 2)
    line.answer = None
    token = (await kernel.run("print(str(get_token(min_ttl=10**6)))")).splitlines()[-1]
    assert claims(token)["preferred_username"] == "bob@contoso.test"
    assert not any("no kernel" in one for one in written())


async def test_a_kernel_that_is_gone_is_left(
    serve, page, gateway, written, start_gateway_kernel
):
    kernel, session = await serve()
    cell = await kernel.begin("import time\ntime.sleep(600)")
    gateway.stop()
    gateway.start()
    await until(lambda: any("no kernel" in one for one in written()))
    assert (await page.call("GET", session["id"]))["kernels"] == 0
    assert [one for one in written() if "no kernel" in one] == [
        f"The gateway has no kernel {kernel.id} any more; it is served no longer."
    ]
    cell.close()
    other = await start_gateway_kernel(path="other.ipynb")
    assert (await page.serve(session, other.id))["kernels"] == 1
    await until(other.is_attached)
    assert len(await other.run("print(str(get_token()))")) > 100


async def test_a_kernel_that_is_shut_down_is_left_without_a_word(
    serve, page, line, jp_fetch, written
):
    kernel, session = await serve()
    await jp_fetch("api", "kernels", kernel.id, method="DELETE")
    assert (await page.call("GET", session["id"]))["kernels"] == 0
    await until(lambda: line.is_quiet)
    assert written() == []


async def test_a_connection_that_stays_at_an_earlier_process_is_made_anew(
    serve, line, written
):
    kernel, _ = await serve()
    line.stall()
    await kernel.restart()
    assert len(await kernel.run("print(str(get_token()))")) > 100
    assert written() == []


async def test_the_connection_lasts_as_long_as_the_kernel_is_served(serve, page, line):
    kernel, session = await serve()
    # The other one is that of this test.
    assert await kernel.has_connections(2)
    await page.call("DELETE", session["id"], status=204)
    await until(lambda: kernel.has_connections(1))


async def test_who_signs_out_while_it_is_away_is_told_when_it_is_back(
    serve, page, line
):
    kernel, session = await serve()
    await kernel.run("get_token()")
    line.cut()
    await page.call("DELETE", session["id"], status=204)
    await line.open()

    async def has_heard():
        return await kernel.run(OUTCOME) == "sign_in_required\n"

    await until(has_heard)
    # Nobody is served any more, so there is no connection.
    await until(lambda: line.is_quiet)


async def test_no_address_holds_a_token(serve, line):
    await serve()
    addresses = [one for one in line.requests.split(b"\r\n") if b" HTTP/1.1" in one]
    assert any(b"/channels?session_id=" in one for one in addresses)
    assert not any(TOKEN.encode() in one for one in addresses)
