"""The packed agent comes to a kernel, and leaves the rest of it as it was."""

import os
import runpy
import shutil
import subprocess
import sys

import pytest
from support.real_kernel import ROOT

NAMES = "print([n for n in globals() if not n.startswith('_')])"
BUSY = """
import time
print("ready", flush=True)
while "go" not in globals():
    time.sleep(0.01)
"""


def names(kernel):
    return set(eval(kernel.run(NAMES).stdout))


def test_idle_kernel(kernel, holder, bootstrap):
    assert holder.hello() is None
    before = names(kernel)
    assert kernel.execute_silently(bootstrap)["status"] == "ok"
    assert holder.hello()["running"] is False
    holder.select()
    result = kernel.run("print(get_token())")
    assert "secret-1" in result.stdout
    assert result.complaints == ""
    assert names(kernel) == before | {"get_token"}


def test_busy_with_an_async_cell(kernel, holder, bootstrap):
    code = BUSY.replace("time.sleep", "await asyncio.sleep")
    cell = kernel.start("import asyncio" + code)
    kernel.wait_for(cell, "ready")
    kernel.execute_on_control("", cdf_auth=bootstrap)
    assert holder.hello()["running"] is True
    kernel.execute_on_control("go = 1")
    kernel.finish(cell)
    assert holder.hello()["running"] is False


def test_idle_kernel_over_control(kernel, holder, bootstrap):
    kernel.execute_on_control("", cdf_auth=bootstrap)
    assert holder.hello()["running"] is False


def test_installing_again_changes_nothing(kernel, attached, bootstrap):
    instance = attached.instance
    path = kernel.run("import sys; print(sys.path)").stdout
    kernel.execute_silently(bootstrap)
    kernel.execute_on_control(bootstrap)
    assert attached.hello()["instance"] == instance
    assert kernel.run("print(sys.path)").stdout == path


def test_a_taken_name_stays(kernel, holder, bootstrap):
    kernel.run("get_token = 'mine'")
    kernel.execute_silently(bootstrap)
    holder.attach()
    assert kernel.run("print(get_token)").lines == ["mine"]
    code = "import cdf_auth; print(cdf_auth.get_token())"
    assert "secret-1" in kernel.run(code).stdout


def test_the_name_is_not_listed(kernel, attached):
    assert "get_token" not in kernel.run("mine = 1\n%who").stdout
    assert "mine" in kernel.run("%who").stdout


def test_reset(kernel, attached):
    kernel.run("%reset -f")
    assert "secret-1" in kernel.run("print(get_token())").stdout
    assert attached.hello()["session"] == "s-1"


def test_a_deleted_name_stays_deleted(kernel, attached):
    kernel.run("del get_token")
    assert kernel.run("get_token()").error.startswith("NameError")


CHILD = """
import concurrent.futures, multiprocessing
context = multiprocessing.get_context("spawn")
with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
    print(pool.submit(get_token).result() == get_token())
    print(pool.submit(len, get_token()).result() > 0)
"""


def test_a_spawned_child_can_import_it(kernel, attached):
    assert kernel.run(CHILD).lines == ["True", "True"]


def test_an_installed_package_is_preferred(start_kernel, start_holder, bootstrap):
    kernel = start_kernel(extra_env={"PYTHONPATH": str(ROOT / "kernel")})
    holder = start_holder(kernel)
    kernel.execute_silently(bootstrap)
    holder.attach()
    result = kernel.run("import sys, cdf_auth; print(cdf_auth.__file__, sys.path)")
    assert str(ROOT / "kernel" / "cdf_auth" / "__init__.py") in result.stdout
    assert "cdf-auth" not in result.stdout.replace(str(ROOT), "")


@pytest.mark.parametrize("source", ["VERSION = 2", "1 / 0", None])
def test_another_version_is_not_used(
    start_kernel, start_holder, bootstrap, tmp_path, source
):
    package = tmp_path / "other" / "cdf_auth"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    if source:
        (package / "_protocol.py").write_text(source)
    kernel = start_kernel(extra_env={"PYTHONPATH": str(package.parent)})
    holder = start_holder(kernel)
    kernel.execute_silently(bootstrap)
    holder.attach()
    assert "secret-1" in kernel.run("print(get_token())").stdout


def outcome(kernel, bootstrap):
    """Evaluate it as a holder does: an expression, beside no code at all."""
    expressions = {"cdf_auth": bootstrap}
    id_ = kernel.client.execute("", silent=True, user_expressions=expressions)
    said = kernel.reply(id_)["user_expressions"]["cdf_auth"]
    return said["data"]["text/plain"].strip("'")


