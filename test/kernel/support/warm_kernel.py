"""A kernel that serves several tests: importing the SDK takes seconds."""

from contextlib import contextmanager

from support.real_kernel import RealKernel, python_of

#: No question to PyPI, and an error at once rather than the tenth time.
QUIET = """
try:
    from cognite.client import global_config
    global_config.disable_pypi_version_check = True
    global_config.max_retries = 0
except ImportError: pass
import json
from cdf_auth import *
def code(call, *arguments, **options):
    try: return call(*arguments, **options)
    except Exception as error: return f"{type(error).__name__}: {error}"
"""


@contextmanager
def warm_kernel(environment, folder):
    python_of(environment)
    kernel = RealKernel(environment, folder)
    try:
        yield kernel
    finally:
        kernel.close()


def start_over(kernel, holder, bootstrap, service):
    """Have `holder` attach to a kernel that forgets whatever it knew of another.

    Its tokens are good for `service`, which is what is selected.
    """
    service.serve(holder)
    kernel.execute_silently(bootstrap)
    assert holder.hello()
    holder.say("bye", session=None)
    # With that the agent's hook was taken off.
    kernel.execute_silently(bootstrap)
    assert holder.hello()
    assert holder.select(base_url=service.url)["ok"]
    assert kernel.run(QUIET).error is None
    return holder
