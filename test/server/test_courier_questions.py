"""The courier of one kernel: what it answers, and how often."""

import pytest
from support.courier_fixtures import question, turns

from jupyterlab_cdf_auth.provider_errors import sign_in_required


async def test_what_is_open_already_is_answered_at_once(courier, transport, clock):
    transport.instance = "i-1"
    transport.open = [question(clock), "garbage", None]
    courier.open()
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1"]


async def test_an_answered_question_is_not_answered_twice(courier, transport, clock):
    courier.open()
    await turns()
    for _ in range(3):
        transport.on_received(question(clock))
        await turns()
    assert len(transport.heard("token")) == 1
    transport.on_received(question(clock, id="q2"))
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1", "q2"]


async def test_who_waits_for_a_sign_in_is_answered_after_it(
    courier, transport, clock, session
):
    session.problem = sign_in_required()
    courier.open()
    await turns()
    transport.on_received(question(clock, session=session.id))
    await turns()
    assert [one["reason"] for one in transport.heard("waiting")] == ["sign_in_required"]
    session.problem = None
    transport.on_received(question(clock, session=session.id))
    await turns()
    assert [one["id"] for one in transport.heard("token")] == ["q1"]


async def test_another_holders_question_is_its_own_business(courier, transport, clock):
    courier.open()
    await turns()
    transport.on_received(question(clock, session="somebody-elses"))
    await turns()
    assert {one["op"] for one in transport.said} == {"hello", "context"}


@pytest.mark.parametrize("hours", [-24, 24])
async def test_a_clock_that_is_set_keeps_nobody_from_an_answer(
    courier, transport, clock, session, hours
):
    courier.open()
    await turns()
    # The server's clock is not the kernel's: only one of them was set.
    sent = clock.wall()
    clock.ahead += hours * 3600
    kernel_time = lambda: clock.now + clock.ahead - hours * 3600  # noqa: E731
    transport.clock = type("KernelClock", (), {"wall": staticmethod(kernel_time)})
    transport.on_received(question(clock, session=session.id, sent=sent))
    await turns()
    assert len(transport.heard("token")) == 1


async def test_a_question_that_is_too_old_is_void(courier, transport, clock, session):
    courier.open()
    await turns()
    old = question(clock, session=session.id)
    clock.advance(61)
    transport.on_received(old)
    await turns()
    assert transport.heard("token") == []


async def test_a_new_process_is_greeted_before_it_is_answered(
    courier, transport, clock, session
):
    courier.open()
    await turns()
    transport.instance = "i-2"
    transport.on_received(question(clock, session=session.id, instance="i-2"))
    await turns()
    assert [one["op"] for one in transport.said][-4:].count("hello") >= 1
    assert [one["instance"] for one in transport.heard("token")] == ["i-2"]


async def test_a_flood_of_foreign_questions_makes_few_greetings(
    courier, transport, clock, session
):
    courier.open()
    await turns()
    before = len(transport.heard("hello"))
    for number in range(1000):
        foreign = question(clock, session=session.id, instance=f"x-{number}")
        transport.on_received(foreign)
        await turns(5)
    # The clock has stepped by the two times half a second for the kernel to settle.
    assert len(transport.heard("hello")) - before <= 5
    assert transport.heard("token") == []
