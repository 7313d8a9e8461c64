"""Cells that want fresh tokens, each in another way."""

#: Calls until two tokens have come, in cells and callbacks that know nothing else.
RENEWED = """
import asyncio, json, threading, time
from concurrent.futures import ThreadPoolExecutor
def renewed():
    seen = []
    while len(seen) < 2:
        token = get_token()
        if token not in seen:
            seen.append(str(token))
        time.sleep(0.01)
    return seen
"""

CELLS = {
    "the main thread of a busy cell": "print(json.dumps(renewed()))",
    "a background thread": """
thread = threading.Thread(target=lambda: print(json.dumps(renewed())))
thread.start()
thread.join()
""",
    "a thread, while the main thread is blocked in `.result()`": """
with ThreadPoolExecutor(1) as pool:
    print(json.dumps(pool.submit(renewed).result()))
""",
    "a pool of eight threads": """
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(lambda _: renewed(), range(8)))
print(json.dumps(sorted({token for tokens in found for token in tokens})[:2]))
""",
    "an event loop in another thread, while the main thread is blocked": """
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
async def work():
    return renewed()
print(json.dumps(asyncio.run_coroutine_threadsafe(work(), loop).result()))
loop.call_soon_threadsafe(loop.stop)
""",
    "`get_token()` in an async cell": """
async def work():
    return renewed()
print(json.dumps(await work()))
""",
    "`await get_token_async()`": """
from cdf_auth import get_token_async
seen = []
while len(seen) < 2:
    token = await get_token_async()
    if token not in seen:
        seen.append(str(token))
    await asyncio.sleep(0.01)
print(json.dumps(seen))
""",
}
