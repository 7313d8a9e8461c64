"""A place for msal, which blocks: threads whose requests run on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_T = TypeVar("_T")

#: A session needs one for a request in about an hour.
_THREADS = 4

#: Seconds that the event loop may be late on top of a request's own limit.
_GRACE = 5.0


class Blocking:
    """A few threads, and what they wait for."""

    def __init__(self) -> None:
        """Start no thread yet."""
        self._pool = ThreadPoolExecutor(_THREADS, "cdf-auth")
        self._requests: set[asyncio.Task[Any]] = set()
        self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, work: Callable[[], _T], limit_s: float) -> _T:
        """Run ``work`` in a thread. Raises asyncio.TimeoutError after ``limit_s``.

        A thread can't be stopped; its work ends with the request that it waits for.
        """
        self._loop = asyncio.get_running_loop()
        running = self._loop.run_in_executor(self._pool, work)
        return await asyncio.wait_for(running, limit_s)

    def wait_for(
        self, request: Callable[[], Coroutine[Any, Any, _T]], limit_s: float
    ) -> _T:
        """Run a request on the event loop and wait for it; called by work in `run`.

        Raises what the request raises, TimeoutError or, once this is closed,
        concurrent.futures.CancelledError.
        """
        if self._loop is None:
            raise RuntimeError("This is called by work only.")
        tracked = self._track(request)
        future = asyncio.run_coroutine_threadsafe(tracked, self._loop)
        try:
            return future.result(limit_s + _GRACE)
        finally:
            future.cancel()

    async def close(self) -> None:
        """Cancel every request, and wait until all has come to its end."""
        self._is_closed = True
        requests = tuple(self._requests)
        for request in requests:
            request.cancel()
        if requests:
            # Else their connections would stay open.
            await asyncio.wait(requests)
        end = partial(self._pool.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, end)

    async def _track(self, request: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        if self._is_closed:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        if task is not None:
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)
        return await request()
