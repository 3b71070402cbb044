"""Certificates, an OpenPGP key and a program of Windows for the tests of signing."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

sys.path.insert(0, str(Path(__file__).parents[1] / "programs"))
from smallest_programs import windows_program

PASSWORD = "sesame-4711-marker"
LASTS = dt.timedelta(days=3650)
MADE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Files of a code-signing certificate and of who issued it.

    Attributes:
        roots: PEM of the issuer.
        chain: PEM of the certificate and the issuer.
        key: PEM of the key, not locked.
        locked: The same, locked with `PASSWORD`.
        pkcs12: Both in one file, locked with `PASSWORD`.
        pkcs8: DER of the key, for tokens.
    """

    roots: Path
    chain: Path
    key: Path
    locked: Path
    pkcs12: Path
    pkcs8: Path


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: tuple[str, rsa.RSAPrivateKey], *, is_authority: bool
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer[0])]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(MADE)
        .not_valid_after(MADE + LASTS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(issuer[1], hashes.SHA256())


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate for signing programs."""
    folder = tmp_path_factory.mktemp("authority")
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _certificate("Root", root_key, ("Root", root_key), is_authority=True)
    leaf = _certificate("Ada Lovelace", key, ("Root", root_key), is_authority=False)
    lock = BestAvailableEncryption(PASSWORD.encode())
    pem = [one.public_bytes(Encoding.PEM) for one in (leaf, root)]
    made = Authority(
        roots=folder / "roots.pem",
        chain=folder / "chain.pem",
        key=folder / "key.pem",
        locked=folder / "locked.pem",
        pkcs12=folder / "key.p12",
        pkcs8=folder / "key.p8",
    )
    made.roots.write_bytes(pem[1])
    made.chain.write_bytes(b"".join(pem))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made.locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    made.pkcs12.write_bytes(pkcs12.serialize_key_and_certificates(b"key", key, leaf, [root], lock))
    made.pkcs8.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


@pytest.fixture(scope="session")
def program() -> bytes:
    """The smallest program of Windows that a signature can be put into."""
    return windows_program()


@pytest.fixture(scope="session")
def openpgp_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An OpenPGP secret key in a file, locked with `PASSWORD`."""
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    folder = tmp_path_factory.mktemp("gpg")
    home = folder / "home"
    home.mkdir(mode=0o700)
    gpg = [
        "gpg",
        "--homedir",
        str(home),
        "--batch",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        "0",
    ]
    make = ["--quick-generate-key", "Ada Lovelace <ada@example.org>", "ed25519", "sign", "never"]
    _answered([*gpg, "--faked-system-time=1704067200!", *make])
    path = folder / "key.asc"
    path.write_bytes(_answered([*gpg, "--armor", "--export-secret-keys"]))
    yield path
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, timeout=60)


def _answered(words: list[str]) -> bytes:
    answer = PASSWORD.encode()
    done = subprocess.run(words, input=answer, check=True, capture_output=True, timeout=60)
    return done.stdout
