"""Authentication for httpx and requests: a fresh token on each request."""

import pytest
from support.stand_in import Service
from support.warm_kernel import start_over, warm_kernel

#: How each library sends a request; gives status and JSON.
SETUP = """
import httpx, io, requests

def send_httpx(method, url, **more):
    with httpx.Client(auth=httpx_auth(), trust_env=False, follow_redirects=True) as c:
        r = c.request(method, url, **more)
        return r.status_code, r.json(), len(r.history)

async def _send_async(method, url, **more):
    async with httpx.AsyncClient(
        auth=httpx_auth(), trust_env=False, follow_redirects=True
    ) as c:
        r = await c.request(method, url, **more)
        return r.status_code, r.json(), len(r.history)

def send_httpx_async(*arguments, **more):
    import asyncio, threading
    box = []
    t = threading.Thread(
        target=lambda: box.append(asyncio.run(_send_async(*arguments, **more)))
    )
    t.start(); t.join()
    return box[0]

def send_requests(method, url, content=None, **more):
    with requests.Session() as s:
        s.trust_env, s.auth = False, requests_auth()
        r = s.request(method, url, data=content, **more)
        return r.status_code, r.json(), len(r.history)

class Once(io.RawIOBase):
    "A body that can be read only once."
    def readable(self): return True
    def seekable(self): return False
    def seek(self, *_): raise io.UnsupportedOperation
    def tell(self): raise io.UnsupportedOperation
    def readinto(self, buffer):
        n = 0 if getattr(self, "done", False) else 5
        self.done, buffer[:n] = True, b"12345"[:n]
        return n

def lines():
    yield b"12"
    yield b"345"
async def lines_async():
    yield b"12345"
"""

LIBRARIES = ["httpx", "httpx_async", "requests"]


@pytest.fixture(scope="module")
def environment():
    return "kernel-sdk8"


@pytest.fixture(scope="module")
def kernel(environment, tmp_path_factory):
    with warm_kernel(environment, tmp_path_factory.mktemp("http")) as kernel:
        yield kernel


@pytest.fixture
def service():
    service = Service()
    yield service
    service.close()


@pytest.fixture
def served(kernel, holder, bootstrap, service):
    start_over(kernel, holder, bootstrap, service)
    assert kernel.run(SETUP + f"url = {service.url!r}").error is None
    return holder


@pytest.fixture
def revoked(kernel, served, service):
    """Return the service, which has just begun to refuse the kernel's token.

    The holder gives another one, as it does for a token that has lived for a while.
    """
    kernel.run("first = get_token()")
    service.revoked.update(service._issued)  # noqa: SLF001 - all that were given
    return service


@pytest.mark.parametrize("library", LIBRARIES)
def test_requests_go_on_beyond_the_life_of_a_token(kernel, served, service, library):
    served.lifetime = 2
    result = kernel.run(f"while send_{library}('GET', url)[1]['tokens'] < 3: pass")
    assert result.error is None, result.traceback
    assert service.refused == []


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("body", ["None", "b'12345'", "'12345'"])
def test_a_refused_request_is_repeated_with_its_body(kernel, revoked, library, body):
    result = kernel.run(f"print(*send_{library}('POST', url, content={body}))")
    assert result.stdout.startswith("200"), result.traceback
    first, second = revoked.requests
    assert (first.issued, second.body) == (None, first.body)
    assert first.body == (b"" if body == "None" else b"12345")
    assert first.token != second.token


@pytest.mark.parametrize(
    ("library", "options"),
    [
        ("httpx", "files={'f': io.BytesIO(b'12345')}"),
        ("httpx", "files={'f': b'12345'}, data={'a': 'b'}"),
        ("httpx_async", "files={'f': io.BytesIO(b'12345')}"),
        ("requests", "files={'f': io.BytesIO(b'12345')}"),
        ("requests", "content=io.BytesIO(b'12345')"),
    ],
)
def test_files_are_sent_again_from_their_start(kernel, revoked, library, options):
    result = kernel.run(f"print(*send_{library}('POST', url, {options}))")
    assert result.stdout.startswith("200"), result.traceback
    first, second = revoked.requests
    assert b"12345" in first.body
    assert second.body == first.body


@pytest.mark.parametrize(
    ("library", "options"),
    [
        ("httpx", "content=lines()"),
        ("httpx", "content=Once()"),
        ("httpx", "files={'f': Once()}"),
        ("httpx_async", "content=lines_async()"),
        ("requests", "content=lines()"),
        ("requests", "content=Once()"),
    ],
)
def test_a_stream_that_is_used_up_isnt_sent_again(kernel, revoked, library, options):
    result = kernel.run(f"print(*send_{library}('POST', url, {options}))")
    assert result.stdout.startswith("401"), result.traceback
    assert len(revoked.requests) == 1
    assert b"12345" in revoked.requests[0].body


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_lasting_refusal_is_given_back(kernel, served, service, library):
    service.scope = "of another cluster"
    result = kernel.run(f"print(*send_{library}('GET', url))")
    assert result.stdout.startswith("401"), result.traceback
    assert len(service.requests) == 2
    assert len(served.ids) == 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_holder_without_another_token_spares_the_repetition(
    kernel, revoked, served, library
):
    # As holders do within the first tenth of a token's life.
    known = list(revoked.revoked)[-1]
    served.policy = lambda question: served.deliver(id_=question["id"], token=known)
    result = kernel.run(f"print(*send_{library}('GET', url))")
    assert result.stdout.startswith("401"), result.traceback
    assert len(revoked.requests) == 1


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_redirect_to_another_host_gets_no_token(kernel, served, service, library):
    other = Service()
    try:
        result = kernel.run(
            f"print(*send_{library}('GET', url + '/away/' + {other.url!r}))"
        )
    finally:
        other.close()
    assert result.stdout.startswith("401"), result.traceback
    assert [one.token for one in other.requests] == [""]
    assert service.requests == []


def test_headers_are_good_for_any_library(kernel, served, service):
    result = kernel.run(
        "import urllib.request as u\n"
        "print(requests.get(url, headers=headers()).status_code,\n"
        "      httpx.get(url, headers=headers()).status_code,\n"
        "      u.urlopen(u.Request(url, headers=headers())).status)\n"
        "import aiohttp\n"
        "async with aiohttp.ClientSession(headers=headers()) as s:\n"
        "    async with s.get(url) as r: print(r.status)\n"
        "h = headers()\n"
        "print(h, {**h}, [*h.values()])\n"
        "h"
    )
    assert result.error is None, result.traceback
    assert result.lines[:4] == ["200"] * 4
    assert result.value == "{'Authorization': '[token hidden]'}"
    assert "secret" not in result.stdout
