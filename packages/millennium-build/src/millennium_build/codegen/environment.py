"""Write `millennium.security.environment` for what runs before Python, or before everything else.

The native launcher has the list as a C header (``native/environment.h``, committed: the launcher is
compiled where this package is not installed), PyInstaller's executable as its first hook. Tests
compare both with the one list.
"""

from __future__ import annotations

from millennium.security.environment import (
    KEPT_NAMES,
    REMOVED_NAMES,
    REMOVED_PREFIXES,
    REMOVED_UNLESS,
    REMOVED_WITH,
    UNPACKED_NAMES,
)

_HEADER = """/* Made of millennium/security/environment.py by millennium_build/codegen/environment.py; a test
 * compares them. What it is for stands there. */
#ifndef MILLENNIUM_ENVIRONMENT_H
#define MILLENNIUM_ENVIRONMENT_H

"""

_TABLE = "static const char *const {name}[] = {{\n{rows}    NULL,\n}};\n\n"

_PAIRS = "static const char *const {name}[][2] = {{\n{rows}    {{NULL, NULL}},\n}};\n\n"

_HOOK = """import os
import sys


def _forget():
    folder = os.environ.get("APPDIR", "")
    is_mounted = folder.startswith("/") and ".." not in sys.executable
    is_mounted = is_mounted and sys.executable.startswith(folder.rstrip("/") + "/")
    try:
        parent = os.path.dirname(folder.rstrip("/"))
        is_mounted = is_mounted and os.stat(folder).st_dev != os.stat(parent).st_dev
    except OSError:
        is_mounted = False
    for name, value in tuple(os.environ.items()):
        is_dangerous = name in {names!r} or name.startswith({prefixes!r})
        is_foreign = name in ("APPDIR", "APPIMAGE") and not is_mounted
        is_foreign |= any(name == other and part in value for other, part in {with_!r})
        is_foreign |= any(
            name == other and (".." in value or not value.startswith(start))
            for other, start in {unless!r}
        )
        if (is_dangerous and name not in {kept!r}) or is_foreign:
            del os.environ[name]


_forget()
"""


def launcher_header() -> str:
    """Return the list as the launcher's header."""
    tables = {
        "REMOVED_NAMES": REMOVED_NAMES,
        "REMOVED_PREFIXES": REMOVED_PREFIXES,
        "KEPT_NAMES": KEPT_NAMES,
    }
    body = "".join(
        _TABLE.format(name=name, rows="".join(f'    "{text}",\n' for text in texts))
        for name, texts in tables.items()
    )
    pairs = {"REMOVED_WITH": REMOVED_WITH, "REMOVED_UNLESS": REMOVED_UNLESS}
    body += "".join(
        _PAIRS.format(name=name, rows="".join(f'    {{"{a}", "{b}"}},\n' for a, b in rows))
        for name, rows in pairs.items()
    )
    return f"{_HEADER}{body}#endif\n"


def start_hook() -> str:
    """Return what PyInstaller's executable runs first."""
    kept = KEPT_NAMES + UNPACKED_NAMES
    return _HOOK.format(
        names=REMOVED_NAMES,
        prefixes=REMOVED_PREFIXES,
        with_=REMOVED_WITH,
        unless=REMOVED_UNLESS,
        kept=kept,
    )
