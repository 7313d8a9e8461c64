"""What can be wrong with an application's secret, certificate or configuration."""

import datetime as dt
import logging
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from jupyterlab_cdf_auth.profiles.certificate import ClientCertificate, thumbprint
from jupyterlab_cdf_auth.profiles.faults import refused
from jupyterlab_cdf_auth.profiles.reading import read_profiles
from jupyterlab_cdf_auth.profiles.secrets import FileSecret, VariableSecret
from jupyterlab_cdf_auth.provider_errors import ProviderError, Remedy

SECRET = "S3cr~t-Value"
LOG = logging.getLogger("test_profile_credentials")
GOOD = {"name": "nightly", "tenant": "t", "clientId": "c", "secretFile": "secret"}


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "secret"
    made.write_text(SECRET)
    made.chmod(0o600)
    return made


def fault_of(act):
    with pytest.raises(ProviderError) as caught:
        act()
    error = caught.value
    # It may be mended while a cell waits; and a person is told how.
    assert error.remedy is Remedy.ADMINISTRATOR
    assert error.message
    assert error.action
    assert SECRET not in f"{error} {error.message} {error.action}"
    return error


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_a_line_end_is_no_part_of_the_secret(file, end):
    file.write_bytes(f"{SECRET}{end}".encode())
    assert FileSecret(str(file), "secret").read() == SECRET


def test_it_is_read_anew_each_time(file):
    secret = FileSecret(str(file), "secret")
    secret.read()
    file.write_text("another")
    assert secret.read() == "another"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (f"{SECRET}\n{SECRET}".encode(), "several lines"),
        (SECRET.encode() + b"\x00", "control characters"),
        (b"\xff\xfe" + SECRET.encode("utf-16-le"), "is no text"),
        (b"x" * 20_000, "too big"),
    ],
)
def test_a_file_without_a_secret(file, content, said):
    file.write_bytes(content)
    error = fault_of(FileSecret(str(file), "secret of the profile nightly").read)
    assert error.code == "secret_unusable"
    assert said in error.message
    assert "nightly" in error.message
    assert str(file) in error.action


def test_a_file_that_is_missing(tmp_path):
    error = fault_of(FileSecret(str(tmp_path / "none"), "secret").read)
    assert error.code == "secret_missing"
    assert str(tmp_path / "none") in error.action


def test_a_folder_in_its_place(tmp_path):
    assert fault_of(FileSecret(str(tmp_path), "secret").read).code == "secret_unusable"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o666])
def test_a_file_that_everybody_can_read_or_change(file, mode):
    file.chmod(mode)
    error = fault_of(FileSecret(str(file), "secret").read)
    assert error.code == "secret_exposed"
    assert error.action == f"Run: chmod o-rwx {file}"
    # A group may be the one of the service.
    file.chmod(0o640)
    assert FileSecret(str(file), "secret").read() == SECRET


@pytest.mark.parametrize("value", [None, "", f"{SECRET}\n{SECRET}"])
def test_a_variable_without_a_secret(value):
    environ = {} if value is None else {"NIGHTLY": value}
    error = fault_of(VariableSecret("NIGHTLY", environ, "secret").read)
    assert error.code == "secret_unusable"
    assert "NIGHTLY" in error.action


def test_a_secret_shows_itself_nowhere(file):
    for one in (
        FileSecret(str(file), "secret"),
        VariableSecret("NIGHTLY", {"NIGHTLY": SECRET}, "secret"),
    ):
        assert one.read() == SECRET
        assert SECRET not in f"{one!r} {one}"


REFUSALS = {
    "AADSTS7000222: The provided client secret keys are expired.": "secret_expired",
    "AADSTS7000215: Invalid client secret provided.": "secret_wrong",
    "AADSTS700027: Client assertion failed.": "certificate_refused",
    "AADSTS700016: Application was not found in the directory.": "application_unknown",
    "AADSTS90002: Tenant not found.": "application_unknown",
    "": "credential_refused",
}


