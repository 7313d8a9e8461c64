"""The Jupyter server's part of the sign-in to Cognite Data Fusion."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .app import CdfAuth

try:
    __version__ = version("jupyterlab-cdf-auth")
except PackageNotFoundError:  # imported from a clone that is not installed
    __version__ = "0+source"

__all__ = ["CdfAuth"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell `jupyter labextension develop` where the built front end is."""
    return [{"src": "labextension", "dest": "jupyterlab-cdf-auth"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell jupyter_server what to load."""
    return [{"module": "jupyterlab_cdf_auth", "app": CdfAuth}]
