"""Reads a client's certificate as msal wants it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import EnvironmentIncomplete, EnvironmentUnusable

if TYPE_CHECKING:
    from ._environment import Certificate

_MAX_BYTES = 1_000_000

# RFC 7468; older keys have their own words in front of "PRIVATE KEY".
_KEY = re.compile(
    rb"-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----.+?-----END \1PRIVATE KEY-----",
    re.DOTALL,
)
_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL
)
_ENCRYPTED = re.compile(rb"BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED", re.MULTILINE)
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")


def load(certificate: Certificate) -> dict[str, str]:
    """Give msal's `client_credential`.

    Raises `EnvironmentIncomplete` where a value belongs to it that isn't set, and
    `EnvironmentUnusable` for a file that can't be used.
    """
    path = Path(certificate.path).expanduser()
    content = _read(path)
    password = (
        {"passphrase": certificate.password.reveal()} if certificate.password else {}
    )
    if b"-----BEGIN " not in content:
        return {"private_key_pfx_path": str(path), **password}
    key, public = _KEY.search(content), _CERTIFICATE.search(content)
    if key is None:
        raise _unusable("holds no private key")
    needed = []
    is_encrypted = _ENCRYPTED.search(key[0]) is not None
    if is_encrypted and not password:
        needed.append("IDP_CERTIFICATE_PASSWORD")
    if public is None and not certificate.thumbprint:
        needed.append("IDP_CERTIFICATE_THUMBPRINT (the file holds the key only)")
    if needed:
        raise EnvironmentIncomplete("client_credentials", needed)
    if public is not None:
        identified = {"public_certificate": public[0].decode("ascii", "replace")}
    elif _THUMBPRINT.fullmatch(certificate.thumbprint):
        identified = {"thumbprint": certificate.thumbprint}
    else:
        raise EnvironmentUnusable(
            "environment_invalid",
            "IDP_CERTIFICATE_THUMBPRINT must be a SHA-1 in hexadecimal, 40 digits.",
        )
    return {
        "private_key": key[0].decode("ascii", "replace"),
        **identified,
        # cryptography refuses a password that isn't needed.
        **(password if is_encrypted else {}),
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unusable(f"can't be read ({type(error).__name__})") from None
    if not content or len(content) > _MAX_BYTES:
        raise _unusable("is empty" if not content else "is too big")
    return content


def _unusable(why: str) -> EnvironmentUnusable:
    return EnvironmentUnusable(
        "certificate_unusable",
        f"The file that IDP_CERTIFICATE_PATH names {why}.",
        "It must be PEM with the private key and the certificate, or PFX.",
    )
