"""Installs the agent in a kernel; a holder has it executed silently.

`scripts/pack_agent.py` puts the zipped package in the place of `__ZIP__` (base64) and
makes of the whole one expression with a namespace of its own, so that no name is left
in the user's. Its value is `outcome`. It never raises and never prints; a kernel where
it can't work stays untouched, one that has the agent only checks that it still listens.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

PROTOCOL = 1
ZIP = "__ZIP__"


def listener(shell: object) -> object:
    """Give what handles our messages in this kernel, `None` in one that can't."""
    handlers = getattr(getattr(shell, "kernel", None), "control_handlers", None)
    if isinstance(handlers, dict):
        return handlers.get("comm_info_request")
    # xeus-python's, unless it writes all messages to a file.
    return None if "XEUS_LOG" in os.environ else getattr(shell, "complete_code", None)


def is_usable() -> bool:
    """Tell whether a package of this protocol is imported, or can be."""
    try:
        from cdf_auth import _protocol
    except Exception:
        return False
    return getattr(_protocol, "VERSION", None) == PROTOCOL


def bring() -> None:
    """Make the packed source importable, for child processes as well.

    They are handed `sys.path`; source that was executed from memory they'd not find.
    """
    for name in [one for one in sys.modules if one.split(".")[0] == "cdf_auth"]:
        del sys.modules[name]
    # Nobody else on the machine can read or change it.
    folder = tempfile.mkdtemp(prefix="cdf-auth-")
    owner = os.getpid()

    def clean_up() -> None:
        # A forked child ends too, and its parent still needs the file.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)
    path = Path(folder, "cdf_auth.zip")
    path.write_bytes(base64.b64decode(ZIP))
    # First: another version of the package may be installed.
    sys.path.insert(0, str(path))


def boot() -> str:
    """Install the agent, unless it can't work here."""
    if sys.version_info < (3, 10):  # noqa: UP036 - a kernel has a Python of its own
        return "python"
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if listener(shell) is None:
        return "kernel"
    # It may come on shell and on control at the same time: two of them would bring the
    # source twice, and what the user calls would be the agent that nobody talks to.
    with vars(shell).setdefault("_cdf_auth_lock", threading.RLock()):
        return install(listener(shell))


def install(listens: object) -> str:
    """Install the agent, from an installed package where its protocol fits."""
    if not is_usable():
        if getattr(listens, "__module__", "").startswith("cdf_auth."):
            # Code that has imported it would go on asking in the other version.
            return "version"
        bring()
    from cdf_auth import _install

    return "ok" if _install.install() else "kernel"


#: "ok", or why there is no agent: "python" or "kernel" (that can't be served),
#: "version" (an agent of another protocol is there) or "failed".
outcome = "failed"
with contextlib.suppress(Exception):
    outcome = boot()
