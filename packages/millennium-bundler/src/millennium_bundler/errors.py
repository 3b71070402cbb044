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
"""

from __future__ import annotations

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
    "tree.conflict": "M0430",
    "tree.outside": "M0431",
    "tree.missing": "M0432",
    "format.unknown": "M0440",
    "format.twice": "M0441",
    "format.write": "M0442",
    "format.no_tool": "M0443",
    "format.system": "M0444",
    # M0450 was deb.name; every command makes a name that Debian takes.
    "deb.version": "M0451",
    "deb.target": "M0452",
    "deb.soname": "M0453",
    "package.corrupt": "M0460",
}


class BundleError(Exception):
    """Root of all errors of this distribution.

    Attributes:
        code: Stable, dotted, for programs ("manifest.unknown_key").
        message: What happened, with the offending name.
        help: What to do next; may be empty.
        place: File, and key where known, that the error is about; may be empty.
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

    @property
    def number(self) -> str:
        """The number the command line prints, such as "M0401"."""
        return NUMBERS[self.code]


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
