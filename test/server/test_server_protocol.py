"""The server speaks the protocol as its examples have it."""

import json
from pathlib import Path

import pytest

from jupyterlab_cdf_auth import protocol
from jupyterlab_cdf_auth.access_token import AccessToken
from jupyterlab_cdf_auth.clock import Deadline
from jupyterlab_cdf_auth.models import Context, Replaced

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
INSTANCE = "5f0c6f0e9d3b4a55"
SCOPES = ("https://westeurope-1.cognitedata.com/.default",)


def load(name):
    examples = json.loads((VECTORS / f"{name}.json").read_text())
    return [pytest.param(example, id=example["name"]) for example in examples]


@pytest.mark.parametrize("example", load("requests"))
def test_requests(example):
    request = protocol.read_request(example["data"])
    assert (request is not None) is example["valid"]
    if request:
        data = dict(example["data"])
        assert (data.pop("v"), data.pop("op")) == (1, "token")
        assert {**vars(request), "scopes": list(request.scopes)} == data


@pytest.mark.parametrize("name", ["min_ttl", "sent", "timeout"])
def test_a_number_that_is_no_float_makes_no_request(name):
    valid = next(one.values[0] for one in load("requests") if one.values[0]["valid"])
    assert protocol.read_request({**valid["data"], name: 10**400}) is None


@pytest.mark.parametrize("example", load("acknowledgements"))
def test_acknowledgements(example):
    acknowledgement = protocol.read_acknowledgement(example["reply"])
    assert (acknowledgement is not None) is example["agent"]
    assert bool(acknowledgement and acknowledgement.ok) is example["ok"]


class Clock:
    """One that stands still."""

    monotonic = wall = staticmethod(lambda: 1_790_000_000.0)


def built(name):
    context = Context(
        connection="Contoso",
        cluster="westeurope-1",
        project=None if name == "context without a project" else "plant-north",
        base_url="https://westeurope-1.cognitedata.com",
        scopes=SCOPES,
        since="2026-11-23T10:00:00.000Z",
    )
    request = protocol.TokenRequest("q1", INSTANCE, None, (), None, 1_790_000_000.5, 60)
    held = AccessToken(
        "header.payload.signature", SCOPES, Deadline(Clock(), 3599), 3600
    )
    settled = name == "context without a project"
    account = "alice@contoso.test"
    make = {
        "hello": lambda: protocol.hello("h-1"),
        "context": lambda: protocol.context(
            INSTANCE, "s-2b9f", account, context, settled=settled
        ),
        "token": lambda: protocol.token(request, "s-2b9f", SCOPES, held),
        "waiting": lambda: protocol.waiting(request, None, "sign_in_required"),
        "error": lambda: protocol.error(
            request,
            "s-2b9f",
            "consent_required",
            "AADSTS65001: consent is missing.",
            "Ask an administrator to grant it.",
        ),
        "replace": lambda: protocol.replacement(
            INSTANCE, "server-77aa", Replaced("s-2b9f", account, None)
        ),
        "bye to one session": lambda: protocol.bye(INSTANCE, "s-2b9f"),
    }
    return make[name if name in make else "context"]()


SAID = ["hello", "context", "context without a project", "token"]
SAID += ["waiting", "error", "replace", "bye to one session"]


@pytest.mark.parametrize("name", SAID)
def test_messages(name):
    [message] = [
        one.values[0]["message"] for one in load("deliveries") if one.id == name
    ]
    assert built(name) == {"cdf_auth": message}
