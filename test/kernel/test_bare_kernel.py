"""Clients and credentials where their libraries aren't installed."""

import pytest

STORAGE = "https://storage.azure.com/.default"


@pytest.fixture
def environment():
    return "kernel-ipykernel7"


def test_a_library_that_is_missing_is_named(kernel, attached):
    result = kernel.run(
        "from cdf_auth import *\n"
        "for call in (client, async_client, httpx_auth, requests_auth):\n"
        "    try: call()\n"
        "    except CdfAuthError as error: print(f'{type(error).__name__}: {error}')"
    )
    sdk = (
        "LibraryMissing: The Cognite SDK isn't installed in this kernel's environment. "
        "Run %pip install cognite-sdk in a cell, then try again. [sdk_missing]"
    )
    assert result.stdout.splitlines()[:2] == [sdk, sdk], result.traceback
    for line, name in zip(
        result.stdout.splitlines()[2:], ["httpx", "requests"], strict=True
    ):
        assert line.startswith(f"LibraryMissing: The library {name} isn't installed")
        assert line.endswith("[library_missing]")
    assert attached.questions == []


OLD_SDK = """
import sys, types
from cdf_auth import client, CdfAuthError
cognite, sdk = types.ModuleType("cognite"), types.ModuleType("cognite.client")
cognite.client, sdk.__version__ = sdk, "6.39.0"
sys.modules |= {"cognite": cognite, "cognite.client": sdk}
try: client()
except CdfAuthError as error: print(error)
"""


def test_an_sdk_that_is_too_old(kernel, attached):
    assert kernel.run(OLD_SDK).stdout.strip() == (
        "client() needs cognite-sdk 7 or newer; this kernel has 6.39.0. "
        'Run %pip install "cognite-sdk>=7" in a cell and restart the kernel. '
        "[sdk_too_old]"
    )


OWN = "('token', 'expires_on') ('token', 'expires_on', 'token_type', 'refresh_on')"


def test_a_credential_works_without_azure(kernel, attached):
    result = kernel.run(
        "import time\nfrom cdf_auth import *\n"
        f"a = credential.get_token({STORAGE!r})\n"
        f"b = credential.get_token_info({STORAGE!r})\n"
        "print(a._fields, b._fields, b.token_type)\n"
        "print(a.token == b.token, a.expires_on == b.expires_on,\n"
        "      abs(a.expires_on - time.time() - 3600) < 30)\n"
        "[a, b, headers()]"
    )
    assert result.stdout.splitlines() == [
        f"{OWN} Bearer",
        "True True True",
    ], result.traceback
    assert result.value.count("[token hidden]") == 3
    assert "secret" not in result.value


def test_the_imports_stay_small(kernel, attached):
    result = kernel.run(
        "import sys, cdf_auth\n"
        "print({'httpx', 'requests', 'azure', 'cognite', 'numpy'} & set(sys.modules))"
    )
    assert result.lines == ["set()"]
