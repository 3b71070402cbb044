"""Sign a disk image: the signature lies before the trailer, and the trailer is sealed with it."""

from __future__ import annotations

from dataclasses import replace

from millennium_bundler.archive.udif import Trailer, read_trailer, with_signature
from millennium_bundler.codesign.blobs import (
    CODE_DIRECTORY,
    FLAG_ADHOC,
    IMAGE_SLOT,
    MAGIC_WRAPPER,
    REQUIREMENTS,
    REQUIREMENTS_SLOT,
    SIGNATURE,
    TICKET,
    CodeDirectory,
    blob,
    cdhash,
    read_super,
    sha256,
    with_pages,
    write_super,
)
from millennium_bundler.codesign.cms import Signer, sign_directory
from millennium_bundler.codesign.requirement import NONE, designated, requirements
from millennium_bundler.codesign.verify import Verified, verify_blobs
from millennium_bundler.errors import SignError

_PLACE = "the disk image"


def sign_image(data: bytes, *, identifier: str, signer: Signer | None) -> bytes:
    """Return a disk image with its signature put in, or put in anew.

    Raises:
        PackageError: Not a disk image.
    """
    trailer = read_trailer(data)
    code = data[: trailer.data_bytes + trailer.list_bytes]
    asked = NONE
    if signer is not None:
        asked = requirements(designated(identifier, signer.identity.all))
    directory = CodeDirectory(
        identifier=identifier,
        team=signer.identity.team if signer else "",
        flags=0 if signer else FLAG_ADHOC,
        page_bits=0,
        special={REQUIREMENTS_SLOT: sha256(asked), IMAGE_SLOT: _trailer_hash(trailer)},
    )
    signed = with_pages(directory, code).to_bytes()
    cms = b"" if signer is None else sign_directory(signed, signer)
    parts = {CODE_DIRECTORY: signed, REQUIREMENTS: asked, SIGNATURE: blob(MAGIC_WRAPPER, cms)}
    return with_signature(data, write_super(parts))


def staple_image(data: bytes, ticket: bytes) -> bytes:
    """Return a signed disk image with the notary's ticket beside its signature.

    Raises:
        PackageError: Not a disk image.
        SignError: It is not signed, or the signature does not fit.
    """
    verify_image(data)
    trailer = read_trailer(data)
    end = trailer.data_bytes + trailer.list_bytes
    blobs = read_super(data[end : end + trailer.signature_bytes])
    return with_signature(data, write_super({**blobs, TICKET: blob(MAGIC_WRAPPER, ticket)}))


def verify_image(data: bytes) -> Verified:
    """Check the signature of a disk image.

    Raises:
        PackageError: Not a disk image.
        SignError: There is none, or it does not fit.
    """
    trailer = read_trailer(data)
    end = trailer.data_bytes + trailer.list_bytes
    if not trailer.signature_bytes:
        raise _invalid("it is not signed")
    blobs = read_super(data[end : end + trailer.signature_bytes])
    directory, certificate = verify_blobs(blobs, data[:end], place=_PLACE)
    if directory.special.get(IMAGE_SLOT) != _trailer_hash(trailer):
        raise _invalid("its trailer was altered")
    return Verified(
        directory=directory, cdhashes=(cdhash(blobs[CODE_DIRECTORY]),), certificate=certificate
    )


def _trailer_hash(trailer: Trailer) -> bytes:
    """Return the hash of the trailer as it was before there was a signature."""
    place = trailer.data_bytes + trailer.list_bytes
    return sha256(replace(trailer, signature_at=place, signature_bytes=0).to_bytes())


def _invalid(why: str) -> SignError:
    return SignError(
        f"the signature of {_PLACE} is not valid: {why}",
        code="sign.not_valid",
        help="sign it again",
    )
