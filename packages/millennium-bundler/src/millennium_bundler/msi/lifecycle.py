"""Installing over what is there: upgrades, downgrades, the folder of before, and WebView2.

1. Any other version, and the same one built anew, is removed in the transaction that installs this one, so
   that one entry is left and a failure brings the old one back.
2. A newer one stops the installation with a message, unless downgrades are allowed.
3. The folder is that of before, unless the command line names one.
4. Microsoft's program runs when no WebView2 is found, with the rights of the installation.
"""

from __future__ import annotations

from millennium_bundler.msi.product import INSTALL_FOLDER, MAIN_FILE, Product
from millennium_bundler.msi.rows import Rows
from millennium_bundler.webview_install import CLIENT, download_script

UPGRADE_FOUND, NEWER_FOUND = "UPGRADEFOUND", "NEWERFOUND"
PREVIOUS_FOLDER = "PREVIOUSINSTALLDIR"
_WEBVIEW_MACHINE, _WEBVIEW_USER = "WEBVIEWOFMACHINE", "WEBVIEWOFUSER"
SECURE = (
    *(UPGRADE_FOUND, NEWER_FOUND, PREVIOUS_FOLDER, _WEBVIEW_MACHINE, _WEBVIEW_USER),
    INSTALL_FOLDER,  # or the folder that somebody without rights chose is lost with the question for them
)

# Upgrade.Attributes
_ONLY_DETECT, _MIN_INCLUSIVE, _MAX_INCLUSIVE = 0x2, 0x100, 0x200
# RegLocator.Type and .Root
_RAW_VALUE, _OF_64_BIT = 2, 16
_CURRENT_USER, _LOCAL_MACHINE = 1, 2
# CustomAction.Type
_EXE_OF_BINARY, _EXE_WITH_FOLDER, _EXE_INSTALLED, _SET_PROPERTY = 2, 34, 18, 51
_DEFERRED, _NO_IMPERSONATE = 0x400, 0x800
_NO_WAIT = 0xC0

WEBVIEW_ACTION = "InstallWebview"
LAUNCH_ACTION = "LaunchApp"
FOLDER_ACTION, LOCATION_ACTION = "KeepInstallFolder", "SetInstallLocation"
WEBVIEW_CONDITION = f"NOT REMOVE AND NOT {_WEBVIEW_MACHINE} AND NOT {_WEBVIEW_USER}"
FOLDER_CONDITION = f"{PREVIOUS_FOLDER} AND NOT {INSTALL_FOLDER}"

_SCRIPT_PROPERTY = "WebviewScript"
# PowerShell: a new folder. For the machine it is made by the system, in a folder where nobody else can rename it,
# and is open to nobody else from the first moment on: (owner) administrators; they and the system alone.
_FOLDER_OF_MACHINE = (
    "$a=New-Object Security.AccessControl.DirectorySecurity;"
    "$a.SetSecurityDescriptorSddlForm('O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)');"
    "$n=Join-Path $t (New-Guid).Guid;(New-Object IO.DirectoryInfo $n).Create($a);$d=$n;"
)
_FOLDER_OF_USER = (
    "$n=Join-Path $env:TEMP (New-Guid).Guid;$null=New-Item -ItemType Directory $n;$d=$n;"
)


def add_lifecycle(rows: Rows, product: Product) -> None:
    """Add upgrades, the search for what is there, and what runs."""
    _add_upgrades(rows, product)
    _add_search(rows, product)
    _add_webview(rows, product)
    rows.add(
        "CustomAction",
        Action=FOLDER_ACTION,
        Type=_SET_PROPERTY,
        Source=INSTALL_FOLDER,
        Target=f"[{PREVIOUS_FOLDER}]",
    )
    rows.add(
        "CustomAction",
        Action=LOCATION_ACTION,
        Type=_SET_PROPERTY,
        Source="ARPINSTALLLOCATION",
        Target=f"[{INSTALL_FOLDER}]",
    )
    if product.msi.launch_after_install:
        rows.add(
            "CustomAction", Action=LAUNCH_ACTION, Type=_EXE_INSTALLED | _NO_WAIT, Source=MAIN_FILE
        )


def has_webview_action(product: Product) -> bool:
    """Tell whether the package runs something for WebView2."""
    return product.webview.mode not in {"skip", "fixed_runtime"}


def _add_upgrades(rows: Rows, product: Product) -> None:
    allows_any = product.settings.windows.allow_downgrades
    rows.add(
        "Upgrade",
        UpgradeCode=product.upgrade_code,
        VersionMin="0.0.0",
        VersionMax=None if allows_any else product.version,
        Attributes=_MIN_INCLUSIVE | (0 if allows_any else _MAX_INCLUSIVE),
        ActionProperty=UPGRADE_FOUND,
    )
    if allows_any:
        return
    rows.add(
        "Upgrade",
        UpgradeCode=product.upgrade_code,
        VersionMin=product.version,
        Attributes=_ONLY_DETECT,
        ActionProperty=NEWER_FOUND,
    )
    rows.add(
        "LaunchCondition",
        Condition=f"NOT {NEWER_FOUND} OR Installed",
        Description=product.text("newer_installed"),
    )


def _add_search(rows: Rows, product: Product) -> None:
    wide = _OF_64_BIT if product.machine.is_64_bit else 0
    before = (product.registry_root, product.registry_key, "InstallDir")
    _locate(rows, PREVIOUS_FOLDER, before, wide=wide)
    if has_webview_action(product):
        clients = f"SOFTWARE\\Microsoft\\EdgeUpdate\\Clients\\{CLIENT}"
        _locate(rows, _WEBVIEW_MACHINE, (_LOCAL_MACHINE, clients, "pv"))
        _locate(rows, _WEBVIEW_USER, (_CURRENT_USER, clients, "pv"))


def _locate(rows: Rows, variable: str, place: tuple[int, str, str], *, wide: int = 0) -> None:
    root, key, name = place
    rows.add("AppSearch", Property=variable, Signature_=f"Find{variable}")
    kind = _RAW_VALUE | wide
    rows.add("RegLocator", Signature_=f"Find{variable}", Root=root, Key=key, Name=name, Type=kind)


def _add_webview(rows: Rows, product: Product) -> None:
    if not has_webview_action(product):
        return
    deferred = _DEFERRED | (0 if product.is_per_user else _NO_IMPERSONATE)
    if product.webview.mode == "download_bootstrapper":
        folder = _FOLDER_OF_USER if product.is_per_user else _FOLDER_OF_MACHINE
        script = download_script(product.webview.arguments, folder=folder)
        rows.add("Property", Property=_SCRIPT_PROPERTY, Value=script)
        rows.add(
            "CustomAction",
            Action=WEBVIEW_ACTION,
            Type=_EXE_WITH_FOLDER | deferred,
            Source=INSTALL_FOLDER,
            Target='"[SystemFolder]WindowsPowerShell\\v1.0\\powershell.exe" -NoProfile '
            "-NonInteractive -WindowStyle Hidden -Command "
            f"\"$t='[WindowsFolder]Temp';[{_SCRIPT_PROPERTY}]\"",
        )
        return
    rows.add("Binary", Name="WebviewSetup", Data=product.webview.program)
    rows.add(
        "CustomAction",
        Action=WEBVIEW_ACTION,
        Type=_EXE_OF_BINARY | deferred,
        Source="WebviewSetup",
        Target=product.webview.arguments,
    )
