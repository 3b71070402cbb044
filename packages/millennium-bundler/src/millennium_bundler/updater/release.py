"""From packages to a release: downloads, signatures, deltas, the signed manifest and Tauri's feed.

1. Every download is signed; the signature says name and version.
2. A delta is made from each download of the previous release that is there, and kept if it pays.
3. Entries of other systems are kept when the output already has this version: a release is made on several
   machines, one after the other. Those of this system are kept that earlier runs have left in the release.
4. The manifest is read back before it is written, as an app does that knows one of the keys; it is written last.
5. A retired key signs nothing but the manifest, for apps that know no other; what it released is not taken over.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from millennium_bundler.errors import BundleError, UpdaterError
from millennium_bundler.output import replace_file
from millennium_bundler.sign.minisign import PublicKey, parse_box, parse_public_key, wrapped
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.sign.signing import BoxSigner, Signing
from millennium_bundler.updater.artifacts import Download, MadeBundle, download_of
from millennium_bundler.updater.delta import Measure
from millennium_bundler.updater.feed import FEED_NAME, feed_of
from millennium_bundler.updater.manifest import (
    Artifact,
    UpdateManifest,
    key_lines,
    open_manifest,
    seal,
)
from millennium_bundler.updater.platform import KINDS, platform_key
from millennium_bundler.updater.previous import (
    Previous,
    delta_from,
    read_previous,
    why_no_delta,
)
from millennium_bundler.updater.trust import Keys, Trust, among, without
from millennium_bundler.updater.version import Version
from millennium_bundler.updater_settings import UpdaterSettings

_DAY_S = 24 * 60 * 60
_MAX_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is released.

    Attributes:
        identifier: Of the app.
        version: That is released.
        target: Such as ``x86_64-linux-gnu``.
        notes: What changed.
        date: Seconds since 1970 of what is inside archives.
        published: Seconds since 1970 of the release: now, unless the whole release must be reproducible.
        output: Folder of the release.
        earlier: What earlier runs have left in it that is still of this release: digests by name.
    """

    identifier: str
    version: str
    target: str
    notes: str
    date: int
    published: int
    output: Path
    earlier: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What was made.

    Attributes:
        files: All that a server must have besides the packages, the manifest last.
        manifest: What it says.
        warnings: What the maker should know, one line each.
    """

    files: tuple[Path, ...]
    manifest: UpdateManifest
    warnings: tuple[str, ...]


def manifest_name(channel: str) -> str:
    """Return the file name of a channel's signed manifest."""
    return f"update-{channel}.json"


def check_settings(
    product: Product, settings: UpdaterSettings, signing: Signing
) -> tuple[BoxSigner, ...]:
    """Refuse settings that cannot make a release, before any work starts; return who signs.

    Raises:
        UpdaterError: An address, a key or a version is missing or wrong.
        SignError: What shall be a public key is none.
    """
    if signing.minisign is None:
        raise _bad("updates are not signed: there is no minisign key", "set MILLENNIUM_PRIVATE_KEY")
    if not settings.base_url:
        raise _bad("it is not known where updates are fetched from", "set updater.base_url")
    if not 1 <= settings.expires_after_days <= _MAX_DAYS:
        raise _bad(
            f"a manifest cannot expire after {settings.expires_after_days} days",
            f"1 to {_MAX_DAYS}",
        )
    keys = _keys_of((signing.minisign, *signing.former))
    _check_retired(settings, keys)
    if settings.public_key and parse_public_key(settings.public_key) not in keys:
        message = f"the minisign key {keys[0].name} is not the one whose public part apps carry"
        raise _bad(message, "sign with that one, or let it sign, too: signing.minisign.former")
    version = Version.parse(product.version)
    if settings.minimum_version and version < Version.parse(settings.minimum_version):
        raise _bad(
            "updater.minimum_version is newer than the version itself", "correct one of them"
        )
    platform_key(product.target)
    return (signing.minisign, *signing.former)


