"""A sign-in is moved to another holder in the middle of a cell of a real kernel."""

RENEWALS = """
import threading
from concurrent.futures import ThreadPoolExecutor
from cdf_auth import context
pinned = context()
renewed = failed = 0
print("ready", flush=True)
with ThreadPoolExecutor() as pool:
    while "go" not in globals():
        try:
            # More than any token has left: each is a question.
            get_token(min_ttl=3601)
            pool.submit(pinned.get_token, min_ttl=3602).result()
            renewed += 1
        except Exception as error:
            failed += 1
            print(error)
print(renewed > 1, failed)
"""


def replace(holder):
    return holder.say(
        "replace",
        session="server-1",
        replaces=["s-1"],
        account="alice@contoso.test",
    )


def asked(holder):
    """List the sessions of all that was asked, in order."""
    questions = [holder.question_in(one) for one in list(holder.seen)]
    return [one["session"] for one in questions if one]


def test_a_busy_cell_asks_the_new_session_from_then_on(kernel, attached):
    cell = kernel.start(RENEWALS)
    kernel.wait_for(cell, "ready")
    attached.wait_for_questions(4)
    assert replace(attached)["ok"]
    attached.wait_until_seen(lambda _: "server-1" in asked(attached)[-1:])
    kernel.execute_on_control("go = 1")
    assert kernel.finish(cell).lines == ["True", "0"]
    sessions = asked(attached)
    first = sessions.index("server-1")
    assert set(sessions[:first]) == {"s-1"}
    assert set(sessions[first:]) == {"server-1"}


def test_a_cell_that_waits_for_the_old_holder_is_served_by_the_new_one(
    kernel, attached
):
    attached.policy = attached.be_silent
    cell = kernel.start("print(len(get_token()) > 0)")
    attached.wait_for_questions(2)
    attached.policy = attached.give_token
    give = attached.give_token

    def serve_the_new_one(question):
        (give if question["session"] == "server-1" else attached.be_silent)(question)

    attached.policy = serve_the_new_one
    assert replace(attached)["ok"]
    assert kernel.finish(cell).lines == ["True"]
    assert attached.questions[-1]["session"] == "server-1"
