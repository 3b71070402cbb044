"""Check code signatures as the system would: every hash of everything that is sealed.

Rules:

1. Every page of the code has the hash that the code directory names, and nothing follows the signature.
2. What the directory seals outside its pages has its hash: Info.plist, the resources, entitlements.
3. With an identity, the CMS signature vouches for this directory and fits its certificate. Whom the certificate
   belongs to, and whether it is still good, is for macOS to say.
4. Every file of a bundle is in its seal with its hash, and the seal names no other.
"""

from __future__ import annotations

import hmac
import itertools
import struct
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from millennium_bundler.codesign.blobs import (
    CODE_DIRECTORY,
    ENTITLEMENTS,
    ENTITLEMENTS_DER,
    ENTITLEMENTS_DER_SLOT,
    ENTITLEMENTS_SLOT,
    FLAG_ADHOC,
    INFO_SLOT,
    MAGIC_WRAPPER,
    REQUIREMENTS,
    REQUIREMENTS_SLOT,
    RESOURCES_SLOT,
    SIGNATURE,
    CodeDirectory,
    blob,
    cdhash,
    read_super,
    sha256,
    with_pages,
)
from millennium_bundler.codesign.bundle import Bundle, Contents, contents_of, find_bundles
from millennium_bundler.codesign.cms import Cms
from millennium_bundler.codesign.requirement import designated, requirements
from millennium_bundler.codesign.resources import SEAL, check_seal
from millennium_bundler.errors import SignError
from millennium_bundler.macho import is_macho, read_macho
from millennium_bundler.tree import Tree

_HEAD_BYTES = 8
_NOT_FITTING = (
    *(ValueError, IndexError, StopIteration, TypeError),
    *(InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension),
    *(x509.UnsupportedGeneralNameType,),
)
_SLOTS = {
    REQUIREMENTS: REQUIREMENTS_SLOT,
    ENTITLEMENTS: ENTITLEMENTS_SLOT,
    ENTITLEMENTS_DER: ENTITLEMENTS_DER_SLOT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a valid signature says.

    Attributes:
        directory: Of the first machine.
        cdhashes: Names of the code, one a machine.
        certificate: Of the signer; None for code without an identity.
    """

    directory: CodeDirectory
    cdhashes: tuple[bytes, ...]
    certificate: x509.Certificate | None


def verify_app(app: Tree) -> None:
    """Check all code of an application and the seals of its bundles.

    Args:
        app: What lies in the ``.app`` folder.

    Raises:
        SignError: A rule of this module is broken; the message names the file.
        ExecutableError: A file of code is not well-formed.
    """
    found = {
        file.path: verify_macho(file.data, place=file.path)
        for file in app.files()
        if is_macho(file.data)
    }
    bundles = find_bundles(app)
    contents = contents_of(app)
    mains = {bundle.outer: bundle.executable for bundle in bundles}
    for bundle in bundles:
        _verify_bundle(contents, bundle, found[bundle.executable])
        check_seal(
            contents, bundle, bundles, lambda path: found[mains.get(path, path)].cdhashes[0]
        )  # (4)


def verify_macho(data: bytes, *, place: str) -> Verified:
    """Check the signature of one file, all machines.

    Raises:
        SignError: There is none, or a rule of this module is broken.
    """
    found: list[tuple[CodeDirectory, bytes, x509.Certificate | None]] = []
    for part in read_macho(data, place=place):
        if part.signature is None:
            raise _invalid(place, "it is not signed")
        offset, size = part.signature
        if offset + size != len(part.data):
            raise _invalid(place, "something follows its signature")
        blobs = read_super(part.data[offset:])
        directory, certificate = verify_blobs(blobs, part.data[:offset], place=place)
        found.append((directory, cdhash(blobs[CODE_DIRECTORY]), certificate))
    return Verified(
        directory=found[0][0],
        cdhashes=tuple(item for _, item, _ in found),
        certificate=found[0][2],
    )


def verify_blobs(
    blobs: dict[int, bytes], code: bytes, *, place: str
) -> tuple[CodeDirectory, x509.Certificate | None]:
    """Check a signature against the code before it; return its directory and its signer.

    Raises:
        SignError: A rule of this module is broken.
    """
    try:
        directory = CodeDirectory.from_bytes(blobs[CODE_DIRECTORY])
    except (KeyError, ValueError, IndexError, struct.error) as exc:
        raise _invalid(place, "its code directory is damaged") from exc
    if directory != with_pages(directory, code):
        raise _invalid(place, "its code was altered")  # (1)
    for slot, special in _SLOTS.items():
        wanted = directory.special.get(special)
        if (slot in blobs) != (wanted is not None):
            raise _invalid(place, "something sealed was taken away or put in")  # (2)
        if wanted is not None and not hmac.compare_digest(sha256(blobs[slot]), wanted):
            raise _invalid(place, "its entitlements or requirements were altered")
    return directory, _signer(directory, blobs, place)


def _signer(
    directory: CodeDirectory, blobs: dict[int, bytes], place: str
) -> x509.Certificate | None:
    cms = blobs.get(SIGNATURE, b"")[_HEAD_BYTES:]
    if blobs.get(SIGNATURE, b"") != blob(MAGIC_WRAPPER, cms):
        raise _invalid(place, "its certificate is wrapped in an unknown way")
    if directory.flags & FLAG_ADHOC:
        if cms:
            raise _invalid(place, "it says that nobody signed it, and yet somebody did")
        return None
    try:
        found = Cms.from_bytes(cms)
        chain = found.chain()
        _check(chain[0], found.signature, found.signed)
        _check_chain(chain)
        digest = found.digest
        asked = requirements(designated(directory.identifier, chain))
    except _NOT_FITTING as exc:
        raise _invalid(place, "its certificate does not fit") from exc  # (3)
    if blobs.get(REQUIREMENTS) != asked:
        raise _invalid(place, "its requirements are of another certificate")
    if not hmac.compare_digest(digest, sha256(blobs[CODE_DIRECTORY])):
        raise _invalid(place, "its certificate vouches for something else")
    return chain[0]


def _check_chain(chain: tuple[x509.Certificate, ...]) -> None:
    """Check who vouches for whom, as far as the certificates that are there go."""
    for item, above in itertools.pairwise((*chain, *chain[-1:])):
        if item.issuer == above.subject:
            item.verify_directly_issued_by(above)


def _check(certificate: x509.Certificate, signature: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    else:
        raise InvalidSignature


def _verify_bundle(contents: Contents, bundle: Bundle, verified: Verified) -> None:
    for slot, path in ((INFO_SLOT, bundle.info), (RESOURCES_SLOT, bundle.root + SEAL)):
        data = contents.get(path, b"")
        digest = sha256(data if isinstance(data, bytes) else b"")
        if not hmac.compare_digest(verified.directory.special.get(slot, b""), digest):
            raise _invalid(bundle.executable, "Info.plist or the seal of the resources was altered")


def _invalid(place: str, why: str) -> SignError:
    return SignError(
        f"the signature of {place} is not valid: {why}", code="sign.not_valid", help="sign it again"
    )
