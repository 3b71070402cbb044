"""The release before: what users have, and what a delta can be made from."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millennium_bundler.errors import BundleError, UpdaterError
from millennium_bundler.sign.minisign import PublicKey
from millennium_bundler.updater.delta import Measure, make_delta
from millennium_bundler.updater.manifest import (
    MAX_MANIFEST_BYTES,
    Artifact,
    Delta,
    UpdateManifest,
    check_download,
    unseal,
)

_GZIP = ".tar.gz"
_MAX_UNPACKED_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """A release on disk.

    Attributes:
        folder: Holds its manifest and its downloads.
        manifest: What it says; a trusted key signed it.
        keys: Those that are trusted.
    """

    folder: Path
    manifest: UpdateManifest
    keys: tuple[PublicKey, ...]

    def same_kind(self, artifact: Artifact, version: str) -> Artifact | None:
        """Return its download for the same system, of the same kind and, where there are several, name.

        Args:
            artifact: Of the new release.
            version: Of the new release, which stands in names where the old one stood.
        """
        wanted = (artifact.platform, artifact.kind)
        found = [one for one in self.manifest.artifacts if (one.platform, one.kind) == wanted]
        if len(found) == 1:
            return found[0]
        old = self.manifest.version
        names = {one.name.replace(old, version): one for one in found}
        return names.get(artifact.name)

    def content(self, artifact: Artifact) -> bytes:
        """Read one of its downloads.

        Raises:
            BundleError: It is not there, or is not what the manifest describes.
        """
        path = self.folder / artifact.name
        try:
            data = path.read_bytes()
        except OSError:
            message = f"{artifact.name} is not in {self.folder}"
            raise UpdaterError(message, code="updater.mismatch", help="put it there") from None
        check_download(self.manifest, artifact, data, self.keys)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDelta:
    """A delta that pays, and how the manifest will describe it once it has an address."""

    name: str
    data: bytes
    form: Literal["file", "gunzip"]
    old: Measure
    new: Measure

    def described(self, version: str, url: str) -> Delta:
        """Return the manifest's entry."""
        own = Measure.of(self.data)
        return Delta(
            from_version=version,
            form=self.form,
            url=url,
            length=own.length,
            sha256=own.sha256,
            old_length=self.old.length,
            old_sha256=self.old.sha256,
            new_length=self.new.length,
            new_sha256=self.new.sha256,
        )


def read_previous(folder: Path, name: str, keys: tuple[PublicKey, ...]) -> Previous | None:
    """Read the manifest of a release; None when there is none.

    Raises:
        UpdaterError: It cannot be read, or no trusted key signed it.
    """
    path = folder / name
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise UpdaterError(message, code="updater.settings", help="name its folder") from exc
    return Previous(folder=folder, manifest=unseal(data, keys), keys=keys)


def delta_from(
    previous: Previous, artifact: Artifact, data: bytes, *, version: str
) -> MadeDelta | None:
    """Make the delta to a download from the one before; None when there is none, or it does not pay.

    Args:
        previous: The release before.
        artifact: The download.
        data: What it holds.
        version: Of the new release.

    Raises:
        BundleError: The old download is missing or altered.
    """
    before = previous.same_kind(artifact, version)
    if before is None:
        return None
    old, new = previous.content(before), data
    # A change spreads over all that follows it in a gzip, so what is inside is compared.
    is_gzip = artifact.name.endswith(_GZIP) and before.name.endswith(_GZIP)
    if is_gzip:
        old, new = _gunzipped(old), _gunzipped(new)
    delta = make_delta(old, new, whole_bytes=len(data))
    if delta is None:
        return None
    return MadeDelta(
        name=f"{artifact.name}.from-{previous.manifest.version}.zst",
        data=delta,
        form="gunzip" if is_gzip else "file",
        old=Measure.of(old),
        new=Measure.of(new),
    )


def why_no_delta(previous: Previous, artifact: Artifact, error: BundleError | None) -> str:
    """Return the warning for a download without a delta."""
    reason = "it would not pay" if error is None else error.message
    return f"{artifact.name} has no delta from {previous.manifest.version}: {reason}"


def _gunzipped(data: bytes) -> bytes:
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        out = stream.decompress(data, _MAX_UNPACKED_BYTES)
    except zlib.error:
        out = b""
    if not stream.eof:
        message = "an archive is damaged, or too large inside"
        raise UpdaterError(message, code="updater.mismatch", help="bundle it again")
    return out
