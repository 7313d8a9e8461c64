"""A small stand-in for CDF and for Azure's storage, which checks the tokens."""

import datetime as dt
import ipaddress
import json
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from time import monotonic

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

#: Seconds for which a token is good beyond what the kernel has been told: on a busy
#: machine a request may lie for a while. Whoever never renews is refused at last.
GRACE = 20

CDF_SCOPE = "https://westeurope-1.cognitedata.com/.default"


@dataclass(frozen=True)
class Issued:
    """What a token is good for, and until when."""

    session: str
    scopes: tuple
    ends: float


@dataclass(frozen=True)
class Request:
    """One that came with a good token, or with another (`issued` is `None`)."""

    method: str
    path: str
    token: str
    issued: Issued | None
    body: bytes


class Service:
    """Answers on this machine whoever brings a token that the test's holder gave."""

    def __init__(self, *, scope=CDF_SCOPE, context=None):
        self.scope = scope
        #: What `token/inspect` lists; `None` refuses the question.
        self.projects = ["plant-north", "plant-south"]
        #: Tokens that are refused before their time.
        self.revoked = set()
        self.requests = []
        self._issued = {}
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.service = self
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True
            )
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def serve(self, holder):
        """Have `holder` give tokens that are good here."""

        def answer(question):
            token = f"eyJhbGciOiJub25lIn0.secret-{next(self._numbers)}.c2lnbmF0dXJl"
            self._issued[token] = Issued(
                question["session"],
                tuple(question["scopes"]),
                monotonic() + holder.lifetime + GRACE,
            )
            holder.deliver(
                id_=question["id"],
                session=question["session"],
                scopes=question["scopes"],
                token=token,
            )

        holder.policy = answer

    @property
    def good(self):
        """The requests with a good token."""
        return [one for one in self.requests if one.issued]

    @property
    def refused(self):
        return [one for one in self.requests if not one.issued]

    def tokens(self):
        """List the good tokens that have come."""
        return list(dict.fromkeys(one.token for one in self.good))

    def take(self, method, path, authorization, body):
        """Note a request, and give status and JSON."""
        token = (authorization or "").removeprefix("Bearer ")
        issued = self._issued.get(token)
        is_good = (
            issued is not None
            and authorization == f"Bearer {token}"
            and token not in self.revoked
            and monotonic() < issued.ends
            and self.scope in issued.scopes
        )
        with self._lock:
            self.requests.append(
                Request(method, path, token, issued if is_good else None, body)
            )
        if not is_good:
            return 401, {"error": {"code": 401, "message": "Unauthorized"}}
        return self._answer(path, body)

    def _answer(self, path, body):
        if path == "/api/v1/token/inspect":
            if self.projects is None:
                return 403, {"error": {"code": 403, "message": "Forbidden"}}
            projects = [{"projectUrlName": one, "groups": [1]} for one in self.projects]
            return 200, {"subject": "a", "projects": projects, "capabilities": []}
        if "/timeseries" in path:
            # How many tokens have come, for code that runs until there are several.
            series = {
                "id": 1,
                "name": "pump",
                "description": str(len(self.tokens())),
                "isString": False,
                "isStep": False,
                "createdTime": 0,
                "lastUpdatedTime": 0,
            }
            return 200, {"items": [series]}
        return 200, {"tokens": len(self.tokens()), "bytes": len(body)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _reply(self):
        body = self._read()
        path = self.path.partition("?")[0]
        if path.startswith("/away/"):
            self._send(307, {}, ("Location", path.removeprefix("/away/")))
            return
        status, answer = self.server.service.take(
            self.command, path, self.headers["Authorization"], body
        )
        if status == 200 and self.command == "PUT":
            status = 201
        # Azure's client asks for ranges, and gets all of it as the first.
        is_part = status == 200 and "x-ms-range" in self.headers
        size = len(json.dumps(answer))
        part = ("Content-Range", f"bytes 0-{size - 1}/{size}")
        self._send(206 if is_part else status, answer, *([part] if is_part else []))

    def do_GET(self):
        self._reply()

    def do_POST(self):
        self._reply()

    def do_PUT(self):
        self._reply()

    def _read(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, status, answer, *headers):
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"0x1"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT")
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


def make_certificate(folder):
    """Make a certificate for this machine; give its file and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = dt.datetime.now(dt.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "stand-in.pem", folder / "stand-in.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
