"""The signed update manifest: written here, and read as strictly as an installed app reads it.

A manifest is canonical JSON (sorted keys, no spaces, UTF-8) inside an envelope, also JSON:

``{"payload": BASE64, "signatures": [BOX, ...]}``

where each box is a minisign signature of the payload's bytes, in base64 as Tauri keeps them. Its trusted comment
begins with ``millennium-update``, so that no signature of a file passes for one of a manifest.

Rules of reading, the first that is broken refuses:

1. The envelope is small, is JSON with no other keys, and no key twice.
2. One of its signatures is by a trusted key, fits, and is of a manifest. Nothing of the payload is looked at before.
3. The payload is canonical JSON of this schema.
4. It is for this app and this channel.
5. It is not from the future, and has not expired: a server cannot hold an app back longer than that (freeze).
6. Its version is not older than the installed one, nor the manifest older than the newest one seen (downgrade).
7. The installed version may go to this one directly.
8. If it changes keys, those signed it who may (`trust`).

Whoever acts on a manifest keeps `trust_after` first, and reads with it all that follows. What a manifest names is
fetched from anywhere, and taken only if `check_download` accepts it: length, SHA-256, and
its own signature, whose trusted comment says the same name and version (mix and match).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from millennium_bundler.checksums import is_file_name
from millennium_bundler.errors import BundleError, SignError, UpdaterError
from millennium_bundler.schema import JSON, TEXT, decode, text
from millennium_bundler.sign.minisign import (
    Box,
    PublicKey,
    parse_box,
    parse_public_key,
    verify,
    wrapped,
)
from millennium_bundler.sign.signing import BoxSigner
from millennium_bundler.updater.delta import Measure
from millennium_bundler.updater.trust import KeyChange, Keys, Trust, without
from millennium_bundler.updater.version import Version

MAX_MANIFEST_BYTES = 1024 * 1024
MAX_SIGNATURES = 8
MARK = "millennium-update"

_FUTURE_S = 24 * 60 * 60
_SHA256 = r"[0-9a-f]{64}"
_URL = r"https?://[^\s<>\x00-\x1f\x7f]+"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]*"
_BASE64 = r"[A-Za-z0-9+/=]+"
_VERSION = r"[0-9A-Za-z.+-]{1,256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A way to make a download out of what an older version has.

    Attributes:
        from_version: Of the app that has the old file.
        form: What is compared: the files themselves, or what is inside their gzip.
        old_sha256: Of the old file, or of what is inside.
        new_sha256: Of what comes out.
    """

    from_version: str = text(pattern=_VERSION)
    form: Literal["file", "gunzip"]
    url: str = text(pattern=_URL)
    length: int
    sha256: str = text(pattern=_SHA256)
    old_length: int
    old_sha256: str = text(pattern=_SHA256)
    new_length: int
    new_sha256: str = text(pattern=_SHA256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One download.

    Attributes:
        platform: Such as ``linux-x86_64``.
        kind: Format of the package inside.
        signature: Its minisign box, in base64.
    """

    platform: str = text(pattern=_NAME)
    kind: str = text(pattern=_NAME)
    url: str = text(pattern=_URL)
    length: int
    sha256: str = text(pattern=_SHA256)
    signature: str = text(pattern=_BASE64)
    deltas: tuple[Delta, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, as its address ends.

        Raises:
            UpdaterError: It is no address, or ends with no name of one file.
        """
        try:
            name = PurePosixPath(unquote(urlsplit(self.url).path)).name
        except ValueError:
            raise _malformed("the update manifest has an address that is none") from None
        if not is_file_name(name):
            raise _malformed("the update manifest has an address that names no file")
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateManifest:
    """What there is to get.

    Attributes:
        published: Seconds since 1970.
        expires: Seconds since 1970; afterwards nobody takes it.
        minimum_version: The oldest that can go to this version directly; empty for any.
        keys: Public keys to trust from now on besides those one has, one line each.
        retired_keys: Public keys to trust no more from now on.
    """

    schema: Literal[1] = 1
    identifier: str = text(pattern=r"[A-Za-z0-9.-]+")
    channel: str = text(pattern=r"[a-z0-9][a-z0-9-]*")
    version: str = text(pattern=_VERSION)
    published: int
    expires: int
    minimum_version: str = text("", pattern=rf"({_VERSION})?")
    notes: str = text("", pattern=TEXT)
    keys: tuple[str, ...] = field(default=(), metadata={"pattern": _BASE64})
    retired_keys: tuple[str, ...] = field(default=(), metadata={"pattern": _BASE64})
    artifacts: tuple[Artifact, ...] = ()


def seal(manifest: UpdateManifest, signers: tuple[BoxSigner, ...]) -> bytes:
    """Return the envelope of a manifest, signed by each of the signers.

    Raises:
        SignError: A signer cannot sign.
    """
    payload = canonical(_plain(manifest))
    comment = "\t".join(
        (
            f"{MARK}:{manifest.identifier}",
            f"version:{manifest.version}",
            f"timestamp:{manifest.published}",
        )
    )
    boxes: list[JSON] = [
        wrapped(signer.sign_box(payload, trusted_comment=comment).decode()) for signer in signers
    ]
    envelope = {"payload": base64.b64encode(payload).decode("ascii"), "signatures": boxes}
    return json.dumps(envelope, indent=1).encode() + b"\n"


def unseal(data: bytes, keys: tuple[PublicKey, ...]) -> UpdateManifest:
    """Read an envelope by the rules 1 to 3: what it says is what a trusted key signed.

    Raises:
        UpdaterError: One of them is broken.
    """
    envelope = _Envelope.read(data)
    envelope.signers(keys)
    return _manifest(envelope.payload)


def _manifest(payload: bytes) -> UpdateManifest:
    value = _parse(payload, "the update manifest")
    if canonical(value) != payload:  # (3)
        raise _malformed("the update manifest is not canonical JSON")
    try:
        manifest = decode(UpdateManifest, value, place="update manifest")
    except BundleError as error:
        raise _malformed(f"the update manifest is malformed: {error.message}") from None
    for artifact in manifest.artifacts:
        _ = artifact.name  # readers write it under this name
    return manifest


def open_manifest(data: bytes, trust: Trust) -> UpdateManifest:
    """Read a manifest that may be acted on.

    Args:
        data: The envelope, as it was fetched.
        trust: What is known already.

    Raises:
        UpdaterError: One of the rules of this module is broken.
    """
    envelope = _Envelope.read(data)
    signers = envelope.signers(trust.working)
    manifest = _manifest(envelope.payload)
    if (manifest.identifier, manifest.channel) != (trust.identifier, trust.channel):  # (4)
        message = f"the update is for {manifest.identifier}, channel {manifest.channel}"
        raise UpdaterError(message, code="updater.mismatch", help="look at the address of the feed")
    if manifest.published > trust.now + _FUTURE_S or manifest.expires <= trust.now:  # (5)
        raise UpdaterError(
            "the update manifest has expired, or is not valid yet",
            code="updater.expired",
            help="is the clock right? Else the release must be published again",
        )
    offered, installed = Version.parse(manifest.version), Version.parse(trust.version)
    if offered < installed or manifest.published < trust.newest_published:  # (6)
        raise UpdaterError(
            f"the update manifest offers {manifest.version}, and is older than what is here",
            code="updater.downgrade",
            help="the server, or somebody between, shows an old release",
        )
    if manifest.minimum_version and installed < Version.parse(manifest.minimum_version):  # (7)
        message = f"version {manifest.version} cannot be reached from {trust.version} directly"
        help_line = f"install version {manifest.minimum_version} or newer by hand"
        raise UpdaterError(message, code="updater.mismatch", help=help_line)
    change = _change(manifest)
    signers += envelope.signed_by(without(change.named, signers))
    replace(change, signers=signers).check(trust)  # (8)
    return manifest


def trust_after(manifest: UpdateManifest, trust: Trust) -> Trust:
    """Return what a reader trusts after it has opened a manifest; it must not be forgotten.

    Args:
        manifest: As `open_manifest` returned it.
        trust: What it was opened with.
    """
    change = _change(manifest)
    return replace(
        trust,
        keys=change.after(trust),
        retired=change.retired_after(trust),
        newest_published=max(trust.newest_published, manifest.published),
    )


def check_download(
    manifest: UpdateManifest, artifact: Artifact, data: bytes, keys: tuple[PublicKey, ...]
) -> None:
    """Check that fetched bytes are the artifact that a manifest names.

    Args:
        manifest: That names it.
        artifact: One of the manifest's.
        data: What was fetched.
        keys: Those that are trusted after the manifest, without retired ones: `Trust.working`.

    Raises:
        UpdaterError: Length, digest, name or version differ.
        SignError: Its own signature does not fit.
    """
    if not Measure(length=artifact.length, sha256=artifact.sha256).fits(data):
        raise _other(artifact, "is not the file that the manifest describes")
    comment = verify(parse_box(artifact.signature), keys, data)
    said = dict(part.partition(":")[::2] for part in comment.split("\t"))
    if (said.get("file"), said.get("version")) != (artifact.name, manifest.version):
        raise _other(artifact, "was signed as another file, or as another version")


def canonical(value: JSON) -> bytes:
    """Return the one way to write a JSON value that has no fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(manifest: UpdateManifest) -> JSON:
    plain: JSON = json.loads(json.dumps(asdict(manifest)))
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """A payload and its signatures, none of which is believed yet."""

    payload: bytes
    boxes: tuple[str, ...]

    @classmethod
    def read(cls, data: bytes) -> _Envelope:
        """Read by the first rule."""
        if len(data) > MAX_MANIFEST_BYTES:  # (1)
            raise _malformed(f"the update manifest is larger than {MAX_MANIFEST_BYTES} bytes")
        value = _parse(data, "the envelope of the update manifest")
        match value:
            case {"payload": str(payload), "signatures": list(found), **rest} if not rest:
                boxes = tuple(box for box in found if isinstance(box, str))
            case _:
                raise _malformed("the envelope of the update manifest has other parts")
        if len(boxes) != len(found) or not 1 <= len(boxes) <= MAX_SIGNATURES:
            raise _malformed(f"the update manifest has not one to {MAX_SIGNATURES} signatures")
        try:
            return cls(payload=base64.b64decode(payload, validate=True), boxes=boxes)
        except (binascii.Error, ValueError):
            raise _malformed("the payload of the update manifest is not base64") from None

    def signers(self, keys: Keys) -> Keys:
        """Return those keys that signed; none is refused, with what is wrong about each signature."""
        said: list[str] = []
        found = tuple(
            key for box in self.boxes for key in _signers_of(box, self.payload, keys, said)
        )
        if not found:
            message = f"no trusted key signed the update manifest: {'; '.join(said)}"  # (2)
            help_line = "do not install what it names"
            raise UpdaterError(message, code="updater.untrusted", help=help_line)
        return found

    def signed_by(self, keys: Keys) -> Keys:
        """Return those keys that signed, if any."""
        return tuple(key for box in self.boxes for key in _signers_of(box, self.payload, keys, []))


def _signers_of(box: str, payload: bytes, keys: Keys, said: list[str]) -> Keys:
    """Return the keys that one signature is by; what is wrong with it is added to what is said."""
    try:
        parsed = parse_box(box)
        comment = verify(parsed, keys, payload)
    except BundleError as error:
        said.append(error.message)
        return ()
    if not comment.startswith(f"{MARK}:"):
        said.append("a signature is of something else than a manifest")
        return ()
    return tuple(key for key in keys if _is_by(key, parsed, payload))


def _is_by(key: PublicKey, box: Box, payload: bytes) -> bool:
    """Tell whether a signature is by one key: two may have one number."""
    try:
        verify(box, (key,), payload)
    except SignError:
        return False
    return True


def _parse(data: bytes, what: str) -> JSON:
    try:
        value: JSON = json.loads(
            data, object_pairs_hook=_once, parse_float=_never, parse_constant=_never
        )
        canonical(value)  # half a letter of UTF-16 has no bytes
    except (ValueError, RecursionError):
        raise _malformed(f"{what} is not JSON, has a fraction, or a key twice") from None
    return value


def _once(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _never(_text: str) -> JSON:
    raise ValueError


def _malformed(message: str) -> UpdaterError:
    help_line = "fetch it again; or it was made by a newer version"
    return UpdaterError(message, code="updater.malformed", help=help_line)


def _other(artifact: Artifact, what: str) -> UpdaterError:
    help_line = "fetch it again, and do not install this one"
    return UpdaterError(f"{artifact.name} {what}", code="updater.mismatch", help=help_line)


def key_lines(keys: tuple[PublicKey, ...]) -> tuple[str, ...]:
    """Return public keys as manifests hold them."""
    return tuple(key.line for key in keys)


def _change(manifest: UpdateManifest) -> KeyChange:
    return KeyChange(named=_keys(manifest.keys), retired=_keys(manifest.retired_keys), signers=())


def _keys(lines: tuple[str, ...]) -> Keys:
    try:
        return tuple(parse_public_key(line) for line in lines)
    except BundleError as error:
        raise _malformed(f"a key of the update manifest is malformed: {error.message}") from None
