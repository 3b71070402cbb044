"""What one .msi is made of, gathered before a row is written."""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.msi.codes import guid, spelled
from millennium_bundler.msi.fragments import Fragment
from millennium_bundler.msi.languages import Language
from millennium_bundler.msi.machine import MACHINES, Machine
from millennium_bundler.windows_product import WindowsProduct
from millennium_bundler.windows_settings import MsiSettings

LOCAL_MACHINE, CURRENT_USER = 2, 1
MAIN_FILE, MAIN_FEATURE, INSTALL_FOLDER = "MainExe", "Main", "INSTALLDIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(WindowsProduct):
    """One package's content and settings, all read and checked; see also `WindowsProduct`.

    Attributes:
        version: As an .msi may have it.
        language: The package's.
        banner: Bitmap on top of most pages.
        ground: Bitmap of first and last page.
        fragments: Rows of one's own.
    """

    version: str
    language: Language
    banner: bytes
    ground: bytes
    fragments: tuple[Fragment, ...] = ()

    @property
    def msi(self) -> MsiSettings:
        """The keys of this format."""
        return self.settings.windows.msi

    @property
    def is_per_user(self) -> bool:
        """Whether it installs for one user, without asking for rights."""
        return self.msi.install_scope == "per_user"

    @property
    def registry_root(self) -> int:
        """Where its own settings lie."""
        return CURRENT_USER if self.is_per_user else LOCAL_MACHINE

    @property
    def machine(self) -> Machine:
        """What it is for."""
        return MACHINES[self.settings.target.split("-")[0]]

    @property
    def programs_folder(self) -> str:
        """The standard folder that holds the app's, or its parent for one user."""
        return "LocalAppDataFolder" if self.is_per_user else self.machine.programs_folder

    @property
    def upgrade_code(self) -> str:
        """What all versions share."""
        given = self.msi.upgrade_code
        return spelled(given) if given else guid("upgrade", self.settings.identifier)

    def component_code(self, name: str) -> str:
        """Return the GUID of a component of this app."""
        scope = self.msi.install_scope
        return guid("component", self.settings.identifier, scope, self.machine.name, name)

    def text(self, name: str) -> str:
        """Return a text of the wizard."""
        return self.language.texts[name]
