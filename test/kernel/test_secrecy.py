"""A token shows nowhere but where the user's own code puts it."""

import json

import pytest

TOKEN = "eyJ0eXAiOiJKV1QifQ.c2VjcmV0LXBheWxvYWQtb2YtdGhlLXRva2Vu.c2lnbmF0dXJlLW9m"
FRAGMENT = 12


def fragments(token):
    return {token[i : i + FRAGMENT] for i in range(len(token) - FRAGMENT + 1)}


def assert_free(text):
    assert not any(one in text for one in fragments(TOKEN))


@pytest.fixture
def secret(attached):
    attached.new_token = lambda: TOKEN
    return attached


@pytest.mark.parametrize(
    "code",
    [
        "get_token()",
        "[get_token()], {'a': get_token()}",
        "t = get_token(); t",
        "import copy; copy.deepcopy([get_token()])",
        "f'{get_token()!r}'",
        "%xmode Verbose\ndef f(token):\n    return 1 / 0\nf(get_token())",
        "from cdf_auth import *; get_token(); context()",
        "import cdf_auth; get_token(); vars(cdf_auth.context()._agent.state)",
    ],
)
def test_outputs_and_tracebacks(kernel, secret, code):
    result = kernel.run(code)
    shown = json.dumps([result.value, result.traceback, result.stdout, result.stderr])
    assert len(shown) > 20
    assert_free(shown)


def test_a_second_client_sees_nothing(kernel, secret, start_holder):
    other = start_holder(kernel)
    result = kernel.run("n = len({id(get_token()) for _ in range(3)}); print(n)")
    assert result.lines == ["1"]
    secret.deliver()
    kernel.run("print('end')")
    other.wait_for_output("end")
    assert any(m["content"].get("comm_id") == "cdf-auth" for m in other.seen)
    assert_free(json.dumps(other.seen, default=str))


def test_a_debug_log_shows_nothing(start_kernel, start_holder, bootstrap):
    kernel = start_kernel(debug=True)
    holder = start_holder(kernel)
    kernel.execute_silently(bootstrap)
    holder.new_token = lambda: TOKEN
    holder.attach()
    assert kernel.run("print(len(get_token()))").lines == [str(len(TOKEN))]
    holder.deliver()
    # Also what others log: the token by itself, and in a traceback.
    kernel.run(
        "log = get_ipython().kernel.log\n"
        "log.warning('one %s', get_token())\n"
        "log.warning('two ' + get_token())\n"
        "try: raise ValueError('three ' + get_token())\n"
        "except ValueError: log.exception('four')\n"
        "log.warning('broken %d', 'five')\n"
    )
    holder.say("bye", session=None)
    holder.send(None)
    kernel.client.shutdown()
    kernel.manager.provisioner.process.wait(30)
    log = kernel.log.read_text(errors="replace")
    assert "Control received" in log, "The kernel doesn't log at level DEBUG."
    for word in ("one", "two", "three", "four"):
        assert word in log
    assert log.count("[redacted]") >= 5
    assert_free(log)
