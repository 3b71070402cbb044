"""Signed Mach-O files: valid, the same each time, and refused when a byte was touched."""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from mac_identities import PASSWORD, certificate, elliptic_key, old_p12, p12, rsa_key
from mac_programs import thin, universal
from millennium_bundler.codesign.blobs import FLAG_ADHOC, FLAG_RUNTIME, read_super
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.entitlements import entitlement_blobs
from millennium_bundler.codesign.identity import Identity, load_identity
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.codesign.verify import verify_macho
from millennium_bundler.errors import SignError
from millennium_bundler.macho import read_macho
from millennium_bundler.sign.secret import Secret

DATE = 1_735_689_600
RIGHTS = {
    "com.apple.security.cs.allow-jit": True,
    "com.apple.security.application-groups": ["a", "b"],
    "number": 5,
    "inner": {"z": "1", "a": False},
}


def identity() -> Identity:
    return load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))


def elliptic() -> Identity:
    data = p12(elliptic_key(), certificate(elliptic_key()))
    return load_identity(Secret(data), Secret(PASSWORD))


def options(who: Identity | None = None, **changes: object) -> CodeOptions:
    signer = Signer(identity=who, date=DATE) if who else None
    return CodeOptions(identifier="own", signer=signer, **changes)  # type: ignore[arg-type]  # as the tests say


def test_code_without_an_identity_is_valid():
    signed = sign_macho(thin(content=b"x" * 30_000), options(), place="a")
    found = verify_macho(signed.data, place="a")
    assert found.certificate is None
    assert found.directory.flags == FLAG_ADHOC
    assert found.directory.identifier == "own"
    assert signed.cdhashes == found.cdhashes
    assert signed.requirement.text == f'cdhash H"{found.cdhashes[0].hex()}"'


@pytest.mark.parametrize("make", [identity, elliptic], ids=["rsa", "elliptic"])
def test_code_with_an_identity_is_valid(make: Callable[[], Identity]):
    signed = sign_macho(thin("aarch64"), options(make(), hardened=True), place="a")
    found = verify_macho(signed.data, place="a")
    assert found.certificate == make().certificate
    assert found.directory.flags == FLAG_RUNTIME
    assert found.directory.runtime == 0x000E_0000
    digest = make().certificate.fingerprint(hashes.SHA1())
    assert signed.requirement.text == f'identifier "own" and certificate root = H"{digest.hex()}"'


def test_every_machine_of_a_universal_file_is_signed():
    both = universal(thin("x86_64"), thin("aarch64"))
    signed = sign_macho(both, options(), place="a")
    assert len(verify_macho(signed.data, place="a").cdhashes) == 2
    assert [part.machine for part in read_macho(signed.data, place="a")] == ["x86_64", "aarch64"]
    assert " or cdhash H" in signed.requirement.text


def test_the_same_code_gives_the_same_bytes():
    once, twice = (sign_macho(thin(), options(identity()), place="a").data for _ in range(2))
    assert once == twice


def test_an_old_signature_is_replaced():
    once = sign_macho(thin(), options(identity()), place="a").data
    assert (
        sign_macho(once, options(), place="a").data == sign_macho(thin(), options(), place="a").data
    )


def test_entitlements_are_sealed_in_both_forms():
    signed = sign_macho(thin(), options(entitlements=entitlement_blobs(RIGHTS)), place="a")
    [part] = read_macho(signed.data, place="a")
    assert part.signature is not None
    blobs = read_super(part.data[part.signature[0] :])
    assert blobs[5][8:].startswith(b"<?xml")
    assert blobs[7][8:10] == b"\x70\x81"


def test_a_library_is_no_main_program():
    signed = sign_macho(thin(kind=6), options(), place="a")
    segment = verify_macho(signed.data, place="a").directory.segment
    assert segment is not None
    assert not segment.is_main


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


SIGNED = sign_macho(
    thin(content=b"code" * 3000),
    options(identity(), entitlements=entitlement_blobs(RIGHTS)),
    place="a",
).data
START = read_macho(SIGNED, place="a")[0].signature or (0, 0)