@pytest.mark.parametrize("told", REFUSALS)
def test_what_the_provider_says_of_it(told):
    answer = {"error": "invalid_client", "error_description": f"{told}\r\nTrace ID: 1"}
    error = refused(answer, "put it into /etc/secret.")
    assert error.code == REFUSALS[told]
    assert told in error.message
    assert "Trace ID" not in error.message
    assert error.remedy is Remedy.ADMINISTRATOR
    if error.code in {"secret_expired", "secret_wrong"}:
        assert error.action.endswith("put it into /etc/secret.")


@pytest.mark.parametrize("error", ["invalid_scope", "invalid_request"])
def test_scopes_that_nobody_gets_are_not_the_administrators_business(error):
    told = "AADSTS28000: The scope contains more than one resource."
    said = refused({"error": error, "error_description": told}, "")
    assert (said.code, said.status, said.remedy) == ("scope_refused", 400, Remedy.NONE)
    assert said.message == told
    # This one Entra calls an invalid request too.
    told = "AADSTS70021: No matching federated identity record found."
    said = refused({"error": error, "error_description": told}, "")
    assert said.remedy is Remedy.ADMINISTRATOR


def test_a_provider_that_is_busy_is_not_the_administrators_business():
    error = refused({"error": "temporarily_unavailable"}, "")
    assert error.remedy is Remedy.TIME


