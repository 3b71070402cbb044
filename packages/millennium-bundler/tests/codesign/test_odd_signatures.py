"""Signatures that somebody made who has a key and no scruples: well-signed, and of an odd shape."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID

from mac_identities import certificate, rsa_key
from millennium_bundler.codesign.blobs import (
    CODE_DIRECTORY,
    MAGIC_WRAPPER,
    REQUIREMENTS,
    REQUIREMENTS_SLOT,
    SIGNATURE,
    CodeDirectory,
    blob,
    sha256,
    with_pages,
)
from millennium_bundler.codesign.cms import SHA256_OID, Cms, issuer_and_serial
from millennium_bundler.codesign.der import (
    CONTEXT_0,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    integer,
    oid,
    set_of,
    tlv,
)
from millennium_bundler.codesign.requirement import designated, requirements
from millennium_bundler.codesign.timestamp import timestamper
from millennium_bundler.codesign.verify import verify_blobs
from millennium_bundler.errors import SignError
from millennium_bundler.sign.code_signature import check_signature

# An address of X.400, which cryptography knows and does not read, as the other name of somebody.
OTHER_NAME = x509.UnrecognizedExtension(
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a3023000")
)


def odd_certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ada")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(rsa_key().public_key())
        .serial_number(7)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2044, 1, 1, tzinfo=UTC))
        .add_extension(OTHER_NAME, critical=False)
        .sign(rsa_key(), hashes.SHA256())
    )


def sign(data: bytes) -> bytes:
    return rsa_key().sign(data, padding.PKCS1v15(), hashes.SHA256())


def cms_of(signed_by: x509.Certificate, *attributes: bytes) -> bytes:
    """A signature that is good, of attributes that say anything."""
    return Cms(
        certificates=(signed_by.public_bytes(Encoding.DER),),
        signer=issuer_and_serial(signed_by),
        attributes=attributes,
        signature=sign(set_of(*attributes)),
    ).to_bytes()


def with_cms(signed_by: x509.Certificate, *attributes: bytes) -> dict[int, bytes]:
    """The blobs of code that somebody signed who has a key and is no Apple tool."""
    asked = requirements(designated("a", (certificate(rsa_key()),)))
    directory = CodeDirectory(identifier="a", special={REQUIREMENTS_SLOT: sha256(asked)})
    cms = cms_of(signed_by, *attributes)
    return {
        CODE_DIRECTORY: with_pages(directory, b"code").to_bytes(),
        REQUIREMENTS: asked,
        SIGNATURE: blob(MAGIC_WRAPPER, cms),
    }


@pytest.mark.parametrize(
    "attribute",
    [
        tlv(SEQUENCE),
        tlv(SEQUENCE, integer(1)),
        tlv(SEQUENCE, oid("1.2.840.113549.1.9.4"), set_of()),
    ],
    ids=["nothing", "no values", "an empty set"],
)
def test_attributes_of_another_shape_are_refused(attribute: bytes):
    with pytest.raises(SignError, match="does not fit"):
        verify_blobs(with_cms(certificate(rsa_key()), attribute), b"code", place="a")


def test_attributes_of_that_shape_come_as_far_as_what_they_say():
    attribute = tlv(SEQUENCE, oid("1.2.840.113549.1.9.4"), set_of(tlv(OCTET_STRING, b"x")))
    with pytest.raises(SignError, match="something else"):
        verify_blobs(with_cms(certificate(rsa_key()), attribute), b"code", place="a")


def test_a_certificate_with_a_name_that_nobody_reads_is_refused():
    attribute = tlv(SEQUENCE, oid("1.2.840.113549.1.9.4"), set_of(tlv(OCTET_STRING, b"x")))
    with pytest.raises(x509.UnsupportedGeneralNameType):  # the control
        _ = odd_certificate().extensions
    with pytest.raises(SignError, match="does not fit"):
        verify_blobs(with_cms(odd_certificate(), attribute), b"code", place="a")


def test_a_certificate_with_such_a_name_makes_a_windows_signature_malformed():
    def digest_of(_name: str) -> bytes:
        return str(odd_certificate().extensions).encode()

    sha = tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))
    info = tlv(SEQUENCE, sha, tlv(OCTET_STRING, b""))
    content = tlv(SEQUENCE, tlv(SEQUENCE, oid("1.2.3")), info)
    named = tlv(SEQUENCE, oid("1.3.6.1.4.1.311.2.1.4"), tlv(CONTEXT_0, content))
    signed = tlv(SEQUENCE, integer(1), set_of(sha), named, tlv(CONTEXT_0), set_of())
    whole = tlv(SEQUENCE, oid("1.2.840.113549.1.7.2"), tlv(CONTEXT_0, signed))
    with pytest.raises(SignError, match="malformed"):
        check_signature(whole, digest_of)


def test_a_time_stamp_whose_hash_is_cut_off_is_refused():
    imprint = tlv(SEQUENCE, tlv(SEQUENCE), b"\x04\x20")
    info = tlv(SEQUENCE, integer(1), oid("1.2.3"), imprint)
    content = tlv(SEQUENCE, oid("1.2.3"), tlv(CONTEXT_0, tlv(OCTET_STRING, info)))
    signed = tlv(SEQUENCE, integer(3), set_of(), content)
    token = tlv(SEQUENCE, oid("1.2.840.113549.1.7.2"), tlv(CONTEXT_0, signed))
    answer = tlv(SEQUENCE, tlv(SEQUENCE, integer(0)), token)
    with pytest.raises(SignError, match="damaged"):
        timestamper("http://a", post=lambda _url, _body: answer)(b"signature")
