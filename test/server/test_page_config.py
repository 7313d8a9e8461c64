"""What of the configuration reaches the page, and what never does."""

import json
import re

import pytest


@pytest.fixture
def server_app_config():
    return {"jpserver_extensions": {"jupyterlab": True, "jupyterlab_cdf_auth": True}}


@pytest.fixture
def page_config(jp_fetch):
    """Read the configuration in the page of a real JupyterLab."""

    async def fetch():
        page = (await jp_fetch("lab")).body.decode()
        found = re.search(
            r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL
        )
        return json.loads(found[1])["cdfAuth"], page

    return fetch


async def test_the_page_holds_the_connections_and_the_redirect_path(
    page_config, connection
):
    config, _ = await page_config()
    assert config == {"connections": [connection], "redirectPath": "cdf-auth/redirect"}


class TestNoConnections:
    """A server on which nothing is configured."""

    @pytest.fixture
    def cdf_auth_config(self):
        return {}

    async def test_the_list_is_empty(self, page_config):
        assert (await page_config())[0]["connections"] == []


class TestBrokenConnection:
    """One that lacks fields: the page tells the user, so the page must see it."""

    @pytest.fixture
    def cdf_auth_config(self):
        return {"connections": [{"label": "</script><b>", "unknown": 1}]}

    async def test_it_is_passed_on_and_cannot_break_the_page(self, page_config):
        config, page = await page_config()
        assert config["connections"] == [{"label": "</script><b>", "unknown": 1}]
        assert "<b>" not in page


class TestUnfitConnections:
    """Connections that may not, or cannot, be published."""

    @pytest.fixture
    def cdf_auth_config(self, connection):
        unfit = [{"clientSecret": "s3cr3t-value"}, {"scopes": {1, 2}}]
        return {
            "connections": [*({**connection, **more} for more in unfit), connection]
        }

    async def test_they_are_left_out_and_the_page_works(self, page_config, connection):
        config, page = await page_config()
        assert config["connections"] == [connection]
        assert "s3cr3t-value" not in page
