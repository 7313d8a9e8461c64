"""A gateway at an address at which tokens could be read on the way."""

import json
import re

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient

from jupyterlab_cdf_auth import gateway


@pytest.fixture(autouse=True)
def own_client():
    GatewayClient.clear_instance()
    yield
    GatewayClient.clear_instance()


@pytest.mark.parametrize(
    ("url", "ws_url", "host"),
    [
        ("http://gateway.example.com:8888", None, "gateway.example.com"),
        ("http://10.0.0.5", None, "10.0.0.5"),
        ("http://user:secret@gateway.example.com/base", None, "gateway.example.com"),
        ("http://localhost.example.com", None, "localhost.example.com"),
        ("https://gateway.example.com", "ws://other.example.com", "other.example.com"),
        ("HTTP://GATEWAY.example.com", None, "gateway.example.com"),
        ("https://gateway.example.com", None, None),
        ("http://localhost:8888", None, None),
        ("http://127.0.0.9:8888", None, None),
        ("http://[::1]:8888", None, None),
        (None, None, None),
    ],
)
def test_plain_http_is_good_on_this_machine_only(url, ws_url, host):
    client = GatewayClient.instance(url=url)
    if ws_url:
        client.ws_url = ws_url
    assert gateway.unencrypted_host() == host


class TestStart:
    """A server with such a gateway."""

    @pytest.fixture
    def server_app_config(self):
        extensions = {"jupyterlab": True, "jupyterlab_cdf_auth": True}
        return {"jpserver_extensions": extensions}

    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        url = "http://user:secret@gateway.example.com/base?x=y"
        return {**jp_server_config, "GatewayClient": {"url": url}}

    async def test_the_page_is_told(self, jp_fetch):
        page = (await jp_fetch("lab")).body.decode()
        config = re.search(
            r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL
        )
        host = json.loads(config[1])["cdfAuth"]["unencryptedGateway"]
        assert host == "gateway.example.com"

    @pytest.fixture
    def log(self, capsys, jp_serverapp):
        """Return what the server wrote down while it started."""
        return capsys.readouterr().err.splitlines()

    def test_the_log_names_the_host_and_nothing_else_of_the_address(self, log):
        [warning] = [line for line in log if "over plain http" in line]
        assert warning.startswith("[W ")
        assert "The gateway at gateway.example.com is" in warning
        assert "secret" not in warning
