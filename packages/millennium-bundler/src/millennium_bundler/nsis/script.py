"""From a setup to its script: the template's texts and blocks."""

from __future__ import annotations

import re
from itertools import groupby

from millennium_bundler.nsis.integration import (
    registry_lines,
    registry_removal,
    shortcut_lines,
    shortcut_removal,
)
from millennium_bundler.nsis.languages import Language
from millennium_bundler.nsis.script_text import Code, ampersands, line, resource_line, word
from millennium_bundler.nsis.setup import Setup
from millennium_bundler.nsis.template import fill_template, own_template
from millennium_bundler.nsis.version import file_version, version_order
from millennium_bundler.webview_install import CLIENT, download_script

LICENCE, ICON, HEADER, SIDEBAR, HOOKS, WEBVIEW = (
    "licence.rtf",
    "setup.ico",
    "header.bmp",
    "sidebar.bmp",
    "hooks.nsh",
    "webview.exe",
)
"""Names of what lies beside the script."""

# With a choice, the installer asks for rights itself, and only for all users.
_RIGHTS = {"current_user": "user", "per_machine": "admin", "both": "user"}
_MAX_ABOUT = 250
# PowerShell: the folder that it runs in.
_HERE = "$d=$pwd.Path;"
_VARIABLES = re.compile(r"\{(product|code|version)\}")


def make_script(setup: Setup, *, exchange: tuple[str, ...] = ()) -> str:
    """Return the script.

    Args:
        setup: What it installs.
        exchange: Command that gets the uninstaller's path and may put another file there.
    """
    settings = setup.settings
    about = settings.description or settings.product_name
    texts = {
        "product": settings.product_name,
        "product_doubled": ampersands(settings.product_name),
        "version": settings.version,
        "version_order": version_order(settings.version),
        "identifier": settings.identifier,
        "executable": setup.executable,
        "folder": setup.folder_name,
        "registry_key": setup.registry_key,
        "about": about[:_MAX_ABOUT],
        "webview_client": CLIENT,
        "webview_minimum": setup.nsis.minimum_webview2_version,
    }
    blocks = {
        "head": [*_head(setup), *_details(setup), *_exchange(exchange)],
        "hooks": [f'!include "{HOOKS}"'] if setup.hooks else [],
        "pictures": _pictures(setup),
        "licence": _licence(setup),
        "languages": [one for language in setup.languages for one in _language(setup, language)],
        "webview": _webview(setup),
        "files": _files(setup),
        "registry": registry_lines(setup),
        "shortcuts": shortcut_lines(setup),
        "removal": [*_removal(setup), *registry_removal(setup)],
        "shortcuts_removal": shortcut_removal(setup),
    }
    return fill_template(setup.template or own_template(), texts, blocks)


def runs_webview(setup: Setup) -> bool:
    """Tell whether the installer runs something for WebView2."""
    return setup.webview.mode not in {"skip", "fixed_runtime"}


def _head(setup: Setup) -> list[str]:
    nsis = setup.nsis
    machine = "amd64" if nsis.stub == "x86_64" else "x86"
    compression = f"SetCompressor /SOLID /FINAL {nsis.compression}"
    programs = "$PROGRAMFILES64" if setup.is_64_bit else "$PROGRAMFILES32"
    flags = {
        "APP_64": setup.is_64_bit,
        "APP_ARM": setup.machine == "arm64",
        "LAUNCH": nsis.launch_after_install,
        "LANGUAGE_SELECTOR": nsis.display_language_selector,
        "ALLOW_DOWNGRADES": setup.settings.windows.allow_downgrades,
        "WEBVIEW": runs_webview(setup),
    }
    return [
        f"Target {machine}-unicode",
        "SetCompress off" if nsis.compression == "none" else compression,
        f"RequestExecutionLevel {_RIGHTS[nsis.install_mode]}",
        f'!define INSTALL_MODE "{nsis.install_mode}"',
        f'!define PROGRAMS "{programs}"',
        *(f"!define {name}" for name, is_on in flags.items() if is_on),
    ]


