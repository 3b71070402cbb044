"""The setup.exe: one file with a wizard in many languages, compiled by NSIS on any system."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from millennium_bundler.errors import FormatError, PackageError, TreeError
from millennium_bundler.formats.interface import Finding, Package
from millennium_bundler.formats.lint_tool import run_lint_tool, said_by
from millennium_bundler.formats.windows_installer import (
    WindowsInstaller,
    check_languages,
    common_warnings,
    licence_text,
)
from millennium_bundler.layout import read_extra
from millennium_bundler.msi.pictures import given_picture
from millennium_bundler.nsis.compiler import compile_setup, find_compiler, try_setup
from millennium_bundler.nsis.contents import carried_digests, is_deflated
from millennium_bundler.nsis.languages import Language, find_language, language_tag
from millennium_bundler.nsis.reader import read_setup, seal
from millennium_bundler.nsis.setup import MACHINES, UNINSTALLER, Setup
from millennium_bundler.nsis.template import check_template
from millennium_bundler.nsis.version import file_version
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_icon import windows_icon
from millennium_bundler.windows_layout import executable_name, signed_windows_tree, windows_names

_HEADER_SIZE, _SIDEBAR_SIZE = (150, 57), (164, 314)
_READER = "7z"
# NSIS's tables, the uninstaller, plug-ins and pictures.
_MOST_OWN_BYTES = 256 * 1024 * 1024


class NsisFormat(WindowsInstaller[Setup]):
    """Installers made by NSIS."""

    name: ClassVar[str] = "nsis"
    file_kind: ClassVar[str] = "a setup.exe"
    target_code: ClassVar[str] = "nsis.target"
    machine_words: ClassVar[Collection[str]] = MACHINES.keys()

    def _check(self, manifest: Manifest) -> None:
        nsis = manifest.settings.windows.nsis
        _languages(manifest)
        licence_text(manifest, nsis.license)
        _picture(manifest, nsis.header_image, _HEADER_SIZE)
        _picture(manifest, nsis.sidebar_image, _SIDEBAR_SIZE)
        _hooks(manifest)
        _template(manifest)
        _icon(manifest)
        tree = windows_names(manifest)
        _check_names(tree)
        install = manifest.settings.windows.webview_install
        webview = WebviewInstall(mode=install.mode, is_silent=install.silent)
        try_setup(self._setup(manifest, tree, webview))

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask 7-Zip whether it can read all that is inside; not with zlib, of which it knows an older dialect."""
        if shutil.which(_READER) is None or _is_deflated(path):
            return None
        done = run_lint_tool([_READER, "t", str(path)])
        if done.returncode == 0 and "Type = Nsis" in done.stdout:
            return ()
        tag = "nsis-unreadable"
        return (Finding(tool=_READER, severity="error", tag=tag, message=said_by(done)),)

    def _plan(self, manifest: Manifest) -> Setup:
        find_compiler()
        webview = self._webview(manifest)
        tree = signed_windows_tree(manifest, webview.files)
        _check_names(tree)
        return self._setup(manifest, tree, webview)

    def _setup(self, manifest: Manifest, tree: Tree, webview: WebviewInstall) -> Setup:
        settings = manifest.settings
        nsis = settings.windows.nsis
        return Setup(
            settings=settings,
            tree=tree,
            executable=executable_name(manifest),
            languages=_languages(manifest),
            webview=webview,
            licence=licence_text(manifest, nsis.license),
            icon=_icon(manifest),
            header=_picture(manifest, nsis.header_image, _HEADER_SIZE),
            sidebar=_picture(manifest, nsis.sidebar_image, _SIDEBAR_SIZE),
            hooks=_hooks(manifest),
            template=_template(manifest),
        )

    def _build(self, manifest: Manifest, plan: Setup) -> Package:
        signer = manifest.signing.authenticode
        sign = None if signer is None else lambda data: signer.sign(data, name=UNINSTALLER)
        data = seal(compile_setup(plan, sign=sign))
        name = manifest.settings.binary_name.removesuffix(".exe")
        file_name = f"{name}_{manifest.settings.version}_{plan.machine}-setup.exe"
        return Package(file_name=file_name, data=data, warnings=_warnings(plan), is_program=True)

    def _verify(self, package: Package, plan: Setup) -> None:
        found = read_setup(package.file, name=package.file_name)
        wanted = file_version(plan.settings.version)
        if found.version != wanted:
            message = f"{package.file_name} says {found.version or 'no version'}, not {wanted}"
            raise PackageError(message, code="package.corrupt")
        _check_contents(package, plan)


def _is_deflated(path: Path) -> bool:
    with suppress(ValueError):
        return is_deflated(path.read_bytes())
    return False


def _check_contents(package: Package, plan: Setup) -> None:
    """Unpack the installer and look for every file."""
    files = sum(len(file.data) for file in plan.tree.files())
    carried = carried_digests(
        package.file, compression=plan.nsis.compression, max_bytes=files + _MOST_OWN_BYTES
    )
    for file in plan.tree.files():
        if hashlib.sha256(file.data).digest() not in carried:
            message = f"{package.file_name} does not carry {file.path!r} as it was given"
            raise PackageError(message, code="package.corrupt")


def _languages(manifest: Manifest) -> tuple[Language, ...]:
    nsis = manifest.settings.windows.nsis
    own = {language_tag(name): path for name, path in nsis.custom_language_files.items()}
    tags = list(dict.fromkeys(map(language_tag, nsis.languages)))
    check_languages(tags, own, key="nsis.languages", code="nsis.language")
    return tuple(
        find_language(tag, manifest.resolve(own[tag]) if tag in own else None) for tag in tags
    )


def _icon(manifest: Manifest) -> bytes:
    own = manifest.settings.windows.nsis.installer_icon
    icons = (own,) if own else manifest.settings.icons
    return windows_icon(tuple(manifest.resolve(icon) for icon in icons))


def _check_names(tree: Tree) -> None:
    if any(file.path.lower() == UNINSTALLER for file in tree.files()):
        message = f"a file is called {UNINSTALLER!r}, as the uninstaller is"
        raise TreeError(message, code="tree.conflict", help="change its destination")


def _picture(manifest: Manifest, name: str, size: tuple[int, int]) -> bytes:
    return given_picture(manifest.resolve(name), size) if name else b""


def _hooks(manifest: Manifest) -> bytes:
    name = manifest.settings.windows.nsis.installer_hooks
    return _script(manifest, name, what="file of hooks").encode() if name else b""


def _template(manifest: Manifest) -> str:
    name = manifest.settings.windows.nsis.template
    if not name:
        return ""
    template = _script(manifest, name, what="template")
    check_template(template, name=name)
    return template


def _script(manifest: Manifest, name: str, *, what: str) -> str:
    try:
        return read_extra(manifest.resolve(name), what=what).decode("utf-8")
    except UnicodeDecodeError as exc:
        message = f"{name} is no text in UTF-8"
        raise FormatError(message, code="nsis.settings", help="save it as UTF-8") from exc


def _warnings(setup: Setup) -> tuple[str, ...]:
    found = common_warnings(setup, without_icon="the installer shows that of NSIS")
    found += [
        f"{language.tag}: some pages speak English; see `nsis.custom_language_files`"
        for language in setup.languages
        if not language.is_translated
    ]
    return tuple(found)
