"""The signature over a code directory: CMS, detached, with the attributes that macOS looks for.

Source: RFC 5652; the attributes 1.2.840.113635.100.9 are as `codesign` writes them.
"""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from millennium_bundler.codesign.blobs import cdhash, sha256
from millennium_bundler.codesign.der import (
    CONTEXT_0,
    CONTEXT_1,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    children,
    integer,
    oid,
    set_of,
    tlv,
    walk,
)
from millennium_bundler.codesign.identity import Identity

_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
SHA256_OID = "2.16.840.1.101.3.4.2.1"
_RSA, _ECDSA_SHA256 = "1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_TIME, _TIMESTAMP = "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.14"
_HASHES_AS_PLIST, _HASHES = "1.2.840.113635.100.9.1", "1.2.840.113635.100.9.2"

Timestamper = Callable[[bytes], bytes]
"""Takes a signature, gives the token of an authority that saw it (RFC 3161)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """How to sign.

    Attributes:
        date: Seconds since 1970 that the signature names.
        timestamper: Asks an authority for the time; None leaves it out.
    """

    identity: Identity
    date: int
    timestamper: Timestamper | None = None


def sign_directory(directory: bytes, signer: Signer) -> bytes:
    """Return the CMS signature of a code directory."""
    identity = signer.identity
    attributes = _attributes(directory, signer.date)
    signature = identity.sign(set_of(*attributes))
    unsigned = b""
    if signer.timestamper is not None:
        token = signer.timestamper(signature)
        unsigned = tlv(CONTEXT_1, tlv(SEQUENCE, oid(_TIMESTAMP), set_of(token)))
    info = tlv(
        SEQUENCE,
        integer(1),
        _issuer_and_serial(identity.certificate),
        _digest_algorithm(),
        tlv(CONTEXT_0, *sorted(attributes)),
        _signature_algorithm(identity),
        tlv(OCTET_STRING, signature),
        unsigned,
    )
    certificates = [_der(item) for item in (identity.certificate, *identity.chain)]
    signed = tlv(
        SEQUENCE,
        integer(1),
        set_of(_digest_algorithm()),
        tlv(SEQUENCE, oid(_DATA)),
        tlv(CONTEXT_0, *sorted(certificates)),
        set_of(info),
    )
    return tlv(SEQUENCE, oid(_SIGNED_DATA), tlv(CONTEXT_0, signed))


def signed_digest(cms: bytes) -> bytes:
    """Return the hash that a CMS signature vouches for.

    Raises:
        ValueError: It is none of ours.
    """
    info = _info(cms)
    attributes = next(body for tag, body, _ in info if tag == CONTEXT_0)
    for _, body, _ in walk(attributes):
        (_, _, name), (_, values, _) = walk(body)
        if name == oid(_MESSAGE_DIGEST):
            return next(walk(values))[1]
    raise ValueError("no digest")


def signature_of(cms: bytes) -> tuple[bytes, bytes, x509.Certificate]:
    """Return what was signed, the signature, and the certificate it must fit.

    Raises:
        ValueError: It is none of ours.
    """
    info = _info(cms)
    attributes = next(body for tag, body, _ in info if tag == CONTEXT_0)
    signature = next(body for tag, body, _ in info if tag == OCTET_STRING)
    wanted = info[1][2]
    for certificate in certificates_of(cms):
        if _issuer_and_serial(certificate) == wanted:
            return set_of(*(whole for _, _, whole in walk(attributes))), signature, certificate
    raise ValueError("no certificate")


def certificates_of(cms: bytes) -> list[x509.Certificate]:
    """Return the certificates that a CMS signature carries.

    Raises:
        ValueError: It is none of ours.
    """
    listed = next(body for tag, body, _ in _signed(cms) if tag == CONTEXT_0)
    return [x509.load_der_x509_certificate(whole) for _, _, whole in walk(listed)]


def _attributes(directory: bytes, date: int) -> list[bytes]:
    when = datetime.fromtimestamp(date, UTC).strftime("%y%m%d%H%M%SZ").encode()
    digest = sha256(directory)
    listed = plistlib.dumps({"cdhashes": [cdhash(directory)]})
    values = {
        _CONTENT_TYPE: oid(_DATA),
        _SIGNING_TIME: tlv(UTC_TIME, when),
        _MESSAGE_DIGEST: tlv(OCTET_STRING, digest),
        _HASHES_AS_PLIST: tlv(OCTET_STRING, listed),
        _HASHES: tlv(SEQUENCE, oid(SHA256_OID), tlv(OCTET_STRING, digest)),
    }
    return [tlv(SEQUENCE, oid(name), set_of(value)) for name, value in values.items()]


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    issuer = certificate.issuer.public_bytes()
    return tlv(SEQUENCE, issuer, integer(certificate.serial_number))


def _digest_algorithm() -> bytes:
    return tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))


def _signature_algorithm(identity: Identity) -> bytes:
    if identity.is_elliptic:
        return tlv(SEQUENCE, oid(_ECDSA_SHA256))
    return tlv(SEQUENCE, oid(_RSA), tlv(NULL))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _signed(cms: bytes) -> list[tuple[int, bytes, bytes]]:
    _, (_, inner, _) = children(cms)
    return children(inner)


def _info(cms: bytes) -> list[tuple[int, bytes, bytes]]:
    infos = _signed(cms)[-1][1]
    return children(infos)
