"""The calls beside which a cached `get_token()` is measured, each with a token at hand.

Nothing leaves the machine: the providers' answers are made up here.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

import azure.identity
import cognite.client
import msal
from azure.core.pipeline.transport import RequestsTransport, RequestsTransportResponse
from cognite.client.credentials import OAuthClientCredentials
from requests import Response

LIFETIME = 3600
#: As long as Entra ID's usually are.
TOKEN = "t" * 1500
AUTHORITY = "https://login.microsoftonline.com/contoso.test"
CLIENT = "00000000-0000-0000-0000-000000000000"
SCOPE = "https://westeurope-1.cognitedata.com/.default"

METADATA = {
    "issuer": f"{AUTHORITY}/v2.0",
    "authorization_endpoint": f"{AUTHORITY}/oauth2/v2.0/authorize",
    "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
}
ANSWER = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": LIFETIME}


class Bare:
    """The least that a cache can be: a value and one deadline."""

    __slots__ = ("deadline", "value")


BARE = Bare()
BARE.value = TOKEN
BARE.deadline = monotonic() + LIFETIME


def bare_read():
    """Read a global object and one clock."""
    if monotonic() < BARE.deadline:
        return BARE.value
    return None


class Offline:
    """The one answer that msal asks for before it looks into its cache."""

    status_code = 200
    headers = {}  # noqa: RUF012 - of a response, not of a class
    text = json.dumps(METADATA)

    def get(self, *_args, **_more):
        return self

    def post(self, *_args, **_more):
        raise AssertionError("The cached token wasn't used.")

    def raise_for_status(self):
        """Accept the answer."""

    def close(self):
        """Have nothing to close."""


def msal_python():
    """Give the call that people write around msal themselves."""
    cache = msal.TokenCache()
    application = msal.PublicClientApplication(
        CLIENT,
        authority=AUTHORITY,
        instance_discovery=False,
        token_cache=cache,
        http_client=Offline(),
    )
    cache.add(
        {
            "client_id": CLIENT,
            "scope": [SCOPE],
            "token_endpoint": METADATA["token_endpoint"],
            "response": {
                **ANSWER,
                "refresh_token": "r",
                "id_token_claims": {"sub": "alice", "oid": "o", "tid": "t"},
                "client_info": "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ",
            },
        }
    )

    def call():
        # The account is looked up for each call, as in msal's own samples.
        account = application.get_accounts()[0]
        return application.acquire_token_silent([SCOPE], account)["access_token"]

    return call


class MadeUp(RequestsTransport):
    """Answers azure-identity's requests: the first one for a token, and no other."""

    def __init__(self):
        super().__init__()
        self.has_given = False

    def send(self, request, **_more):
        is_token = request.method == "POST"
        if is_token and self.has_given:
            raise AssertionError("The cached token wasn't used.")
        self.has_given |= is_token
        response = Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(ANSWER if is_token else METADATA).encode()  # noqa: SLF001 - as tests of requests do
        return RequestsTransportResponse(request, response)


def azure_identity():
    """Give azure-identity's call; its token lies in msal's cache, too."""
    credential = azure.identity.ClientSecretCredential(
        "contoso.test",
        CLIENT,
        "made-up",
        transport=MadeUp(),
        disable_instance_discovery=True,
    )
    return lambda: credential.get_token(SCOPE).token


class _Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.answers += 1

    def log_message(self, *_args):
        """Say nothing."""


@contextmanager
def cognite_sdk():
    """Give the call of the SDK's own provider, and the header that it makes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    server.answers = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = OAuthClientCredentials(
        token_url=f"http://127.0.0.1:{server.server_port}/token",
        client_id=CLIENT,
        client_secret="made-up",
        scopes=[SCOPE],
    )
    try:
        yield provider.authorization_header
        if server.answers != 1:
            raise AssertionError("The cached token wasn't used.")
    finally:
        server.shutdown()
        server.server_close()


TITLES = {
    "bare-read": "reading a global and a clock",
    "msal-python": f"msal {msal.__version__} acquire_token_silent, cached",
    "azure-identity": (
        f"azure-identity {azure.identity.__version__} get_token, cached"
    ),
    "cognite-sdk": (
        f"cognite-sdk {cognite.client.__version__} OAuthClientCredentials, cached"
    ),
}
