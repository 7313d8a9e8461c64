"""A place for msal, which blocks: threads whose requests run on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

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
        self._waiting: set[Future[Any]] = set()
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
        future = asyncio.run_coroutine_threadsafe(request(), self._loop)
        self._waiting.add(future)
        try:
            if self._is_closed:
                future.cancel()
            return future.result(limit_s + _GRACE)
        finally:
            self._waiting.discard(future)
            future.cancel()

    async def close(self) -> None:
        """Cancel every request, and wait for the threads, which then end."""
        self._is_closed = True
        for future in tuple(self._waiting):
            future.cancel()
        end = partial(self._pool.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, end)
