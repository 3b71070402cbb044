"""What one setup.exe is made of, gathered before a line of script is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from millennium_bundler.nsis.languages import Language
from millennium_bundler.tree import File
from millennium_bundler.windows_product import WindowsProduct
from millennium_bundler.windows_settings import NsisSettings

UNINSTALLER = "uninstall.exe"
# Machine of a target → its name in a file's name.
MACHINES: Final = MappingProxyType({"x86_64": "x64", "i686": "x86", "aarch64": "arm64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup(WindowsProduct):
    """One installer's content and settings, all read and checked; see also `WindowsProduct`.

    Attributes:
        languages: Of the wizard; the first is the one for all others.
        header: Bitmap on top of most pages, or nothing.
        sidebar: Bitmap of first and last page, or nothing.
        hooks: Script of one's own, or nothing.
        template: Template of one's own, in place of ours; or nothing.
    """

    languages: tuple[Language, ...]
    header: bytes = b""
    sidebar: bytes = b""
    hooks: bytes = b""
    template: str = ""

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
