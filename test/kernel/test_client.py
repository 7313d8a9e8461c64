"""`client()`: the Cognite SDK, versions 7 and 8, needs no set-up."""

import pytest
from support.stand_in import Service
from support.warm_kernel import start_over, warm_kernel

#: Requests until the service has seen three tokens, each of which lives for 2 seconds.
THREE = """
def three(client):
    while int(client.time_series.list(limit=1)[0].description) < 3: pass
"""


@pytest.fixture(scope="module", params=["kernel-sdk7", "kernel-sdk8"])
def environment(request):
    return request.param


@pytest.fixture(scope="module")
def kernel(environment, tmp_path_factory):
    with warm_kernel(environment, tmp_path_factory.mktemp(environment)) as kernel:
        yield kernel


@pytest.fixture
def cdf():
    service = Service()
    yield service
    service.close()


@pytest.fixture
def served(kernel, holder, bootstrap, cdf):
    """Return a holder whose tokens are good for the stand-in, which is selected."""
    return start_over(kernel, holder, bootstrap, cdf)


def test_a_client_works_beyond_the_life_of_its_first_token(kernel, served, cdf):
    served.lifetime = 2
    result = kernel.run(
        THREE + "c = client()\nthree(c)\n"
        "print(c.config.project, c.config.client_name, c.config.timeout)"
    )
    assert result.error is None, result.traceback
    assert result.lines[:2] == ["plant-north", "jupyterlab-cdf-auth"]
    assert {one.path for one in cdf.requests} <= {
        "/api/v1/projects/plant-north/timeseries",
        "/api/v1/projects/plant-north/timeseries/list",
    }
    assert cdf.refused == []


def test_a_client_stays_with_its_project_and_sign_in(kernel, served, cdf):
    served.lifetime = 2
    kernel.run("c = client()")
    served.select(
        session="s-2", project="refinery", account="bob@contoso.test", base_url=cdf.url
    )
    result = kernel.run(THREE + "three(c)\nprint(client().config.project)")
    assert result.lines == ["refinery"], result.traceback
    assert {one.issued.session for one in cdf.requests} == {"s-1"}
    assert all("/plant-north/" in one.path for one in cdf.requests)


def test_a_project_that_is_named(kernel, served, cdf):
    result = kernel.run(
        "print(client('plant-south', timeout=7).config.timeout)\n"
        "print(code(client, 'refinery'))"
    )
    timeout, said = result.stdout.splitlines()
    assert timeout == "7"
    assert said == (
        "ProjectUnknown: This account can't see a project named 'refinery' at "
        f"{cdf.url}. It can see: plant-north, plant-south. [project_unknown]"
    )
    cdf.projects = [f"p-{number}" for number in range(12)]
    said = kernel.run("print(code(client, 'refinery'))").stdout
    assert "p-0, p-1," in said
    assert "p-9 and 2 more." in said


@pytest.mark.parametrize("projects", [None, []])
def test_an_account_that_may_not_list_projects_isnt_held_up(
    kernel, served, cdf, projects
):
    cdf.projects = projects
    result = kernel.run("print(client('refinery').config.project)")
    assert result.lines == ["refinery"]
    assert [one.path for one in cdf.requests] == ["/api/v1/token/inspect"]


def test_the_question_for_projects_takes_no_token_elsewhere(kernel, served, cdf):
    other = Service()
    try:
        result = kernel.run(
            f"c = client('refinery', base_url='{cdf.url}/away/{other.url}')\n"
            "print(c.config.project)"
        )
    finally:
        other.close()
    assert result.lines == ["refinery"], result.traceback
    assert other.requests == []


def test_an_interrupted_request_leaves_the_client_as_it_was(kernel, served, cdf):
    answer, served.policy = served.policy, served.be_silent
    cell = kernel.start("c = client()\nc.time_series.list(limit=1)")
    served.wait_for_questions(1)
    kernel.interrupt()
    assert "KeyboardInterrupt" in kernel.finish(cell).error
    served.policy = answer
    result = kernel.run("print(c.time_series.list(limit=1)[0].name)")
    assert result.lines == ["pump"], result.traceback


def test_the_selected_project_is_not_asked_about(kernel, served, cdf):
    kernel.run("client(); client('plant-north')")
    assert cdf.requests == []
    assert served.questions == []


