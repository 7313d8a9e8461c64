"""The connections as a device code sign-in takes them: the route, and the vectors."""

import json
from pathlib import Path

import pytest

from jupyterlab_cdf_auth.device_connections import complete_all
from jupyterlab_cdf_auth.models import Connection

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "connections.json"
EXAMPLES = json.loads(VECTORS.read_text(encoding="utf-8"))
GOOD = [one for one in EXAMPLES if "completed" in one]
BAD = [one for one in EXAMPLES if "problem" in one]


def by_name(example):
    return example["name"]


@pytest.mark.parametrize("example", GOOD, ids=by_name)
def test_an_entry_is_completed_as_a_page_completes_it(example):
    assert complete_all([example["entry"]]) == ([example["completed"]], [])
    # And it is what a session is started with.
    Connection.read(example["completed"])


@pytest.mark.parametrize("example", BAD, ids=by_name)
def test_an_entry_is_refused_where_a_page_refuses_it(example):
    connections, [problem] = complete_all([example["entry"]])
    assert connections == []
    assert problem["code"] == "settings_invalid"
    assert f'"{example["problem"]}"' in problem["message"]


def test_a_broken_entry_hides_no_other_and_a_name_is_there_once():
    good, broken = GOOD[0]["entry"], BAD[0]["entry"]
    connections, problems = complete_all([broken, good, good])
    assert connections == [GOOD[0]["completed"]]
    assert 'Connection 1 has no "tenant"' in problems[0]["message"]
    assert 'Two connections are named "Contoso"' in problems[1]["message"]


class TestTheRoute:
    """What a server tells."""

    @pytest.fixture
    def cdf_auth_config(self, connection):
        leaky = {**connection, "label": "Leaky", "clientSecret": "s3cr3t-value"}
        return {"connections": [{"label": "Broken"}, leaky, connection]}

    async def test_it_lists_what_can_be_used_and_what_is_wrong(
        self, jp_fetch, connection
    ):
        answer = await jp_fetch("cdf-auth", "connections")
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"s3cr3t-value" not in answer.body
        told = json.loads(answer.body)
        assert [one["label"] for one in told["connections"]] == ["Contoso"]
        assert told["connections"][0]["baseUrl"] == connection["baseUrl"]
        [problem] = told["problems"]
        assert 'The connection "Broken" has no "tenant"' in problem["message"]
