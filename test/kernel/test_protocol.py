"""The messages, as the vectors that both languages read describe them."""

import json
from datetime import datetime, timezone

import pytest
from cdf_auth import _protocol as protocol
from cdf_auth._fields import Refusal, parse_date
from support.real_kernel import ROOT

VECTORS = ROOT / "test" / "vectors"
INSTANCE = "5f0c6f0e9d3b4a55"


def vectors(name):
    return [
        pytest.param(one, id=one["name"])
        for one in json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    ]


@pytest.mark.parametrize("vector", vectors("deliveries"))
def test_reads_deliveries(vector):
    if vector["valid"]:
        message = protocol.read(vector["message"], INSTANCE)
        for key, value in vector["message"].items():
            if key not in ("v", "op", "instance", "since"):
                read = getattr(message, key)
                assert (list(read) if isinstance(read, tuple) else read) == value
    else:
        with pytest.raises(Refusal) as caught:
            protocol.read(vector["message"], INSTANCE)
        assert caught.value.code == vector["code"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(one.values[0]["data"], id=one.id)
        for one in vectors("requests")
        if one.values[0]["valid"]
    ],
)
def test_builds_requests(data):
    built = protocol.question(
        id=data["id"],
        instance=data["instance"],
        session=data["session"],
        scopes=tuple(data["scopes"]),
        min_ttl=data["min_ttl"],
        sent=data["sent"],
    )
    assert built == data


def test_builds_acknowledgements(world):
    by_name = {
        one["name"]: one["reply"]["cdf_auth"]
        for one in json.loads((VECTORS / "acknowledgements.json").read_text("utf-8"))
        if one["agent"]
    }
    greeting = {**world.hello(), "instance": INSTANCE, "now": 1790000000.5}
    assert greeting == by_name["hello"]
    asking = by_name["hello of an agent that follows a session and asks"]
    question = asking["open"][0]
    world.select(question["session"], since=asking["since"])
    world.agent.cell_starts("cell", None)
    asked = world.agent.join((question["session"], tuple(question["scopes"])), None)
    asked.id = question["id"]
    greeting = {**world.hello(), "instance": INSTANCE, "now": 1790000000.5}
    greeting["open"][0] |= {"instance": INSTANCE, "sent": question["sent"]}
    assert greeting == asking
    assert protocol.acknowledge(INSTANCE) == by_name["plain"]
    for message, name in (
        ({"v": 1, "op": "bye", "instance": "x", "session": None}, "refused"),
        ({"v": 2, "op": "hello"}, "refused: another version"),
    ):
        with pytest.raises(Refusal) as caught:
            protocol.read(message, INSTANCE)
        assert protocol.refuse(INSTANCE, caught.value) == by_name[name]


def changed(**fields):
    message = {
        "v": 1,
        "op": "token",
        "instance": INSTANCE,
        "id": None,
        "session": "s",
        "scopes": [],
        "token": "abc",
        "expires_in": 10,
        "lifetime": 10,
        "sent": 1790000000.5,
    }
    return {**message, **fields}


@pytest.mark.parametrize(
    "message",
    [
        changed(v=True),
        changed(v=None),
        changed(op=["token"]),
        changed(instance=None),
        changed(session=""),
        changed(session="s" * 513),
        changed(scopes="s"),
        changed(scopes=["s"] * 33),
        changed(scopes=[""]),
        changed(token="t" * 32769),
        changed(token="Bearer abc"),
        changed(token="abc\n"),
        changed(token="äbc"),
        changed(expires_in=float("nan")),
        changed(expires_in=float("inf")),
        changed(expires_in=10**400),
        changed(expires_in=0),
        changed(expires_in=True),
        changed(expires_in="10"),
        changed(lifetime=None),
        changed(id=3),
        changed(sent=None),
        changed(sent=float("nan")),
        changed(sent=True),
        changed(sent=10**400),
    ],
    ids=lambda message: repr(message)[:200],
)
def test_refuses_what_is_malformed(message):
    with pytest.raises(Refusal):
        protocol.read(message, INSTANCE)


def test_a_refusal_repeats_nothing_of_the_message():
    with pytest.raises(Refusal) as caught:
        protocol.read(changed(token="secret token"), INSTANCE)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "microsecond", "hour"),
    [
        ("2026-11-23T10:00:00.000Z", 0, 10),
        ("2026-11-23T10:00:00Z", 0, 10),
        ("2026-11-23T10:00:00.5Z", 500_000, 10),
        ("2026-11-23T10:00:00.123456789Z", 123_456, 10),
        ("2026-11-23T10:00:00.250+02:00", 250_000, 8),
    ],
)
def test_dates(text, microsecond, hour):
    date = parse_date(text)
    assert date.astimezone(timezone.utc) == datetime(
        2026, 11, 23, hour, 0, 0, microsecond, timezone.utc
    )


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-23", "2026-11-23T10:00:00", "2026-13-23T10:00:00Z", "20261123T10Z"],
)
def test_no_dates(text):
    assert parse_date(text) is None
