"""Clients of the Cognite SDK that need no set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from . import _sdk
from ._place import find_place

if TYPE_CHECKING:
    from types import ModuleType

    from cognite.client import AsyncCogniteClient, CogniteClient


def client(
    project: str | None = None, cluster: str | None = None, **config: object
) -> CogniteClient:
    """Make a `CogniteClient` for the selected project, or for the one that is named.

        client().time_series.list(limit=5)
        client("plant-south")                        # another project of the cluster
        client("rig-7", cluster="az-eastus-1")       # or of another cluster
        client(timeout=120, client_name="my job")    # what ClientConfig takes

    It stays with its project and sign-in when you select another, and its tokens are
    renewed for as long as that sign-in lasts. `base_url` is for an address that isn't
    `https://CLUSTER.cognitedata.com`.

    Raises `NoProject`, `ProjectUnknown`, `LibraryMissing` where the SDK isn't
    installed (versions 7 and 8 fit), what `get_token` raises, and `TypeError` or
    `ValueError` for other arguments than `ClientConfig`'s.
    """
    sdk = _sdk.load()
    made = sdk.CogniteClient(_config(sdk, "client()", project, cluster, config))
    return cast("CogniteClient", made)


def async_client(
    project: str | None = None, cluster: str | None = None, **config: object
) -> AsyncCogniteClient:
    """Make an `AsyncCogniteClient`, for `await` in a cell; see `client`.

        await async_client().time_series.list(limit=5)

    It needs version 8 of the SDK, which asks for tokens on the event loop: the loop
    stands still for the moment of a renewal.
    """
    sdk = _sdk.load(8, "async_client()")
    made = sdk.AsyncCogniteClient(
        _config(sdk, "async_client()", project, cluster, config)
    )
    return cast("AsyncCogniteClient", made)


def _config(
    sdk: ModuleType,
    what: str,
    project: str | None,
    cluster: str | None,
    config: dict[str, object],
) -> object:
    _sdk.check_options(sdk, what, config)
    base_url = config.pop("base_url", None)
    place = find_place(project, cluster, cast("str | None", base_url))
    return _sdk.make_config(sdk, place.project, place.base_url, place.get_token, config)
