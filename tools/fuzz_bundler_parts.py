"""Parts that the bundler's fuzzing is made of: keys that are known to everybody, and files made by hand.

The same bytes each time: an RSA key signs without chance, and its numbers stand here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from millennium_bundler.archive.squashfs import write as squashfs
from millennium_bundler.codesign.cms import SHA256_OID, Signer, issuer_and_serial
from millennium_bundler.codesign.der import (
    CONTEXT_0,
    CONTEXT_1,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    integer,
    oid,
    set_of,
    tlv,
)
from millennium_bundler.codesign.identity import Identity
from millennium_bundler.sign.minisign import wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.tree import Tree

sys.path.append(str(Path(__file__).parents[1] / "packages/millennium-bundler/tests/programs"))

from mac_programs import thin, universal
from smallest_programs import windows_program

__all__ = [
    "BZIP2",
    "FUZZ_KEY",
    "SECRET",
    "SIGNER",
    "appimage_runtime",
    "authenticode",
    "elf",
    "folded",
    "mac_signer",
    "sealed",
    "stamp",
    "stored_squashfs",
    "thin",
    "unfolded",
    "universal",
    "windows_program",
    "with_signature",
]

_EXPONENT = 65537
_PRIMES = (
    0xF99F0448AEC7F689C90E12F2F5892523A1A667AF81D6922986FB4320CFBACD24B45780D193468221E0FC0CBE81924FE74D15CF64F588DBF557B4C2D637336F17,
    0xE1A2FD6F0C867DB5E4946AF6499FEF5CA49E4AE528629EF093769A36DC156F079861F6482285DD0FBEA5023BC18310FE86FAB477DE7A94443F2478C1E42058C7,
)
SECRET = SecretKey(Ed25519PrivateKey.from_private_bytes(b"\1" * 32), key_id=b"fuzz\0\0\0\1")
SIGNER = KeySigner(SECRET)
FUZZ_KEY = SIGNER.public
BZIP2 = bytes.fromhex("31000003a200900008004403400042534c410c0246b097af8b80")
"""A stream as NSIS writes it: bzip2 without sums."""

_PIECE = struct.Struct(">HB")
_MOST = 255
_NON_ZERO = re.compile(rb"[^\0](?:.{0,254}?(?=\0{4}|\Z)|.{254})", re.DOTALL)


def unfolded(data: bytes) -> bytes:
    """Return a file of zeros and pieces: its length, then place, length and bytes of each."""
    whole = bytearray(int.from_bytes(data[:2], "big"))
    at = 2
    while at + _PIECE.size <= len(data):
        place, size = _PIECE.unpack_from(data, at)
        at += _PIECE.size
        piece = data[at : at + size]
        at += size
        if place + len(piece) <= len(whole):
            whole[place : place + len(piece)] = piece
    return bytes(whole)


def folded(file: bytes) -> bytes:
    """Return a file as `unfolded` takes it."""
    pieces = (
        _PIECE.pack(found.start(), len(found[0])) + found[0] for found in _NON_ZERO.finditer(file)
    )
    return len(file).to_bytes(2, "big") + b"".join(pieces)


def sealed(payload: bytes) -> bytes:
    """Return the envelope of an update manifest that says anything."""
    box = SIGNER.sign_box(payload, trusted_comment="millennium-update:a.b").decode()
    envelope = {"payload": base64.b64encode(payload).decode(), "signatures": [wrapped(box)]}
    return json.dumps(envelope).encode()


def mac_signer() -> Signer:
    """Return who signs code for macOS."""
    key = _key()

    def sign(data: bytes) -> bytes:
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    identity = Identity(certificate=_certificate("CODE_SIGNING"), chain=(), sign=sign)
    return Signer(identity=identity, date=1_735_689_600)


def authenticode(digest: bytes) -> bytes:
    """Return an Authenticode signature of a hash, with a time stamp."""
    algorithm = tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))
    info = tlv(SEQUENCE, algorithm, tlv(OCTET_STRING, digest))
    content = tlv(SEQUENCE, tlv(SEQUENCE, oid("1.3.6.1.4.1.311.2.1.15")), info)
    return _signed("1.3.6.1.4.1.311.2.1.4", content, stamp, "CODE_SIGNING")


def stamp(signature: bytes) -> bytes:
    """Return a time stamp (RFC 3161) of a signature."""
    algorithm = tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))
    imprint = tlv(SEQUENCE, algorithm, tlv(OCTET_STRING, hashlib.sha256(signature).digest()))
    when = tlv(0x18, b"20250101000000Z")
    info = tlv(SEQUENCE, integer(1), oid("1.2.3"), imprint, integer(1), when)
    kind = "1.2.840.113549.1.9.16.1.4"
    return _signed(kind, tlv(OCTET_STRING, info), None, "TIME_STAMPING")


def with_signature(program: bytes, signature: bytes) -> bytes:
    """Return a program of Windows with a signature that is not of it."""
    entry = int.from_bytes(program[0x3C:0x40], "little") + 24 + 112 + 4 * 8
    size = 8 + len(signature)
    whole = program[:entry] + struct.pack("<II", len(program), size) + program[entry + 8 :]
    return whole + struct.pack("<IHH", size, 0x0200, 2) + signature


def elf() -> bytes:
    """Return a program of Linux that needs one library, and a version of it."""
    strings = b"\0libc.so.6\0GLIBC_2.34\0"
    dynamic_at, strings_at = 64 + 2 * 56, 64 + 2 * 56 + 6 * 16
    needs_at = strings_at + len(strings)
    tags = ((1, 1), (5, strings_at), (10, len(strings)), (0x6FFFFFFE, needs_at), (0x6FFFFFFF, 1))
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in (*tags, (0, 0)))
    needs = struct.pack("<HHIII", 1, 1, 1, 16, 0) + struct.pack("<IHHII", 0, 0, 2, 11, 0)
    size = needs_at + len(needs)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, size, size, 4096)
    about = (2, 6, dynamic_at, dynamic_at, 0, len(dynamic), len(dynamic), 8)
    table = load + struct.pack("<IIQQQQQQ", *about)
    mark = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head = struct.pack("<16sHHIQQQIHHHHHH", mark, 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    return head + table + dynamic + strings + needs


def appimage_runtime() -> bytes:
    """Return an ELF file that has the sections of an AppImage's runtime and nothing else."""
    sizes = {".upd_info": 16, ".sha256_sig": 16, ".sig_key": 16}
    sizes |= {".digest_md5": 16, ".digest_sha256": 32}
    names = b"\0" + b"".join(name.encode() + b"\0" for name in (*sizes, ".shstrtab"))
    rows, at = [bytes(64)], 64
    for name, size in (*sizes.items(), (".shstrtab", len(names))):
        where = names.index(name.encode())
        rows.append(struct.pack("<2I4Q2I2Q", where, 1, 2, 0, at, size, 0, 0, 1, 0))
        at += size
    mark = b"\x7fELF\x02\x01\x01\x00AI\x02".ljust(16, b"\0")
    about = (2, 62, 1, 0, 0, at, 0, 64, 0, 0, 64, len(rows), len(rows) - 1)
    head = struct.pack("<16s2HI3QI6H", mark, *about)
    return head + bytes(sum(sizes.values())) + names + b"".join(rows)


