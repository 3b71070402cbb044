"""The PKCS #7 signature inside a Windows file, read without any tool.

`check_signature` says that the certificate inside made the signature, and that it is of this hash. Whether
anybody trusts the certificate is another question.

1. The content is Authenticode's, and its hash is the file's.
2. The signed attributes hold the hash of the content.
3. The key of the certificate that the signer names made the signature of the attributes.
4. Each certificate whose issuer is there, too, was signed by it.

Source: RFC 2315; "Windows Authenticode Portable Executable Signature Format".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from millennium_bundler.errors import SignError

INTEGER = 0x02
OCTETS = 0x04
NAME = 0x06
SEQUENCE = 0x30
SET = 0x31
CONTEXT = 0xA0
_VERSION = b"\x01"
_LONG = 0x80
_MAX_LENGTH_BYTES = 4
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_INDIRECT_DATA = bytes.fromhex("2b060104018237020104")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
# RSA, RSA with one of the hashes, ECDSA with one of them.
_WAYS = frozenset(
    bytes.fromhex(name)
    for name in (
        *("2a864886f70d010101", "2a864886f70d01010b", "2a864886f70d01010c", "2a864886f70d01010d"),
        *("2a8648ce3d0201", "2a8648ce3d040302", "2a8648ce3d040303", "2a8648ce3d040304"),
    )
)
UNREADABLE = (
    *(UnsupportedAlgorithm, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
_HASHES: dict[bytes, tuple[str, hashes.HashAlgorithm]] = {
    bytes.fromhex("608648016503040201"): ("sha256", hashes.SHA256()),
    bytes.fromhex("608648016503040202"): ("sha384", hashes.SHA384()),
    bytes.fromhex("608648016503040203"): ("sha512", hashes.SHA512()),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of DER.

    Attributes:
        tag: Its first byte.
        body: What it holds.
        whole: All of it.
    """

    tag: int
    body: bytes
    whole: bytes

    def inside(self, *tags: int) -> list[Value]:
        """Return the values that it holds; the first ones must have these tags.

        Raises:
            ValueError: They have others, or are not DER.
        """
        values = read_values(self.body)
        if tuple(value.tag for value in values[: len(tags)]) != tags:
            raise ValueError
        return values


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signer's entry says."""

    issuer: bytes
    serial: int
    digest: tuple[str, hashes.HashAlgorithm]
    attributes: Value
    signature: bytes
    unsigned: tuple[Value, ...] = ()


def read_values(data: bytes) -> list[Value]:
    """Return the values that stand side by side.

    Raises:
        ValueError: They are not DER, or cut off.
    """
    values: list[Value] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError
        tag, size, start = data[at], data[at + 1], at + 2
        if size & _LONG:
            count = size & ~_LONG
            if not 0 < count <= _MAX_LENGTH_BYTES:
                raise ValueError
            size, start = int.from_bytes(data[start : start + count], "big"), start + count
        if start + size > len(data):
            raise ValueError
        values.append(Value(tag, data[start : start + size], data[at : start + size]))
        at = start + size
    return values


def check_signature(signature: bytes, digest_of: Callable[[str], bytes]) -> x509.Certificate:
    """Check the signature in a file; return the certificate that made it.

    Args:
        signature: PKCS #7, with nothing but zeros behind it.
        digest_of: Returns the file's hash by an algorithm's name.

    Raises:
        SignError: It is malformed, or does not fit the file.
    """
    try:
        return _check(signature, digest_of)
    except (ValueError, TypeError, IndexError, KeyError, *UNREADABLE):
        raise _bad("it is malformed, or of an unknown kind") from None


def _check(signature: bytes, digest_of: Callable[[str], bytes]) -> x509.Certificate:
    kind, content = first_value(signature).inside(NAME, CONTEXT)
    (signed,) = content.inside(SEQUENCE)
    parts = signed.inside(INTEGER, SET, SEQUENCE, CONTEXT)
    if (kind.body, parts[0].body, parts[-1].tag) != (SIGNED_DATA, _VERSION, SET):
        raise ValueError
    data = _indirect_data(parts[2], digest_of)
    certificates = [x509.load_der_x509_certificate(one.whole) for one in parts[3].inside()]
    check_issued(certificates)
    (entry,) = parts[-1].inside(SEQUENCE)
    signer = read_signer(entry)
    (named,) = parts[1].inside(SEQUENCE)
    if algorithm_of(named) is not signer.digest:
        raise ValueError
    if not hmac.compare_digest(message_digest(signer), _hashed(signer.digest[0], data)):
        raise _bad("its content is not what was signed")  # (2)
    return made_by(signer, certificates)