def test_it_says_how_it_went(kernel, holder, bootstrap):
    before = names(kernel)
    assert outcome(kernel, bootstrap) == "ok"
    assert outcome(kernel, bootstrap) == "ok"
    holder.attach()
    assert "secret-1" in kernel.run("print(get_token())").stdout
    assert names(kernel) == before | {"get_token"}


def test_two_installations_at_once_bring_one_agent(kernel, holder, bootstrap):
    """Holders try shell, and control too where a cell may be ahead of them."""
    kernel.run(
        "import threading\n"
        "barrier, said = threading.Barrier(8), []\n"
        "def install(): barrier.wait(); said.append(eval(code))\n"
        "threads = [threading.Thread(target=install) for _ in range(8)]\n"
        f"code = {bootstrap!r}\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
    )
    assert kernel.run("print(*said)").lines == ["ok"] * 8
    holder.attach()
    assert "secret-1" in kernel.run("print(get_token())").stdout
    paths = "import sys; print(sum('cdf-auth' in path for path in sys.path))"
    assert kernel.run(paths).lines == ["1"]


def test_a_running_agent_of_another_version_is_left_alone(kernel, attached, bootstrap):
    """Code that has imported it would go on asking as that version does."""
    kernel.run("import sys; sys.modules['cdf_auth._protocol'].VERSION = 2")
    assert attached.hello()["code"] == "version"
    assert outcome(kernel, bootstrap) == "version"
    assert kernel.run("print('cdf_auth' in sys.modules)").lines == ["True"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("sys.version_info = (3, 9, 19)", "python"),
        ("", "kernel"),
        ("import builtins; builtins.exec = None", None),
    ],
    ids=["an old Python", "another kernel", "what nobody thought of"],
)
def test_it_says_why_it_cannot(bootstrap, setting, said):
    code = f"import sys\nb = sys.stdin.read()\n{setting}\nprint(eval(b))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=bootstrap,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ([said] if said else [])


def test_the_status_stays_busy_when_it_comes_in_the_middle_of_a_cell(
    kernel, holder, bootstrap
):
    cell = kernel.start(BUSY)
    kernel.wait_for(cell, "ready")
    kernel.execute_on_control("", cdf_auth=bootstrap)
    holder.attach()
    kernel.execute_on_control("go = 1")
    kernel.finish(cell)
    holder.wait_for_status("idle", cell)
    # What a front end and a server look at; they know that those of ours mean nothing.
    shown = [
        (one["content"]["execution_state"], one["parent_header"].get("msg_id") == cell)
        for one in holder.seen
        if one["msg_type"] == "status"
        and one["parent_header"].get("msg_type") != "comm_info_request"
    ]
    start = shown.index(("busy", True))
    assert shown[start : start + 4] == [
        ("busy", True),
        ("busy", False),
        ("idle", False),
        ("busy", True),
    ]
    # The code that lets the cell go on has a status too, and may end later.
    assert ("idle", True) in shown[start + 4 :]


@pytest.mark.parametrize(
    "kernel",
    ["", "class K: pass\n", "class K: control_handlers = {}\n"],
    ids=["no kernel", "no handlers", "no comm_info_request"],
)
def test_where_it_cannot_work_nothing_is_changed(bootstrap, kernel):
    code = (
        kernel + "import sys, types\n"
        "shell = types.SimpleNamespace(kernel=K()) if 'K' in globals() else None\n"
        "sys.modules['IPython'] = types.SimpleNamespace(get_ipython=lambda: shell)\n"
        "before = sorted(globals()), sys.path[:]\n"
        "bootstrap = sys.stdin.read()\n"
        "exec(bootstrap)\n"
        "after = sorted(n for n in globals() if n not in ('before', 'bootstrap'))\n"
        "assert (after, sys.path) == before, (after, sys.path)\n"
        "assert 'cdf_auth' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=bootstrap,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_packing_gives_the_same_bytes(packed, tmp_path):
    """The dates and the place of the sources leave no trace."""
    shutil.copytree(ROOT / "kernel", tmp_path / "kernel")
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts" / "pack_agent.py", tmp_path / "scripts")
    for file in (tmp_path / "kernel").rglob("*"):
        os.utime(file, (1, 1))
    assert runpy.run_path(script)["agent"]() == packed
    assert packed["protocol"] == 1
    assert packed["zip"] in packed["bootstrap"]
