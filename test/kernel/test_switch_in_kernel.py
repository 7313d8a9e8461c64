"""A switch of project reaches cells by when they were submitted."""

import pytest
from dated_cells import AFTER, BEFORE, PROJECT, SINCE, WATCH


@pytest.fixture
def project(kernel, attached):
    """Return the kernel's project as a thread sees it, which no cell starts for."""
    kernel.run("import cdf_auth")

    def ask():
        kernel.execute_silently("said = cdf_auth.context().project")
        id_ = kernel.client.execute("", silent=True, user_expressions={"p": "said"})
        said = kernel.reply(id_)["user_expressions"]["p"]
        return said["data"]["text/plain"].strip("'")

    return ask


def test_an_idle_kernel_follows_when_it_has_settled(attached, project):
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=False)
    assert project() == "plant-north"
    attached.select("south", since=SINCE, settled=True)
    assert project() == "south"


def test_so_does_one_that_was_running_when_the_agent_came(kernel, holder, bootstrap):
    cell = kernel.start_dated(
        "import time\n"
        "print('ready', flush=True)\n"
        "while 'cdf_auth' not in globals(): time.sleep(0.01)\n" + WATCH,
        BEFORE,
    )
    kernel.wait_for(cell, "ready")
    kernel.execute_on_control(bootstrap)
    holder.attach()
    kernel.execute_on_control("import cdf_auth")
    kernel.wait_for(cell, "plant-north")
    holder.select("south", since=SINCE)
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert kernel.run(PROJECT).lines == ["south"]


@pytest.mark.parametrize("environment", ["kernel-ipykernel7"])
def test_a_subshell_changes_nothing_for_the_main_cell(kernel, attached, project):
    """Subshells came with ipykernel 7; their cells fire the same events."""
    cell = kernel.start_dated(WATCH, BEFORE)
    kernel.wait_for(cell, "plant-north")
    attached.select("south", since=SINCE, settled=True)
    client = kernel.client
    create = client.session.msg("create_subshell_request", {})
    client.control_channel.send(create)
    reply = client.control_channel.get_msg(timeout=30)
    message = client.session.msg(
        "execute_request",
        {
            "code": PROJECT,
            "silent": False,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        },
    )
    message["header"]["subshell_id"] = reply["content"]["subshell_id"]
    message["header"]["date"] = AFTER
    client.shell_channel.send(message)
    assert kernel.finish(message["header"]["msg_id"]).lines == ["plant-north"]
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["plant-north"]
    assert project() == "south"


def test_a_cell_that_fails_ends_too(kernel, attached, project):
    kernel.run("1 / 0")
    assert attached.hello()["running"] is False
    kernel.run("await __import__('asyncio').sleep(0); 1 / 0")
    assert attached.hello()["running"] is False
    kernel.run("this is no Python")
    assert attached.hello()["running"] is False
