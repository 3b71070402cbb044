"""What both installers for Windows share: their machines, licences and languages, and how they are signed."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable
from typing import ClassVar, TypeVar, final

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Format, Package
from millennium_bundler.layout import read_extra
from millennium_bundler.msi.rich_text import rich_text
from millennium_bundler.settings import Manifest, System
from millennium_bundler.sign.signing import Signing
from millennium_bundler.webview_install import (
    FIXED_RUNTIME_FOLDER,
    WebviewInstall,
    check_webview_install,
    read_webview_install,
)
from millennium_bundler.windows_product import WindowsProduct

Plan = TypeVar("Plan")


class WindowsInstaller(Format[Plan]):
    """An installer for Windows.

    Args:
        webview: Brings what an installer carries and runs for WebView2.

    Attributes:
        file_kind: What it is called in errors.
        target_code: Of the error for a target that is none of its own.
        machine_words: First words of the targets that it can be made for.
    """

    systems: ClassVar[tuple[System, ...]] = ("windows",)
    file_kind: ClassVar[str]
    target_code: ClassVar[str]
    machine_words: ClassVar[Collection[str]]

    def __init__(
        self, *, webview: Callable[[Manifest], WebviewInstall] = read_webview_install
    ) -> None:
        self._webview = webview

    @final
    def check(self, manifest: Manifest) -> None:
        """Refuse a target, WebView2 mode or setting that no such installer can carry."""
        settings = manifest.settings
        if settings.system != "windows" or settings.target.split("-")[0] not in self.machine_words:
            message = f"{self.file_kind} cannot be made for {settings.target}"
            help_line = f"machines: {', '.join(sorted(self.machine_words))}"
            raise FormatError(message, code=self.target_code, help=help_line)
        check_webview_install(manifest)
        self._check(manifest)

    @abstractmethod
    def _check(self, manifest: Manifest) -> None:
        """Refuse settings of this kind of installer."""

    def _settled(self, signed: bytes) -> bytes:
        """Return a signed package as it shall be written."""
        return signed

    def _sign(self, package: Package, plan: Plan, signing: Signing) -> Package:
        signer = signing.authenticode
        if signer is None:
            return package
        data = self._settled(signer.sign(package.file, name=package.file_name))
        signer.verify(data, name=package.file_name)
        signed = dataclasses.replace(package, data=data, is_signed=True)
        self._verify(signed, plan)
        return signed


def licence_text(manifest: Manifest, own: str) -> str:
    """Return the licence as RTF, or "" where there is none.

    Args:
        manifest: Whose licence files are shown.
        own: A file for this installer in their place.
    """
    names = (own,) if own else manifest.settings.license_files
    texts = [read_extra(manifest.resolve(name), what="licence") for name in names]
    if not texts:
        return ""
    return rich_text(texts[0] if len(texts) == 1 else b"\n\n".join(texts), name=names[0])


def check_languages(
    tags: Collection[str], with_texts: Iterable[str], *, key: str, code: str
) -> None:
    """Refuse no language at all, and texts for one that is not named.

    Args:
        tags: The languages.
        with_texts: Those with a file of texts.
        key: Of the manifest that names languages: "msi.language".
        code: Of the error.

    Raises:
        FormatError: No language is named, or texts for another one are.
    """
    unused = sorted(set(with_texts) - set(tags))
    if unused or not tags:
        message = f"texts for {unused[0]!r} have no language" if unused else "no language is named"
        raise FormatError(message, code=code, help=f"name it in `windows.{key}`")


def common_warnings(product: WindowsProduct, *, without_icon: str) -> list[str]:
    """Return what the maker of any installer should know, one line each."""
    found = []
    if not product.icon:
        found.append(f"no icon: {without_icon}")
    if not product.settings.publisher:
        found.append(f"no publisher: the list of apps says {product.manufacturer!r}")
    if product.webview.mode == "fixed_runtime":
        found.append(
            f"fixed_runtime: nothing tells the app of {FIXED_RUNTIME_FOLDER}; it must set "
            "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER to it, or takes the WebView2 of Windows"
        )
    return found
