"""Signed disk images: valid, and refused when a byte was touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from mac_identities import PASSWORD, certificate, old_p12, p12, rsa_key
from millennium_bundler.archive.udif import (
    DiskImage,
    read_trailer,
    read_udif,
    with_signature,
    write_udif,
)
from millennium_bundler.codesign.blobs import CODE_DIRECTORY, CodeDirectory, read_super
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.image import sign_image, verify_image
from millennium_bundler.errors import PackageError, SignError
from millennium_bundler.sign.secret import Secret

IDENTITY = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
SIGNER = Signer(identity=IDENTITY, date=1_735_689_600)
IMAGE = write_udif(DiskImage(volume=b"x" * 512 * 600))
SIGNED = sign_image(IMAGE, identifier="own", signer=SIGNER)


def directory_of(data: bytes) -> CodeDirectory:
    trailer = read_trailer(data)
    end = trailer.data_bytes + trailer.list_bytes
    blobs = read_super(data[end : end + trailer.signature_bytes])
    return CodeDirectory.from_bytes(blobs[CODE_DIRECTORY])


@pytest.mark.parametrize("signer", [SIGNER, None], ids=["identity", "nobody"])
def test_a_signed_image_is_valid_and_holds_the_same(signer: Signer | None):
    data = sign_image(IMAGE, identifier="own", signer=signer)
    assert verify_image(data).directory.identifier == "own"
    assert read_udif(data) == read_udif(IMAGE)


def test_the_same_image_gives_the_same_bytes():
    assert sign_image(IMAGE, identifier="own", signer=SIGNER) == SIGNED


def test_signing_again_replaces_the_signature():
    assert sign_image(SIGNED, identifier="own", signer=SIGNER) == SIGNED


@pytest.mark.parametrize(
    "at", [0, 600, -300, -20], ids=["chunk", "property list", "trailer", "sectors"]
)
def test_a_flipped_byte_is_caught(at: int):
    data = bytearray(SIGNED)
    data[at] ^= 1
    with pytest.raises((SignError, PackageError)):
        verify_image(bytes(data))


def test_a_trailer_that_was_changed_is_caught():
    data = bytearray(SIGNED)
    data[-512 + 64] ^= 1
    with pytest.raises(SignError, match="trailer"):
        verify_image(bytes(data))


def test_an_image_that_is_not_signed_is_refused():
    with pytest.raises(SignError, match="not signed"):
        verify_image(IMAGE)


def test_a_damaged_signature_is_refused():
    with pytest.raises(SignError, match="damaged"):
        verify_image(with_signature(IMAGE, b"\xfa\xde\x0c\xc0" + bytes(40)))


def test_rcodesign_hashes_the_same(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    (tmp_path / "key.p12").write_bytes(old_p12(rsa_key(), certificate(rsa_key())))
    (tmp_path / "own.dmg").write_bytes(IMAGE)
    other.sign(
        str(tmp_path / "own.dmg"),
        signer=other.Signer(p12=other.P12Key(str(tmp_path / "key.p12"), PASSWORD.decode())),
        binary_identifier="own",
        timestamp_url="none",
    )
    theirs = (tmp_path / "own.dmg").read_bytes()
    ours = directory_of(SIGNED)
    trailer = read_trailer(theirs)
    signature = theirs[trailer.signature_at :][: trailer.signature_bytes]
    assert ours.pages[0] in signature
    assert ours.special[6] in signature


def test_rcodesign_reads_the_signature(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    (tmp_path / "own.dmg").write_bytes(SIGNED)
    [found] = other.read_signature(str(tmp_path / "own.dmg"))
    cms = found["entity"]["dmg"]["signature"]["cms"]
    assert cms["signers"][0]["signature_verifies"] is True
