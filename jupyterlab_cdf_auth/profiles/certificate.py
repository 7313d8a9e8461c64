"""A client certificate with its key, as msal wants it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from .faults import fault
from .secrets import read_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        PrivateKeyTypes,
        PublicKeyTypes,
    )
    from cryptography.x509 import Certificate

    from jupyterlab_cdf_auth.provider_errors import ProviderError

    from .secrets import Secret

_HEX = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")


def thumbprint(text: str) -> str | None:
    """Give a SHA-1 or SHA-256 in hexadecimal without its colons, None if it is none."""
    letters = text.replace(":", "").replace(" ", "").upper()
    return letters if _HEX.fullmatch(letters) else None


class ClientCertificate:
    """A PEM file (RFC 7468) or a PFX (RFC 7292), read when it is needed."""

    kind = "certificate"

    def __init__(
        self,
        path: str,
        what: str,
        *,
        key_path: str | None = None,
        passphrase: Secret | None = None,
        expected: str | None = None,
    ) -> None:
        """Read the files later; ``expected`` is the thumbprint that it must have."""
        self._path = Path(path).expanduser()
        self._key_path = Path(key_path).expanduser() if key_path else None
        self._passphrase = passphrase
        self._expected = expected
        self._what = what
        self.replace = f"put it into {self._path}; nothing needs to be restarted."

    def client_credential(self) -> dict[str, str]:
        """Return msal's ``client_credential``. Raises ProviderError."""
        # It takes 50 ms, and few servers need it.
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

        certificate, key = self._load()
        if _public(certificate.public_key()) != _public(key.public_key()):
            raise self._unusable("doesn't belong to its key")
        self._check_thumbprint(certificate)
        pem = serialization.Encoding.PEM
        clear = serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, clear)
        return {
            "private_key": private.decode(),
            "public_certificate": certificate.public_bytes(pem).decode(),
        }

    def _load(self) -> tuple[Certificate, PrivateKeyTypes]:
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
            pkcs12,
        )
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

        what = self._what
        content = read_private(self._path, what)
        keys = read_private(self._key_path, what) if self._key_path else content
        phrase = self._passphrase.read().encode() if self._passphrase else None
        try:
            if b"-----BEGIN " not in content:
                key, certificate, _ = pkcs12.load_key_and_certificates(content, phrase)
            else:
                if b"-----BEGIN CERTIFICATE-----" not in content:
                    raise self._unusable("holds no certificate")
                certificate = load_pem_x509_certificate(content)
                has_key = b"PRIVATE KEY-----" in keys
                # cryptography refuses a passphrase that isn't needed.
                is_locked = b"ENCRYPTED" in keys
                key = (
                    load_pem_private_key(keys, phrase if is_locked else None)
                    if has_key
                    else None
                )
        except TypeError:
            raise self._unusable(
                "has a key with a passphrase, and none is set"
            ) from None
        except ValueError:
            why = "cannot be read, or its passphrase is wrong"
            raise self._unusable(why) from None
        if key is None:
            raise self._unusable("has no private key with it")
        if certificate is None:
            raise self._unusable("holds no certificate")
        return certificate, key

    def _check_thumbprint(self, certificate: Certificate) -> None:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415

        if self._expected is None:
            return
        made = {
            certificate.fingerprint(algorithm).hex().upper()
            # Entra's portal shows the SHA-1.
            for algorithm in (hashes.SHA1(), hashes.SHA256())  # noqa: S303
        }
        if self._expected not in made:
            sha1 = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
            raise self._unusable(
                f"has the thumbprint {sha1}, and the profile says {self._expected}"
            )

    def _unusable(self, why: str) -> ProviderError:
        return fault(
            "certificate_unusable",
            f"The {self._what} {why}.",
            f"Check {self._path}: PEM with certificate and private key, or PFX.",
        )


def _public(key: PublicKeyTypes) -> bytes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
