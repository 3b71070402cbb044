"""Everything that can go wrong while bundling, as one tree.

* BundleError ▸ code, message, help
    * ManifestError ▸ the manifest is missing, malformed, or names what is not there
    * ExecutableError ▸ the executable is missing, altered, unverified or of another machine
    * ElfError ▸ a file says it is ELF and is not well-formed
    * IconError ▸ an icon cannot be read or drawn
    * TreeError ▸ two files want one place, or a path leaves the tree
    * FormatError ▸ a package format is unknown, or cannot carry what it was given
    * PackageError ▸ our own reader does not find in the package what the writer was given
    * SignError ▸ a signature cannot be made, or what was signed does not verify
    * LedgerError ▸ a ledger or a proof cannot be read, does not hold, or cannot be appended to
    * UpdaterError ▸ a release cannot be made, or what was fetched is not to be installed
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

E = TypeVar("E", bound="BundleError")

# Printed by the command line as error[M0401]; never renumbered, never reused.
NUMBERS: dict[str, str] = {
    "manifest.missing": "M0401",
    "manifest.not_json": "M0402",
    "manifest.unknown_key": "M0403",
    "manifest.missing_key": "M0404",
    "manifest.bad_value": "M0405",
    "manifest.schema": "M0406",
    "manifest.build_failed": "M0407",
    "executable.missing": "M0410",
    "executable.changed": "M0411",
    "executable.not_verified": "M0412",
    "executable.wrong_target": "M0413",
    "elf.malformed": "M0414",
    "icon.missing": "M0420",
    "icon.unreadable": "M0421",
    "icon.no_rasteriser": "M0422",
    "icon.write": "M0423",
    "icon.too_small": "M0424",
    "tree.conflict": "M0430",
    "tree.outside": "M0431",
    "tree.missing": "M0432",
    "tree.script": "M0433",
    "tree.too_long": "M0434",
    "format.unknown": "M0440",
    "format.twice": "M0441",
    "format.write": "M0442",
    "format.no_tool": "M0443",
    "format.system": "M0444",
    "format.internal": "M0445",
    # M0450 was deb.name; every command makes a name that Debian takes.
    "deb.version": "M0451",
    "deb.target": "M0452",
    "deb.soname": "M0453",
    "package.corrupt": "M0460",
    "rpm.version": "M0461",
    "rpm.target": "M0462",
    "rpm.relation": "M0463",
    "rpm.too_large": "M0464",
    "arch.version": "M0465",
    "arch.target": "M0466",
    "tar.target": "M0467",
    "flatpak.identifier": "M0468",
    "flatpak.failed": "M0469",
    "squashfs.malformed": "M0470",
    "appimage.compiler": "M0471",
    "appimage.no_runtime": "M0472",
    "appimage.runtime_changed": "M0473",
    "appimage.target": "M0474",
    "appimage.update_information": "M0475",
    "appimage.too_long": "M0476",
    "msi.version": "M0480",
    "msi.target": "M0481",
    "msi.language": "M0482",
    "msi.fragment": "M0483",
    "msi.row": "M0484",
    "msi.picture": "M0485",
    "msi.too_large": "M0486",
    "msi.license": "M0487",
    "pe.malformed": "M0488",
    "windows.texts": "M0489",
    "windows.name": "M0490",
    "webview.missing": "M0491",
    "webview.no_pin": "M0492",
    "webview.offline": "M0493",
    "webview.fetch": "M0494",
    "webview.changed": "M0495",
    "nsis.target": "M0496",
    "nsis.language": "M0497",
    "nsis.settings": "M0498",
    "nsis.script": "M0499",
    "macos.target": "M0500",
    "macho.malformed": "M0501",
    "macos.name": "M0502",
    "macos.volume": "M0503",
    "macos.plist": "M0504",
    "macos.framework": "M0505",
    "macos.picture": "M0506",
    "macos.license": "M0507",
    "codesign.macho": "M0508",
    "codesign.key": "M0509",
    "codesign.timestamp": "M0550",
    "notary.refused": "M0551",
    "sign.settings": "M0510",
    "sign.no_key": "M0511",
    "sign.password": "M0512",
    "sign.no_tool": "M0513",
    "sign.tool_failed": "M0514",
    "sign.not_valid": "M0515",
    "sign.unsupported": "M0516",
    "sign.no_file": "M0517",
    "sign.exists": "M0518",
    "minisign.malformed": "M0519",
    "minisign.other_key": "M0520",
    "minisign.bad_signature": "M0521",
    "minisign.too_costly": "M0522",
    "updater.settings": "M0523",
    "updater.malformed": "M0524",
    "updater.untrusted": "M0525",
    "updater.expired": "M0526",
    "updater.downgrade": "M0527",
    "updater.mismatch": "M0528",
    "sign.algorithm": "M0529",
    "desktop.template": "M0540",
    "package.differs": "M0545",
    "provenance.malformed": "M0546",
    "minisign.other_name": "M0547",
    "ledger.malformed": "M0530",
    "ledger.not_valid": "M0531",
    "ledger.missing": "M0532",
    "ledger.write": "M0533",
    "ledger.locked": "M0534",
    "ledger.changed": "M0535",
    "ledger.full": "M0536",
    "ledger.no_entry": "M0537",
    "ledger.other_log": "M0538",
    "ledger.origin": "M0539",
}


class BundleError(Exception):
    """Root of all errors of this distribution.

    Attributes:
        code: Stable, dotted, for programs ("manifest.unknown_key").
        message: What happened, with the offending name.
        help: What to do next; may be empty.
        place: File, and key where known, that the error is about; may be empty.
        also: What else was found to be wrong at the same time.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        help: str = "",
        place: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.place = place
        self.also: tuple[BundleError, ...] = ()

    @property
    def number(self) -> str:
        """The number the command line prints, such as "M0401"."""
        return NUMBERS[self.code]


def all_of(errors: Iterable[E]) -> E:
    """Return the first of some errors; it carries the others, each said once."""
    told: dict[tuple[str, str], BundleError] = {}
    found = [*errors]
    for error in found:
        group: tuple[BundleError, ...] = (error, *error.also)
        for one in group:
            told.setdefault((one.code, one.message), one)
    found[0].also = (*told.values(),)[1:]
    return found[0]


class ManifestError(BundleError):
    """The manifest is missing or malformed; the message names the key."""


class ExecutableError(BundleError):
    """The executable is missing, altered, unverified or of another machine."""


class ElfError(BundleError):
    """A file that starts like ELF is not well-formed."""


class IconError(BundleError):
    """An icon cannot be read or drawn."""


class TreeError(BundleError):
    """Two files want one place, or a path leaves the tree."""


class FormatError(BundleError):
    """A package format is unknown, or cannot carry what it was given."""


class PackageError(BundleError):
    """A package does not hold what its writer was given."""


class SignError(BundleError):
    """A signature cannot be made, or what was signed does not verify."""


class UpdaterError(BundleError):
    """A release cannot be made, or what was fetched is not to be installed."""


class LedgerError(BundleError):
    """A ledger or a proof cannot be read, does not hold, or cannot be appended to."""
