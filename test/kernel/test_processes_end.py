"""Kernels and children that end, or fork, at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.real_kernel import LIMIT, ROOT

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has neither fork nor SIGKILL"
)

CLOSED = """
import sys, threading
from cdf_auth._children import Children
children = Children(None)
[listening] = {*threading.enumerate()} - {threading.main_thread()}
children.close()
listening.join(30)
print(listening.is_alive(), "cdf_auth._child" in sys.modules)
"""


def test_a_kernel_that_ends_imports_nothing_more():
    """Its source may be removed at that moment: what is compiled would stay behind."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSED],
        env={**os.environ, "PYTHONPATH": str(ROOT / "kernel"), "CDF_AUTH_PARENT": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


START = """
import multiprocessing, os, subprocess, sys, time
def wait_for_token():
    try:
        import cdf_auth
        cdf_auth.get_token()
        said = "a token"
    except cdf_auth.CdfAuthError as error:
        said = error.code
    with open(FIFO, "w") as stream:
        stream.write(said)
FIFO = {fifo!r}
"""

#: Children that wait for a token in their own ways, and say in a named pipe what came.
CHILDREN = {
    "fork": """
multiprocessing.get_context("fork").Process(target=wait_for_token).start()
""",
    "a new Python": """
import inspect
code = inspect.getsource(wait_for_token) + f"FIFO = {FIFO!r}; wait_for_token()"
child = subprocess.Popen([sys.executable, "-c", code])
""",
}

#: Waits for the end of the kernel, which ends its children but not theirs.
OUTLIVES = """
import inspect
code = "import sys; sys.stdin.read()\\n" + inspect.getsource(wait_for_token)
code += f"FIFO = {FIFO!r}; wait_for_token()"
read, write = os.pipe()
subprocess.run(
    ["sh", "-c", 'exec 3<&0; "$0" -c "$1" <&3 &', sys.executable, code], stdin=read
)
"""

#: Inherits whatever is open when the first child waits already.
SIBLING = """
if not (sibling := os.fork()):
    time.sleep(1000)
    os._exit(0)
print(sibling)
"""


@pytest.fixture
def installed(start_kernel, start_holder, bootstrap, tmp_path):
    kernel = start_kernel(extra_env={"PYTHONPATH": str(ROOT / "kernel")})
    holder = start_holder(kernel)
    kernel.execute_silently(bootstrap)
    holder.attach()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    kernel.run(START.format(fifo=str(fifo)))
    return kernel, holder, fifo


@pytest.mark.parametrize("child", CHILDREN)
def test_a_kernel_that_is_killed_while_a_child_waits(installed, child):
    kernel, holder, fifo = installed
    holder.policy = holder.be_silent
    assert kernel.run(CHILDREN[child]).error is None
    holder.wait_for_questions(1)
    sibling = int(kernel.run(SIBLING).stdout)
    try:
        os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
        # It would wait for ever if it didn't notice.
        assert fifo.read_text() == "parent_gone"
    finally:
        os.kill(sibling, signal.SIGKILL)


def test_who_outlives_a_restart_gets_a_clear_error(installed):
    """Whatever the kernel's folder was called: it is gone, and so is the kernel."""
    kernel, _, fifo = installed
    folder = kernel.run("print(os.environ['CDF_AUTH_PARENT'])").lines[0]
    kernel.run(OUTLIVES)
    kernel.client.shutdown(restart=True)
    kernel.manager.provisioner.process.wait(LIMIT)
    assert fifo.read_text() == "parent_gone"
    assert not Path(folder).exists()


KILL = """
child = subprocess.Popen([sys.executable, "-c", "from cdf_auth import *; get_token()"])
"""
LEFT = """
from cdf_auth import _install
installation = _install._installation
child.kill()
child.wait()
end = time.monotonic() + 25
while time.monotonic() < end and (
    installation.children.connected or installation.agent.state.questions.all()
):
    time.sleep(0.01)
print(installation.children.connected, installation.agent.state.questions.all())
print([one.name for one in threading.enumerate() if "_answer" in one.name])
"""


def test_a_child_that_is_killed_leaves_nothing_behind(installed):
    kernel, holder, _ = installed
    holder.policy = holder.be_silent
    kernel.run("import threading" + KILL)
    holder.wait_for_questions(1)
    assert kernel.run(LEFT).lines == ["[]", "[]", "[]"]


INTERRUPT = """
code = '''
from cdf_auth import get_token
try:
    get_token()
except KeyboardInterrupt:
    print("interrupted")
'''
child = subprocess.Popen([sys.executable, "-c", code], stdout=-1, text=True)
"""


def test_an_interrupt_ends_a_childs_wait(installed):
    kernel, holder, _ = installed
    holder.policy = holder.be_silent
    kernel.run(INTERRUPT)
    holder.wait_for_questions(1)
    result = kernel.run(
        "import signal; child.send_signal(signal.SIGINT); print(child.communicate()[0])"
    )
    assert result.lines == ["interrupted"]


LOCKED = """
import threading
from cdf_auth import _install
agent = _install.agent()
locks = {"the agent's": agent._lock, "the installation's": _install._lock}
held, done = threading.Event(), threading.Event()
def hold(lock):
    with lock:
        held.set()
        done.wait()
thread = threading.Thread(target=hold, args=(locks[NAME],))
thread.start()
held.wait()
read, write = os.pipe()
if not (child := os.fork()):
    try:
        os.write(write, get_token().encode())
    finally:
        os._exit(0)
done.set()
print(os.read(read, 1000).decode())
os.waitpid(child, 0)
"""


@pytest.mark.parametrize("name", ["the agent's", "the installation's"])
def test_a_fork_while_another_thread_holds_a_lock(installed, name):
    kernel, _, _ = installed
    assert "secret" in kernel.run(f"NAME = {name!r}\n" + LOCKED).stdout


STORM = """
import threading
stop = threading.Event()
def churn():
    code = "from cdf_auth import get_token; get_token()"
    while not stop.is_set():
        subprocess.run([sys.executable, "-c", code], check=True)
threads = [threading.Thread(target=churn) for _ in range(2)]
for one in threads: one.start()
said = []
for _ in range(40):
    read, write = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(write, b"good" if "secret" in get_token() else b"bad")
        finally:
            os._exit(0)
    said.append(os.read(read, 100))
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
stop.set()
for one in threads: one.join()
print(set(said))
"""


def test_forks_while_children_come_and_go(installed):
    kernel, holder, _ = installed
    result = kernel.run(STORM)
    assert result.lines == ["{b'good'}"], result
    assert len(holder.ids) == 1


def test_a_forked_child_leaves_the_folder_to_its_parent(served_family):
    if not (child := os.fork()):
        served_family.children.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert served_family.child().get_token(()) == "token-1"


def test_the_folder_goes_at_the_kernels_end(installed):
    kernel, _, _ = installed
    folder = kernel.run("print(os.environ['CDF_AUTH_PARENT'])").lines[0]
    assert Path(folder).is_dir()
    kernel.client.shutdown()
    kernel.manager.provisioner.process.wait(LIMIT)
    assert not Path(folder).exists()


NO_PLACE = """
import tempfile
def mkdtemp(*arguments, **options):
    raise OSError("no space")
tempfile.mkdtemp = mkdtemp
"""

NO_DOOR = """
import os, subprocess, sys
read, write = os.pipe()
first = get_token()
if not (child := os.fork()):
    try:
        assert get_token() == first
        get_token(min_ttl=10**6)
    except Exception as error:
        os.write(write, error.code.encode())
    finally:
        os._exit(0)
print(os.read(read, 100).decode())
code = "import cdf_auth\\ntry: cdf_auth.get_token()\\n"
code += "except cdf_auth.CdfAuthError as error: print(error.code)"
print(subprocess.run([sys.executable, "-c", code], stdout=-1, text=True).stdout)
"""


def test_a_machine_without_a_place_for_a_socket(start_kernel, start_holder, bootstrap):
    kernel = start_kernel(extra_env={"PYTHONPATH": str(ROOT / "kernel")})
    holder = start_holder(kernel)
    kernel.run(NO_PLACE)
    kernel.execute_silently(bootstrap)
    holder.attach()
    assert kernel.run(NO_DOOR).lines == ["forked_process", "not_in_kernel"]
    assert "no tokens for children (OSError)" in kernel.log.read_text(errors="replace")
