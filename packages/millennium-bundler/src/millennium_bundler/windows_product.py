"""What every installer for Windows is made of, and what Windows knows the app by."""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.settings import BundleSettings
from millennium_bundler.tree import Tree
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_layout import plain_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsProduct:
    """One installer's content and settings, all read and checked.

    Attributes:
        settings: The manifest.
        tree: The files below the folder of the app.
        executable: The executable's path in the tree.
        webview: What it does for WebView2.
        licence: RTF, or "" for no page of it.
        icon: An .ico, or nothing.
    """

    settings: BundleSettings
    tree: Tree
    executable: str
    webview: WebviewInstall
    licence: str = ""
    icon: bytes = b""

    @property
    def manufacturer(self) -> str:
        """The publisher, else the second word of the identifier."""
        return self.settings.publisher or self.settings.identifier.split(".")[1]

    @property
    def folder_name(self) -> str:
        """The product's name as a folder may have it."""
        return plain_folder(self.settings.product_name) or self.settings.binary_name

    @property
    def registry_key(self) -> str:
        """Where the app's own settings lie, below the root."""
        maker = plain_folder(self.manufacturer) or self.settings.identifier
        return f"Software\\{maker}\\{self.folder_name}"