def _indirect_data(content: Value, digest_of: Callable[[str], bytes]) -> bytes:
    """Return what is signed, once it is of this file."""
    named, wrapped = content.inside(NAME, CONTEXT)
    (data,) = wrapped.inside(SEQUENCE)
    _, info = data.inside(SEQUENCE, SEQUENCE)
    algorithm, expected = info.inside(SEQUENCE, OCTETS)
    name, _ = algorithm_of(algorithm)
    if named.body != _INDIRECT_DATA or not hmac.compare_digest(expected.body, digest_of(name)):
        raise _bad("the file is not what was signed")  # (1)
    return data.body


def algorithm_of(value: Value) -> tuple[str, hashes.HashAlgorithm]:
    """Return the hash that is named.

    Raises:
        KeyError: It is none of those that are good.
    """
    return _HASHES[value.inside(NAME)[0].body]


def check_issued(certificates: list[x509.Certificate]) -> None:
    """Check that each certificate whose issuer is there was signed by it.

    Raises:
        SignError: One was not.
    """
    try:
        for one in certificates:
            for issuer in certificates:
                if issuer.subject == one.issuer:
                    one.verify_directly_issued_by(issuer)
    except InvalidSignature:
        raise _bad("a certificate in it was altered") from None  # (4)


def first_value(data: bytes) -> Value:
    """Return the first value of a signature; only padding may follow it.

    Raises:
        ValueError: It is none, or something follows.
    """
    size = data[1]
    length = size
    start = 2
    if size & _LONG:
        start += size & ~_LONG
        length = int.from_bytes(data[2:start], "big")
    if data[start + length :].strip(b"\0"):
        raise ValueError
    (value,) = read_values(data[: start + length])
    if value.tag != SEQUENCE:
        raise ValueError
    return value


def read_signer(entry: Value) -> Signer:
    """Read the entry of one who signed.

    Raises:
        ValueError: It is of another kind.
    """
    tags = (INTEGER, SEQUENCE, SEQUENCE, CONTEXT, SEQUENCE, OCTETS)
    version, who, algorithm, attributes, how, signature, *unsigned = entry.inside(*tags)
    issuer, serial = who.inside(SEQUENCE, INTEGER)
    if version.body != _VERSION or how.inside(NAME)[0].body not in _WAYS:
        raise ValueError
    number = int.from_bytes(serial.body, "big")
    digest = algorithm_of(algorithm)
    return Signer(issuer.whole, number, digest, attributes, signature.body, tuple(unsigned))


def message_digest(signer: Signer) -> bytes:
    """Return the hash of the content, as it was signed.

    Raises:
        ValueError: There is none.
    """
    found = [one.inside(NAME, SET) for one in signer.attributes.inside()]
    ((_, values),) = (one for one in found if one[0].body == _MESSAGE_DIGEST)
    (value,) = values.inside(OCTETS)
    return value.body


def made_by(signer: Signer, certificates: list[x509.Certificate]) -> x509.Certificate:
    """Return the certificate whose key has made a signature.

    Raises:
        SignError: The key of the one that the signer names has not.
        ValueError: It is not there, or of another kind.
    """
    (certificate,) = (
        one
        for one in certificates
        if one.serial_number == signer.serial and one.issuer.public_bytes() == signer.issuer
    )
    # What is signed is the set itself, not the value that it is tagged as in the signer's entry.
    signed = bytes([SET]) + signer.attributes.whole[1:]
    key, algorithm = certificate.public_key(), signer.digest[1]
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signer.signature, signed, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey():
                key.verify(signer.signature, signed, ec.ECDSA(algorithm))
            case _:
                raise ValueError
    except InvalidSignature:
        raise _bad("the certificate's key did not make it") from None  # (3)
    return certificate


def _hashed(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def _bad(why: str) -> SignError:
    message = f"the Authenticode signature does not verify: {why}"
    return SignError(message, code="sign.not_valid", help="sign the file again")
