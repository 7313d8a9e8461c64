"""Child processes of a real kernel get fresh tokens, however they were started."""

import sys

import pytest
from support.real_kernel import ROOT

#: What the user's own module has.
WORK = """
import time
from cdf_auth import context, get_token

def two():
    "Call until the first token has expired and another one has come."
    seen = []
    while len(seen) < 2:
        token = str(get_token())
        if token not in seen:
            seen.append(token)
        time.sleep(0.01)
    return seen

def pinned(context):
    return [context.project, str(context.get_token())]

def in_a_child(method):
    return run(method, two)

def run(method, function, *arguments):
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()
"""

WAYS = {
    **{
        f"a pool, {method}": f"""
import multiprocessing
with multiprocessing.get_context("{method}").Pool(1) as pool:
    print(*pool.apply(work.two))
"""
        for method in ("fork", "forkserver", "spawn")
    },
    "ProcessPoolExecutor": """
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(1) as pool:
    print(*pool.submit(work.two).result())
""",
    "a function of the notebook, fork": """
import multiprocessing, os
def function():
    return [*work.two(), str(os.getpid() == pid)]
pid = os.getpid()
with multiprocessing.get_context("fork").Pool(1) as pool:
    *tokens, is_same = pool.apply(function)
assert is_same == "False"
print(*tokens)
""",
    "os.fork in a thread": """
import os, threading
read, write = os.pipe()
def fork():
    if not os.fork():
        try:
            os.write(write, " ".join(work.two()).encode())
        finally:
            os._exit(0)
thread = threading.Thread(target=fork)
thread.start()
thread.join()
print(os.read(read, 10000).decode())
""",
    **{
        f"a child of a child, {its} of {ours}": f"""
print(*work.run("{ours}", work.in_a_child, "{its}"))
"""
        for ours, its in (("fork", "fork"), ("spawn", "spawn"), ("spawn", "fork"))
    },
}

#: Only where the package is installed: a new Python finds it there.
NEW_PYTHON = {
    "subprocess": """
import subprocess
code = "import work; print(*work.two())"
print(subprocess.run([sys.executable, "-c", code], text=True, check=True,
    stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
).stdout)
""",
    "an exclamation mark": """
!cd {folder} && {sys.executable} -c "import work; print(*work.two())"
""",
}


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "work.py").write_text(WORK)
    return folder


@pytest.fixture(params=["injected", "installed"])
def served(request, start_kernel, start_holder, bootstrap, work):
    """Return a kernel and its holder; children can import the module `work`."""
    is_installed = request.param == "installed"
    kernel = start_kernel(
        extra_env={"PYTHONPATH": str(ROOT / "kernel")} if is_installed else {}
    )
    return serve(kernel, start_holder, bootstrap, work)


@pytest.fixture
def installed(start_kernel, start_holder, bootstrap, work):
    kernel = start_kernel(extra_env={"PYTHONPATH": str(ROOT / "kernel")})
    return serve(kernel, start_holder, bootstrap, work)


def serve(kernel, start_holder, bootstrap, work):
    holder = start_holder(kernel)
    kernel.execute_silently(bootstrap)
    holder.attach()
    kernel.run(
        f"import os, sys\nfolder = {str(work)!r}\nsys.path.insert(0, folder)\n"
        "import work"
    )
    return kernel, holder


def assert_two(result):
    assert result.error is None, result.traceback
    first, second = result.lines
    assert first != second
    assert "secret" in first
    assert "secret" in second
    assert result.complaints == ""


@pytest.mark.parametrize("way", WAYS)
def test_a_child_gets_fresh_tokens(served, way):
    kernel, holder = served
    holder.lifetime = 1
    kernel.run("get_token()")
    assert_two(kernel.run(WAYS[way]))


@pytest.mark.parametrize("way", NEW_PYTHON)
def test_a_new_python_gets_fresh_tokens(installed, way):
    kernel, holder = installed
    holder.lifetime = 1
    assert_two(kernel.run(NEW_PYTHON[way]))


JOBLIB = """
from joblib import Parallel, delayed
for tokens in Parallel(n_jobs=2)(delayed(work.two)() for _ in range(2)):
    print(*tokens)
"""


@pytest.mark.parametrize("environment", ["kernel-joblib"], indirect=True)
def test_joblib(served):
    kernel, holder = served
    holder.lifetime = 1
    result = kernel.run(JOBLIB)
    assert result.error is None, result.traceback
    assert len(result.lines) == 4
    assert all("secret" in line for line in result.lines)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_context_can_be_sent_to_a_worker(served, method):
    kernel, holder = served
    kernel.run("context = work.context()")
    holder.select("plant-south", session="s-2", account="bob@contoso.test")
    result = kernel.run(f"print(*work.run({method!r}, work.pinned, context))")
    project, token = result.lines
    assert project == "plant-north"
    assert "secret" in token
    assert {one["session"] for one in holder.questions} == {"s-1"}


#: What a child that hangs has been doing comes on the cell's stderr, and ends it.
THOUSAND = """
import faulthandler, multiprocessing, sys, threading, time
from multiprocessing.connection import wait
PATIENCE = 40
ends = time.monotonic() + PATIENCE
def calls(pipe):
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=sys.__stderr__)
    get_token()
    pipe.send("ready")
    pipe.recv()
    seen = []
    def call():
        while (token := str(get_token())) == first:
            time.sleep(0.05)
        seen.append(token)
    threads = [threading.Thread(target=call) for _ in range(100)]
    for one in threads: one.start()
    for one in threads: one.join()
    pipe.send(seen)
def said(child, pipe):
    # Its end too: a pipe of which others have copies doesn't tell.
    wait([pipe, child.sentinel], max(0, ends + 5 - time.monotonic()))
    try:
        if pipe.poll():
            return pipe.recv()
    except EOFError:
        child.join(5)
    raise AssertionError(f"{child} says nothing, of {[one for one, _ in children]}")
mp = multiprocessing.get_context("fork")
first = str(get_token())
children = []
for _ in range(10):
    ours, its = mp.Pipe()
    children.append((mp.Process(target=calls, args=(its,)), ours))
for one, _ in children: one.start()
assert {said(*one) for one in children} == {"ready"}
for _, pipe in children: pipe.send("go")
print(*[token for one in children for token in said(*one)])
for one, _ in children: one.join()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_thousand_calls_in_ten_children_ask_once_at_expiry(kernel, attached):
    def give_a_long_one_next(question):
        attached.give_token(question)
        attached.lifetime = 3600

    # A child that starts so late that it has expired is right all the same.
    attached.lifetime = 8
    attached.policy = give_a_long_one_next
    result = kernel.run(THOUSAND)
    assert result.error is None, (result, result.traceback)
    assert len(result.lines) == 1000
    assert len(set(result.lines)) == 1
    assert len(attached.ids) == 2
