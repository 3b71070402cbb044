"""Identities: read from where they lie, and what macOS will ask of their code."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mac_identities import (
    DEVELOPER_ID,
    PASSWORD,
    Key,
    certificate,
    elliptic_key,
    p12,
    pem,
    rsa_key,
)
from millennium_bundler.codesign.identity import is_developer_id, load_identity, read_certificates
from millennium_bundler.codesign.requirement import designated, requirements
from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret

OTHER = rsa.generate_private_key(65537, 2048)
AUTHORITY = certificate(OTHER, name="Authority")
ISSUED = certificate(rsa_key(), issuer="Authority", issuer_key=OTHER)
APPLES = certificate(rsa_key(), issuer="Authority", issuer_key=OTHER, extension=DEVELOPER_ID)
NO_PASSWORD = Secret(b"")


@pytest.mark.parametrize("key", [rsa_key(), elliptic_key()], ids=["rsa", "elliptic"])
def test_a_p12_file_is_opened(key: Key):
    found = load_identity(Secret(p12(key, certificate(key))), Secret(PASSWORD))
    assert (found.name, found.team, found.chain) == ("Test Signer", "", ())


def test_pem_is_read():
    found = load_identity(Secret(pem(rsa_key(), AUTHORITY, ISSUED)), NO_PASSWORD)
    assert found.certificate == ISSUED
    assert found.chain == (AUTHORITY,)


def test_a_developer_id_names_its_team():
    found = load_identity(Secret(pem(rsa_key(), APPLES)), NO_PASSWORD, others=(AUTHORITY,))
    assert is_developer_id(found.certificate)
    assert (found.is_apple, found.team) == (True, "TEAM123456")


def test_a_key_is_not_printed():
    found = load_identity(Secret(pem(rsa_key(), ISSUED)), NO_PASSWORD)
    assert "sign" not in repr(found)


@pytest.mark.parametrize(
    ("data", "password", "words"),
    [
        (p12(rsa_key(), ISSUED), b"wrong", "password is wrong"),
        (b"no file at all", b"", "no .p12"),
        (pem(OTHER, ISSUED), b"", "fits none"),
        (b"-----BEGIN nothing", b"", "no .p12"),
        (
            ed25519.Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            + ISSUED.public_bytes(Encoding.PEM),
            b"",
            "neither RSA nor elliptic",
        ),
    ],
    ids=["password", "nonsense", "other key", "broken text", "kind"],
)
def test_what_cannot_sign_is_refused(data: bytes, password: bytes, words: str):
    with pytest.raises(SignError, match=words) as caught:
        load_identity(Secret(data), Secret(password))
    assert caught.value.code == "codesign.key"
    assert "correct horse" not in str(caught.value)


def test_a_p12_file_without_a_key_is_refused():
    from cryptography.hazmat.primitives.serialization import pkcs12

    data = pkcs12.serialize_key_and_certificates(b"x", None, None, [ISSUED], NoEncryption())
    with pytest.raises(SignError, match="no key"):
        load_identity(Secret(data), NO_PASSWORD)


def test_code_of_an_own_authority_is_pinned_to_its_root():
    found = load_identity(Secret(pem(rsa_key(), ISSUED, AUTHORITY)), NO_PASSWORD)
    assert designated("own", found.all).text.startswith(
        'identifier "own" and certificate root = H"'
    )


def test_code_of_an_unknown_authority_is_pinned_to_the_certificate():
    found = load_identity(Secret(pem(rsa_key(), ISSUED)), NO_PASSWORD)
    assert designated("own", found.all).text.startswith(
        'identifier "own" and certificate leaf = H"'
    )


def test_code_of_a_developer_is_pinned_to_the_team():
    found = load_identity(Secret(pem(rsa_key(), APPLES)), NO_PASSWORD, others=(AUTHORITY,))
    clause = designated("own", found.all)
    assert clause.text == (
        'identifier "own" and anchor apple generic'
        " and certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */"
        " and certificate leaf[field.1.2.840.113635.100.6.1.13] /* exists */"
        ' and certificate leaf[subject.OU] = "TEAM123456"'
    )
    assert requirements(clause).startswith(b"\xfa\xde\x0c\x01")


def test_a_name_with_quotes_is_quoted():
    found = load_identity(Secret(pem(rsa_key(), ISSUED)), NO_PASSWORD)
    assert designated('a"b\\', found.all).text.startswith('identifier "a\\"b\\\\" and')


def test_a_certificate_of_apple_without_its_authority_is_refused():
    found = load_identity(Secret(pem(rsa_key(), APPLES, AUTHORITY)), NO_PASSWORD)
    assert found.chain == (AUTHORITY,)
    with pytest.raises(SignError, match="vouches") as caught:
        load_identity(Secret(pem(rsa_key(), APPLES)), NO_PASSWORD)
    assert "certificate_chain" in caught.value.help


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER], ids=["pem", "der"])
def test_certificates_are_read(encoding: Encoding):
    assert read_certificates(AUTHORITY.public_bytes(encoding), place="a") == (AUTHORITY,)


@pytest.mark.parametrize("data", [b"", b"-----BEGIN CERTIFICATE-----\n"], ids=["der", "pem"])
def test_what_is_no_certificate_is_refused(data: bytes):
    with pytest.raises(SignError, match="no certificate"):
        read_certificates(data, place="a")
