"""The courier of one kernel: how it finds the agent or brings it."""

import asyncio

import pytest
from support.courier_fixtures import turns


async def test_an_idle_kernel_gets_the_agent_on_shell(courier, transport):
    courier.open()
    await turns()
    assert transport.executed == ["shell"]
    assert [one["settled"] for one in transport.heard("context")] == [False, True]


async def test_a_busy_kernel_gets_it_on_control_and_settles_later(courier, transport):
    transport.is_idle = False
    courier.open()
    await turns()
    assert transport.executed == ["control"]
    assert [one["settled"] for one in transport.heard("context")] == [False]
    transport.is_idle = True
    courier.status_changed()
    await turns()
    assert [one["settled"] for one in transport.heard("context")] == [False, True]


async def test_a_kernel_that_cannot_have_the_agent_is_left_in_peace(courier, transport):
    transport.installs = False
    courier.open()
    await turns(300)
    attempts = len(transport.said)
    assert len(transport.heard("hello")) == attempts
    await turns(300)
    assert len(transport.said) == attempts


@pytest.mark.parametrize("language", ["r", "julia"])
async def test_another_language_is_never_spoken_to(courier, transport, language):
    transport.language = language
    courier.open()
    courier.restarted()
    await turns()
    assert transport.said == transport.executed == []


@pytest.mark.parametrize("outcome", ["python", "kernel", "version"])
async def test_a_kernel_that_says_that_it_cannot_gets_no_more_code(
    courier, transport, outcome
):
    transport.installs, transport.outcome = False, outcome
    courier.open()
    await turns(300)
    for _ in range(5):
        courier.status_changed()
        transport.on_missed()
        await turns()
    assert transport.executed == ["shell"]
    # Its next process may be another one.
    transport.installs, transport.outcome = True, "ok"
    courier.restarted()
    await turns()
    assert len(transport.heard("context")) == 2


async def test_what_is_queued_in_a_restarted_kernel_is_not_installed_twice(
    courier, transport, monkeypatch
):
    """A second installation, on control, would only hold the first cell up."""
    is_read = asyncio.Event()

    async def execute(_code, channel, _timeout_s):
        transport.executed.append(channel)
        await is_read.wait()
        transport.instance = "i-2"
        return "ok"

    monkeypatch.setattr(transport, "execute", execute)
    courier.restarted()
    await turns()
    assert transport.executed == ["shell"]
    is_read.set()
    await turns()
    assert transport.executed == ["shell"]
    assert transport.heard("context")


async def test_an_agent_of_another_version_is_left_alone(
    courier, transport, monkeypatch
):
    async def send(content, _timeout_s):
        transport.said.append(content["cdf_auth"])
        reply = {"v": 2, "ok": False, "instance": "i-2", "code": "version"}
        return {"cdf_auth": reply}

    monkeypatch.setattr(transport, "send", send)
    courier.open()
    await turns(300)
    assert transport.executed == []
    assert len(transport.said) == 1