def _details(setup: Setup) -> list[str]:
    """Return the lines of the version resource, which "Properties" shows."""
    settings = setup.settings
    details = {
        "ProductName": settings.product_name,
        "FileDescription": f"{settings.product_name} Setup",
        "ProductVersion": settings.version,
        "FileVersion": settings.version,
        "CompanyName": setup.manufacturer,
        "LegalCopyright": settings.copyright or setup.manufacturer,
    }
    return [
        f"VIProductVersion {file_version(settings.version)}",
        f"VIFileVersion {file_version(settings.version)}",
        *(resource_line("VIAddVersionKey /LANG=0", name, text) for name, text in details.items()),
    ]


def _exchange(command: tuple[str, ...]) -> list[str]:
    if not command:
        return []
    return [
        line("!uninstfinalize", word(*(part for one in command for part in (one, " ")), '"%1"'))
    ]


def _pictures(setup: Setup) -> list[str]:
    lines = []
    if setup.icon:
        lines += [f'!define MUI_ICON "{ICON}"', f'!define MUI_UNICON "{ICON}"']
    if setup.header:
        lines += ["!define MUI_HEADERIMAGE", f'!define MUI_HEADERIMAGE_BITMAP "{HEADER}"']
    if setup.sidebar:
        lines += [
            f'!define MUI_WELCOMEFINISHPAGE_BITMAP "{SIDEBAR}"',
            f'!define MUI_UNWELCOMEFINISHPAGE_BITMAP "{SIDEBAR}"',
        ]
    return lines


def _licence(setup: Setup) -> list[str]:
    if not setup.licence:
        return []
    return [
        "!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenAnswered",
        f'!insertmacro MUI_PAGE_LICENSE "{LICENCE}"',
    ]


def _language(setup: Setup, language: Language) -> list[str]:
    number = f"${{LANG_{language.name.upper()}}}"
    values: dict[str, str | Code] = {
        "product": setup.settings.product_name,
        "code": Code("$R0"),
        "version": Code("$R1"),
    }
    lines = [line("!insertmacro MUI_LANGUAGE", language.name)]
    for name, text in language.texts.items():
        # Every second part is the name of a variable.
        pieces = enumerate(_VARIABLES.split(text))
        parts = [values[piece] if index % 2 else piece for index, piece in pieces]
        lines.append(line(f"LangString text_{name} {number}", word(*parts)))
    if setup.nsis.display_language_selector and language is setup.languages[-1]:
        lines.append("!insertmacro MUI_RESERVEFILE_LANGDLL")
    return lines


def _webview(setup: Setup) -> list[str]:
    webview = setup.webview
    if not runs_webview(setup):
        return []
    if webview.mode == "download_bootstrapper":
        shell = word(
            '"',
            Code("$SYSDIR"),
            "\\WindowsPowerShell\\v1.0\\powershell.exe",
            '" -NoProfile -NonInteractive -WindowStyle Hidden -Command "',
            download_script(webview.arguments, folder=_HERE),
            '"',
        )
        # As the folder of a running program, it cannot be renamed meanwhile.
        return [
            "SetOutPath $PLUGINSDIR",
            line("nsExec::Exec", shell),
            "Pop $R0",
            "SetOutPath $TEMP",
        ]
    program = word(Code("$PLUGINSDIR\\"), "MicrosoftEdgeWebview2Setup.exe")
    command = word(
        '"', Code("$PLUGINSDIR\\"), 'MicrosoftEdgeWebview2Setup.exe" ', webview.arguments
    )
    return [
        line("File", word("/oname=", *program.parts), WEBVIEW),
        "ClearErrors",
        f"{line('ExecWait', command)} $R0",
        "${If} ${Errors}",
        "StrCpy $R0 -1",
        "${EndIf}",
    ]


def _files(setup: Setup) -> list[str]:
    lines = []
    grouped = groupby(setup.staged(), key=lambda one: one[1].path.rpartition("/")[0])
    for folder, files in grouped:
        lines.append(line("SetOutPath", word(Code("$INSTDIR"), _windows(f"/{folder}".rstrip("/")))))
        for staged, file in files:
            name = file.path.rpartition("/")[2]
            lines.append(line("File", word("/oname=", name), staged))
    return lines


def _removal(setup: Setup) -> list[str]:
    below = Code("$INSTDIR\\")
    return [
        *(line("Delete", word(below, _windows(file.path))) for file in setup.tree.files()),
        *(line("RMDir", word(below, _windows(folder))) for folder in setup.folders()),
    ]


def _windows(path: str) -> str:
    return path.replace("/", "\\")
