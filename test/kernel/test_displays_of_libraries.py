"""What other people's displays show of a token, and that requests can be made of it."""

import pytest
from support.displays import HIDDEN, everything, kernel_with_token, shows

RICH = "import rich, rich.pretty, rich.console, rich.traceback\n"

HIDING = {
    "rich.print of a container": "rich.print([t], {'a': t})",
    "rich.pretty": "rich.pretty.pprint([t], max_string=40)",
    "rich.pretty of itself": "rich.pretty.pprint(t, max_string=40)",
    "rich.inspect": "rich.inspect(t)",
    "rich.inspect of its holder": (
        "class C: pass\nc = C(); c.token = t\nrich.inspect(c, all=True)"
    ),
    "rich's locals": (
        "def f(token):\n"
        "    local = [token]\n"
        "    rich.console.Console().log('here', log_locals=True)\n"
        "f(t)"
    ),
    "rich's traceback with locals": (
        "def f(token):\n"
        "    local = [token]\n"
        "    try: 1 / 0\n"
        "    except ZeroDivisionError:\n"
        "        rich.console.Console().print_exception(show_locals=True)\n"
        "f(t)"
    ),
    "an array of objects": (
        "import numpy\nnumpy.array([t], dtype=object), numpy.array([[t], 1], object)"
    ),
}

SHOWING = {
    "rich.print": "rich.print(t)",
    "a pandas series": "import pandas\npandas.Series([t])",
    "a pandas frame": "import pandas\npandas.DataFrame({'token': [t]})",
    "a pandas frame of objects": (
        "import pandas\npandas.DataFrame({'token': [[t]]}, dtype=object)"
    ),
    "an array of texts": "import numpy\nnumpy.array([t])",
}

REQUESTS = """
import httpx, requests
url = "http://localhost/"
bearer = {"Authorization": f"Bearer {t}", "X-Token": t}
plain = {name: str(value) for name, value in bearer.items()}
print(httpx.Request("GET", url, headers=bearer).headers.raw
      == httpx.Request("GET", url, headers=plain).headers.raw)
print(requests.Request("GET", url, headers=bearer).prepare().headers
      == requests.Request("GET", url, headers=plain).prepare().headers)
print(httpx.Request("POST", url, json=bearer, params={"t": t}).read()
      == httpx.Request("POST", url, json=plain, params={"t": str(t)}).read())
import http.client, io
class Socket(io.BytesIO):
    def sendall(self, data): self.write(data)
sent = []
for headers in (bearer, plain):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = Socket()
    connection.request("GET", "/", headers=headers)
    sent.append(connection.sock.getvalue())
print(sent[0] == sent[1] and t.encode() in sent[0])
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory, bootstrap):
    folder = tmp_path_factory.mktemp("libraries")
    with kernel_with_token("kernel-displays", folder, bootstrap) as (kernel, _):
        assert kernel.run(RICH).error is None
        yield kernel


@pytest.mark.parametrize("code", HIDING.values(), ids=HIDING)
def test_hides(kernel, code):
    shown = everything(kernel.run(code))
    assert HIDDEN in shown
    assert not shows(shown)


@pytest.mark.parametrize("code", SHOWING.values(), ids=SHOWING)
def test_shows(kernel, code):
    assert shows(everything(kernel.run(code)))


def test_requests_can_be_made_of_it(kernel):
    assert kernel.run(REQUESTS).lines == ["True"] * 4


# The last one: what is installed stays.
@pytest.mark.parametrize("code", ["[t]", "t", "def f(token):\n    1 / 0\nf(t)"])
def test_rich_hides_it_in_place_of_ipython(kernel, code):
    # Strings that other tests have made of the token are locals, too.
    kernel.run("%reset -f")
    prepared = kernel.run(
        f"t = get_token()\n{RICH}"
        "rich.pretty.install(max_string=40)\n"
        "rich.traceback.install(show_locals=True, locals_max_string=40)"
    )
    assert prepared.error is None
    shown = everything(kernel.run(code))
    # The brackets have a colour of their own.
    assert "token hidden" in shown
    assert not shows(shown)
