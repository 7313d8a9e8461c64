"""Nothing secret is published."""

import logging

import pytest

from jupyterlab_cdf_auth.connections import publishable

LOG = logging.getLogger("test")
GOOD = {
    "label": "Contoso",
    "tenant": "contoso.test",
    "clientId": "app-1",
    "cluster": "api",
}


@pytest.mark.parametrize(
    "field",
    [
        "clientSecret",
        "client_secret",
        "CLIENT-SECRET",
        "secret",
        "password",
        "pwd",
        "Passphrase",
        "privateKey",
        "certificate",
        "token",
        "accessToken",
        "refresh_token",
        "api_key",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        lambda held: held,
        lambda held: {"metadata": held},
        lambda held: {"scopes": [held]},
        lambda held: {"metadata": {"a": ({"b": held},)}},
    ],
    ids=["at the top", "nested", "in a list", "deep"],
)
def test_a_connection_with_a_secret_is_dropped_and_its_field_named(
    caplog, field, place
):
    leaky = {**GOOD, "label": "Leaky", **place({field: "s3cr3t-value"})}
    assert publishable([leaky, GOOD], LOG) == [GOOD]
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert repr(field) in record.getMessage()
    assert "'Leaky'" in record.getMessage()
    assert "s3cr3t-value" not in record.getMessage()


@pytest.mark.parametrize(
    "value", [{1, 2}, b"x", float("nan"), object()], ids=lambda one: type(one).__name__
)
def test_a_value_that_is_not_json_is_dropped(caplog, value):
    assert publishable([{**GOOD, "project": value}, GOOD], LOG) == [GOOD]
    assert "not JSON" in caplog.text


def test_a_connection_that_contains_itself_is_dropped(caplog):
    endless = dict(GOOD)
    endless["metadata"] = endless
    assert publishable([endless], LOG) == []
    assert "not JSON" in caplog.text


def test_metadata_may_speak_of_tokens_and_secrets(caplog):
    metadata = {
        "token_endpoint": "https://login.example/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "jwks_uri": "https://login.example/keys",
    }
    assert publishable([{**GOOD, "metadata": metadata}], LOG) == [
        {**GOOD, "metadata": metadata}
    ]
    assert caplog.records == []


def test_the_configuration_itself_is_left_as_it_is():
    given = [{**GOOD, "metadata": {"issuer": "https://login.example"}}]
    [published] = publishable(given, LOG)
    published["label"] = "changed"
    assert given[0]["label"] == "Contoso"
