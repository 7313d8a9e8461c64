"""Environments of runs without JupyterLab, and the tokens that they are given."""

import base64
import json

from cdf_auth import TokenRefused
from cdf_auth._https import Answer

#: Of no provider in particular: the standard library asks it.
CLIENT = {
    "LOGIN_FLOW": "client_credentials",
    "CDF_CLUSTER": "westeurope-1",
    "CDF_PROJECT": "plant-north",
    "IDP_TOKEN_URL": "https://idp.example.test/oauth/token",
    "IDP_CLIENT_ID": "pipeline-1",
    "IDP_CLIENT_SECRET": "Very~Secret.Value-1",
}
TOKEN = {
    "LOGIN_FLOW": "token",
    "CDF_CLUSTER": "westeurope-1",
    "CDF_PROJECT": "plant-north",
}
SCOPE = "https://westeurope-1.cognitedata.com/.default"


def jwt(**claims):
    def part(value):
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    return ".".join(
        (
            part(b'{"alg":"none"}'),
            part(json.dumps(claims).encode()),
            part(b"signature"),
        )
    )


class FakeService:
    """A sign-in service in the place of `_https.ask`."""

    def __init__(self, lifetime=3600):
        self.lifetime = lifetime
        #: The forms that were sent.
        self.forms = []
        self.fault = None

    def __call__(self, method, url, *, form=None, headers=None):
        assert method == "POST"
        self.forms.append(form)
        if self.fault is not None:
            raise self.fault
        fields = {
            "access_token": f"token-{len(self.forms)}",
            "token_type": "Bearer",
            "expires_in": self.lifetime,
        }
        return Answer(200, fields)

    def fall_silent(self):
        self.fault = TokenRefused("provider_unreachable", "It is down.", "Wait.")

    def refuse(self):
        self.fault = TokenRefused("invalid_client", "AADSTS7000222: expired.", "Renew.")

    def recover(self):
        self.fault = None
