"""The debugger's view of variables, as JupyterLab asks for it: DAP over control."""

import json
from itertools import count
from queue import Empty
from time import monotonic

import pytest
from support.displays import HIDDEN, TOKEN, kernel_with_token, shows
from support.real_kernel import GENERATIONS, LIMIT

CELL = """def f(token):
    local = {"a": [token]}
    return local
f(t)"""


#: How pydevd shows what is long and has a repr of its own.
LONG = f"<Token, len() = {len(TOKEN)}>"


class Dap:
    """The debugger's side of a front end."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.answers = []
        self._numbers = count(1)

    def ask(self, command, **arguments):
        client = self.kernel.client
        message = client.session.msg(
            "debug_request",
            {
                "type": "request",
                "seq": next(self._numbers),
                "command": command,
                "arguments": arguments,
            },
        )
        client.control_channel.send(message)
        while True:
            reply = client.control_channel.get_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                self.answers.append(reply["content"])
                assert reply["content"]["success"], reply["content"]
                return reply["content"].get("body")

    def wait_until_stopped(self):
        """Give the thread that has stopped."""
        deadline = monotonic() + LIMIT
        while monotonic() < deadline:
            try:
                content = self.kernel.client.get_iopub_msg(timeout=1)["content"]
            except Empty:
                continue
            if content.get("event") == "stopped":
                return content["body"]["threadId"]
        raise AssertionError("It didn't stop.")

    def expand(self, variables, depth=2):
        """Open what a person can open in the view."""
        for one in variables:
            reference = one.get("variablesReference")
            if reference and depth:
                found = self.ask("variables", variablesReference=reference)
                self.expand(found["variables"], depth - 1)


@pytest.fixture(scope="module", params=GENERATIONS)
def kernel(request, tmp_path_factory, bootstrap):
    folder = tmp_path_factory.mktemp("debugger")
    with kernel_with_token(request.param, folder, bootstrap) as (kernel, _):
        yield kernel


def test_the_view_without_a_breakpoint_hides_it(kernel):
    dap = Dap(kernel)
    kernel.run("held = {'a': [t]}")
    found = dap.ask("inspectVariables")["variables"]
    assert {"t", "held"} <= {one["name"] for one in found}
    for name in ("t", "held"):
        rich = dap.ask("richInspectVariables", variableName=name)
        assert HIDDEN in json.dumps(rich)
    shown = json.dumps(dap.answers)
    assert shown.count(LONG) >= 2
    assert not shows(shown)


def test_the_view_at_a_breakpoint_hides_it(kernel):
    dap = Dap(kernel)
    dap.ask("initialize", clientID="test", adapterID="python", pathFormat="path")
    dap.ask("attach")
    path = dap.ask("dumpCell", code=CELL)["sourcePath"]
    dap.ask(
        "setBreakpoints",
        source={"path": path},
        breakpoints=[{"line": 3}],
        sourceModified=False,
    )
    dap.ask("configurationDone")
    cell = kernel.start(CELL)
    thread = dap.wait_until_stopped()
    frame = dap.ask("stackTrace", threadId=thread)["stackFrames"][0]["id"]
    for scope in dap.ask("scopes", frameId=frame)["scopes"]:
        found = dap.ask("variables", variablesReference=scope["variablesReference"])
        ours = {"token", "local", "t"}
        dap.expand([one for one in found["variables"] if one["name"] in ours])
    for name in ("token", "local"):
        dap.ask("richInspectVariables", variableName=name, frameId=frame)
        for context in ("repl", "watch", "hover"):
            dap.ask("evaluate", expression=name, frameId=frame, context=context)
    dap.ask("continue", threadId=thread)
    kernel.finish(cell)
    dap.ask("disconnect", restart=False, terminateDebuggee=False)
    shown = json.dumps(dap.answers)
    assert shown.count(LONG) >= 8
    assert HIDDEN in shown
    assert not shows(shown)
