"""A real Jupyter server with the extension."""

import json
from urllib.parse import urlsplit

import pytest
from support.fake_cdf import TOKEN, FakeCdf
from support.ports import give_kernels_free_ports

pytest_plugins = [
    "pytest_jupyter.jupyter_server",
    "support.session_fixtures",
    "support.cli_fixtures",
    "support.gateway_fixtures",
    "support.azure_fixtures",
    "support.courier_fixtures",
    "support.profile_fixtures",
    "support.token_owners",
]


@pytest.fixture(scope="session", autouse=True)
def kernels_listen_on_ports_of_their_own():
    give_kernels_free_ports()


@pytest.fixture
def cdf(jp_asyncio_loop):
    fake = FakeCdf()
    jp_asyncio_loop.run_until_complete(fake.start())
    yield fake
    jp_asyncio_loop.run_until_complete(fake.stop())


@pytest.fixture
def connection(cdf):
    return {
        "label": "Contoso",
        "tenant": "contoso.test",
        "clientId": "app-1",
        "cluster": "westeurope-1",
        "baseUrl": cdf.base_url,
    }


@pytest.fixture
def cdf_auth_config(connection):
    """Return the section c.CdfAuth of the server's configuration."""
    return {"connections": [connection]}


@pytest.fixture
def server_app_config():
    """Return more of the section c.ServerApp."""
    return {}


@pytest.fixture
def jp_server_config(request, cdf_auth_config, server_app_config):
    is_behind = request.node.get_closest_marker("gateway")
    more = request.getfixturevalue("gateway_config") if is_behind else {}
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyterlab_cdf_auth": True},
            **server_app_config,
        },
        "CdfAuth": cdf_auth_config,
        **more,
    }


@pytest.fixture
def ask(jp_fetch, cdf):
    """Post to the inspect route; Jupyter's token comes with it unless taken out."""

    async def post(base_url=None, *, body=None, token=TOKEN, headers=None):
        body = (
            json.dumps({"baseUrl": base_url or cdf.base_url}) if body is None else body
        )
        headers = {"X-Cdf-Auth-Token": token, **(headers or {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        response = await jp_fetch(
            "cdf-auth",
            "inspect",
            method="POST",
            body=body,
            headers=headers,
            raise_error=False,
        )
        return response.code, json.loads(response.body), response.headers

    return post


@pytest.fixture
def own_routes(jp_serverapp):
    """(path below the base URL, handler class) of each route of this extension."""
    base = jp_serverapp.base_url

    def walk(router):
        for rule in router.rules:
            if hasattr(rule.target, "rules"):
                yield from walk(rule.target)
            elif rule.target.__module__.startswith("jupyterlab_cdf_auth"):
                pattern = rule.matcher.regex.pattern.replace("\\", "")
                path = urlsplit(pattern).path.rstrip("$")
                yield path.removeprefix(base), rule.target

    return list(walk(jp_serverapp.web_app.default_router))