def _check_retired(settings: UpdaterSettings, signers: Keys) -> None:
    """Refuse a release that nobody, or nobody who follows it, would take."""
    retired = _parsed(settings.retired_public_keys)
    named = (settings.public_key,) if settings.public_key else ()
    carried = _parsed((*named, *settings.next_public_keys))
    for key in (signers[0], *carried):
        if among([key], retired):
            message = f"the key {key.name} is retired, and shall be trusted all the same"
            raise _bad(message, "take it out of updater.retired_public_keys, or sign with another")


def make_release(
    product: Product,
    bundles: Sequence[MadeBundle],
    previous: Path | None,
    settings: UpdaterSettings,
    signing: Signing,
) -> Release:
    """Write what those need who have an older version.

    Args:
        product: What is released.
        bundles: Its packages; those that no updater takes are passed over.
        previous: Folder of the release before, with its packages and manifest; None for no deltas.
        settings: How.
        signing: Who signs; minisign must be there.

    Raises:
        UpdaterError: The settings cannot make a release, or the previous one is not ours.
        SignError: Signing failed.
    """
    work = _Work(product, settings, check_settings(product, settings, signing))
    artifacts = [work.artifact(one) for one in bundles if one.kind in KINDS]
    if previous is not None and settings.with_deltas:
        artifacts = work.with_deltas(artifacts, previous)
    return work.finish([*artifacts, *work.others()])


