"""The disk image that people download: the application, and a folder to drag it to."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.hfs_plus.reader import read_volume
from millennium_bundler.archive.hfs_plus.volume import Volume
from millennium_bundler.archive.hfs_plus.writer import most_volume_bytes, write_volume
from millennium_bundler.archive.udif import DiskImage, Resources, read_udif, write_udif
from millennium_bundler.codesign.choose import configured_notary, configured_signer
from millennium_bundler.codesign.notary import notarised
from millennium_bundler.codesign.signed_app import app_warnings, check_signed_app, signed_app
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.dmg_license import license_resources
from millennium_bundler.formats.dmg_volume import dmg_volume
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.macos_lint import lint_image
from millennium_bundler.layout import read_extra
from millennium_bundler.settings import BundleSettings, Manifest, System
from millennium_bundler.sign.signing import AppSigner, Signing


@dataclass(frozen=True, slots=True, kw_only=True)
class DmgContents:
    """What a disk image shall hold.

    Attributes:
        identifier: Of the app, for the image's signature.
        resources: The licence.
        signer: Who signs the image; None leaves it unsigned, as macOS wants nothing else of it.
    """

    identifier: str
    volume: Volume
    resources: Resources
    signer: AppSigner | None = None


class DmgFormat(Format[DmgContents]):
    """Disk images for macOS."""

    name: ClassVar[str] = "dmg"
    systems: ClassVar[tuple[System, ...]] = ("macos",)

    def check(self, manifest: Manifest) -> None:
        """Refuse what an application cannot be, and a licence or background that is none."""
        _license(manifest)
        dmg_volume(manifest, check_signed_app(manifest))

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask Apple's tools, or 7-Zip."""
        return lint_image(path)

    def _plan(self, manifest: Manifest) -> DmgContents:
        return DmgContents(
            identifier=manifest.settings.identifier,
            volume=dmg_volume(manifest, signed_app(manifest)),
            resources=_license(manifest),
            signer=configured_signer(manifest),
        )

    def _build(self, manifest: Manifest, plan: DmgContents) -> Package:
        settings = manifest.settings
        image = DiskImage(volume=write_volume(plan.volume), resources=plan.resources)
        return Package(
            file_name=f"{settings.binary_name}_{settings.version}_{_machine(settings)}.dmg",
            data=write_udif(image, compression=settings.macos.dmg.compression),
            warnings=app_warnings(manifest),
        )

    def _verify(self, package: Package, plan: DmgContents) -> None:
        image = read_udif(package.file, max_bytes=most_volume_bytes(plan.volume))
        if dict(image.resources) != dict(plan.resources):
            raise PackageError("the disk image has another licence", code="package.corrupt")
        volume = read_volume(image.volume)
        if list(volume.tree) != list(plan.volume.tree):
            raise PackageError("the disk image holds other files", code="package.corrupt")
        same = replace(volume, tree=plan.volume.tree)
        if same != plan.volume:
            raise PackageError("the disk image looks otherwise", code="package.corrupt")

    def _sign(self, package: Package, plan: DmgContents, signing: Signing) -> Package:
        del signing
        if plan.signer is None:
            return package
        data = plan.signer.sign_image(package.file, identifier=plan.identifier)
        notary = configured_notary(os.environ)
        if notary is not None:
            data = notarised(data, package.file_name, notary)
        return replace(package, data=data, is_signed=True)


def _license(manifest: Manifest) -> Resources:
    name = manifest.settings.macos.license
    if not name:
        return {}
    path = manifest.resolve(name)
    return license_resources(read_extra(path, what="licence"), path=path)


def _machine(settings: BundleSettings) -> str:
    return {"x86_64": "x64"}.get(settings.target.split("-")[0], settings.target.split("-")[0])
