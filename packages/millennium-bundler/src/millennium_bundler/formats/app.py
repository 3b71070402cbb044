"""The macOS application: a folder that looks like one file.

It is always signed: with the identity that is configured, else without one ("ad hoc"), for Apple's own
processors run nothing unsigned.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from millennium_bundler.codesign.choose import configured_notary, configured_signer
from millennium_bundler.codesign.signed_app import app_warnings, check_signed_app, signed_app
from millennium_bundler.codesign.staple import notarised_app
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.macos_lint import lint_app
from millennium_bundler.macos_layout import app_name, below
from millennium_bundler.settings import Manifest, System
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree


class AppFormat(Format[Tree]):
    """Applications for macOS."""

    name: ClassVar[str] = "app"
    systems: ClassVar[tuple[System, ...]] = ("macos",)

    def check(self, manifest: Manifest) -> None:
        """Refuse another system's executable, names, property lists and frameworks that do not fit."""
        check_signed_app(manifest)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask Apple's codesign and plutil."""
        return lint_app(path)

    def _plan(self, manifest: Manifest) -> Tree:
        return signed_app(manifest)

    def _build(self, manifest: Manifest, plan: Tree) -> Package:
        name = app_name(manifest.settings)
        return Package(
            file_name=name,
            data=below(plan, name),
            warnings=app_warnings(manifest),
            is_signed=configured_signer(manifest) is not None,
        )

    def _verify(self, package: Package, plan: Tree) -> None:
        if not isinstance(package.data, Tree):
            raise PackageError("the application is no folder", code="package.corrupt")
        if list(package.data) != list(below(plan, package.file_name)):
            raise PackageError("the application holds other files", code="package.corrupt")

    def _sign(self, package: Package, plan: Tree, signing: Signing) -> Package:
        # Signed while it was planned, and proved by its signer: the seal is among the files.
        del plan, signing
        notary = configured_notary(os.environ) if package.is_signed else None
        if notary is None or not isinstance(package.data, Tree):
            return package
        return replace(package, data=notarised_app(package.data, package.file_name, notary))
