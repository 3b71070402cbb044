"""The page of all error codes: number, meaning, what to do."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from types import ModuleType

import millennium.errors
import millennium_build.errors
import millennium_bundler.errors
import millennium_runtime.errors
from reference_sources import modules, table

HEAD = """# Errors

Every error has a code that stays. The command line prints it with its number, cause and help:

```text
error[M0105]: unknown key 'windows[0].titel'
  --> pyproject.toml:17:1
  = help: did you mean 'title'?
```

In the page, a refused call rejects with `{code, message}` and nothing else; what else there is to
know stands in the app's log. Your own `CommandError("notes.not_found", …)` has the code you give.

A `…` below stands for a name that only the moment knows.
"""

ADVICE = {
    "millennium.failed": "Read the message; this is the root of all others.",
    "config.invalid": "Read the message; its leaves below name what is wrong.",
    "config.syntax": "Mend the line and column that the message names.",
    "config.unknown_key": "Write the key that the help names, or look it up in "
    "[Configuration](configuration.md).",
    "config.missing_key": "Write the key that the message names.",
    "config.missing_main": "Create the file, or let `build.main` name it.",
    "config.invalid_value": "See the type of the key in [Configuration](configuration.md).",
    "config.version_file": "Let `version` name a JSON file of the project that has a `version`.",
    "config.capability": "Compare the file with [Let the page use an API]"
    "(../how-to/allow-an-api.md).",
    "assets.outside": "Ask for a path below the page's folder, without `..`.",
    "assets.too_large": "Ship a large file beside the app; let `build.dist-dir` hold only the page.",
    "assets.damaged": "The executable was altered or cut off: build it, or fetch it, again.",
    "context.damaged": "The executable was altered, or built by another version: build it again.",
    "ipc.failed": "Load the page again; the log says more.",
    "ipc.not_allowed": "Is the name right, the API on, and the command granted to this window? "
    "In development the log prints the lines that would allow it.",
    "ipc.malformed": "A script speaks to the bridge by itself: use `@millennium/api`.",
    "ipc.too_large": "Send bytes as bytes, or in parts through a channel.",
    "ipc.document_gone": "Nothing: the page that asked is gone.",
    "ipc.bad_payload": "Send what JSON can carry: see [Call Python](../how-to/call-python.md).",
    "ask.failed": "Read the message: it is what the page's own function raised.",
    "ask.timeout": "Let the function return, or its promise settle, or pass a longer `timeout`.",
    "channel.closed": "Stop sending: nobody listens any more.",
    "command.error": "The code of a `CommandError` is the app's own: ask its author.",
    "command.no_result": "Read the message; its leaves below say which case it is.",
    "command.bad_args": "Compare the arguments' names and types with the function's.",
    "command.failed": "Find the id of the message in the app's log: the traceback stands there.",
    "command.aborted": "Nothing: the page's own `AbortSignal` ended the call.",
    "command.bad_result": "Return what JSON can carry, or `bytes`.",
    "command.duplicate": "Rename one of the two.",
    "command.invalid": "Read the message; its leaves below say which case it is.",
    "scope.failed": "Read the message; its leaves below say which case it is.",
    "fs.out_of_scope": "Add the path to the scope, or let the user pick it in a dialog.",
    "runtime.failed": "Read the message; this is the root of a runtime's errors.",
    "runtime.invalid_label": "Use 1 to 64 of letters, digits and `/ : _ -`, each label once.",
    "runtime.create_window": "`millennium doctor` looks at the webview and the display.",
    "runtime.window_closed": "Nothing: the window is gone.",
    "runtime.event_loop_closed": "Call it while the app runs.",
    "runtime.timeout": "Something keeps the main thread busy: no long work in inline commands, "
    "set-up and listeners of the loop.",
    "runtime.page_busy": "The page hangs or pauses: run less in it, or load it again.",
    "build.failed": "Read the message; this is the root of the errors of building.",
    "build.environment": "`millennium doctor` says which Python is used and what is missing.",
    "build.plan": "Read the message; its leaves below say which case it is.",
    "build.elf": "The file was cut off or is not for Linux: install its package again.",
    "build.freezer": "Read the message; `build.freezer` chooses another one.",
    "build.artifact": "Build it again.",
    "build.typelib": "Install the GTK and WebKit introspection data that the message names.",
    "build.app_ended": "Mend what the message says of the app; `millennium run` shows the same.",
    "build.source": "Mend the place that the message names.",
    "dev.app": "The traceback above it is the app's: mend the line that the message names.",
    "dev.server": "Start the page's server, or let `build.before-dev-command` do it.",
    "cli.usage": "The command's `--help` shows what it takes.",
    "manifest.bad_value": "Correct the key that the message names.",
    "manifest.missing_key": "Write the key that the message names.",
    "manifest.not_json": "Build again, or mend the manifest.",
    "manifest.build_failed": "Mend what the build says, or pass `--no-build`.",
    "elf.malformed": "The file was cut off or is not for Linux: build it again.",
    "icon.unreadable": "Give a PNG or SVG image.",
    "icon.too_small": "Give a larger picture; 512 x 512 is best.",
    "icon.no_rasteriser": "Install `librsvg2-bin`, or give a PNG image.",
    "deb.soname": "Name the package that holds the library in `bundle.deb.depends`.",
    "manifest.unknown_key": "Take the key out, or update millennium-bundler.",
    "tree.conflict": "Give the two files different places.",
    "tree.missing": "Create the file, or take it out of the configuration.",
    "webview.no_pin": "Write the SHA-256 of the file into `webview-install-mode.sha256`.",
    "webview.offline": "Bundle once without `--offline`, or name a file in `webview-install-mode.path`.",
    "webview.fetch": "Try again, or fetch the file by hand and name it in `webview-install-mode.path`.",
    "webview.changed": "See whether Microsoft released a new file; write its SHA-256 only if you trust it.",
    "nsis.target": "Build for Windows: x86_64, i686 or aarch64.",
    "nsis.language": "Name a language that the message's help lists.",
    "windows.texts": "Mend the file of texts: names are those that the message lists.",
    "desktop.template": "Mend the line that the message names: see [Package for Linux]"
    "(../how-to/package-for-linux.md).",
    "tree.outside": "Use a place inside the package.",
    "tree.too_long": "Shorten the name of the file or folder.",
    "ledger.locked": "Wait for the other append; if there is none, remove the `.lock` in the ledger's folder.",
    "format.no_tool": "Install the tool that the help names, or leave the format out of `--targets`.",
    "format.write": "Is there room on the disk, and may you write there?",
    "package.corrupt": "This is a fault of ours: please report it with the message.",
    "squashfs.malformed": "The file was altered or cut off: make it, or fetch it, again.",
    "appimage.compiler": "Install `gcc`, `musl-tools` and `libzstd-dev`; the help names what another "
    "machine's runtime needs.",
    "appimage.no_runtime": "Install a wheel of millennium-bundler; in a clone run "
    "`python -m millennium_bundler.native`.",
    "appimage.target": "Build for `x86_64-linux-gnu` or `aarch64-linux-gnu`.",
    "appimage.update_information": "Write `zsync|URL` or `gh-releases-zsync|OWNER|REPOSITORY|TAG|FILE`.",
    "appimage.too_long": "Sign with an Ed25519 key: its signature and public key are short.",
    "msi.target": "Build for Windows: x86_64, i686 or aarch64.",
    "msi.language": "Name a language that the message's help lists.",
    "msi.fragment": "Mend the file: see [Package for Windows](../how-to/package-for-windows.md).",
    "msi.picture": "Name a BMP or PNG of the size that the help names.",
    "pe.malformed": "The file was cut off or altered: build it, or fetch it, again.",
    "webview.missing": "Name the file or folder in `webview_install.path`, or choose another mode.",
    "sign.settings": "Read the message: see [Sign and update](../how-to/sign-and-update.md).",
    "sign.no_key": "Name where the key lies, or set its variable.",
    "sign.password": "Set `MILLENNIUM_KEY_PASSWORD`, or name where the password comes from.",
    "sign.tool_failed": "See what the tool says in the message.",
    "sign.not_valid": "Sign the file again, and see whether something changes it afterwards.",
    "sign.no_file": "Name a file, or a place, that is there.",
    "minisign.malformed": "Was the text cut off when it was copied?",
    "updater.settings": "Correct the setting that the message names.",
    "updater.malformed": "Fetch the manifest again; or it was made by a newer version.",
    "updater.mismatch": "Fetch the file again, and do not install this one.",
}
"""What to do where the code gives no help of its own."""

_CODES = {
    "manifest.missing": "There is no manifest.",
    "manifest.not_json": "The manifest is not JSON.",
    "manifest.unknown_key": "The manifest has a key nobody reads.",
    "manifest.missing_key": "The manifest lacks a key.",
    "manifest.bad_value": "A value of the manifest has the wrong type or form.",
    "manifest.schema": "The manifest is of another version of the schema.",
    "manifest.build_failed": "The build that was run first failed.",
    "executable.missing": "The executable that the manifest names is not there.",
    "executable.changed": "The executable is not the one that was built and verified.",
    "executable.not_verified": "Nobody has seen the executable start.",
    "executable.wrong_target": "The executable is for another kind of machine.",
    "icon.missing": "An icon that the manifest names is not there.",
    "icon.unreadable": "An icon is no image, or one of a kind we cannot read.",
    "icon.no_rasteriser": "An SVG icon cannot be drawn: no program for it is installed.",
    "tree.conflict": "Two files want one place in the package.",
    "tree.outside": "A path leads out of the package.",
    "tree.too_long": "A name in the package is longer than file systems take.",
    "tree.missing": "A file that belongs into the package is not there.",
    "format.unknown": "No installed package format has this name.",
    "format.twice": "Two installed distributions bring one format.",
    "format.no_tool": "A program that the format is made with is not installed.",
    "format.write": "The package cannot be written.",
    "ledger.malformed": "A ledger or a proof cannot be read.",
    "ledger.not_valid": "A ledger or a proof does not hold: something was changed.",
    "ledger.missing": "A file of a ledger, or a proof, is not there.",
    "ledger.write": "A ledger or a proof cannot be written.",
    "ledger.locked": "Two appends to one ledger at once.",
    "ledger.changed": "A released file was changed without a new version.",
    "ledger.full": "The ledger has as many entries as one can have.",
    "ledger.no_entry": "The file was never entered.",
    "ledger.other_log": "A head or a proof is of another ledger.",
    "ledger.origin": "A ledger cannot be called so.",
    "minisign.other_name": "The signature was made for a file of another name.",
    "package.differs": "A package, or what stands beside it, is not as it was released.",
    "provenance.malformed": "The provenance cannot be read.",
    "icon.too_small": "No picture is as large as the smallest size of an icon.",
    "icon.write": "An icon cannot be written.",
    "format.system": "The format cannot carry an executable for this system.",
    "format.internal": "A format, or what stands beside packages, has a bug.",
    "webview.no_pin": "What is to be fetched for WebView2 has no SHA-256 to compare with.",
    "webview.offline": "A file of WebView2 was not fetched before, and now must not be.",
    "webview.fetch": "A file of WebView2 cannot be fetched.",
    "webview.changed": "A file of WebView2 is not the one whose SHA-256 was written down.",
    "msi.target": "An .msi has no machine for this target.",
    "nsis.target": "setup.exe has no machine for this target.",
    "nsis.language": "A language of setup.exe cannot be used.",
    "windows.texts": "A file of texts for an installer's pages cannot be used.",
    "desktop.template": "A template of a desktop entry makes none.",
    "tree.script": "An installation script is empty, too large, or not for `/bin/sh`.",
    "rpm.version": "The version is none that rpm can order.",
    "rpm.target": "rpm has no architecture for this target.",
    "rpm.relation": "A dependency is not written as rpm reads it.",
    "rpm.too_large": "A file is larger than an .rpm can carry.",
    "arch.version": "The version is none that pacman can order.",
    "arch.target": "Arch Linux has no architecture for this target.",
    "tar.target": "A file's place lies outside `/usr`, which a tar.gz cannot move.",
    "deb.version": "The version is none that Debian can order.",
    "deb.target": "Debian has no architecture for this target.",
    "deb.soname": "It is not known which Debian package brings a library.",
    "package.corrupt": "The package, read back, does not hold what was put in.",
    "flatpak.identifier": "Flatpak does not take the identifier as that of an app.",
    "flatpak.failed": "flatpak or ostree failed.",
    "squashfs.malformed": "An image of files is damaged, or is not one of ours.",
    "appimage.compiler": "The runtime of AppImages cannot be compiled here.",
    "appimage.no_runtime": "There is no AppImage runtime for the machine of the target.",
    "appimage.runtime_changed": "The AppImage runtime is not the file that was compiled.",
    "appimage.target": "AppImages have no runtime for this target.",
    "appimage.update_information": "The update information is of no kind that is known.",
    "appimage.too_long": "A signature or key is too long for its place in an AppImage.",
    "macos.target": "The target is no kind of Mac.",
    "macho.malformed": "A program or library for macOS is damaged, or of a kind that no Mac runs.",
    "macos.name": "A name is none that a disk of macOS can hold.",
    "macos.volume": "There is more than a disk image can hold.",
    "macos.plist": "A property list is none, or contradicts the manifest.",
    "macos.framework": "A framework that the manifest names is not there.",
    "macos.picture": "The background of the disk image is no picture, or has the wrong size.",
    "macos.license": "The licence of the disk image is neither RTF nor text in UTF-8.",
    "codesign.macho": "There is no room for a signature in a program or library.",
    "codesign.key": "The certificate of an Apple developer, or its key, cannot be used.",
    "codesign.timestamp": "No authority gave a time stamp.",
    "notary.refused": "Apple's notary does not accept the package.",
    "sign.settings": "A setting of signing is missing, or contradicts another one.",
    "sign.no_key": "A key or a password is not where it is said to be.",
    "sign.password": "The password of a key is missing or wrong.",
    "sign.no_tool": "A program that signing needs is not installed.",
    "sign.tool_failed": "A program that signs failed, or did not end.",
    "sign.not_valid": "A signature does not verify.",
    "sign.unsupported": "This kind of file, or of key, cannot be used here.",
    "sign.no_file": "A file cannot be read or written.",
    "sign.exists": "A key would be overwritten.",
    "minisign.malformed": "A minisign key, signature or comment cannot be read.",
    "minisign.other_key": "A file was signed with a key that is not trusted.",
    "minisign.bad_signature": "A signature does not fit the file or its trusted comment.",
    "minisign.too_costly": "A key file asks for more memory or time than is given.",
    "updater.settings": "The settings cannot make a release.",
    "updater.malformed": "An update manifest is not of the form it must have.",
    "updater.untrusted": "No trusted key signed an update manifest.",
    "updater.expired": "An update manifest has expired, or is from the future.",
    "updater.downgrade": "An update manifest offers an older version, or is older itself.",
    "updater.mismatch": "What was fetched is not what the update manifest describes.",
}
"""Meanings of codes whose class has several."""


ANSWERS = {
    "fs.not_found": "The path does not exist.",
    "fs.exists": "The path exists already.",
    "fs.denied": "The user may not open it, or the disk is read-only.",
    "fs.not_a_file": "It is not a file.",
    "fs.not_a_folder": "It is not a folder.",
    "fs.link": "It is a link, where a file was checked a moment ago.",
    "fs.disk_full": "It does not fit on the disk.",
    "fs.not_text": "It is not UTF-8 text; read its bytes.",
    "fs.failed": "The system refused for another reason; the log has it.",
    "dialog.too_many": "The window shows as many dialogs as it may; wait until one is closed.",
    "window.not_a_path": "A page may open only pages of the app.",
}
"""What the built-in APIs answer besides the codes of the tables."""

FINDINGS = {
    "check.configuration": "The configuration works, but is probably not meant so.",
    "check.identifier": "The identifier is still an example's.",
    "check.inline_handler": "An `onclick=` and its kin, which no strict policy lets run.",
    "check.missing_file": "The page or the configuration names a file that is not there.",
    "check.no_run": "The main file never calls `app.run()`.",
    "check.no_window": "No window of the configuration has a label that a capability names.",
    "check.not_granted": "Capability files exist, and none lets a window call the command.",
    "check.remote_file": "The page loads something from the network.",
    "check.server": "The code listens on a port, or imports what does.",
    "check.unknown_command": "The page calls a command that the app does not have.",
    "check.unknown_module": "The page imports an API that is off, or does not exist.",
    "check.unknown_permission": "A capability names a command that does not exist.",
}
"""What `millennium check` may find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One error code."""

    number: str
    code: str
    meaning: str
    advice: str


def render() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, entries in groups().items():
        rows = [(e.number or "-", f"`{e.code}`", e.meaning, e.advice) for e in entries]
        parts += [f"## {title}\n", table(("number", "code", "meaning", "what to do"), rows)]
    parts += ["## Answers of the built-in APIs\n", _plain_table(ANSWERS)]
    parts += ["## Findings of `millennium check`\n", _plain_table(FINDINGS)]
    return "\n".join(parts)


def groups() -> dict[str, list[Entry]]:
    """Return the entries of each package."""
    return {
        "millennium": _entries(millennium.errors, "millennium"),
        "millennium-runtime": _entries(millennium_runtime.errors, "millennium-runtime*"),
        "millennium-build": _entries(millennium_build.errors, "millennium-build"),
        "millennium-bundler": _entries(millennium_bundler.errors, "millennium-bundler"),
    }


def _plain_table(texts: dict[str, str]) -> str:
    return table(("code", "meaning"), [(f"`{code}`", text) for code, text in texts.items()])


def _entries(errors: ModuleType, package: str) -> list[Entry]:
    numbers: dict[str, str] = getattr(errors, "NUMBERS", {})
    meanings, helps = _meanings(errors), defaultdict[str, list[str]](list)
    for call in _raised(package):
        keywords = {word.arg: word.value for word in call.keywords}
        name = _name(call.func)
        code = _text(keywords["code"]) if "code" in keywords else _code(errors, name)
        if "code" in keywords:
            meanings.setdefault(code, _CODES.get(code) or _message(call) or _doc(errors, name))
        helps[code] += [_text(keywords["help"])] if "help" in keywords else []
    codes = [*numbers, *(code for code in meanings if code not in numbers)]
    return [
        Entry(
            number=numbers.get(code, ""),
            code=code,
            meaning=meanings.get(code) or _CODES.get(code, ""),
            advice=ADVICE.get(code) or "; or ".join(_shown(helps[code])),
        )
        for code in codes
        if code.strip("…")  # what is raised again keeps its own
    ]


def _meanings(errors: ModuleType) -> dict[str, str]:
    kinds = {_code(errors, name): kind for name, kind in vars(errors).items()}
    return {code: _first_line(kind.__doc__) for code, kind in kinds.items() if code}


def _raised(package: str) -> Iterator[ast.Call]:
    for module in modules(package):
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and _name(node.func).endswith("Error"):
                yield node


def _name(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _code(errors: ModuleType, name: str) -> str:
    code = getattr(getattr(errors, name, None), "code", "")
    return code if isinstance(code, str) else ""


def _doc(errors: ModuleType, name: str) -> str:
    return _first_line(getattr(errors, name, None).__doc__)


def _first_line(docstring: str | None) -> str:
    return cleandoc(docstring or "").partition("\n")[0].replace("``", "`")


def _message(call: ast.Call) -> str:
    text = _text(call.args[0]) if call.args else ""
    return f"{text[:1].upper()}{text[1:]}." if text.strip("… ") else ""


def _text(node: ast.expr) -> str:
    """Return a literal's text, with … for what only the moment knows."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"


def _shown(helps: list[str]) -> list[str]:
    plain = [re.sub(r"\s+", " ", text).replace("``", "`") for text in helps]
    return list(dict.fromkeys(text for text in plain if text.strip("… ")))
