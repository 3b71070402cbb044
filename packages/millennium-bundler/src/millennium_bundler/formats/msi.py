"""The Windows Installer package: written and read without Windows or WiX, on any system.

One .msi a language, as Windows Installer has it; all of them are one product to an upgrade.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.compound_file import (
    is_as_written,
    read_compound_file,
    write_compound_file,
)
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.interface import Finding, Package
from millennium_bundler.formats.lint_tool import run_lint_tool, said_by
from millennium_bundler.formats.windows_installer import (
    WindowsInstaller,
    check_languages,
    common_warnings,
    licence_text,
)
from millennium_bundler.icons import make_icons
from millennium_bundler.msi.database import Database, read_database, write_database
from millennium_bundler.msi.fragments import read_fragment
from millennium_bundler.msi.languages import Language, find_language
from millennium_bundler.msi.machine import MACHINES
from millennium_bundler.msi.package import make_database
from millennium_bundler.msi.pictures import (
    BANNER_SIZE,
    DIALOG_SIZE,
    drawn_banner,
    drawn_dialog,
    given_picture,
)
from millennium_bundler.msi.product import Product
from millennium_bundler.msi.version import msi_version
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_icon import windows_icon
from millennium_bundler.windows_layout import (
    executable_name,
    signed_windows_tree,
    windows_names,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiPlan:
    """One package: what it is of, and its database."""

    product: Product
    database: Database


class MsiFormat(WindowsInstaller[MsiPlan]):
    """Windows Installer packages."""

    name: ClassVar[str] = "msi"
    file_kind: ClassVar[str] = "an .msi"
    target_code: ClassVar[str] = "msi.target"
    machine_words: ClassVar[Collection[str]] = MACHINES.keys()

    def _check(self, manifest: Manifest) -> None:
        install = manifest.settings.windows.webview_install
        webview = WebviewInstall(mode=install.mode, is_silent=install.silent)
        # Every row there will be, without what takes time: the content of files.
        for product in _products(manifest, windows_names(manifest), webview):
            make_database(product)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask msitools whether they can read it: tables, summary, files."""
        tools = (("msiinfo", "tables"), ("msiinfo", "suminfo"), ("msiextract", "--list"))
        if any(shutil.which(tool) is None for tool, _ in tools):
            return None
        findings = []
        for tool, command in tools:
            done = run_lint_tool([tool, command, str(path)])
            if done.returncode or done.stderr.strip():
                tag, said = f"msi-{command}", said_by(done)
                findings.append(Finding(tool=tool, severity="error", tag=tag, message=said))
        return tuple(findings)

    def _plan(self, manifest: Manifest) -> MsiPlan:
        return self._plans(manifest)[0]

    def _plans(self, manifest: Manifest) -> tuple[MsiPlan, ...]:
        webview = self._webview(manifest)
        products = _products(manifest, signed_windows_tree(manifest, webview.files), webview)
        return tuple(MsiPlan(product=one, database=make_database(one)) for one in products)

    def _build(self, manifest: Manifest, plan: MsiPlan) -> Package:
        product = plan.product
        name = manifest.settings.binary_name.removesuffix(".exe")
        words = (name, product.version, product.machine.file_word, product.language.tag)
        data = write_database(plan.database)
        return Package(file_name=f"{'_'.join(words)}.msi", data=data, warnings=_warnings(product))

    def _verify(self, package: Package, plan: MsiPlan) -> None:
        if read_database(package.file).content() != plan.database.content():
            message = f"{package.file_name} does not hold what was written"
            raise PackageError(message, code="package.corrupt")
        if not is_as_written(package.file):
            message = f"{package.file_name} has bytes that belong to no stream"
            raise PackageError(message, code="package.corrupt")

    def _settled(self, signed: bytes) -> bytes:
        # A signing tool leaves room between the streams, where a changed byte would change nothing that is signed.
        return write_compound_file(read_compound_file(signed))


def _products(manifest: Manifest, tree: Tree, webview: WebviewInstall) -> list[Product]:
    settings = manifest.settings
    msi = settings.windows.msi
    icons = tuple(manifest.resolve(icon) for icon in settings.icons)
    largest = max(make_icons(icons).png.items(), default=(0, None))[1]
    banner = manifest.resolve(msi.banner_path) if msi.banner_path else None
    ground = manifest.resolve(msi.dialog_image_path) if msi.dialog_image_path else None
    languages = _languages(manifest)
    first = Product(
        settings=settings,
        tree=tree,
        executable=executable_name(manifest),
        version=msi_version(msi.version or settings.version),
        language=languages[0],
        webview=webview,
        licence=licence_text(manifest, msi.license),
        icon=windows_icon(icons),
        banner=given_picture(banner, BANNER_SIZE) if banner else drawn_banner(largest),
        ground=given_picture(ground, DIALOG_SIZE) if ground else drawn_dialog(largest),
        fragments=tuple(read_fragment(manifest.resolve(name)) for name in msi.fragment_paths),
    )
    return [dataclasses.replace(first, language=language) for language in languages]


def _languages(manifest: Manifest) -> list[Language]:
    msi = manifest.settings.windows.msi
    check_languages(msi.language, msi.locales, key="msi.language", code="msi.language")
    found = []
    for tag in dict.fromkeys(msi.language):
        own = msi.locales.get(tag)
        found.append(find_language(tag, manifest.resolve(own) if own else None))
    return found


def _warnings(product: Product) -> tuple[str, ...]:
    found = common_warnings(product, without_icon="the list of apps shows a blank one")
    if not product.language.is_translated:
        found.append(f"{product.language.tag}: the wizard speaks English; see `msi.locales`")
    return tuple(found)
