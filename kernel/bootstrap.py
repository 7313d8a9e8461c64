"""Installs the agent in a kernel; a holder has it executed silently.

`scripts/pack_agent.py` puts the zipped package in the place of `__ZIP__` (base64) and
wraps the whole into an `exec` with a namespace of its own, so that no name is left in
the user's. It never raises and never prints; a kernel where it can't work stays
untouched, one that has the agent already only checks that it still listens.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

PROTOCOL = 1
ZIP = "__ZIP__"


def fits(kernel: object) -> bool:
    """Tell whether the agent can work here, before anything is changed."""
    handlers = getattr(kernel, "control_handlers", None)
    return (
        sys.version_info >= (3, 10)
        and isinstance(handlers, dict)
        and "comm_info_request" in handlers
    )


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


def boot() -> None:
    """Install the agent, from an installed package where its protocol fits."""
    ipython = sys.modules.get("IPython")
    kernel = getattr(ipython and ipython.get_ipython(), "kernel", None)
    if not fits(kernel):
        return
    if not is_usable():
        bring()
    from cdf_auth._install import install

    install(kernel)


with contextlib.suppress(Exception):
    boot()
