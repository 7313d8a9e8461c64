"""Tokens come to every kind of code, while the kernel is busy too."""

import json

import pytest

#: Calls until three different tokens have come, each of which lives for 2 seconds.
LOOP = """
def three():
    from time import monotonic
    seen, slowest = [], 0
    while len(seen) < 3:
        started = monotonic()
        token = get_token()
        slowest = max(slowest, monotonic() - started)
        if token not in seen:
            seen.append(str(token))
    return [*seen, slowest < 1]
"""

WAYS = {
    "main thread": "print(json.dumps(three()))",
    "background thread": """
import threading
thread = threading.Thread(target=lambda: print(json.dumps(three())))
thread.start()
thread.join()
""",
    "pool while the main thread is blocked": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    print(json.dumps(pool.submit(three).result()))
""",
    "event loop in another thread": """
import asyncio, threading
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
async def work():
    return three()
print(json.dumps(asyncio.run_coroutine_threadsafe(work(), loop).result()))
""",
    "async cell": """
import asyncio
from cdf_auth import get_token_async
ticks = 0
async def tick():
    global ticks
    while True:
        ticks += 1
        await asyncio.sleep(0.001)
ticker = asyncio.ensure_future(tick())
seen = []
while len(seen) < 3:
    token = await get_token_async()
    if token not in seen:
        seen.append(str(token))
    await asyncio.sleep(0.01)
ticker.cancel()
print(json.dumps([*seen, ticks > 100]))
""",
    "async function that calls the plain one": """
async def work():
    return three()
print(json.dumps(await work()))
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_busy_cell_gets_fresh_tokens(kernel, attached, way):
    attached.lifetime = 2
    result = kernel.run("import json\n" + LOOP + WAYS[way])
    assert result.error is None, result.traceback
    *tokens, is_quick = json.loads(result.stdout)
    assert len(set(tokens)) == 3
    assert is_quick
    assert result.stderr == ""


THOUSAND = """
import threading
from collections import Counter
barrier, tokens = threading.Barrier(1000), Counter()
def call():
    barrier.wait()
    tokens[str(get_token())] += 1
threads = [threading.Thread(target=call) for _ in range(1000)]
for t in threads: t.start()
for t in threads: t.join()
print(list(tokens.values()))
"""


def test_a_thousand_threads_ask_once(kernel, attached):
    assert kernel.run(THOUSAND).stdout.strip() == "[1000]"
    assert len(attached.ids) == 1


def test_a_question_carries_no_secret_and_names_its_cell(kernel, attached):
    kernel.run("get_token()")
    question = attached.questions[0]
    assert set(question) == {
        *("v", "op", "id", "instance", "session"),
        *("scopes", "min_ttl", "sent", "timeout"),
    }
    sent = next(m for m in attached.seen if m["msg_type"] == "comm_msg")
    assert sent["parent_header"]["session"] == kernel.client.session.session
    assert sent["parent_header"]["msg_type"] == "execute_request"


def test_a_question_from_a_thread_names_its_cell(kernel, attached):
    kernel.run("import threading as t; x = t.Thread(target=get_token); x.start()")
    attached.wait_for_questions(1)
    sent = next(m for m in attached.seen if m["msg_type"] == "comm_msg")
    assert sent["parent_header"]["session"] == kernel.client.session.session


def test_an_unanswered_question_is_sent_again(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("print(get_token())")
    repeated = attached.wait_for_questions(3)
    attached.policy = attached.give_token
    assert "secret" in kernel.finish(cell).stdout
    assert len({one["id"] for one in repeated}) == 1


def test_an_interrupt_ends_the_wait_at_once(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start(
        "from time import monotonic\n"
        "try: get_token()\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    asked = attached.wait_for_questions(1)
    kernel.interrupt()
    assert kernel.finish(cell).lines == ["interrupted"]
    # The question is let go: the next call opens another.
    attached.policy = attached.give_token
    assert "secret" in kernel.run("print(get_token())").stdout
    assert attached.questions[-1]["id"] != asked[0]["id"]


def test_an_interrupt_ends_an_async_wait(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("from cdf_auth import *\nawait get_token_async()")
    attached.wait_for_questions(1)
    kernel.interrupt()
    error = kernel.finish(cell).error
    assert error.startswith(("KeyboardInterrupt", "CancelledError"))
    attached.policy = attached.give_token
    assert "secret" in kernel.run("print(await get_token_async())").stdout


def test_a_limited_wait(kernel, attached):
    attached.policy = attached.be_silent
    result = kernel.run(
        "from time import monotonic; t = monotonic()\n"
        "try: get_token(wait=0.5)\n"
        "except Exception as e: print(e.code, 0.5 <= monotonic() - t < 5)\n"
        "from cdf_auth import *\n"
        "try: await get_token_async(wait=0.5)\n"
        "except Exception as e: print(e.code)\n"
    )
    assert result.lines == ["token_timeout", "True", "token_timeout"]
    assert result.stderr == ""


def test_a_pending_sign_in_is_said_in_the_cell(kernel, attached):
    attached.policy = lambda question: attached.say(
        "waiting", id=question["id"], session=None, reason="sign_in_required"
    )
    cell = kernel.start("print(get_token())")
    said = kernel.finish(cell, until="panel")
    assert said.stderr.count("\n") == 1
    attached.deliver()
    assert "secret" in kernel.finish(cell).stdout


def test_an_error_reaches_all_who_wait(kernel, attached):
    attached.policy = lambda question: attached.say(
        "error",
        id=question["id"],
        session="s-1",
        code="consent_required",
        message="AADSTS65001: consent is missing.",
        action="Ask an administrator to grant it.",
    )
    error = kernel.run("get_token('https://storage.azure.com/.default')").error
    assert error == (
        "TokenRefused: AADSTS65001: consent is missing. "
        "Ask an administrator to grant it. [consent_required]"
    )


def test_fetching_on_the_control_thread_is_refused(kernel, attached):
    kernel.execute_on_control(
        "try: get_token()\nexcept Exception as error: code = error.code"
    )
    assert kernel.run("print(code)").lines == ["would_deadlock"]