@pytest.mark.parametrize(
    "at",
    [
        0x1002,
        0x2000,
        START[0] - 1,
        START[0] + 4,
        START[0] + 80,
        SIGNED.index(b"own\0"),
        SIGNED.index(b"<?xml") + 9,
        SIGNED.index(b"Test Signer"),
        SIGNED.index(b"cdhashes"),
        len(SIGNED) - 1,
    ],
    ids=[
        *("code", "more code", "before the signature", "length", "directory", "name"),
        *("entitlements", "certificate", "attributes", "after"),
    ],
)
def test_a_flipped_byte_is_caught(at: int):
    verify_macho(SIGNED, place="a")
    with pytest.raises(SignError) as caught:
        verify_macho(flipped(SIGNED, at), place="a")
    assert caught.value.code == "sign.not_valid"


def test_code_that_is_not_signed_is_refused():
    with pytest.raises(SignError, match="not signed"):
        verify_macho(thin(), place="a")


def test_something_behind_the_signature_is_refused():
    with pytest.raises(SignError, match="follows"):
        verify_macho(SIGNED + b"more", place="a")
    with pytest.raises(SignError, match="follows"):
        sign_macho(SIGNED + b"more", options(), place="a")


def test_no_room_for_the_load_command_is_said():
    data = thin(first_section=32 + struct.unpack_from("<I", thin(), 20)[0])
    with pytest.raises(SignError, match="no room"):
        sign_macho(data, options(), place="a")


def test_a_file_without_the_last_segment_is_refused():
    with pytest.raises(SignError, match="__LINKEDIT"):
        sign_macho(thin().replace(b"__LINKEDIT", b"__LINKEDAT"), options(), place="a")


def test_rcodesign_finds_nothing_wrong(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    path = tmp_path / "a"
    path.write_bytes(SIGNED)
    assert other.verify_macho(str(path)) == []


@pytest.mark.parametrize("at", [0x1002, SIGNED.index(b"cdhashes")], ids=["code", "attributes"])
def test_rcodesign_catches_a_flipped_byte_too(tmp_path: Path, at: int):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    path = tmp_path / "a"
    path.write_bytes(flipped(SIGNED, at))
    assert other.verify_macho(str(path)) != []


def test_rcodesign_makes_the_same_requirements_and_entitlements(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    (tmp_path / "key.p12").write_bytes(old_p12(rsa_key(), certificate(rsa_key())))
    (tmp_path / "rights.plist").write_bytes(plistlib.dumps(RIGHTS))
    (tmp_path / "a").write_bytes(thin("aarch64"))
    other.sign(
        str(tmp_path / "a"),
        str(tmp_path / "b"),
        signer=other.Signer(p12=other.P12Key(str(tmp_path / "key.p12"), PASSWORD.decode())),
        binary_identifier="own",
        entitlements_xml_file=str(tmp_path / "rights.plist"),
        code_signature_flags=["runtime"],
        timestamp_url="none",
    )
    ours = sign_macho(
        thin("aarch64"),
        options(identity(), hardened=True, entitlements=entitlement_blobs(RIGHTS)),
        place="a",
    )
    theirs = blobs_of((tmp_path / "b").read_bytes())
    assert blobs_of(ours.data)[2] == theirs[2]
    assert blobs_of(ours.data)[7] == theirs[7]
    # The head of the directory: version, flags, places, counts, runtime.
    assert blobs_of(ours.data)[0][:100] == theirs[0][:100]


def blobs_of(data: bytes) -> dict[int, bytes]:
    [part] = read_macho(data, place="a")
    at = (part.signature or (0, 0))[0]
    (count,) = struct.unpack_from(">I", part.data, at + 8)
    entries = [struct.unpack_from(">II", part.data, at + 12 + 8 * index) for index in range(count)]
    return {
        slot: part.data[at + offset :][: struct.unpack_from(">I", part.data, at + offset + 4)[0]]
        for slot, offset in entries
    }
