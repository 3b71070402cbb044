"""The signature over a code directory: CMS, detached, with the attributes that macOS looks for.

Source: RFC 5652; the attributes 1.2.840.113635.100.9 are as `codesign` writes them.
"""

from __future__ import annotations

import plistlib
import warnings
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
from millennium_bundler.codesign.identity import Identity, chain_of

_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
SHA256_OID = "2.16.840.1.101.3.4.2.1"
_RSA, _ECDSA_SHA256 = "1.2.840.113549.1.1.1", "1.2.840.10045.4.3.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_TIME, _TIMESTAMP = "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.14"
_HASHES_AS_PLIST, _HASHES = "1.2.840.113635.100.9.1", "1.2.840.113635.100.9.2"

# Version, signer, digest algorithm, attributes, signature algorithm, signature.
_PLAIN_PARTS = 6

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cms:
    """A signature in its parts.

    Attributes:
        certificates: DER of the signer's and of those that vouch for it, sorted.
        signer: Which of them signed: issuer and serial number, as DER.
        attributes: What was signed, sorted.
        signature: Over the attributes.
        unsigned: The time stamp; empty when there is none.
        is_elliptic: Whether the key is no RSA key.
    """

    certificates: tuple[bytes, ...]
    signer: bytes
    attributes: tuple[bytes, ...]
    signature: bytes
    unsigned: bytes = b""
    is_elliptic: bool = False

    def to_bytes(self) -> bytes:
        """Return the signature as DER."""
        info = tlv(
            SEQUENCE,
            integer(1),
            self.signer,
            _digest_algorithm(),
            tlv(CONTEXT_0, *self.attributes),
            _signature_algorithm(is_elliptic=self.is_elliptic),
            tlv(OCTET_STRING, self.signature),
            self.unsigned,
        )
        signed = tlv(
            SEQUENCE,
            integer(1),
            set_of(_digest_algorithm()),
            tlv(SEQUENCE, oid(_DATA)),
            tlv(CONTEXT_0, *self.certificates),
            set_of(info),
        )
        return tlv(SEQUENCE, oid(_SIGNED_DATA), tlv(CONTEXT_0, signed))

    @classmethod
    def from_bytes(cls, data: bytes) -> Cms:
        """Read a signature that `to_bytes` made.

        Raises:
            ValueError: It is of another kind.
            IndexError: Something is missing.
            StopIteration: Something is empty.
        """
        _, (_, inner, _) = children(data)
        signed = children(inner)
        info = children(signed[-1][1])
        cms = cls(
            certificates=tuple(whole for _, _, whole in walk(signed[3][1])),
            signer=info[1][2],
            attributes=tuple(whole for _, _, whole in walk(info[3][1])),
            signature=info[5][1],
            unsigned=info[6][2] if len(info) > _PLAIN_PARTS else b"",
            is_elliptic=info[4][2] == _signature_algorithm(is_elliptic=True),
        )
        if cms.to_bytes() != data:
            raise ValueError("unknown parts")
        return cms

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return set_of(*self.attributes)

    @property
    def digest(self) -> bytes:
        """The hash that it vouches for; empty when it names none."""
        for attribute in self.attributes:
            (_, _, name), (_, values, _) = children(attribute)
            if name == oid(_MESSAGE_DIGEST):
                return next(walk(values))[1]
        return b""

    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates: the signer's, then who vouches for it, as far as they are there.

        Raises:
            ValueError: One cannot be read, or the signer's is not among them.
        """
        found = [_certificate(item) for item in self.certificates]
        first = next((item for item in found if issuer_and_serial(item) == self.signer), None)
        if first is None:
            raise ValueError("no certificate")
        return (first, *chain_of(first, [item for item in found if item != first]))


def sign_directory(directory: bytes, signer: Signer) -> bytes:
    """Return the CMS signature of a code directory."""
    identity = signer.identity
    attributes = _attributes(directory, signer.date)
    signature = identity.sign(set_of(*attributes))
    unsigned = b""
    if signer.timestamper is not None:
        token = signer.timestamper(signature)
        unsigned = tlv(CONTEXT_1, tlv(SEQUENCE, oid(_TIMESTAMP), set_of(token)))
    return Cms(
        certificates=tuple(sorted(item.public_bytes(Encoding.DER) for item in identity.all)),
        signer=issuer_and_serial(identity.certificate),
        attributes=tuple(sorted(attributes)),
        signature=signature,
        unsigned=unsigned,
        is_elliptic=identity.is_elliptic,
    ).to_bytes()


def issuer_and_serial(certificate: x509.Certificate) -> bytes:
    """Return what a certificate is named by."""
    issuer = certificate.issuer.public_bytes()
    return tlv(SEQUENCE, issuer, integer(certificate.serial_number))


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


def _certificate(data: bytes) -> x509.Certificate:
    try:
        with warnings.catch_warnings():
            # What cryptography merely warns of, such as a serial number below one, no authority issues.
            warnings.simplefilter("error")
            return x509.load_der_x509_certificate(data)
    except (UserWarning, x509.InvalidVersion) as exc:
        raise ValueError("odd certificate") from exc


def _digest_algorithm() -> bytes:
    return tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))


def _signature_algorithm(*, is_elliptic: bool) -> bytes:
    if is_elliptic:
        return tlv(SEQUENCE, oid(_ECDSA_SHA256))
    return tlv(SEQUENCE, oid(_RSA), tlv(NULL))
