"""The courier of one kernel: the ends of sessions, and its own."""

import asyncio
from types import SimpleNamespace

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session as Signer
from support.courier_fixtures import CONNECTION, CONTEXT, turns

from jupyterlab_cdf_auth import protocol
from jupyterlab_cdf_auth.courier import Courier
from jupyterlab_cdf_auth.device_code_session import DeviceCodeSession
from jupyterlab_cdf_auth.zmq_transport import ZmqTransport


@pytest.fixture
def done(courier):
    """Return a list that gets longer when the courier has nothing to do any more."""
    times = []
    courier.on_done = lambda: times.append(True)
    return times


@pytest.fixture
def sign_out(courier, desk, session):
    async def run():
        desk.leave(session.id)
        await courier.say_bye(session.id)
        await turns()

    return run


@pytest.fixture
def name_another(desk, clock):
    """Serve another session, too."""
    return lambda: desk.name(DeviceCodeSession("", CONNECTION, clock), CONTEXT)


async def test_bye(courier, transport, session, sign_out, done):
    courier.open()
    await turns()
    await sign_out()
    assert transport.heard("bye") == [protocol.bye("i-1", session.id)["cdf_auth"]]
    assert done


async def test_it_is_told_too_while_the_agent_is_looked_for(
    courier, transport, sign_out, done
):
    transport.instance = "i-1"
    transport.may_answer.clear()
    courier.open()
    signing_out = asyncio.ensure_future(sign_out())
    await turns()
    assert not done
    transport.may_answer.set()
    await signing_out
    assert len(transport.heard("bye")) == 1
    assert transport.heard("context") == []
    assert done


async def test_what_was_lost_is_told_again(courier, transport, sign_out, done):
    courier.open()
    await turns()
    transport.loses = {"bye"}
    await sign_out()
    assert len(transport.heard("bye")) == 2
    assert done


async def test_a_silent_kernel_is_told_when_it_answers_again(
    courier, transport, clock, sign_out, done
):
    courier.open()
    await turns()
    transport.is_silent = True
    clock.sleeps.clear()
    await sign_out()
    # It is left in peace then, as one that was never found.
    assert clock.sleeps == [0.5, 1, 2, 4, 8]
    transport.is_silent = False
    byes = len(transport.heard("bye"))
    assert not done
    courier.status_changed()
    await turns()
    assert len(transport.heard("bye")) == byes + 1
    assert done


async def test_one_that_refuses_is_not_asked_again(courier, transport, sign_out, done):
    courier.open()
    await turns()
    transport.refuses = "bye"
    await sign_out()
    assert len(transport.heard("bye")) == 1
    assert done


async def test_no_agent_is_brought_to_be_told(courier, transport, sign_out, done):
    courier.open()
    await turns()
    transport.instance = None
    await sign_out()
    assert transport.executed == ["shell"]
    assert done


async def test_a_new_process_has_nothing_to_be_told(courier, transport, sign_out, done):
    courier.open()
    await turns()
    transport.is_silent = True
    await sign_out()
    said = len(transport.said)
    courier.restarted()
    await turns()
    assert done
    assert len(transport.said) == said
    assert transport.executed == ["shell"]


async def test_a_kernel_that_is_gone_is_not_told(
    courier, transport, desk, sign_out, done
):
    async def is_there():
        return False

    transport.is_silent = True
    courier.open()
    await turns()
    said = len(transport.said)
    desk.is_there = is_there
    await sign_out()
    assert done
    assert len(transport.said) == said


async def test_another_session_goes_on(
    courier, transport, name_another, sign_out, done
):
    name_another()
    courier.open()
    await turns()
    await sign_out()
    assert len(transport.heard("bye")) == 1
    assert not done
    assert courier.state == "attached"


async def test_who_is_served_again_before_it_was_told_hears_both(
    courier, transport, name_another, sign_out, done
):
    courier.open()
    await turns()
    transport.is_silent = True
    await sign_out()
    transport.is_silent = False
    transport.said.clear()
    name_another()
    courier.attach()
    await turns()
    told = [one["op"] for one in transport.said if one["op"] != "hello"]
    assert told == ["bye", "context", "context"]
    assert not done


async def test_who_is_closed_says_nothing_more(courier, transport):
    courier.open()
    await turns(1)
    ending = courier.close()
    said = len(transport.said)
    courier.attach()
    courier.status_changed()
    await asyncio.gather(*ending, return_exceptions=True)
    await turns()
    assert len(transport.said) == said


@pytest.fixture
def zmq_context():
    made = zmq.asyncio.Context()
    yield made
    made.destroy(linger=0)


async def test_nobody_waits_for_a_silent_kernel_when_the_server_stops(
    desk, clock, zmq_context
):
    sockets = {name: zmq_context.socket(zmq.ROUTER) for name in ("control", "iopub")}
    info = {
        f"{name}_port": socket.bind_to_random_port("tcp://127.0.0.1")
        for name, socket in sockets.items()
    }
    info |= {"ip": "127.0.0.1", "transport": "tcp", "key": b"key"}
    manager = SimpleNamespace(
        kernel_spec=None,
        session=Signer(key=b"key"),
        get_connection_info=lambda: info,
    )
    transport = ZmqTransport(manager, zmq_context)
    courier = Courier(transport, desk, clock, "h-1", "bootstrap")
    courier.open()
    await sockets["control"].recv_multipart()
    paused = len(clock.sleeps)
    await asyncio.gather(*courier.close(), return_exceptions=True)
    assert len(clock.sleeps) == paused
