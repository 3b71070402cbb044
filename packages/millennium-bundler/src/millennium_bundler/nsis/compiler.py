"""Running makensis: a private folder, no variables but the needed ones, a signature on its way.

1. The folder holds the script and all files under plain names; they carry the tree's date.
2. makensis gets no variable beyond those that programs need: a script can read variables, and a
   key in one of them is nobody's business.
3. A warning is an error: the script is ours.
4. The uninstaller is made inside makensis; it is handed out, signed here, and handed back, so that
   no key leaves this process.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from millennium_bundler.errors import FormatError
from millennium_bundler.nsis.exchange import GIVEN, TAKEN
from millennium_bundler.nsis.script import (
    HEADER,
    HOOKS,
    ICON,
    LICENCE,
    SIDEBAR,
    WEBVIEW,
    make_script,
)
from millennium_bundler.nsis.setup import UNINSTALLER, Setup

_TOOL = "makensis"
_TIMEOUT_S = 1800.0
_STEP_S = 0.02
_PASSED = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "SYSTEMROOT", "COMSPEC", "PATHEXT"),
    *("NSISDIR", "NSISCONFDIR"),
)
_SHOWN_LINES = 8
HOOK_NAMES = frozenset(
    f"NSIS_HOOK_{when}{what}" for when in ("PRE", "POST") for what in ("INSTALL", "UNINSTALL")
)
"""Macros that the script runs when a file of hooks defines them."""
_HOOK = re.compile(r"(?m)^\s*!MACRO\s+(NSIS_HOOK_\w+)")
_USED = re.compile(r"(?m)^\s*!INSERTMACRO\s+(NSIS_HOOK_\w+)")

Sign = Callable[[bytes], bytes]


def find_compiler() -> Path:
    """Return makensis.

    Raises:
        FormatError: It is not on the PATH.
    """
    found = shutil.which(_TOOL)
    if found is None:
        message = f"{_TOOL} is not on the PATH: it writes the setup.exe"
        help_line = "apt install nsis · brew install makensis · choco install nsis"
        raise FormatError(message, code="format.no_tool", help=help_line)
    return Path(found)


def compile_setup(setup: Setup, *, sign: Sign | None = None) -> bytes:
    """Return the setup.exe.

    Args:
        setup: What it installs.
        sign: Signs the uninstaller.

    Raises:
        FormatError: makensis is missing, or refuses the script, which a hook of one's own may cause.
        SignError: The uninstaller cannot be signed.
    """
    tool = find_compiler()
    with tempfile.TemporaryDirectory(prefix="millennium-nsis-") as scratch:
        folder = Path(scratch)
        exchange = _exchange_command(folder) if sign else ()
        for name, data in _beside(setup).items():
            file = folder / name
            file.write_bytes(data)
            os.utime(file, (setup.tree.date, setup.tree.date))  # (1)
        script = make_script(setup, exchange=exchange)
        (folder / "setup.nsi").write_text(script, encoding="utf-8", newline="\n")
        _run(tool, folder, sign, date=setup.tree.date)
        return (folder / "made.exe").read_bytes()


def try_setup(setup: Setup) -> None:
    """Let makensis read the script, for a hook may say what it does not know.

    Where makensis is missing nothing is tried; no setup.exe can be made there.

    Args:
        setup: What it installs, with empty files: then it takes no time.

    Raises:
        FormatError: makensis refuses the script, or a hook has a name that nothing runs.
    """
    if shutil.which(_TOOL) is None:
        return
    name = setup.nsis.installer_hooks
    text = setup.hooks.decode().upper()  # NSIS does not tell case apart
    unknown = sorted(set(_HOOK.findall(text)) - HOOK_NAMES - set(_USED.findall(text)))
    if unknown:
        message = f"{name} has a hook of the name {unknown[0]}, which nothing runs"
        help_line = f"known: {', '.join(sorted(HOOK_NAMES))}"
        raise FormatError(message, code="nsis.settings", help=help_line)
    try:
        # Its program is included by its name, whatever is in it.
        compile_setup(replace(setup, webview=replace(setup.webview, program=b"\0")))
    except FormatError as error:
        if name and error.code == "nsis.script":
            message = f"{_TOOL} refuses the script with the file of `windows.nsis.installer_hooks`"
            said = error.help.replace(f'"{HOOKS}"', f'"{name}"')
            raise FormatError(message, code=error.code, help=said) from None
        raise


def _beside(setup: Setup) -> dict[str, bytes]:
    own = {
        LICENCE: setup.licence.encode("ascii"),
        ICON: setup.icon,
        HEADER: setup.header,
        SIDEBAR: setup.sidebar,
        HOOKS: setup.hooks,
        WEBVIEW: setup.webview.program,
    }
    staged = {name: file.data for name, file in setup.staged()}
    return {**{name: data for name, data in own.items() if data}, **staged}


def _exchange_command(folder: Path) -> tuple[str, ...]:
    program = Path(__file__).with_name("exchange.py")
    words = (sys.executable, "-I", str(program), str(folder))
    if os.name == "nt":  # pragma: no cover on linux
        return tuple(f'"{one}"' for one in words)
    return tuple(map(shlex.quote, words))


def _run(tool: Path, folder: Path, sign: Sign | None, *, date: int) -> None:
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ}  # (2)
    environment |= {"LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(date)}
    words = [str(tool), "-V2", "-WX", "-NOCONFIG", "-INPUTCHARSET", "UTF8", "setup.nsi"]  # (3)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _attend(process, folder, sign)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    if process.returncode:
        lines = (folder / "log").read_text("utf-8", "replace").splitlines()
        said = "\n".join(one.strip() for one in lines if one.strip())
        message = f"{_TOOL} refuses the script with exit code {process.returncode}"
        shown = "\n".join(said.splitlines()[-_SHOWN_LINES:])
        raise FormatError(message, code="nsis.script", help=f"{_TOOL} says:\n{shown}")


def _attend(process: subprocess.Popen[bytes], folder: Path, sign: Sign | None) -> None:
    """Wait for the end; on the way sign what is handed out."""
    until = time.monotonic() + _TIMEOUT_S
    while process.poll() is None:
        taken = folder / TAKEN
        if sign and taken.exists() and not (folder / GIVEN).exists():  # (4)
            partial = folder / "given.part"
            partial.write_bytes(sign(taken.read_bytes()))
            partial.replace(folder / GIVEN)
        if time.monotonic() > until:
            message = f"{_TOOL} did not end within {_TIMEOUT_S:.0f} s"
            raise FormatError(message, code="nsis.script", help=f"see what {UNINSTALLER} waits for")
        time.sleep(_STEP_S)
