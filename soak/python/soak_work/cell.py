"""The cell: threads, child processes and an asyncio loop that call side by side."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from typing import TYPE_CHECKING

from .caller import Caller
from .child import work
from .clock import real
from .config import Config
from .process import Reporter
from .records import Records

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess


def run(file: str) -> None:
    """Do a kernel's part of the soak until it is over, or the cell is interrupted."""
    config = Config.read(file)
    name = f"{int(real() * 1000)}-{os.getpid()}"
    records = Records(config, name, "kernel", None)
    over = threading.Event()
    # Before there are threads, of which a fork would be a copy in the middle.
    children = _start_children(config, name)
    callers = [
        Caller(f"thread-{number}", config, records) for number in range(config.threads)
    ]
    tasks = [
        Caller(f"task-{number}", config, records) for number in range(config.tasks)
    ]
    main = Caller("cell", config, records)
    reporter = Reporter(config, records, [main, *callers, *tasks])
    reporter.start()
    try:
        for caller in callers:
            _start(_loop, caller, over)
        _start(_loop_async, tasks, over)
        while not config.is_over:
            time.sleep(main.call())
    finally:
        # Threads that wait for a token end with it; the cell doesn't wait for them.
        over.set()
        for child in children:
            child.kill()
        for child in children:
            child.join()
            child.close()
        reporter.stop()
        records.note("ended")


def _start(target: object, *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


def _start_children(config: Config, run: str) -> list[BaseProcess]:
    """Start every second one as a fork, as users' pools do, and the others anew."""
    children = []
    for number in range(config.children):
        context = multiprocessing.get_context("spawn" if number % 2 else "fork")
        arguments = (config, run, f"child-{number}", os.getpid())
        children.append(context.Process(target=work, args=arguments, daemon=True))
    for child in children:
        child.start()
    return children


def _loop(caller: Caller, over: threading.Event) -> None:
    while not over.is_set():
        time.sleep(caller.call())


def _loop_async(callers: list[Caller], over: threading.Event) -> None:
    async def loop(caller: Caller) -> None:
        while True:
            pause = await caller.call_async()
            if over.is_set():
                return
            await asyncio.sleep(pause)

    async def gather() -> None:
        await asyncio.gather(*map(loop, callers))

    asyncio.run(gather())
