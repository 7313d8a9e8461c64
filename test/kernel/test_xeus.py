"""The agent in a kernel of xeus-python, which has no control handlers."""

import json
import os

import pytest
from support.real_kernel import RealKernel, python_of
from support.ways_of_running import CELLS, RENEWED
from support.xeus_holder import XeusHolder

#: A row of docs/kernels.md, with `works=False` where something else than it happens.
seen_in_xeus = pytest.mark.other_kernel

NEEDED = "xeus-python isn't installed: there is no wheel of it for this machine."

#: Prints whether anything in the kernel has been changed.
TRACES = """
import sys
print(type(get_ipython().complete_code).__name__,
      get_ipython().complete_code.__module__,
      "cdf_auth" in sys.modules, "get_token" in globals())
"""
UNTOUCHED = ["method", "xeus_python_shell.shell", "False", "False"]


@pytest.fixture
def environment():
    name = "kernel-xeus"
    if not list(python_of(name).parents[1].rglob("xpython_launcher.py")):
        pytest.skip(NEEDED)
    return name


@pytest.fixture
def start_kernel(environment, tmp_path):
    kernels = []

    def start(*arguments, **options):
        launcher = ("xpython_launcher", *arguments)
        kernels.append(RealKernel(environment, tmp_path, launcher=launcher, **options))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def start_holder():
    holders = []

    def start(kernel, **options):
        holders.append(XeusHolder(kernel, **options))
        return holders[-1]

    yield start
    for holder in holders:
        holder.close()


def install(kernel, bootstrap):
    """Install as holders do; give the outcome, `None` where nothing was evaluated."""
    return outcome(kernel, send_installation(kernel, bootstrap))


def send_installation(kernel, bootstrap):
    return kernel.client.execute(
        "", silent=True, store_history=False, user_expressions={"cdf_auth": bootstrap}
    )


def outcome(kernel, id_):
    value = kernel.reply(id_).get("user_expressions", {}).get("cdf_auth")
    return value and value["data"]["text/plain"].strip("'")


#: What a thread prints is of no cell in xeus-python.
IN_A_THREAD = """
import threading
found = []
thread = threading.Thread(target=lambda: found.extend(renewed()))
thread.start()
while thread.is_alive(): pass
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    "title",
    [pytest.param(title, id=title, marks=seen_in_xeus(title)) for title in CELLS],
)
def test_tokens_are_renewed_in(kernel, attached, title):
    attached.lifetime = 0.6
    kernel.run("from cdf_auth import get_token" + RENEWED)
    code = {**CELLS, "a background thread": IN_A_THREAD}[title]
    result = kernel.run(code)
    assert result.error is None, result.traceback
    first, second = json.loads(result.stdout)
    assert "secret" in first
    assert "secret" in second
    assert first != second
    assert result.complaints == ""


def test_a_kernel_without_an_agent_completes_what_it_is_told(kernel, holder):
    assert holder.hello() is None


def test_installing_says_ok_and_leaves_no_name_but_one(kernel, holder, bootstrap):
    kernel.run("before = set(globals())")
    assert install(kernel, bootstrap) == "ok"
    assert install(kernel, bootstrap) == "ok"
    assert holder.hello()["running"] is False
    result = kernel.run("print(*(n for n in set(globals()) - before if n[0] != '_'))")
    assert sorted(result.lines) == ["before", "get_token"]
    reply = kernel.client.complete("get_tok", reply=True, timeout=30)
    assert "get_token" in reply["content"]["matches"]


@pytest.mark.parametrize(
    "code",
    ["get_token()", "import threading as t; x = t.Thread(target=get_token); x.start()"],
)
def test_a_question_names_its_cell_and_shows_nothing(kernel, attached, code):
    result = kernel.run(code)
    attached.wait_for_questions(1)
    sent = next(m for m in attached.seen if m["msg_type"] == "update_display_data")
    assert sent["parent_header"]["session"] == kernel.client.session.session
    assert sent["parent_header"]["msg_type"] == "execute_request"
    assert not {m["msg_type"] for m in result.messages} & {"display_data", "stream"}


@seen_in_xeus("a silent holder is asked again; who comes later learns of it")
def test_an_unanswered_question_is_sent_again(kernel, attached):
    attached.policy = attached.be_silent
    cell = kernel.start("print(len(get_token()))")
    attached.wait_for_questions(3)
    assert len(attached.ids) == 1
    # A holder that comes now learns of it.
    greeting = attached.hello()
    assert greeting["running"] is True
    assert [one["id"] for one in greeting["open"]] == list(attached.ids)
    attached.policy = attached.give_token
    result = kernel.finish(cell)
    assert int(result.lines[0]) > 0
    assert result.stderr.count("JupyterLab doesn't answer yet") <= 1


@seen_in_xeus("an interrupt ends a wait", works=False)
def test_an_interrupt_ends_the_kernel_with_or_without_a_wait(kernel, attached):
    """It is xeus-python's own doing; the README says so."""
    attached.policy = attached.be_silent
    kernel.start("get_token()")
    attached.wait_for_questions(1)
    kernel.interrupt()
    assert kernel.manager.provisioner.process.wait(30) is not None


