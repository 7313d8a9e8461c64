"""A socket that plays an identity provider over TLS, well or badly."""

import asyncio
import base64
import datetime as dt
import json
import ssl
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support.fake_cdf import http_answer

ACCESS = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IiLCJuIjoiYWNjZXNzIn0.YWNjZXNzLXRva2Vu"
REFRESH = "0.refresh-token-of-bob"
DEVICE_CODE = "device-code-of-bob"
#: Follows on each of Entra's sentences.
TRACE = "\r\nTrace ID: 1234 Correlation ID: 5678"


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token_answer(**changes):
    claims = {
        "iss": "https://127.0.0.1/tenant/v2.0",
        "aud": "app-1",
        "sub": "bob",
        "oid": "bob-1",
        "name": "Bob",
        "preferred_username": "bob@contoso.test",
        **changes.pop("claims", {}),
    }
    body = {
        "token_type": "Bearer",
        "scope": "https://api.test/.default",
        "expires_in": 3600,
        "access_token": ACCESS,
        "refresh_token": REFRESH,
        "id_token": f"{encode({'alg': 'none'})}.{encode(claims)}.",
        "client_info": encode({"uid": "bob-1", "utid": "tenant"}),
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


class FakeProvider:
    """Answers by endpoint with what a test has put there, bytes or JSON."""

    def __init__(self, folder, timeout):
        self._timeout = timeout
        self.ca_file = folder / "fake-ca.pem"
        self._key_file = folder / "fake-key.pem"
        self.requests = []
        self.sent = 0
        self.discovery = {}
        self.device = {}
        self.token = http_answer(400, {"error": "authorization_pending"})
        self._writers = set()

    async def start(self):
        make_certificate(self.ca_file, self._key_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, self._key_file)
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.authority = f"https://{self.host}/tenant"

    async def stop(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def connection(self):
        """What a page sends to sign in here."""
        return {
            "label": "Contoso",
            "tenant": "tenant",
            "clientId": "app-1",
            "cluster": "api",
            "baseUrl": "https://api.cognitedata.com",
            "authority": self.authority,
            "scopes": ["https://api.test/.default"],
        }

    @property
    def config(self):
        """The server's configuration that trusts it."""
        return {
            "allowed_authority_hosts": [self.host],
            "ca_bundle": str(self.ca_file),
            "provider_timeout": self._timeout,
            "cdf_timeout": self._timeout,
        }

    def asked(self, endpoint):
        return [one for one in self.requests if endpoint in one.split(b"\r\n")[0]]

    def _answer(self, request):
        target = request.split(b" ")[1]
        if b"openid-configuration" in target:
            body = {
                "issuer": f"{self.authority}/v2.0",
                "authorization_endpoint": f"{self.authority}/authorize",
                "token_endpoint": f"{self.authority}/token",
                "device_authorization_endpoint": f"{self.authority}/devicecode",
            }
            return changed(body, self.discovery)
        if b"devicecode" in target:
            body = {
                "user_code": "BQKX7TRD",
                "device_code": DEVICE_CODE,
                "verification_uri": "https://login.test/device",
                "expires_in": 900,
                "interval": 5,
            }
            return changed(body, self.device)
        return self.token() if callable(self.token) else self.token

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.requests.append(head + await reader.readexactly(length))
            answer = self._answer(head)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                async for chunk in answer:
                    writer.write(chunk)
                    self.sent += len(chunk)
                    await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            pass


def changed(body, changes):
    """Give the answer: as it is, with some fields changed (None: left out), or raw."""
    if not isinstance(changes, dict):
        return changes
    fields = {**body, **changes}
    return http_answer(200, {k: v for k, v in fields.items() if v is not None})


async def endless(chunk=b" " * 65536, pause=0.0):
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"
    while True:
        yield chunk
        await asyncio.sleep(pause)


def make_certificate(cert_file, key_file):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake provider")])
    now = dt.datetime.now(dt.timezone.utc)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(addresses, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
