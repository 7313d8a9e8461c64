"""Whatever another client sends, the cell goes on and nothing is taken up."""

import json
import random
from pathlib import Path

import pytest
from cdf_auth import CdfAuthError
from cdf_auth._fields import Content
from hypothesis import given, settings
from hypothesis import strategies as st
from support.deep import DEEP
from support.fake_clock import World

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
VALID = [
    one["message"]
    for one in json.loads((VECTORS / "deliveries.json").read_text("utf-8"))
    if one["valid"]
]
TELLING = [message for message in VALID if message["op"] != "bye"]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def almost(message: Content) -> st.SearchStrategy[Content]:
    """Give a valid message with any number of its fields replaced, lost or added."""
    fields = st.dictionaries(
        st.sampled_from([*message, "extra"]),
        ANY_JSON | st.sampled_from([-1, 0, 1e308, "", "x" * 10_000, [["a"]], 2**70]),
    )
    return st.tuples(fields, st.sets(st.sampled_from(list(message)))).map(
        lambda parts: {
            key: value
            for key, value in {**message, **parts[0]}.items()
            if key not in parts[1]
        }
    )


ALMOST_VALID = st.sampled_from(VALID).flatmap(almost)


def world_with_a_token():
    world = World()
    world.attach()
    world.answer_all()
    world.get_token()
    return world


@settings(max_examples=300 if DEEP else 60, deadline=None)
@given(st.lists(ANY_JSON | ALMOST_VALID, min_size=1, max_size=20))
def test_no_message_raises_and_a_refused_one_changes_nothing(messages):
    world = world_with_a_token()
    for message in messages:
        before = snapshot(world)
        reply = world.agent.receive(addressed(message, world))
        assert reply["ok"] in (True, False)
        assert json.dumps(reply)
        if not reply["ok"]:
            assert snapshot(world) == before


@settings(max_examples=100 if DEEP else 30, deadline=None)
@given(st.lists(ALMOST_VALID, max_size=20))
def test_a_call_gives_a_token_or_an_error_of_ours(messages):
    world = world_with_a_token()
    for message in messages:
        world.agent.receive(addressed(message, world))
        try:
            assert world.get_token(wait=1)
        except CdfAuthError as error:
            assert error.code  # noqa: PT017 - either is right


def addressed(message, world):
    """Give it to the very agent, where it is for the one of the examples."""
    if isinstance(message, dict) and message.get("instance") == VALID[1]["instance"]:
        return {**message, "instance": world.agent.instance}
    return message


def snapshot(world):
    state = world.agent.state
    return (
        dict(state.tokens),
        len(state.sessions),
        state.sessions.ended,
        state.switch.current,
        state.switch.pending,
        state.attached,
        world.slot.held,
    )


RUNS = """
import contextlib, io, sys, time
print("ready", flush=True)
said, seen = io.StringIO(), set()
with contextlib.redirect_stderr(said):
    try:
        while "go" not in globals() or len(seen) < 2:
            seen.add(str(get_token()))
            time.sleep(0.001)
        outcome = "well"
    except BaseException as error:
        outcome = repr(error)
"""


def garbage(number, instance):
    """Give the same ones in each run; none of them is a sign-out, which would work."""
    generator = random.Random(number)
    message = {**generator.choice(TELLING), "instance": instance}
    # A valid one of the same account would be a new sign-in, and its token good.
    message |= {"account": "mallory"} if message["op"] == "context" else {}
    field = generator.choice(list(message))
    message[field] = generator.choice([-1, 1e99, [], {}, "x" * 600, True, [1]])
    if generator.random() < 0.1:
        return generator.choice([None, 7, "text", [message], {"v": 9, "op": "bye"}])
    return {**message, "v": generator.choice([1, 1, 1, 2, "1"])}


#: To each of the two kernels.
FLOOD = 50_000 if DEEP else 5_000


@pytest.mark.timeout(300)
def test_thousands_of_them_do_a_running_cell_no_harm(kernel, attached):
    attached.lifetime = 2
    kernel.wait_for(kernel.start(RUNS), "ready")
    other = kernel.connect()
    try:
        for number in range(FLOOD):
            content = {"cdf_auth": garbage(number, attached.instance)}
            message = other.session.msg("comm_info_request", content)
            other.control_channel.send(message)
            if number % 100 == 0:
                wait_for_reply(other, message)
        wait_for_reply(other, message)
    finally:
        other.stop_channels()
    kernel.execute_on_control("go = 1")
    # Its status tells of each message; nobody needs to read all that.
    kernel.reconnect()
    said = kernel.run("print(outcome)\nprint(said.getvalue(), file=sys.stderr)")
    assert said.lines == ["well"]
    assert said.complaints.strip() == ""
    assert_noted_without_contents(kernel)


def wait_for_reply(client, message):
    while True:
        reply = client.control_channel.get_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            return reply["content"]


def test_one_of_ten_megabytes(kernel, attached):
    huge = "x" * 10_000_000
    for message in (
        {"v": 1, "op": "bye", "instance": attached.instance, "session": huge},
        {"v": 1, "op": huge},
        huge,
        [huge],
    ):
        reply = attached.send(message)["cdf_auth"]
        assert (reply["ok"], len(json.dumps(reply)) < 1000) == (False, True)
    assert "secret" in kernel.run("print(get_token())").stdout
    assert_noted_without_contents(kernel)


def assert_noted_without_contents(kernel):
    log = kernel.log.read_text("utf-8")
    lines = [line for line in log.splitlines() if "cdf_auth" in line]
    assert any("a message was refused (malformed)" in line for line in lines)
    # One for each kind of refusal, not for each message.
    assert len(lines) == len(set(lines)) <= 4
    assert "xxxx" not in log
    assert "Traceback" not in log