def stored_squashfs(tree: Tree) -> bytes:
    """Return an image whose tables are not compressed, so that a change of a byte is one of a field."""
    own = squashfs.compressor  # type: ignore[attr-defined] # what the writer asks
    squashfs.compressor = lambda *_: lambda block: block + b"longer"  # type: ignore[attr-defined]
    try:
        options = squashfs.SquashfsOptions(compression="gzip", block_bytes=4096)
        return squashfs.write_squashfs(tree, options)
    finally:
        squashfs.compressor = own  # type: ignore[attr-defined]


@cache
def _key() -> rsa.RSAPrivateKey:
    p, q = _PRIMES
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    more = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *more, public).private_key()


@cache
def _certificate(use: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fuzz")])
    usage = x509.ExtendedKeyUsage([getattr(ExtendedKeyUsageOID, use)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(7)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2044, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(_key(), hashes.SHA256())
    )


def _signed(kind: str, content: bytes, ask: Callable[[bytes], bytes] | None, use: str) -> bytes:
    """Return content as PKCS #7, signed by the certificate for a use."""
    algorithm = tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL))
    body = content[2:] if content[1] < 0x80 else content[2 + content[1] - 0x80 :]  # noqa: PLR2004
    digest = tlv(OCTET_STRING, hashlib.sha256(body).digest())
    attributes = tlv(SEQUENCE, oid("1.2.840.113549.1.9.4"), set_of(digest))
    signature = _key().sign(set_of(attributes), padding.PKCS1v15(), hashes.SHA256())
    unsigned = b""
    if ask is not None:
        token = tlv(SEQUENCE, oid("1.3.6.1.4.1.311.3.3.1"), set_of(ask(signature)))
        unsigned = tlv(CONTEXT_1, token)
    certificate = _certificate(use)
    entry = tlv(
        SEQUENCE,
        integer(1),
        issuer_and_serial(certificate),
        algorithm,
        tlv(CONTEXT_0, attributes),
        tlv(SEQUENCE, oid("1.2.840.113549.1.1.1"), tlv(NULL)),
        tlv(OCTET_STRING, signature),
        unsigned,
    )
    signed = tlv(
        SEQUENCE,
        integer(1),
        set_of(algorithm),
        tlv(SEQUENCE, oid(kind), tlv(CONTEXT_0, content)),
        tlv(CONTEXT_0, certificate.public_bytes(Encoding.DER)),
        set_of(entry),
    )
    return tlv(SEQUENCE, oid("1.2.840.113549.1.7.2"), tlv(CONTEXT_0, signed))
