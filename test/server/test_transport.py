"""What the two ways to a kernel have in common."""

import asyncio

import pytest

from jupyterlab_cdf_auth.transport import within


async def test_who_is_to_stop_stops_even_if_the_reply_comes_at_that_moment():
    reply = asyncio.get_running_loop().create_future()
    waiting = asyncio.ensure_future(within(60, reply))
    await asyncio.sleep(0)
    waiting.cancel()
    reply.set_result("too late")
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_comes_too_late_is_not_waited_for():
    work = asyncio.get_running_loop().create_future()
    with pytest.raises(asyncio.TimeoutError):
        await within(0, work)
    assert work.cancelled()
