"""The keys of features an app turns on by configuring them: updater, tray, own command line."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class WindowsUpdaterConfig(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """How an update is installed on Windows."""

    install_mode: Literal["basic-ui", "quiet", "passive"] = "passive"
    installer_args: tuple[str, ...] = ()


class UpdaterConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Where updates come from and who signed them.

    Attributes:
        dialog: Whether the framework asks the user; otherwise the app does, told by events.
        endpoints: Addresses; may hold ``{{current_version}}``, ``{{target}}``, ``{{arch}}``.
        pubkey: The public key, as ``millennium signer generate`` prints it.
    """

    active: bool = False
    dialog: bool = True
    endpoints: tuple[str, ...] = ()
    pubkey: str = ""
    windows: WindowsUpdaterConfig = WindowsUpdaterConfig()


class TrayConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """An icon in the system's tray.

    Attributes:
        icon_path: A PNG file; an ICO file on Windows.
        icon_as_template: macOS: recoloured by the system.
    """

    icon_path: str
    id: str = "main"
    title: str = ""
    tooltip: str = ""
    icon_as_template: bool = False
    menu_on_left_click: bool = True


class CliArgument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One argument of the app's own command line.

    Attributes:
        short: One letter, for ``-v``.
        index: Place of a positional argument, from 1.
    """

    name: str
    short: str = ""
    description: str = ""
    long_description: str = ""
    takes_value: bool = False
    multiple: bool = False
    multiple_occurrences: bool = False
    number_of_values: int | None = None
    possible_values: tuple[str, ...] = ()
    min_values: int | None = None
    max_values: int | None = None
    required: bool = False
    required_unless_present: str = ""
    required_unless_present_all: tuple[str, ...] = ()
    required_unless_present_any: tuple[str, ...] = ()
    conflicts_with: str = ""
    conflicts_with_all: tuple[str, ...] = ()
    requires: str = ""
    requires_all: tuple[str, ...] = ()
    requires_if: tuple[str, str] | None = None
    required_if_eq: tuple[str, str] | None = None
    require_equals: bool = False
    index: int | None = None


class CliConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The app's own command line, or one of its subcommands."""

    description: str = ""
    long_description: str = ""
    before_help: str = ""
    after_help: str = ""
    args: tuple[CliArgument, ...] = ()
    subcommands: dict[str, CliConfig] = {}
