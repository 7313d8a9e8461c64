"""Other people's messages stay theirs, malformed ones change nothing, `bye` ends it."""

HANDLER = (
    "handler = get_ipython().kernel.control_handlers['comm_info_request']\n"
    "print(getattr(handler, '__module__', None))"
)

TOKEN = {
    "v": 1,
    "op": "token",
    "id": None,
    "session": "s-1",
    "scopes": [],
    "token": "abc",
    "expires_in": 1,
    "lifetime": 1,
    "sent": 1790000000.5,
}


def test_a_plain_request_is_answered_as_ever(kernel, attached):
    kernel.run("from ipykernel.comm import Comm; c = Comm(target_name='mine')")
    with_hook = attached.send(None)
    assert "cdf_auth" not in with_hook
    assert [one["target_name"] for one in with_hook["comms"].values()] == ["mine"]
    # Ours is an ordinary reply apart from the acknowledgement.
    ours = attached.send({"v": 1, "op": "hello", "holder": "h"})
    assert ours["cdf_auth"]["ok"]
    del ours["cdf_auth"]
    assert ours == with_hook
    attached.say("bye", session=None)
    assert attached.send(None) == with_hook


OPENS_ANOTHER = """
comms = get_ipython().kernel.comm_manager.comms
class Restless:
    @property
    def target_name(self):
        # Another thread may do so at any moment; here it does at the worst one.
        comms[f"another-{len(comms)}"] = self
        return "restless"
comms["first"] = Restless()
"""


def test_a_comm_that_is_opened_meanwhile_costs_no_acknowledgement(kernel, attached):
    kernel.run(OPENS_ANOTHER)
    reply = attached.send({"v": 1, "op": "hello", "holder": "h"})
    assert reply["cdf_auth"]["ok"]
    assert reply["comms"] == {"first": {"target_name": "restless"}}
    kernel.run("comms.clear()")


def test_sign_out(kernel, attached):
    kernel.run("from cdf_auth import *; pinned = context(); get_token()")
    assert kernel.run(HANDLER).lines == ["cdf_auth._hook"]
    asked = len(attached.questions)
    assert attached.say("bye", session="s-1")["ok"]
    assert kernel.run(HANDLER).lines[0].startswith("ipykernel")
    for call in ("get_token()", "context()", "pinned.get_token()"):
        assert kernel.run(call).error.startswith("SignInRequired")
    assert len(attached.questions) == asked
    assert attached.hello() is None


def test_sign_out_of_one_of_two(kernel, attached):
    kernel.run("from cdf_auth import *; pinned = context()")
    attached.select(session="s-2")
    attached.say("bye", session="s-1")
    assert attached.hello()["session"] == "s-2"
    assert kernel.run("get_token(); print(1)").lines == ["1"]
    assert kernel.run("pinned.get_token()").error.startswith("SignInRequired")


def test_sign_out_ends_a_running_wait(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("get_token()")
    attached.wait_for_questions(1)
    attached.say("bye", session=None)
    assert kernel.finish(cell).error.startswith("SignInRequired")


def test_signing_in_again(kernel, attached, bootstrap):
    attached.say("bye", session=None)
    kernel.execute_silently(bootstrap)
    assert kernel.run("get_token()").error.startswith("SignInRequired")
    attached.session = "s-2"
    attached.attach()
    assert "secret" in kernel.run("print(get_token())").stdout


def test_malformed_messages_change_nothing(kernel, attached):
    before = kernel.run("from cdf_auth import *; print(get_token(), context())").stdout
    codes = [
        attached.send(message)["cdf_auth"]["code"]
        for message in (
            "yes",
            [],
            {"v": 2},
            {"v": 1, "op": "gift"},
            {"v": 1, "op": "bye", "session": None},
            {"v": 1, "op": "bye", "instance": "other", "session": None},
            TOKEN | {"instance": attached.instance, "token": "a b"},
            TOKEN | {"instance": attached.instance, "expires_in": -1},
        )
    ]
    malformed = ["malformed", "malformed"]
    assert codes == [*malformed, "version", *malformed, "instance", *malformed]
    assert kernel.run("print(get_token(), context())").stdout == before
    assert b"Traceback" not in kernel.log.read_bytes()


def test_someone_elses_wrapper_stays(kernel, attached):
    kernel.run(
        "handlers = get_ipython().kernel.control_handlers\n"
        "inner = handlers['comm_info_request']\n"
        "calls = []\n"
        "def outer(*args):\n"
        "    calls.append(1)\n"
        "    return inner(*args)\n"
        "handlers['comm_info_request'] = outer"
    )
    attached.say("bye", session=None)
    assert kernel.run("print(handlers['comm_info_request'] is outer)").lines == ["True"]
    assert attached.send(None)["status"] == "ok"
    assert kernel.run("print(len(calls))").lines == ["2"]
