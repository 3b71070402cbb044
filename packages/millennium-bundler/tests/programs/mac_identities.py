"""Certificates and keys for tests, made once a run; good for nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
DEVELOPER_ID = "1.2.840.113635.100.6.1.13"
PASSWORD = b"correct horse"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """An RSA key."""
    return rsa.generate_private_key(65537, 2048)


@cache
def elliptic_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def certificate(
    key: Key,
    *,
    name: str = "Test Signer",
    issuer: str = "",
    issuer_key: Key | None = None,
    extension: str = "",
) -> x509.Certificate:
    """A certificate, signed by itself unless an issuer is named."""
    unit = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "TEAM123456")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), unit])
    above = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name), unit])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(0xFEDC_BA98_7654_3210)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2044, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=True)
    )
    if extension:
        mark = x509.UnrecognizedExtension(x509.ObjectIdentifier(extension), b"\x05\x00")
        builder = builder.add_extension(mark, critical=True)
    return builder.sign(issuer_key or key, hashes.SHA256())


def p12(key: Key, leaf: x509.Certificate, *others: x509.Certificate) -> bytes:
    """A PKCS#12 file with a password."""
    protection = BestAvailableEncryption(PASSWORD)
    return pkcs12.serialize_key_and_certificates(b"x", key, leaf, list(others), protection)


def old_p12(key: Key, leaf: x509.Certificate) -> bytes:
    """A PKCS#12 file as keychains export it, which rcodesign can read."""
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1000)
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    protection = builder.hmac_hash(hashes.SHA1()).build(PASSWORD)
    return pkcs12.serialize_key_and_certificates(b"x", key, leaf, None, protection)


def pem(key: Key, *certificates: x509.Certificate) -> bytes:
    """Key and certificates as text."""
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text + b"".join(item.public_bytes(Encoding.PEM) for item in certificates)
