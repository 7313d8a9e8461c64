"""Who may come in, and what those who mean no good can do: nothing."""

import json
import os
import socket
import threading
from contextlib import suppress
from itertools import count

import pytest
from cdf_auth import ParentGone, ParentRefused
from cdf_auth._cache import Slot
from cdf_auth._children import LOCK
from cdf_auth._parent import child_agent
from cdf_auth._wire import MAX_BYTES
from hypothesis import given, settings
from hypothesis import strategies as st
from support.family import Family, wait_until
from support.real_kernel import LIMIT


@pytest.fixture(scope="module")
def besieged():
    """Return a family that serves all who come in this file."""
    before = os.environ.get("CDF_AUTH_PARENT")
    family = Family()
    family.attach()
    family.answer_all()
    yield family
    family.end()
    os.environ["CDF_AUTH_PARENT"] = before or ""


def assert_well(family):
    """Assert that a new child is served, and that no one else is kept."""
    wait_until(lambda: not family.children.connected)
    child = family.child()
    assert child.get_token(()) == family.get_token()
    child.route.parent.peer.shutdown(socket.SHUT_RDWR)


def frame(data):
    return len(data).to_bytes(4, "big") + data


def test_who_has_another_key_is_refused(besieged, tmp_path):
    (tmp_path / "key").write_bytes(bytes(32))
    (tmp_path / "socket").symlink_to(besieged.folder / "socket")
    asked = len(besieged.port.sent)
    with pytest.raises(EOFError), besieged.stranger(key=bytes(32)):
        raise AssertionError("It came in.")
    with pytest.raises(ParentGone):
        child_agent(str(tmp_path), Slot()).get_token(())
    assert len(besieged.port.sent) == asked
    assert_well(besieged)


def test_a_kernel_that_does_not_know_the_key_is_no_parent(besieged, tmp_path):
    """Somebody else may have taken the address."""
    (tmp_path / "key").write_bytes(bytes(32))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()

        def pretend():
            peer, _ = listener.accept()
            peer.sendall(bytes(32))
            peer.recv(64)
            peer.sendall(bytes(32))

        thread = threading.Thread(target=pretend)
        thread.start()
        with pytest.raises(ParentRefused) as caught:
            child_agent(str(tmp_path), Slot()).get_token(())
        thread.join()
    assert caught.value.code == "parent_refused"


def test_who_says_nothing_is_sent_away(besieged, monkeypatch):
    monkeypatch.setattr("cdf_auth._children._PATIENCE", 0.2)
    with besieged.stranger() as peer:
        assert len(peer.recv(100)) == 32
        assert peer.recv(100) == b""
    assert_well(besieged)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_without_the_key(besieged, garbage):
    with besieged.stranger() as peer:
        peer.sendall(garbage + bytes(64))
        assert len(peer.recv(32)) == 32
        with suppress(ConnectionResetError):
            assert peer.recv(100) == b""
    assert_well(besieged)


GARBAGE = [
    b"",
    b"\0",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"{" * 1000,
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b"NaN",
    b"9" * 10_000,
    json.dumps({"v": 1}).encode(),
    json.dumps({"v": 1, "op": "token"}).encode(),
    json.dumps({"v": 1, "op": "bye", "session": None}).encode(),
    json.dumps({"v": 1, "op": "token", "id": [], "scopes": {}}).encode(),
]

FIELD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
)


def exchange(family, data):
    """Send bytes as one who knows the key, and read until the kernel falls silent."""
    with family.stranger(key=family.key) as peer:
        peer.sendall(data)
        peer.shutdown(1)
        said = b""
        while more := peer.recv(10_000):
            said += more
    return said


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda one: repr(one[:20]))
def test_garbage_with_the_key(besieged, garbage):
    asked = len(besieged.port.sent)
    exchange(besieged, frame(garbage))
    assert len(besieged.port.sent) == asked
    assert besieged.agent.has_sessions
    assert_well(besieged)


@pytest.mark.parametrize(
    "data",
    [b"\0", b"\0\0\0\x05ab", (MAX_BYTES + 1).to_bytes(4, "big"), b"\xff" * 4],
    ids=["half a length", "half a message", "too long", "longest"],
)
def test_frames_that_are_none(besieged, data):
    exchange(besieged, data)
    assert_well(besieged)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {"v": st.just(1), "op": st.just("token")},
        optional={
            "id": FIELD,
            "session": FIELD | st.just("s-1"),
            "scopes": FIELD,
            "min_ttl": FIELD,
        },
    )
)
def test_any_question_whatever(besieged, question):
    exchange(besieged, frame(json.dumps(question).encode()))
    assert besieged.agent.has_sessions
    assert_well(besieged)


def ask_for_ever(peer):
    for number in count():
        question = {"v": 1, "op": "token", "id": str(number), "session": None}
        question |= {"scopes": [], "sent": 0}
        peer.sendall(frame(json.dumps(question).encode()))


def test_one_that_asks_and_never_reads_holds_nobody_up(besieged, monkeypatch):
    monkeypatch.setattr("cdf_auth._child._MAX_UNSENT", 50)
    besieged.get_token()
    with (
        besieged.stranger(key=besieged.key) as peer,
        pytest.raises(OSError, match=r"ipe|reset"),
    ):
        ask_for_ever(peer)
    assert_well(besieged)


def test_a_silent_one_does_not_hold_the_kernel_up(besieged):
    """Neither a fork nor a message on control may wait for it."""
    with besieged.stranger(), besieged.stranger(key=besieged.key):
        assert LOCK.acquire(timeout=LIMIT)
        LOCK.release()
        besieged.select("s-1", "south")
        assert besieged.child().context().project == "south"
    wait_until(lambda: besieged.agent.state.switch.current.project == "south")