# Certificates.


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def certificate_of(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nightly")])
    now = dt.datetime.now(dt.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def pem_of_key(key, passphrase=None):
    protection = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, protection)


@pytest.fixture(scope="module")
def certificate(key):
    return certificate_of(key)


@pytest.fixture(scope="module")
def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def passphrase():
    return VariableSecret("PHRASE", {"PHRASE": "open sesame"}, "passphrase")


def pfx_of(key, certificate, phrase):
    protection = serialization.BestAvailableEncryption(phrase)
    return pkcs12.serialize_key_and_certificates(
        b"nightly", key, certificate, None, protection
    )


def test_every_form_of_a_certificate(tmp_path, key, certificate, pem, passphrase):
    file, key_file = tmp_path / "certificate", tmp_path / "key"
    expected = {"private_key", "public_certificate"}

    def read(content, **options):
        for one, text in ((file, content), (key_file, options.pop("key", b"-"))):
            one.write_bytes(text)
            one.chmod(0o600)
        made = ClientCertificate(str(file), "certificate", **options)
        credential = made.client_credential()
        assert set(credential) == expected
        assert credential["public_certificate"].encode() == pem
        assert credential["private_key"].encode() == pem_of_key(key)

    read(pem_of_key(key) + pem)
    read(pem + pem_of_key(key), passphrase=passphrase)
    read(pem, key=pem_of_key(key), key_path=str(key_file))
    read(pem + pem_of_key(key, b"open sesame"), passphrase=passphrase)
    read(pfx_of(key, certificate, b"open sesame"), passphrase=passphrase)
    for algorithm in (hashes.SHA1(), hashes.SHA256()):
        shown = certificate.fingerprint(algorithm).hex(":")
        read(pem_of_key(key) + pem, expected=thumbprint(shown))


def test_what_is_wrong_with_a_certificate(tmp_path, key, certificate, pem, passphrase):
    file = tmp_path / "certificate"
    other = rsa.generate_private_key(65537, 2048)

    def said(content, **options):
        file.write_bytes(content)
        file.chmod(0o600)
        made = ClientCertificate(str(file), "certificate", **options)
        error = fault_of(made.client_credential)
        assert error.code == "certificate_unusable"
        assert str(file) in error.action
        return error.message

    locked = pem + pem_of_key(key, b"open sesame")
    wrong = VariableSecret("PHRASE", {"PHRASE": "x"}, "passphrase")
    assert "no private key" in said(pem)
    assert "no certificate" in said(pem_of_key(key))
    assert "doesn't belong to its key" in said(pem + pem_of_key(other))
    assert "passphrase, and none is set" in said(locked)
    assert "passphrase is wrong" in said(locked, passphrase=wrong)
    pfx = pfx_of(key, certificate, b"open sesame")
    assert "passphrase is wrong" in said(pfx, passphrase=wrong)
    assert "cannot be read" in said(pfx[:100], passphrase=passphrase)
    assert "cannot be read" in said(b"nothing of the kind")
    sha1 = certificate.fingerprint(hashes.SHA1()).hex().upper()
    text = said(pem + pem_of_key(key), expected="A" * 40)
    assert sha1 in text
    assert "A" * 40 in text
    file.chmod(0o644)
    made = ClientCertificate(str(file), "certificate")
    assert fault_of(made.client_credential).code == "secret_exposed"


# The configuration.


def read(*profiles, environ=None, clusters=("westeurope-1", "az-eastus-1")):
    environ = {} if environ is None else environ
    return read_profiles(profiles, clusters, None, environ, LOG)


UNFIT = {
    "exactly one of secretFile": {"secretFile": None},
    "exactly one": {"managedIdentity": "system"},
    "no field 'colour'": {"colour": "red"},
    "field 'clientSecret' looks like a secret": {"clientSecret": SECRET},
    "field 'password' looks like a secret": {"password": SECRET},
    "name must be a text": {"name": ""},
    "no slash": {"name": "a/b"},
    "clientId is missing": {"clientId": ""},
    "tenant is missing": {"tenant": ""},
    "needs an https address": {"tokenUrl": "http://login.test/token"},
    "scopes must be a list": {"scopes": "https://a.test/.default"},
    "users is empty": {"users": []},
    "clusters must be a list": {"clusters": [1]},
    "clusters must be names": {"clusters": ["management.azure.com/x"]},
    "description must be a text": {"description": 7},
    "thumbprint must be": {
        "secretFile": None,
        "certificateFile": "c.pem",
        "thumbprint": "xyz",
    },
    'managedIdentity must be "system"': {"secretFile": None, "managedIdentity": "mine"},
    "one of clientId, objectId": {"secretFile": None, "managedIdentity": {"id": "7"}},
    "AZURE_FEDERATED_TOKEN_FILE": {"secretFile": None, "workloadIdentity": True},
}


@pytest.mark.parametrize("why", UNFIT)
def test_a_profile_that_is_unfit_is_left_out(caplog, why):
    fit = {**GOOD, "name": "other"}
    [left] = read({**GOOD, **UNFIT[why]}, fit)
    assert left.name == "other"
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert "Profile 1" in record.message
    assert why in record.message
    assert SECRET not in caplog.text


def test_it_is_for_the_clusters_of_the_connections_unless_it_says_more(caplog):
    usual, own = read(GOOD, {**GOOD, "name": "own", "clusters": ["greenfield"]})
    assert usual.as_json()["clusters"] == ["westeurope-1", "az-eastus-1"]
    assert own.as_json()["clusters"] == ["greenfield"]
    assert read(GOOD, clusters=()) == []
    assert "name its clusters" in caplog.text


def test_the_second_of_a_name_is_left_out(caplog):
    [left] = read({**GOOD, "description": "first"}, GOOD)
    assert left.description == "first"
    assert "another one has the same name" in caplog.text


def test_the_token_url_follows_the_pattern():
    def url(**changes):
        [profile] = read({**GOOD, **changes})
        return profile.client.token_url

    usual = "https://login.microsoftonline.com/t/oauth2/v2.0/token"
    assert url() == usual
    china = "https://login.partner.microsoftonline.cn/t"
    assert url(authority=f"{china}/") == f"{china}/oauth2/v2.0/token"
    assert url(tenant="", tokenUrl="https://idp.test/token") == "https://idp.test/token"


def test_variables_are_taken_away_also_of_a_profile_that_is_unfit():
    environ = {"A": SECRET, "B": SECRET, "PHRASE": "x", "PATH": "/bin"}
    with_a = {**GOOD, "secretFile": None, "secretVariable": "A"}
    same = {**with_a, "name": "same"}
    unfit = {**with_a, "secretVariable": "B", "clientId": ""}
    locked = {"certificateFile": "c.pem", "passphraseVariable": "PHRASE"}
    profiles = read(
        with_a,
        same,
        unfit,
        {**GOOD, "name": "locked", "secretFile": None, **locked},
        environ=environ,
    )
    assert [one.name for one in profiles] == ["nightly", "same", "locked"]
    assert environ == {"PATH": "/bin"}
    for one in profiles[:2]:
        assert one.client.credential.client_credential() == SECRET
