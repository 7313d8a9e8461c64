"""Which displays of a kernel hide the token, and which show it: as the README says."""

import pytest
from support.displays import HIDDEN, everything, kernel_with_token, shows, type_in
from support.real_kernel import GENERATIONS

HIDING = {
    "the value of a cell": "t",
    "display": "display(t)",
    "a list": "[t, [t]]",
    "a tuple": "(t, 1)",
    "a set": "{t}, frozenset([t])",
    "a dict": "{'a': t, t: 1}",
    "long containers": "[t] * 50, {str(i): t for i in range(50)}",
    "a deque, a Counter, an OrderedDict": (
        "import collections as c\n"
        "c.deque([t]), c.Counter([t]), c.OrderedDict(a=t), c.ChainMap({1: t})"
    ),
    "a dataclass": (
        "import dataclasses\n"
        "@dataclasses.dataclass\n"
        "class D:\n    token: str\n"
        "D(t), dataclasses.asdict(D(t)), dataclasses.astuple(D(t))"
    ),
    "a named tuple": "import collections\ncollections.namedtuple('N', 'token')(t)",
    "a namespace": "import types\ntypes.SimpleNamespace(token=t)",
    "a partial": "import functools\nfunctools.partial(print, t)",
    "the namespace itself": "{k: v for k, v in globals().items() if k == 't'}",
    "vars of an object": "class C: pass\nc = C(); c.token = t; vars(c)",
    "f'{t!r}'": "f'{t!r}'",
    "'%r'": "'%r %a' % (t, t)",
    "repr of a print": "print([t], {'a': t}, repr(t))",
    "f'{t=}'": "f'{t=}'",
    "pprint": "import pprint\npprint.pprint([t, {'a': t}], width=20)",
    "pprint of itself": "import pprint\npprint.pprint(t, width=20)",
    "reprlib": "import reprlib\nprint(reprlib.repr([t]), reprlib.repr(t))",
    "logging %r": (
        "import logging\nlogging.warning('%r %s', t, [t])\nlogging.warning([t])"
    ),
    "an error with two arguments": "raise ValueError('refused', t)",
    "the arguments of an error": "ValueError(t), ValueError(t).args",
    "a missing key": "{}[t]",
    "a failed assertion": "assert t == 1, [t]",
    "traceback's locals": (
        "import traceback, sys\n"
        "def f(token): 1 / 0\n"
        "try: f(t)\n"
        "except ZeroDivisionError as e:\n"
        "    print(''.join(traceback.TracebackException.from_exception(\n"
        "        e, capture_locals=True).format()))"
    ),
    "a copy": "import copy\ncopy.copy([t]), copy.deepcopy({'a': [t]})",
    "inspect": "import inspect\ninspect.signature(lambda x=t: x)",
    "an async result": "async def f(): return t\nawait f()",
    "Out": "t\nOut, _oh, _",
}

SHOWING = {
    "print": "print(t)",
    "str": "str(t)",
    "f'{t}'": "f'Bearer {t}'",
    "format": "'{}'.format(t)",
    "'%s'": "'%s' % t",
    "concatenation": "'Bearer ' + t",
    "join": "' '.join(['Bearer', t])",
    "slices and methods": "t[:40], t.split('.')",
    "json.dumps": "import json\njson.dumps({'token': t})",
    "logging %s": "import logging\nlogging.warning('%s', t)",
    "stdout": "import sys\n_ = sys.stdout.write(t)",
    "a warning": "import warnings\nwarnings.warn(t)",
    "an error of which it is the only argument": "raise ValueError(t)",
    "pickle": "import pickle\npickle.loads(pickle.dumps([t]))",
    "%whos": "%whos",
}


@pytest.fixture(scope="module", params=GENERATIONS)
def kernel(request, tmp_path_factory, bootstrap):
    folder = tmp_path_factory.mktemp("displays")
    with kernel_with_token(request.param, folder, bootstrap) as (kernel, _):
        yield kernel


@pytest.mark.parametrize("code", HIDING.values(), ids=HIDING)
def test_hides(kernel, code):
    shown = everything(kernel.run(code))
    assert HIDDEN in shown
    assert not shows(shown)


@pytest.mark.parametrize("code", SHOWING.values(), ids=SHOWING)
def test_shows(kernel, code):
    assert shows(everything(kernel.run(code)))


def test_the_question_mark_shows_its_beginning(kernel):
    # It is a pager's text, and Shift-Tab's: neither is saved with a notebook.
    assert kernel.run("t?").messages
    kernel.client.inspect("t")
    reply = kernel.client.get_shell_msg(timeout=30)
    while reply["msg_type"] != "inspect_reply":
        reply = kernel.client.get_shell_msg(timeout=30)
    assert shows(reply["content"]["data"]["text/plain"])


FAILING = "def f(token, *rest, **more):\n    local = [token]\n    return 1 / 0\n"


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_tracebacks_hide_it(kernel, mode):
    try:
        result = kernel.run(f"%xmode {mode}\n{FAILING}f(t, t, more=t)")
        assert result.error.startswith("ZeroDivisionError")
        assert not shows(everything(result))
        if mode == "Verbose":
            assert HIDDEN in result.traceback
        assert not shows(everything(kernel.run("%tb")))
    finally:
        kernel.run("%xmode Context")


def test_the_post_mortem_debugger_hides_it(kernel):
    kernel.run(f"{FAILING}f(t, t, more=t)")
    commands = ["p token", "pp local", "args", "!token", "where", "up", "p t", "q"]
    shown = type_in(kernel, "%debug", commands)
    assert shown.count(HIDDEN) >= 6
    assert not shows(shown)


def test_pdb_hides_it_in_what_it_steps_through(kernel):
    code = (
        "import pdb\n"
        "def g(token):\n    return token\n"
        "def f(token):\n    return g(token)\n"
        "pdb.runcall(f, t)"
    )
    # The value that a function returns is shown beside the line.
    shown = type_in(kernel, code, ["s", "s", "s", "s", "retval", "args", "c"])
    assert HIDDEN in shown
    assert not shows(shown)


def test_expressions_of_a_front_end_hide_it(kernel):
    cell = kernel.start("", user_expressions={"x": "t", "y": "[t]"})
    reply = kernel.client.get_shell_msg(timeout=30)
    while reply["parent_header"].get("msg_id") != cell:
        reply = kernel.client.get_shell_msg(timeout=30)
    found = reply["content"]["user_expressions"]
    assert HIDDEN in found["x"]["data"]["text/plain"]
    assert not shows(str(found))
