"""A child gets its token whatever OpenSSL was doing in its kernel when it was forked.

OpenSSL has locks of its own. One that another thread holds at that moment is held in
the child for ever, and OpenSSL is at work wherever a thread speaks TLS.
"""

import hmac
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cdf_auth import _wire
from cdf_auth._folder import LOCK

KEY = b"k" * 32

#: What a thread leaves behind that was in OpenSSL: the child's calls wait for ever. By
#: itself it happens to a child that is forked in the middle of the first proof.
HELD = """
import _hashlib, multiprocessing, os, threading
from multiprocessing.connection import wait
kernel = os.getpid()
def held(original):
    def call(*arguments, **options):
        if os.getpid() != kernel:
            threading.Event().wait()
        return original(*arguments, **options)
    return call
for name in ("hmac_digest", "hmac_new", "new", "openssl_sha256"):
    setattr(_hashlib, name, held(getattr(_hashlib, name)))
mp = multiprocessing.get_context("fork")
ours, its = mp.Pipe()
child = mp.Process(target=lambda: its.send(str(get_token())))
child.start()
wait([ours, child.sentinel], 20)
print(ours.recv() if ours.poll() else child)
child.kill()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_fork_while_a_thread_is_in_openssl(kernel, attached):
    result = kernel.run(HELD)
    assert "secret" in result.stdout, result


def test_the_proof_is_that_of_the_protocol():
    """The other end may be of another version."""
    assert _wire.proof(KEY, b"child", b"a", b"b") == hmac.digest(
        KEY, b"childab", "sha256"
    )


def test_no_fork_comes_in_the_middle_of_a_proof(monkeypatch):
    """A Python that was built without a SHA-256 of its own has OpenSSL's."""
    pool, original, could_fork = ThreadPoolExecutor(1), _wire.SHA256, []

    def look(data):
        # As a fork does, which would have to wait.
        could_fork.append(pool.submit(LOCK.acquire, blocking=False).result())
        return original(data)

    monkeypatch.setattr(_wire, "SHA256", look)
    _wire.proof(KEY, b"child")
    assert set(could_fork) == {False}
