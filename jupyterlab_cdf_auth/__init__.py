"""The Jupyter server's part of the sign-in to Cognite Data Fusion."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import CdfAuth

try:
    __version__ = version("jupyterlab-cdf-auth")
except PackageNotFoundError:  # imported from a clone that is not installed
    __version__ = "0+source"

__all__ = ["CdfAuth"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever it is
    """Import the server's part when it is asked for: the command line needs none."""
    if name != "CdfAuth":
        raise AttributeError(name)
    from .app import CdfAuth  # noqa: PLC0415 - it takes more than a second

    return CdfAuth


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell `jupyter labextension develop` where the built front end is."""
    return [{"src": "labextension", "dest": "jupyterlab-cdf-auth"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell jupyter_server what to load."""
    from .app import CdfAuth  # noqa: PLC0415 - as above

    return [{"module": "jupyterlab_cdf_auth", "app": CdfAuth}]
