"""Authenticode: by osslsigncode and by a command, verified, and a flipped byte caught."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import SignError
from millennium_bundler.sign.authenticode import (
    CodeKey,
    CommandFileSigner,
    Mark,
    OsslSigner,
    _same_digest,
    command_for,
)
from millennium_bundler.sign.keys import TokenKey
from millennium_bundler.sign.secret import Secret

DATE = 1_735_689_600
PASSWORD = Secret(b"sesame-4711-marker")
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")

pytestmark = pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="needs osslsigncode")


@pytest.fixture
def mark(authority) -> Mark:
    return Mark(name="Hello", url="https://example.org", date=DATE, roots=authority.roots)


@pytest.fixture
def signer(authority, mark: Mark) -> OsslSigner:
    return OsslSigner(
        CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain), mark
    )


def test_osslsigncode_accepts_what_was_signed(signer, authority, program: bytes, tmp_path: Path):
    (tmp_path / "a.exe").write_bytes(signer.sign(program, name="a.exe"))
    command = ["osslsigncode", "verify", "-CAfile", authority.roots, "-in", tmp_path / "a.exe"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "Ada Lovelace" in done.stdout
    assert "Text description: Hello" in done.stdout


def test_the_same_program_is_signed_the_same(signer, program: bytes):
    assert signer.sign(program, name="a.exe") == signer.sign(program, name="a.exe")


@pytest.mark.parametrize("at", [520, 900, -200], ids=["code", "padding", "signature"])
def test_a_flipped_byte_is_caught(signer, program: bytes, at: int):
    signed = bytearray(signer.sign(program, name="a.exe"))
    signed[at] ^= 1
    with pytest.raises(SignError, match="does not verify") as caught:
        signer.verify(bytes(signed), name="a.exe")
    assert caught.value.code == "sign.not_valid"


def test_without_roots_a_flipped_byte_is_caught_too(authority, program: bytes):
    key = CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain)
    signer = OsslSigner(key, Mark(date=DATE))
    signed = bytearray(signer.sign(program, name="a.exe"))
    signed[-200] ^= 1
    with pytest.raises(SignError, match="does not verify"):
        signer.verify(bytes(signed), name="a.exe")


def test_an_unsigned_program_does_not_verify(signer, program: bytes):
    with pytest.raises(SignError, match="does not verify"):
        signer.verify(program, name="a.exe")


def test_a_locked_key_signs_with_its_password(authority, mark: Mark, program: bytes):
    key = Secret(authority.locked.read_bytes())
    signer = OsslSigner(CodeKey(key=key, certificate=authority.chain, password=PASSWORD), mark)
    assert signer.sign(program, name="a.exe")


@pytest.mark.parametrize("password", [None, Secret(b"another-password")], ids=["none", "wrong"])
def test_a_locked_key_stays_shut_without_it(
    authority, mark: Mark, program: bytes, password: Secret | None
):
    key = Secret(authority.locked.read_bytes())
    signer = OsslSigner(CodeKey(key=key, certificate=authority.chain, password=password), mark)
    with pytest.raises(SignError, match="osslsigncode failed") as caught:
        signer.sign(program, name="a.exe")
    assert "another-password" not in str(caught.value)


def test_a_pkcs12_file_needs_no_certificate(authority, mark: Mark, program: bytes):
    signer = OsslSigner(CodeKey(key=Secret(authority.pkcs12.read_bytes()), password=PASSWORD), mark)
    assert signer.sign(program, name="a.exe")


def test_a_certificate_of_another_root_is_refused(authority, program: bytes, tmp_path: Path):
    other = tmp_path / "other.pem"
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Other"]
    words = [*certificate, "-keyout", str(tmp_path / "key"), "-out", str(other)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    key = Secret(authority.key.read_bytes())
    signer = OsslSigner(CodeKey(key=key, certificate=authority.chain), Mark(date=DATE, roots=other))
    with pytest.raises(SignError, match="does not verify"):
        signer.sign(program, name="a.exe")


def test_a_time_stamp_service_that_does_not_answer_is_an_error(authority, program: bytes):
    key = CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain)
    mark = Mark(date=DATE, timestamp_url="http://127.0.0.1:9/none")
    with pytest.raises(SignError, match="osslsigncode failed"):
        OsslSigner(key, mark).sign(program, name="a.exe")


def test_without_roots_a_certificate_of_anybody_will_do(authority, program: bytes):
    key = Secret(authority.key.read_bytes())
    assert OsslSigner(CodeKey(key=key, certificate=authority.chain), Mark(date=DATE)).sign(
        program, name="a.exe"
    )


def test_a_file_of_another_kind_is_refused(signer):
    with pytest.raises(SignError, match=r"a\.txt") as caught:
        signer.sign(b"text", name="a.txt")
    assert caught.value.code == "sign.unsupported"


def installer(make_manifest, program: bytes, folder: Path) -> bytes:
    """Make an .msi of a program with our own writer."""
    from millennium_bundler.formats.msi import MsiFormat

    manifest = make_manifest(target="x86_64-windows-msvc")
    (folder / "hello").write_bytes(program)
    digest = hashlib.sha256(program).hexdigest()
    settings = replace(manifest.settings, executable_sha256=digest, icons=())
    return MsiFormat().make(replace(manifest, settings=settings))[0].file


def test_an_installer_is_signed_and_a_flipped_byte_caught(
    signer, make_manifest, program: bytes, tmp_path: Path
):
    signed = bytearray(signer.sign(installer(make_manifest, program, tmp_path), name="a.msi"))
    signed[2000] ^= 1
    with pytest.raises(SignError, match="does not verify"):
        signer.verify(bytes(signed), name="a.msi")


def test_an_installer_without_a_signature_does_not_verify(
    signer, make_manifest, program: bytes, tmp_path: Path
):
    with pytest.raises(SignError, match="does not verify"):
        signer.verify(installer(make_manifest, program, tmp_path), name="a.msi")


def test_a_program_of_another_name_is_signed_all_the_same(signer, program: bytes):
    assert signer.sign(program, name="nst1234.tmp") == signer.sign(program, name="a.exe")


def test_a_command_signs_in_the_files_place(authority, mark: Mark, program: bytes):
    script = 'osslsigncode sign -certs "$1" -key "$2" -in "$0" -out "$0.new" && mv "$0.new" "$0"'
    words = ("sh", "-c", script, "%1", str(authority.chain), str(authority.key))
    signed = CommandFileSigner(words, mark).sign(program, name="a.exe")
    assert len(signed) > len(program)


def test_a_command_that_does_nothing_is_caught(mark: Mark, program: bytes):
    with pytest.raises(SignError, match="not signed"):
        CommandFileSigner((sys.executable, "-c", "pass"), mark).sign(program, name="a.exe")


def test_a_command_that_breaks_the_file_is_caught(mark: Mark, program: bytes):
    code = "import sys; open(sys.argv[1], 'ab').write(b'more')"
    with pytest.raises(SignError, match="does not verify"):
        CommandFileSigner((sys.executable, "-c", code), mark).sign(program, name="a.exe")


def test_a_command_that_fails_is_caught(mark: Mark, program: bytes):
    with pytest.raises(SignError, match="exit code 3"):
        CommandFileSigner((sys.executable, "-c", "raise SystemExit(3)"), mark).sign(
            program, name="a.exe"
        )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sign", "%1"), ("sign", "/f")),
        (("sign", "--in={file}", "-q"), ("sign", "--in=/f", "-q")),
        (("sign",), ("sign", "/f")),
    ],
    ids=["percent", "braces", "none"],
)
def test_the_path_stands_where_the_command_wants_it(
    words: tuple[str, ...], expected: tuple[str, ...]
):
    assert command_for(words, Path("/f")) == expected


A = "AB" * 32
B = "CD" * 32


@pytest.mark.parametrize(
    ("said", "digest"),
    [
        (f"Current message digest    : {A} \nCalculated message digest : {A} \n", A),
        (
            f"Current DigitalSignature  : {A}\nCalculated DigitalSignature : {A}\nCalculated message digest : {B}",
            A,
        ),
        (f"Calculated message digest : {A}\n", None),
        (
            f"Current DigitalSignature  : {A}\nCalculated DigitalSignature : {B}    MISMATCH!!!\n",
            None,
        ),
        (f"Current DigitalSignature  : {A}\nCalculated message digest : {A}\n", None),
        ("Signature verification: ok\n", None),
    ],
    ids=["program", "installer", "file-alone", "mismatch", "other-digest", "nothing"],
)
def test_two_digests_of_one_kind_must_be_the_same(said: str, digest: str | None):
    assert _same_digest(said) == (bytes.fromhex(digest) if digest else None)


@pytest.fixture
def token(authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenKey:
    """A key in a token made of software, whose PIN is `PASSWORD`."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip("needs softhsm2")
    if not list(Path("/usr/lib").glob("*/engines-3/pkcs11.so")):
        pytest.skip("needs libengine-pkcs11-openssl")
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    pin = PASSWORD.reveal().decode()
    label = ["--token", "Release", "--pin", pin]
    first = ["--init-token", "--free", "--label", "Release", "--pin", pin, "--so-pin", "8765"]
    second = ["--import", str(authority.pkcs8), *label, "--label", "signing", "--id", "01"]
    subprocess.run(["softhsm2-util", *first], check=True, capture_output=True, timeout=60)
    subprocess.run(["softhsm2-util", *second], check=True, capture_output=True, timeout=60)
    return TokenKey(uri="pkcs11:token=Release;object=signing;type=private")


def test_a_key_in_a_token_signs(token: TokenKey, authority, mark: Mark, program: bytes):
    signer = OsslSigner(
        CodeKey(key=token, certificate=authority.chain, password=PASSWORD, module=MODULE), mark
    )
    assert signer.sign(program, name="a.exe")
    assert os.environ["SOFTHSM2_CONF"]


def test_the_wrong_pin_is_refused(token: TokenKey, authority, mark: Mark, program: bytes):
    signer = OsslSigner(
        CodeKey(
            key=token, certificate=authority.chain, password=Secret(b"wrong-pin"), module=MODULE
        ),
        mark,
    )
    with pytest.raises(SignError, match="osslsigncode failed") as caught:
        signer.sign(program, name="a.exe")
    assert "wrong-pin" not in str(caught.value)
