"""Installs the agent in a kernel; a holder has it executed silently.

`scripts/pack_agent.py` puts the zipped package in the place of `__ZIP__` (base64) with
the sizes of its files, and makes of the whole one expression with a namespace of its
own, so that no name is left in the user's. Its value is `outcome`. It never raises and
never prints; a kernel where it can't work stays untouched, one that has the agent only
checks that it still listens.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import io
import os
import shutil
import sys
import tempfile
import threading
import zipfile
from pathlib import Path

PROTOCOL = 1
ZIP = "__ZIP__"
#: Of the zip.
SHA256 = "__SHA256__"
#: Bytes of each file in it.
SIZES: dict[str, int] = {}


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
    # First: another version of the package may be installed.
    sys.path.insert(0, str(kept() or private()))


def kept() -> Path | None:
    """Give the copy that this user's kernels share, `None` where there can be none.

    Python keeps what it has compiled beside it: no first cell waits for that again.
    """
    with contextlib.suppress(OSError, RuntimeError):
        places = map(os.environ.get, ("XDG_CACHE_HOME", "LOCALAPPDATA"))
        cache = Path(next(filter(None, places), None) or Path.home() / ".cache")
        folder = cache / "cdf-auth" / SHA256
        if not is_whole(folder):
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = unpack(folder.parent)
            try:
                fresh.rename(folder)
            except OSError:
                # Another kernel has been faster, or files of it are damaged.
                mend(folder, fresh)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        if is_whole(folder):
            return folder
    return None


def mend(folder: Path, fresh: Path) -> None:
    """Replace files one by one: another kernel may be importing them. Raises `OSError`.

    Nothing is taken away, so that each is there at every moment.
    """
    if is_own(folder.parent) and is_own(folder) and not is_whole(folder):
        for name in SIZES:
            (folder / name).parent.mkdir(exist_ok=True)
            (fresh / name).replace(folder / name)


def is_whole(folder: Path) -> bool:
    """Tell whether all is there, and nobody else can have changed it."""
    try:
        sizes = {name: (folder / name).stat().st_size for name in SIZES}
        return sizes == SIZES and is_own(folder.parent) and is_own(folder)
    except OSError:
        return False


def is_own(folder: Path) -> bool:
    """Tell whether this user alone can write there. Raises `OSError`."""
    status = folder.stat()
    return not hasattr(os, "getuid") or (
        status.st_uid == os.getuid() and not status.st_mode & 0o022
    )


def private() -> Path:
    """Give a copy of this kernel's own, which it takes with it."""
    folder = unpack(None)
    owner = os.getpid()

    def clean_up() -> None:
        # A forked child ends too, and its parent still needs the files.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(clean_up)
    return folder


def unpack(place: Path | None) -> Path:
    """Unpack into a new folder that nobody else can read or change."""
    folder = Path(tempfile.mkdtemp(prefix="cdf-auth-", dir=place))
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(ZIP))) as archive:
            archive.extractall(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


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
