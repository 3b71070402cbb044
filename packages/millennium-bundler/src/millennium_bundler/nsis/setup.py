"""What one setup.exe is made of, gathered before a line of script is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from millennium_bundler.nsis.languages import Language
from millennium_bundler.settings import BundleSettings
from millennium_bundler.tree import File, Tree
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_layout import plain_folder
from millennium_bundler.windows_settings import NsisSettings

UNINSTALLER = "uninstall.exe"
# Machine of a target → its name in a file's name.
MACHINES: Final = MappingProxyType({"x86_64": "x64", "i686": "x86", "aarch64": "arm64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One installer's content and settings, all read and checked.

    Attributes:
        settings: The manifest.
        tree: The files below the folder of the app.
        executable: The executable's path in the tree.
        languages: Of the wizard; the first is the one for all others.
        webview: What it does for WebView2.
        licence: RTF, or "" for no page of it.
        icon: An .ico, or nothing.
        header: Bitmap on top of most pages, or nothing.
        sidebar: Bitmap of first and last page, or nothing.
        hooks: Script of one's own, or nothing.
    """

    settings: BundleSettings
    tree: Tree
    executable: str
    languages: tuple[Language, ...]
    webview: WebviewInstall
    licence: str = ""
    icon: bytes = b""
    header: bytes = b""
    sidebar: bytes = b""
    hooks: bytes = b""

    @property
    def nsis(self) -> NsisSettings:
        """The keys of this format."""
        return self.settings.windows.nsis

    @property
    def machine(self) -> str:
        """The machine as the name of a file has it."""
        return MACHINES[self.settings.target.split("-")[0]]

    @property
    def is_64_bit(self) -> bool:
        """Whether the app needs a Windows of 64 bits."""
        return self.machine != "x86"

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

    @property
    def size_kib(self) -> int:
        """What the installed files take."""
        return -(-sum(len(file.data) for file in self.tree.files()) // 1024)

    def folders(self) -> list[str]:
        """Return the folders below that of the app, the deepest first."""
        found = {
            str(parent)
            for file in self.tree.files()
            for parent in PurePosixPath(file.path).parents
            if str(parent) != "."
        }
        return sorted(found, key=lambda path: (-path.count("/"), path))

    def staged(self) -> list[tuple[str, File]]:
        """Return the files with the plain names that they have beside the script."""
        return [(f"file{number}", file) for number, file in enumerate(self.tree.files())]