def test_another_cluster_has_a_scope_of_its_own(kernel, served, cdf):
    cdf.scope = "https://az-eastus-1.cognitedata.com/.default"
    cdf.projects = ["rig-7"]
    result = kernel.run(
        f"c = client('rig-7', 'AZ-eastus-1', base_url='{cdf.url}/')\n"
        "print(c.time_series.list(limit=1)[0].name, c.config.base_url)\n"
        f"print(code(client, cluster='az-eastus-1', base_url='{cdf.url}'))\n"
    )
    lines = result.stdout.splitlines()
    assert lines[0] == f"pump {cdf.url}"
    assert "plant-north" in lines[1]
    assert lines[1].endswith("It can see: rig-7. [project_unknown]")
    assert {one["session"] for one in served.questions} == {"s-1"}
    assert {tuple(one["scopes"]) for one in served.questions} == {(cdf.scope,)}
    # By name alone, its address is Cognite's; nobody answers there in a test.
    served.deliver(scopes=[cdf.scope])
    result = kernel.run("c = client('rig-7', 'az-eastus-1')\nprint(c.config.base_url)")
    assert result.lines == ["https://az-eastus-1.cognitedata.com"]


def test_a_cluster_that_the_provider_doesnt_know(kernel, served):
    said = "AADSTS500011: The resource principal named https://nowhere was not found."
    served.policy = lambda question: served.say(
        "error",
        id=question["id"],
        session="s-1",
        code="invalid_resource",
        message=said,
        action="Look at the scope.",
    )
    result = kernel.run("print(code(client, 'a', 'nowhere'))")
    assert result.stdout.strip() == (
        f"TokenRefused: {said} Look at the scope. [invalid_resource]"
    )


def test_no_project_at_all(kernel, served, cdf):
    served.select(project=None, base_url=cdf.url)
    result = kernel.run(
        "print(code(client))\nprint(client('plant-south').config.project)"
    )
    first, second = result.stdout.splitlines()
    assert first.startswith("NoProject: No project is selected. Select one in")
    assert first.endswith("project='…'. [no_project]")
    assert second == "plant-south"


WRONG = {
    "timeuot=3": "TypeError: client() has no option 'timeuot'; beside project and",
    "credentials=1": "TypeError: client() brings the credentials itself.",
    "timeout='3'": "TypeError: timeout must be a number of seconds.",
    "timeout=True": "TypeError: timeout must be a number of seconds.",
    "timeout=0": "ValueError: timeout must be above 0 seconds.",
    "file_transfer_timeout=-1": "ValueError: file_transfer_timeout must be above 0",
    "client_name=1": "TypeError: client_name must be a str, not int.",
    "client_name=' '": "ValueError: client_name must not be empty.",
    "headers={'a': 1}": "TypeError: headers must be a dict of str to str.",
    "debug=1": "TypeError: debug must be True or False.",
    "base_url='ftp://a'": "ValueError: base_url must be an http(s) address.",
    "base_url=1": "TypeError: base_url must be a str, not int.",
    "cluster='https://a.b'": "ValueError: cluster must be a name such as",
    "cluster=1": "TypeError: cluster must be a str, not int.",
    "project=''": "ValueError: project must be a project's name in URLs.",
    "project='a/b'": "ValueError: project must be a project's name in URLs.",
    "project=1": "TypeError: project must be a str, not int.",
}


def test_wrong_arguments_are_told_in_our_words(kernel, served, cdf):
    cells = "\n".join(f"print(code(client, {one}))" for one in WRONG)
    said = kernel.run(cells).stdout.splitlines()
    assert len(said) == len(WRONG)
    for line, expected in zip(said, WRONG.values(), strict=True):
        assert line.startswith(expected)
    assert served.questions == []


def test_what_only_the_sdk_refuses_is_told_in_a_sentence(kernel, served):
    result = kernel.run(
        "from unittest.mock import patch\n"
        "from cognite.client import ClientConfig as C\n"
        "with patch.object(C, '_validate_config', side_effect=ValueError('no')):\n"
        "    print(code(client))"
    )
    assert result.stdout.strip() == (
        "ValueError: The Cognite SDK refuses these options: no"
    )


def test_an_async_client(kernel, served, environment):
    served.lifetime = 2
    result = kernel.run(
        "async def three():\n"
        "    c = async_client()\n"
        "    while int((await c.time_series.list(limit=1))[0].description) < 3: pass\n"
        "    return c.config.project\n"
        "try: print(await three())\n"
        "except CdfAuthError as error: print(error)"
    )
    if environment == "kernel-sdk8":
        assert result.lines == ["plant-north"], result.traceback
    else:
        assert "async_client() needs cognite-sdk 8 or newer" in result.stdout
        assert "[sdk_too_old]" in result.stdout


def test_a_refusal_comes_out_of_the_sdk_as_it_is(kernel, served):
    kernel.run("c = client()")
    served.say("bye", session=None)
    result = kernel.run("print(code(c.time_series.list, limit=1))")
    assert result.stdout.startswith("SignInRequired: You have signed out")


def test_no_token_shows_where_a_client_is_shown(kernel, served):
    result = kernel.run(
        "c = client(); c.time_series.list(limit=1)\n"
        "print(c, repr(c), c.config, vars(c.config))\nc"
    )
    assert result.error is None, result.traceback
    assert len(result.stdout) > 200
    assert "secret" not in result.stdout + result.value
