"""Tokens come to every kind of code, while the kernel is busy too."""


def test_a_question_carries_no_secret_and_names_its_cell(kernel, attached):
    kernel.run("get_token()")
    question = attached.questions[0]
    assert set(question) == {
        *("v", "op", "id", "instance", "session"),
        *("scopes", "min_ttl", "sent", "timeout"),
    }
    sent = next(m for m in attached.seen if m["msg_type"] == "comm_msg")
    assert sent["parent_header"]["session"] == kernel.client.session.session
    assert sent["parent_header"]["msg_type"] == "execute_request"


def test_a_question_from_a_thread_names_its_cell(kernel, attached):
    kernel.run("import threading as t; x = t.Thread(target=get_token); x.start()")
    attached.wait_for_questions(1)
    sent = next(m for m in attached.seen if m["msg_type"] == "comm_msg")
    assert sent["parent_header"]["session"] == kernel.client.session.session


def test_a_limited_wait(kernel, attached):
    attached.policy = attached.be_silent
    result = kernel.run(
        "from time import monotonic; t = monotonic()\n"
        "try: get_token(wait=0.5)\n"
        "except Exception as e: print(e.code, monotonic() - t >= 0.5)\n"
        "from cdf_auth import *\n"
        "try: await get_token_async(wait=0.5)\n"
        "except Exception as e: print(e.code)\n"
    )
    assert result.lines == ["token_timeout", "True", "token_timeout"]
    assert result.stderr == ""


def test_an_error_reaches_all_who_wait(kernel, attached):
    attached.policy = lambda question: attached.say(
        "error",
        id=question["id"],
        session="s-1",
        code="consent_required",
        message="AADSTS65001: consent is missing.",
        action="Ask an administrator to grant it.",
    )
    error = kernel.run("get_token('https://storage.azure.com/.default')").error
    assert error == (
        "TokenRefused: AADSTS65001: consent is missing. "
        "Ask an administrator to grant it. [consent_required]"
    )


def test_fetching_on_the_control_thread_is_refused(kernel, attached):
    kernel.execute_on_control(
        "try: get_token()\nexcept Exception as error: code = error.code"
    )
    assert kernel.run("print(code)").lines == ["would_deadlock"]
