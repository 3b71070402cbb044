"""Time stamps of Authenticode signatures, by a service of this machine that answers as real ones do."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from millennium_bundler.archive.compound_file import read_compound_file
from millennium_bundler.errors import SignError
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.sign.authenticode import CodeKey, Mark, OsslSigner
from millennium_bundler.sign.program_digest import read_program
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.time_stamp import check_time_stamp
from time_stamps import TimeStamps, certificate, time_stamps

pytestmark = pytest.mark.skipif(
    shutil.which("osslsigncode") is None or shutil.which("openssl") is None,
    reason="needs osslsigncode and openssl",
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[TimeStamps]:
    with time_stamps(tmp_path / "service") as running:
        yield running


def signer_at(authority, url: str) -> OsslSigner:
    key = CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain)
    return OsslSigner(key, Mark(timestamp_url=url, roots=authority.roots))


def verified(file: Path, authority, service: TimeStamps) -> str:
    words = ["osslsigncode", "verify", "-CAfile", str(authority.roots)]
    trusted = ["-TSA-CAfile", str(service.roots), "-in", str(file)]
    done = subprocess.run(
        [*words, *trusted], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0
    return done.stdout


def test_a_stamped_program_verifies(service, authority, program: bytes, tmp_path: Path):
    signed = signer_at(authority, service.url).sign(program, name="a.exe")
    (tmp_path / "a.exe").write_bytes(signed)
    said = verified(tmp_path / "a.exe", authority, service)
    assert "Timestamp Server Signature verification: ok" in said
    assert len(service.asked) == 1
    when = check_time_stamp(read_program(signed).signature)
    assert when is not None
    assert abs(when - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_stamped_installer_verifies(service, authority, make_windows_manifest, tmp_path: Path):
    [package] = MsiFormat().make(make_windows_manifest())
    signed = signer_at(authority, service.url).sign(package.file, name="a.msi")
    (tmp_path / "a.msi").write_bytes(signed)
    said = verified(tmp_path / "a.msi", authority, service)
    assert "Timestamp Server Signature verification: ok" in said
    assert check_time_stamp(read_compound_file(signed).streams["\x05DigitalSignature"])


def test_without_a_service_there_is_no_stamp(authority, program: bytes):
    signed = signer_at(authority, "").sign(program, name="a.exe")
    assert check_time_stamp(read_program(signed).signature) is None


def test_a_service_that_is_down_is_named(service, authority, program: bytes):
    assert signer_at(authority, service.url).sign(program, name="a.exe")  # the control
    service.close()
    with pytest.raises(SignError, match="osslsigncode failed") as caught:
        signer_at(authority, service.url).sign(program, name="a.exe")
    assert caught.value.code == "sign.tool_failed"


def test_the_stamp_of_another_hash_is_refused(service, authority, program: bytes):
    service.other_imprint = True
    with pytest.raises(SignError, match="of another signature") as caught:
        signer_at(authority, service.url).sign(program, name="a.exe")
    assert caught.value.code == "sign.not_valid"


def test_a_service_whose_certificate_has_ended_is_refused(
    authority, program: bytes, tmp_path: Path
):
    with (
        time_stamps(tmp_path / "old", ended=timedelta(days=1)) as service,
        pytest.raises(SignError, match="was not valid at its time"),
    ):
        signer_at(authority, service.url).sign(program, name="a.exe")
    assert len(service.asked) == 1


def test_a_certificate_that_is_also_for_programs_may_not_stamp(
    authority, program: bytes, tmp_path: Path
):
    with (
        time_stamps(tmp_path / "both", is_for_code=True) as service,
        pytest.raises(SignError, match="not for time stamps alone"),
    ):
        signer_at(authority, service.url).sign(program, name="a.exe")


def test_a_service_that_sends_elsewhere_is_not_followed(
    service, authority, program: bytes, tmp_path: Path
):
    with time_stamps(tmp_path / "other") as other:
        service.redirect = other.url
        with pytest.raises(SignError, match="osslsigncode failed"):
            signer_at(authority, service.url).sign(program, name="a.exe")
        assert other.asked == []
        assert signer_at(authority, other.url).sign(program, name="a.exe")  # the control


@pytest.mark.parametrize("step", [1, 2, 3], ids=str)
def test_a_changed_byte_of_a_stamp_is_refused(service, authority, program: bytes, step: int):
    signature = read_program(
        signer_at(authority, service.url).sign(program, name="a.exe")
    ).signature.rstrip(b"\0")
    info = signature.index(bytes.fromhex("2a864886f70d0109100104"))
    at = info + (len(signature) - info) * step // 4
    altered = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
    assert check_time_stamp(signature)
    with pytest.raises(SignError, match="does not verify"):
        check_time_stamp(altered)


@pytest.mark.parametrize(
    ("mark", "after", "words"),
    [
        (b"\x18\x0f", 13, "does not say what was signed"),
        (bytes.fromhex("2a864886f70d0109100104"), 10, "malformed"),
        (bytes.fromhex("2b060104018237030301"), 14, "malformed"),
    ],
    ids=["time", "kind", "shape"],
)
def test_a_stamp_that_was_altered_is_refused(
    service, authority, program: bytes, mark: bytes, after: int, words: str
):
    signed = signer_at(authority, service.url).sign(program, name="a.exe")
    signature = read_program(signed).signature
    stamp = signature.index(bytes.fromhex("2b060104018237030301"))
    at = signature.index(mark, stamp) + after
    altered = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
    with pytest.raises(SignError, match=words):
        check_time_stamp(altered)


def test_a_certificate_that_had_ended_when_it_was_stamped_is_refused(
    service, program: bytes, tmp_path: Path
):
    key = rsa.generate_private_key(65537, 2048)
    own = certificate(("Ada", key), ("Ada", key), datetime.now(UTC) - timedelta(days=1))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
    made = own.add_extension(usage, critical=False).sign(key, hashes.SHA256())
    (tmp_path / "own.pem").write_bytes(made.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    named = CodeKey(key=Secret(pem), certificate=tmp_path / "own.pem")
    assert OsslSigner(named, Mark()).sign(program, name="a.exe")  # the control
    with pytest.raises(SignError, match="certificate of the signature was not valid"):
        OsslSigner(named, Mark(timestamp_url=service.url)).sign(program, name="a.exe")
