"""Ways of running."""

import json

import pytest
from support.ways_of_running import CELLS, RENEWED

situation = pytest.mark.situation


@pytest.fixture
def short_lived(kernel, attached):
    """Return a holder whose tokens are renewed after less than half a second."""
    kernel.run("from cdf_auth import get_token" + RENEWED)
    attached.lifetime = 0.6
    return attached


def assert_renewed(result):
    assert result.error is None, result.traceback
    assert result.complaints == ""
    first, second = json.loads(result.stdout)
    assert "secret" in first
    assert "secret" in second
    assert first != second


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=title, marks=situation(title))
        for title, code in CELLS.items()
    ],
)
def test_tokens_are_renewed_in(kernel, short_lived, code):
    assert_renewed(kernel.run(code))


WIDGETS = {
    "a Button's `on_click`": """
from ipywidgets import Button
widget = Button()
widget.on_click(lambda _: print(json.dumps(renewed())))
""",
    "a callback of `observe`": """
from ipywidgets import IntSlider
widget = IntSlider()
widget.observe(lambda _: print(json.dumps(renewed())), names="value")
""",
}
#: What the front end sends when somebody clicks, or drags.
TOUCHES = [
    {"method": "custom", "content": {"event": "click"}},
    {"method": "update", "state": {"value": 7}, "buffer_paths": []},
]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        pytest.param(code, data, id=title, marks=situation(title))
        for (title, code), data in zip(WIDGETS.items(), TOUCHES, strict=True)
    ],
)
def test_tokens_are_renewed_when_the_front_end_calls(kernel, short_lived, code, data):
    [comm_id] = kernel.run(f"{code}\nprint(widget.comm.comm_id)").lines
    assert_renewed(kernel.finish(kernel.start_comm(comm_id, data)))


TICKING = """
import asyncio
from cdf_auth import get_token_async
task = asyncio.ensure_future(get_token_async())
for _ in range(20):
    await asyncio.sleep(0.001)
print("still" if not task.done() else "done", flush=True)
print(await task)
"""


@situation("`await get_token_async()` leaves the event loop free")
def test_the_loop_goes_on_while_it_waits(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start(TICKING)
    attached.wait_for_questions(1)
    kernel.wait_for(cell, "still")
    attached.deliver()
    assert "secret" in kernel.finish(cell).stdout


THOUSAND = """
import threading, time
from collections import Counter
barrier, tokens = threading.Barrier(1001), []
def call():
    barrier.wait()
    time.sleep(max(0, moment - time.monotonic()))
    tokens.append(str(get_token()))
threads = [threading.Thread(target=call) for _ in range(1000)]
for t in threads: t.start()
first = get_token()
# It is renewed when a quarter of its second is left.
moment = time.monotonic() + 0.8
barrier.wait()
for t in threads: t.join()
print(list(Counter(tokens).values()), str(first) in tokens)
"""


@situation("a thousand threads at the moment of expiry make one request")
def test_a_thousand_threads(kernel, attached):
    attached.lifetime = 1

    def answer(question):
        attached.give_token(question)
        attached.lifetime = 3600

    attached.policy = answer
    result = kernel.run("from cdf_auth import get_token" + THOUSAND)
    assert result.stdout.strip() == "[1000] False", result
    assert len(attached.ids) == 2