class _Work:
    """One release while it is made."""

    def __init__(
        self, product: Product, settings: UpdaterSettings, signers: tuple[BoxSigner, ...]
    ) -> None:
        self._product = product
        self._settings = settings
        self._signers = signers
        self._keys = _keys_of(signers)
        self._retired = _parsed(settings.retired_public_keys)
        self._files: list[Path] = []
        self._warnings: list[str] = []
        self._contents: dict[str, bytes] = {}

    def artifact(self, bundle: MadeBundle) -> Artifact:
        """Make, sign and write one download."""
        in_archives = self._settings.artifacts == "v1_compatible"
        download = download_of(bundle, in_archives=in_archives, date=self._product.date)
        if download.is_new:
            self._write(download.name, download.data)
        signature = self._sign(download)
        self._write(f"{download.name}.sig", signature.encode())
        self._contents[download.name] = download.data
        measure = Measure.of(download.data)
        return Artifact(
            platform=platform_key(self._product.target),
            kind=download.kind,
            url=self._url(download.name),
            length=measure.length,
            sha256=measure.sha256,
            signature=signature,
        )

    def with_deltas(self, artifacts: list[Artifact], previous: Path) -> list[Artifact]:
        """Add the deltas from the release before, where they pay."""
        before = self._read(previous, (*self._next_keys(), *self._retired))
        if before is None:
            self._warnings.append(f"no deltas: there is no release in {previous}")
            return artifacts
        if before.manifest.version == self._product.version:
            self._warnings.append(f"no deltas: the release in {previous} is of this version")
            return artifacts
        return [self._with_delta(one, before) for one in artifacts]

    def others(self) -> list[Artifact]:
        """Return what the output already has of this version."""
        there = self._read(self._product.output, without(self._next_keys(), self._retired))  # (5)
        if there is None or there.manifest.version != self._product.version:
            return []
        own, earlier = platform_key(self._product.target), self._product.earlier
        kept = [  # (3)
            _with_deltas_of(earlier.values(), one) if one.platform == own else one
            for one in there.manifest.artifacts
            if one.platform != own or earlier.get(one.name) == one.sha256
        ]
        gone = [one for one in kept if self._is_retired(one)]
        self._warnings += [
            f"{one.name} is signed by a retired key: bundle it again" for one in gone
        ]
        return [one for one in kept if one not in gone]

    def finish(self, artifacts: list[Artifact]) -> Release:
        """Write the feed and, last, the manifest."""
        product, settings = self._product, self._settings
        manifest = UpdateManifest(
            identifier=product.identifier,
            channel=settings.channel,
            version=product.version,
            published=product.published,
            expires=product.published + settings.expires_after_days * _DAY_S,
            minimum_version=settings.minimum_version,
            notes=product.notes,
            keys=key_lines(without(self._next_keys(), self._retired)),
            retired_keys=key_lines(self._retired),
            artifacts=tuple(sorted(artifacts, key=lambda one: (one.platform, one.kind, one.url))),
        )
        envelope = seal(manifest, self._signers)
        for key in self._keys:
            open_manifest(envelope, self._trust(key))  # (4)
        self._write(FEED_NAME, feed_of(manifest))
        self._write(manifest_name(settings.channel), envelope)
        if manifest.expires <= time.time():
            self._warnings.append(
                "the update manifest has expired already: nobody takes it; is SOURCE_DATE_EPOCH old?"
            )
        if not artifacts:
            self._warnings.append("the release has no package that an updater takes")
        return Release(files=tuple(self._files), manifest=manifest, warnings=tuple(self._warnings))

    def _read(self, folder: Path, keys: Keys) -> Previous | None:
        name = manifest_name(self._settings.channel)
        found = read_previous(folder, name, keys)
        wanted = (self._product.identifier, self._settings.channel)
        # One key may sign several apps: what it released as another must not become a part of this one.
        if found and (found.manifest.identifier, found.manifest.channel) != wanted:
            message = f"{folder / name} is of another app or channel"
            raise UpdaterError(message, code="updater.mismatch", help="name another folder")
        return found

    def _is_retired(self, artifact: Artifact) -> bool:
        number = parse_box(artifact.signature).key_id
        return number not in {key.key_id for key in without(self._next_keys(), self._retired)}

    def _with_delta(self, artifact: Artifact, before: Previous) -> Artifact:
        problem: BundleError | None = None
        made = None
        try:
            data, version = self._contents[artifact.name], self._product.version
            made = delta_from(before, artifact, data, version=version)
        except BundleError as error:
            problem = error
        if made is None:
            self._warnings.append(why_no_delta(before, artifact, problem))
            return artifact
        self._write(made.name, made.data)
        delta = made.described(before.manifest.version, self._url(made.name))
        return replace(artifact, deltas=(delta,))

    def _next_keys(self) -> Keys:
        named = _parsed(self._settings.next_public_keys)
        return (*self._keys, *(key for key in named if key not in self._keys))

    def _trust(self, key: PublicKey) -> Trust:
        return Trust(
            keys=(key,),
            identifier=self._product.identifier,
            channel=self._settings.channel,
            version=self._product.version,
            now=self._product.published,
        )

    def _sign(self, download: Download) -> str:
        version, date = self._product.version, self._product.date
        comment = trusted_comment(download.name, date=date, version=version)
        return wrapped(self._signers[0].sign_box(download.data, trusted_comment=comment).decode())

    def _url(self, name: str) -> str:
        return f"{self._settings.base_url.rstrip('/')}/{quote(name)}"

    def _write(self, name: str, data: bytes) -> None:
        path = self._product.output / name
        try:
            self._product.output.mkdir(parents=True, exist_ok=True)
            replace_file(path, data)
        except OSError as exc:
            message = f"{path} cannot be written: {exc.strerror}"
            raise _bad(message, "choose another --output") from exc
        self._files.append(path)


def _with_deltas_of(digests: Collection[str], artifact: Artifact) -> Artifact:
    return replace(artifact, deltas=tuple(one for one in artifact.deltas if one.sha256 in digests))


def _parsed(lines: Iterable[str]) -> Keys:
    return tuple(parse_public_key(line) for line in lines)


def _keys_of(signers: tuple[BoxSigner, ...]) -> Keys:
    return tuple(parse_public_key(signer.public_key) for signer in signers)


def _bad(message: str, help_line: str) -> UpdaterError:
    return UpdaterError(message, code="updater.settings", help=help_line)