@seen_in_xeus("attached in the middle of a cell", works=False)
def test_a_busy_kernel_takes_the_agent_when_its_cell_has_ended(
    kernel, holder, bootstrap, tmp_path
):
    end = tmp_path / "end"
    os.mkfifo(end)
    cell = kernel.start(f"print('ready', flush=True)\nopen({str(end)!r}).read()")
    kernel.wait_for(cell, "ready")
    assert holder.hello() is None
    # Nothing is evaluated on control; what is queued on shell comes after the cell.
    installation = send_installation(kernel, bootstrap)
    assert holder.hello() is None
    end.write_text("")
    assert outcome(kernel, installation) == "ok"
    assert holder.hello()["running"] is False


@seen_in_xeus("a settled switch never lands inside a running cell")
def test_a_switch_waits_for_the_next_cell(kernel, attached):
    look = "from cdf_auth import context; print(context().project)"
    attached.policy = attached.be_silent
    cell = kernel.start(f"{look}; get_token(); {look}")
    attached.wait_for_questions(1)
    attached.select("refinery", since="2026-01-01T00:00:00Z", settled=True)
    attached.give_token(attached.questions[0])
    assert kernel.finish(cell).lines == ["plant-north"] * 2
    assert kernel.run(look).lines == ["refinery"]


@seen_in_xeus("signed out: `SignInRequired` at once; signing in again")
def test_a_sign_out_is_told_and_another_sign_in_serves_again(
    kernel, attached, bootstrap
):
    assert attached.say("bye", session=None)["ok"]
    assert "SignInRequired" in kernel.run("get_token()").error
    assert attached.hello() is None
    assert install(kernel, bootstrap) == "ok"
    attached.attach()
    assert kernel.run("get_token()").error is None


@seen_in_xeus("restarted")
def test_a_new_process_is_asked_to_install_again(kernel, attached, bootstrap):
    old = attached.instance
    kernel.restart()
    assert attached.hello() is None
    assert install(kernel, bootstrap) == "ok"
    attached.attach()
    assert attached.instance != old
    assert kernel.run("get_token()").error is None
    attached.instance = old
    assert attached.deliver(sent=0)["code"] == "instance"


@seen_in_xeus("cells that are run while it is being installed")
def test_cells_that_are_run_meanwhile_are_not_lost(
    start_kernel, start_holder, bootstrap
):
    """By itself xeus-python lets one lie in some of these rounds."""
    kernel = start_kernel()
    expressions = {"cdf_auth": bootstrap}
    for _ in range(6):
        kernel.restart()
        client = kernel.client
        holder = start_holder(kernel)
        # As a page and a server do that have seen the restart.
        client.execute("", silent=True, user_expressions=expressions)
        client.history(hist_access_type="tail", n=1)
        client.execute("", silent=True, user_expressions=expressions)
        for _ in range(3):
            holder.request("kernel_info_request", {})
            holder.hello()
        last = kernel.start("'get_token' in globals()")
        assert kernel.finish(last).value == "True"


MALFORMED = ["", "{", "[]", "null", "{}", '{"v": 1}', '"' + "x" * 10**6]


@seen_in_xeus("malformed messages change nothing")
def test_a_malformed_message_is_refused_and_changes_nothing(kernel, attached):
    for text in MALFORMED:
        answer = attached.send_text(text)["cdf_auth"]
        assert answer["ok"] is False
        assert answer["code"] in {"malformed", "version"}
    assert kernel.run("print(len(get_token()) > 10)").lines == ["True"]


def test_the_control_thread_itself_can_not_wait(kernel, attached):
    kernel.run(
        "class Lazy:\n"
        "    def __dir__(self):\n"
        "        try: get_token(min_ttl=9e9)\n"
        "        except Exception as error: return [type(error).__name__]\n"
        "lazy = Lazy()"
    )
    content = {"code": "lazy.", "cursor_pos": 5}
    reply = attached.request("complete_request", content)
    assert any("WouldDeadlock" in one for one in reply["matches"])


@seen_in_xeus("no token on iopub, nor in what the kernel writes")
def test_a_token_is_neither_on_iopub_nor_in_what_the_kernel_writes(
    kernel, attached, start_holder, tmp_path
):
    other = start_holder(kernel)
    attached.new_token = lambda: "eyJhbGciOiJub25lIn0.c2VjcmV0.c2ln"
    kernel.run("get_token(); [get_token()]")
    attached.deliver()
    kernel.run("get_token()\n1 / 0")
    kernel.run("print('end')")
    other.wait_for_output("end")
    assert other.questions
    written = [
        path.read_bytes().decode(errors="replace")
        for path in tmp_path.rglob("*")
        if path.is_file()
    ]
    assert "c2VjcmV0" not in json.dumps(other.seen, default=str)
    assert not any("c2VjcmV0" in one for one in written)


@seen_in_xeus("`xpython` with `XEUS_LOG` is left alone")
def test_a_kernel_that_writes_messages_to_a_file_is_left_alone(
    start_kernel, start_holder, bootstrap, tmp_path
):
    kernel = start_kernel(extra_env={"XEUS_LOG": "1"})
    holder = start_holder(kernel)
    assert install(kernel, bootstrap) == "kernel"
    assert holder.hello() is None
    assert kernel.run(TRACES).lines == UNTOUCHED
    # It does log, or nothing would be proved.
    assert list(tmp_path.glob("xeus*.log"))


@seen_in_xeus("`xpython-raw` is left alone")
def test_a_raw_kernel_is_left_alone(start_kernel, start_holder, bootstrap):
    kernel = start_kernel("--raw")
    holder = start_holder(kernel)
    assert install(kernel, bootstrap) is None
    assert holder.hello() is None
    code = "import sys; print('get_token' in globals(), 'cdf_auth' in sys.modules)"
    assert kernel.run(code).lines == ["False", "False"]
