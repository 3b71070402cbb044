"""Whether WebKit can put its page processes into a sandbox here: bubblewrap, with no way out.

WebKit ends the whole app when it is told to use the sandbox where bubblewrap cannot start, so that
is tried first, in a process of its own beside the rest of the start. `find_hindrance` is pure.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROGRAMS = ("usr/bin/bwrap", "usr/bin/xdg-dbus-proxy")
"""What WebKit starts; distributions compile these places into it."""

PATIENCE_SECONDS = 2.0
"""How long bubblewrap may take to say that it works; it takes about 10 ms."""

_PAUSE_SECONDS = 0.001
_TRIAL = (
    *("--unshare-user", "--unshare-pid", "--unshare-uts", "--unshare-net", "--die-with-parent"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "/bin/true"),
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxFacts:
    """What was seen.

    Attributes:
        is_root: Whether we are the administrator.
        is_flatpak: Whether the app is in a flatpak.
        is_snap: Whether it is in a snap.
        missing: Programs that are not there.
        is_working: Whether bubblewrap could start.
    """

    is_root: bool = False
    is_flatpak: bool = False
    is_snap: bool = False
    missing: tuple[str, ...] = ()
    is_working: bool = True


def read_facts(
    *, root: Path = Path("/"), is_root: bool | None = None, executable: str = sys.executable
) -> SandboxFacts:
    """Look at the machine under `root`; does not start anything."""
    if is_root is None:
        is_root = sys.platform != "win32" and os.geteuid() == 0
    return SandboxFacts(
        is_root=is_root,
        is_flatpak=(root / ".flatpak-info").exists(),
        is_snap=executable.startswith("/snap/"),
        missing=tuple(Path(name).name for name in PROGRAMS if not (root / name).is_file()),
    )


def find_hindrance(facts: SandboxFacts) -> str:
    """Say why there is no sandbox; "" when there is one."""
    if facts.is_flatpak or facts.is_snap:
        return "the whole app is in the sandbox of its package already"
    if facts.is_root:
        return "the app runs as root"
    if facts.missing:
        return f"not installed: {', '.join(facts.missing)}"
    if not facts.is_working:
        return "this system does not let bubblewrap make user namespaces"
    return ""


class Trial:
    """One start of bubblewrap, in the background."""

    def __init__(self, program: str, arguments: tuple[str, ...] = _TRIAL) -> None:
        if sys.platform != "linux":
            raise OSError("only Linux has bubblewrap")
        nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        self._pid = os.posix_spawn(program, [program, *arguments], {}, file_actions=nothing)

    def has_worked(self) -> bool:
        """Wait for it, but not for long."""
        if sys.platform != "linux":
            return False
        end = time.monotonic() + PATIENCE_SECONDS
        try:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            while not pid:
                if time.monotonic() > end:
                    os.kill(self._pid, signal.SIGKILL)
                time.sleep(_PAUSE_SECONDS)
                pid, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:  # somebody who waits for every child was quicker
            return False
        return status == 0


@cache
def begin_trial() -> Trial | None:
    """Try bubblewrap, once, where nothing else is in its way."""
    if find_hindrance(read_facts()):
        return None
    try:
        return Trial(f"/{PROGRAMS[0]}")
    except OSError:
        return None


@cache
def hindrance() -> str:
    """Say why there is no sandbox on this machine; "" when there is one."""
    facts = read_facts()
    found = find_hindrance(facts)
    if found:
        return found
    trial = begin_trial()
    is_working = trial is not None and trial.has_worked()
    return "" if is_working else find_hindrance(SandboxFacts(is_working=False))


def is_sandboxed(wish: str) -> bool:
    """Decide for "auto" or "off", and log once why it is off."""
    reason = "security.sandbox is off" if wish == "off" else hindrance()
    if reason:
        _log.info("page processes run without WebKit's sandbox: %s", reason)
    return not reason
