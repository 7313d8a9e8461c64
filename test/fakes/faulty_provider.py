"""An identity provider on loopback that has the faults of test/vectors/faults.json.

The walkers of the Jupyter server and of runs without JupyterLab load it by its path.
"""

import base64
import datetime as dt
import json
import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROWS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "faults.json").read_text("utf-8")
)["rows"]

#: Of a person and of an application, as Entra ID has them.
TENANT = "7c0d3f5e-2b1a-4e6d-9f48-5a1be0c27d10"
OBJECT_ID = "5f1c7a92-3e4b-4c8d-a6f0-7b2d9e1c4a35"
APPLICATION = "e91a4d7b-5c82-4b3f-9d60-2f8c7e1a5b93"

#: What stands for a fault that a holder can't meet.
NEVER = "-"

#: What can happen in the place of an answer; the last two happen to whoever asks.
EVENTS = {
    *("refused", "reset", "closed", "broken-off", "silent"),
    *("unknown-host", "untrusted"),
}

GOOD = {
    "access_token": "a.good.token",
    "refresh_token": "a-refresh-token",
    "token_type": "Bearer",
    "expires_in": 3600,
}


def faults_of(holder):
    """Yield each fault that the holder can meet, and what it then does."""
    for row in ROWS:
        for fault in row["faults"]:
            body = fault.get("body")
            error = body.get("error") if isinstance(body, dict) else None
            outcome = fault.get(holder, row[holder])
            if outcome != NEVER:
                yield fault, outcome.format(error=error)


def is_passing(outcome):
    return outcome.startswith("waits ")


class FaultyProvider:
    """Answers as it should until a fault is set."""

    def __init__(self, folder):
        self.ca_file = folder / "faulty-provider.pem"
        _make_certificate(self.ca_file)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.ca_file)
        self._fault = None
        #: Lets the seconds pass that a late answer takes, on the clock of a test.
        self.pass_time = lambda _: None
        self._is_over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        # A name, so that there is one to be looked up.
        self.host = f"localhost:{self._listener.getsockname()[1]}"
        self.authority = f"https://{self.host}/{TENANT}"
        threading.Thread(target=self._accept, daemon=True).start()

    def break_(self, fault):
        """Have a fault from now on."""
        assert fault.get("event", "closed") in EVENTS, fault
        self._fault = fault
        if fault.get("event") == "refused":
            self._stop_listening()

    def close(self):
        self._is_over.set()
        self._stop_listening()

    def _stop_listening(self):
        # Wakes the thread that accepts, else the port would stay open.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            arguments = (connection,)
            threading.Thread(target=self._serve, args=arguments, daemon=True).start()

    def _serve(self, connection):
        # Whoever asks may hang up, or not trust the certificate.
        with (
            suppress(OSError),
            self._tls.wrap_socket(connection, server_side=True) as secure,
        ):
            self._answer(secure, _read_request(secure))

    def _answer(self, secure, path):
        place = "discovery" if path.endswith("openid-configuration") else "token"
        fault = self._fault
        if fault is None or place != fault.get("at", "token"):
            good = self._configuration if place == "discovery" else GOOD
            secure.sendall(_http(200, "application/json", json.dumps(good)))
            return
        event = fault.get("event")
        if event == "silent":
            self._is_over.wait()
        elif event == "reset":
            linger = struct.pack("ii", 1, 0)
            secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif event == "broken-off":
            secure.sendall(_http(200, "application/json", json.dumps(GOOD))[:-20])
        elif event is None:
            self.pass_time(fault.get("delay", 0))
            body = fault["body"] if "body" in fault else _issued(fault)
            text = body if isinstance(body, str) else json.dumps(body)
            type_ = fault.get("type", "application/json")
            secure.sendall(_http(fault["status"], type_, text, fault.get("location")))

    @property
    def _configuration(self):
        return {
            "issuer": f"{self.authority}/v2.0",
            "authorization_endpoint": f"{self.authority}/authorize",
            "token_endpoint": f"{self.authority}/token",
            "device_authorization_endpoint": f"{self.authority}/devicecode",
        }


def _issued(fault):
    """Give a good answer, but for the claims of its token."""
    parts = {"alg": "none"}, fault["claims"], {}
    encoded = (base64.urlsafe_b64encode(json.dumps(one).encode()) for one in parts)
    token = b".".join(encoded).decode().replace("=", "")
    return {**GOOD, "access_token": token}


def _read_request(secure):
    """Read the whole request and give its path, or a close would be a reset."""
    with secure.makefile("rb") as file:
        path = file.readline().split(b" ")[1].decode()
        size = 0
        while (line := file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        file.read(size)
    return path.partition("?")[0]


def _http(status, type_, body, location=None):
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {type_}"]
    lines += [f"Content-Length: {len(body.encode())}", "Connection: close"]
    lines += [f"Location: {location}"] if location else []
    return "\r\n".join([*lines, "", body]).encode()


def _make_certificate(file):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "faulty provider")])
    now = dt.datetime.now(dt.timezone.utc)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + certificate.public_bytes(pem))
