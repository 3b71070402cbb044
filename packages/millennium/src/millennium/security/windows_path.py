r"""What Windows reads in a path besides the file that the words seem to name.

Each of these is refused where Windows opens the path, before anything is looked up:

1. Devices: ``CON``, ``NUL.txt``, ``COM1``, ``CONIN$`` in any folder, whatever follows a dot.
2. Streams of a file (``notes.txt:hidden``), and any colon but that behind a drive's letter.
3. Paths that skip the usual rules (``\\?\``, ``\\.\``), other machines (``\\server\share``), and
   paths that depend on a drive's current folder (``C:notes``) or on the drive (``\notes``).
4. Names that are opened under another: a dot or a space at the end is dropped, and ``PROGRA~1`` is
   the short name of a longer one.
5. Characters that no name has there, so that nothing else gives them a meaning.

Pure, the same on every system.

Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DEVICE = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3]) *(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_SHORT = re.compile(r"[^.]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?")
_NEVER = re.compile(r'[\x00-\x1f<>:"|?*]')


def is_plain_path(path: str) -> bool:
    """Say whether Windows opens just what an absolute path seems to name."""
    drive = _DRIVE.match(path)
    if drive is None:  # (3)
        return False
    names = [name for name in re.split(r"[\\/]", path[drive.end() :]) if name]
    return all(map(is_plain_name, names))


def is_plain_name(name: str) -> bool:
    """Say whether one name means itself in every folder of Windows."""
    if not name or name[-1] in ". " or _NEVER.search(name):  # (2), (4), (5)
        return False
    return not (_DEVICE.fullmatch(name) or _SHORT.fullmatch(name))  # (1), (4)
