"""A token is a `str`: whatever is made of one works, and its own repr is hidden."""

import copy
import hashlib
import json
import logging
import pickle
import re

import pytest
from cdf_auth._token import Token

TEXT = "eyJhbGciOiJub25lIn0.cGF5bG9hZA.c2lnbmF0dXJl"


@pytest.fixture
def token():
    return Token(TEXT)


@pytest.mark.parametrize(
    "make",
    [
        str,
        len,
        hash,
        bool,
        list,
        json.dumps,
        lambda t: f"Bearer {t}",
        lambda t: f"{t:>80}|{t!s}",
        lambda t: "{} {t}".format(t, t=t),  # noqa: UP032
        lambda t: "%s" % t,  # noqa: UP031
        lambda t: "Bearer " + t,
        lambda t: t + " " + t,
        lambda t: " ".join(t.split(".")),
        lambda t: t[3:-3],
        lambda t: t[0] + t[-1],
        lambda t: t.split("."),
        lambda t: t.encode("ascii"),
        lambda t: t.upper().strip().replace(".", ""),
        lambda t: hashlib.sha256(t.encode()).hexdigest(),
        lambda t: re.fullmatch(r"[\w.-]+", t).group(),
        lambda t: json.dumps({"a": [t], t: 1}, indent=1),
        lambda t: logging.makeLogRecord({"msg": "%s", "args": (t,)}).getMessage(),
        lambda t: sorted([t, "a", "z"]),
        lambda t: {t: 1}[TEXT] + {TEXT: 1}[t],
        lambda t: [t == TEXT, t != TEXT, t < "z", t > "a", "." in t],
        lambda t: isinstance(t, str),
    ],
)
def test_is_a_str(token, make):
    made, expected = make(token), make(TEXT)
    assert made == expected
    assert type(made) is type(expected)


def test_is_hidden_in_its_repr_only(token):
    assert repr(token) == f"{token!r}" == ascii(token) == "'[token hidden]'"
    assert repr(str(token)) == repr(TEXT)


@pytest.mark.parametrize(
    "make", [copy.copy, copy.deepcopy, lambda t: copy.copy([t])[0]]
)
def test_stays_hidden_in_a_copy(token, make):
    assert make(token) == TEXT
    assert repr(make(token)) == repr(token)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_to_a_plain_str(token, protocol):
    # The other process may not have this package.
    loaded = pickle.loads(pickle.dumps(token, protocol))
    assert loaded == TEXT
    assert type(loaded) is str
    assert b"cdf_auth" not in pickle.dumps([token], protocol)
