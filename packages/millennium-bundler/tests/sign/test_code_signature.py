"""Our own reader of signatures in Windows programs: it accepts what was signed, and nothing else."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.errors import SignError
from millennium_bundler.sign.code_signature import check_signature, read_values
from millennium_bundler.sign.program_digest import read_program

HEADER = 64
CHECKSUM = HEADER + 24 + 64
SECURITY = HEADER + 24 + 112 + 32
WORDS = ("-h", "sha384", "-time", "1735689600")


def sign(folder: Path, program: bytes, *words: str | Path) -> bytes:
    source, target = folder / "a.exe", folder / "signed.exe"
    source.write_bytes(program)
    target.unlink(missing_ok=True)
    command = ["osslsigncode", "sign", *map(str, words), "-in", str(source), "-out", str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return target.read_bytes()


@pytest.fixture(scope="module")
def signed(authority, program: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if shutil.which("osslsigncode") is None:
        pytest.skip("needs osslsigncode")
    folder = tmp_path_factory.mktemp("signed")
    return sign(folder, program, "-certs", authority.chain, "-key", authority.key)


def check(data: bytes) -> str:
    """Return the name of who signed a program."""
    program = read_program(data)
    return check_signature(program.signature, program.digest).subject.rfc4514_string()


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def test_a_signed_program_says_who_signed_it(signed: bytes):
    assert check(signed) == "CN=Ada Lovelace"


def test_another_hash_is_read_too(authority, program: bytes, tmp_path: Path, signed: bytes):
    data = sign(tmp_path, program, "-certs", authority.chain, "-key", authority.key, *WORDS)
    assert check(data) == "CN=Ada Lovelace"


def test_an_elliptic_key_signs_too(program: bytes, tmp_path: Path, signed: bytes):
    key, certificate = tmp_path / "ec.key", tmp_path / "ec.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words = ["-nodes", "-subj", "/CN=Grace", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *words], check=True, capture_output=True, timeout=60)
    assert check(sign(tmp_path, program, "-certs", certificate, "-key", key)) == "CN=Grace"


@settings(max_examples=60)
@given(data=st.data())
def test_no_changed_byte_of_the_program_passes(signed: bytes, program: bytes, data: st.DataObject):
    not_hashed = range(CHECKSUM, CHECKSUM + 4)
    at = data.draw(st.integers(0, len(program) - 1).filter(lambda at: at not in not_hashed))
    with pytest.raises(SignError):
        check(flipped(signed, at, data.draw(st.integers(0, 7))))


@settings(max_examples=60)
@given(data=st.data())
def test_no_damage_of_the_signature_ends_otherwise_than_in_our_error(
    signed: bytes, program: bytes, data: st.DataObject
):
    at = data.draw(st.integers(len(program), len(signed) - 1))
    assert who_or_none(flipped(signed, at, data.draw(st.integers(0, 7)))) in (
        None,
        "CN=Ada Lovelace",
    )


def who_or_none(data: bytes) -> str | None:
    """Return the name of who signed a program; None when it is refused."""
    try:
        return check(data)
    except SignError:
        return None


@pytest.mark.parametrize("part", ["digest", "attributes", "signature"])
def test_each_part_of_the_signature_is_checked(signed: bytes, part: str):
    program = read_program(signed)
    start = len(signed) - len(program.signature.rstrip(b"\0")) - (len(signed) % 8)
    places = {
        "digest": signed.index(program.digest("sha256")),
        "attributes": signed.index(bytes.fromhex("2a864886f70d010904")) + 13,
        "signature": len(signed.rstrip(b"\0")) - 1,
    }
    assert places[part] > start - 16
    with pytest.raises(SignError, match="does not verify") as caught:
        check(flipped(signed, places[part]))
    assert caught.value.code == "sign.not_valid"


SHA256, SHA384 = "608648016503040201", "608648016503040202"


@pytest.mark.parametrize(
    ("old", "new", "which"),
    [
        ("2a864886f70d010702", "2a864886f70d010701", 0),
        (SHA256, SHA384, 0),
        ("2b060104018237020104", "2b060104018237020105", 0),
        (SHA256, SHA384, -1),
        ("2a864886f70d010904", "2a864886f70d010905", -1),
        ("020101", "020103", 0),
    ],
    ids=["kind", "hash", "content", "signers-hash", "no-digest", "version"],
)
def test_a_signature_of_another_make_is_refused(signed: bytes, old: str, new: str, which: int):
    program = read_program(signed)
    parts = program.signature.split(bytes.fromhex(old))
    at = 1 if which == 0 else len(parts) - 1
    changed = bytes.fromhex(old).join(parts[:at]) + bytes.fromhex(new)
    changed += bytes.fromhex(old).join(parts[at:])
    with pytest.raises(SignError, match="does not verify"):
        check_signature(changed, program.digest)


def test_an_altered_certificate_is_refused(signed: bytes):
    with pytest.raises(SignError, match="does not verify"):
        check(signed.replace(b"Ada Lovelace", b"Eva Lovelace"))


def test_the_signature_of_another_program_is_refused(
    signed: bytes, program: bytes, authority, tmp_path: Path
):
    other = program[:-1] + b"\x90"
    data = sign(tmp_path, other, "-certs", authority.chain, "-key", authority.key)
    swapped = data[: len(program)] + signed[len(program) :]
    with pytest.raises(SignError, match="not what was signed"):
        check(swapped)


def test_an_unsigned_program_is_refused(program: bytes):
    with pytest.raises(SignError, match="no signature"):
        read_program(program)


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ", b"MZ" + bytes(200), b"XX" + bytes(600)],
    ids=["empty", "cut", "zeros", "other"],
)
def test_what_is_no_program_is_refused(data: bytes):
    with pytest.raises(SignError):
        read_program(data)


def test_a_file_that_only_looks_like_a_program_is_refused(signed: bytes):
    with pytest.raises(SignError, match="no program"):
        read_program(b"ZM" + signed[2:])


def test_bytes_behind_the_signature_are_refused(signed: bytes):
    with pytest.raises(SignError, match="not at its end"):
        read_program(signed + bytes(8))


def test_a_signature_in_the_middle_is_refused(signed: bytes):
    inside = struct.pack("<II", HEADER, len(signed) - HEADER)
    moved = bytearray(signed[:SECURITY] + inside + signed[SECURITY + 8 :])
    moved[HEADER + 4 : HEADER + 8] = struct.pack("<HH", 0x0200, 0x0002)
    with pytest.raises(SignError):
        read_program(bytes(moved))


@pytest.mark.parametrize(
    "data",
    [b"0", b"0\x85", b"0\x80", b"0\x05ab", b"0\x82\xff\xff"],
    ids=["one", "long", "indefinite", "cut", "cut-long"],
)
def test_what_is_no_der_is_refused(data: bytes):
    with pytest.raises(ValueError, match=r"^$"):
        read_values(data)


@given(st.binary(min_size=2, max_size=300))
def test_no_bytes_are_a_signature_by_chance(data: bytes):
    with pytest.raises(SignError, match="malformed"):
        check_signature(data, lambda _name: b"")
