"""How an updater names systems and packages.

Keys are Tauri's: ``linux-x86_64``, and ``linux-x86_64-deb`` for one kind of package.
"""

from __future__ import annotations

from millennium_bundler.errors import UpdaterError

TAURI_KINDS = ("appimage", "app", "nsis", "msi", "deb", "rpm")
"""Formats that Tauri's updater installs; the first of a system that is there is its main one."""

KINDS = (*TAURI_KINDS, "tar")
"""Formats that an installed app can be updated by; the .tar.gz has the one executable, and small deltas."""

_SYSTEMS = {"linux": "linux", "windows": "windows", "apple": "darwin", "darwin": "darwin"}
_MACHINES = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
    "i386": "i686",
    "i586": "i686",
    "i686": "i686",
    "armv7": "armv7",
    "armv7l": "armv7",
    "riscv64": "riscv64",
    "riscv64gc": "riscv64",
    "universal": "universal",
}


def platform_key(target: str) -> str:
    """Return what an updater calls a target.

    Args:
        target: Such as ``x86_64-linux-gnu`` or ``aarch64-apple-darwin``.

    Raises:
        UpdaterError: No updater knows this machine or system.
    """
    machine, _, rest = target.partition("-")
    system = next((_SYSTEMS[word] for word in rest.split("-") if word in _SYSTEMS), "")
    if not system or machine not in _MACHINES:
        message = f"no updater knows the target {target!r}"
        raise UpdaterError(message, code="updater.settings", help="turn the artifacts off for it")
    return f"{system}-{_MACHINES[machine]}"
