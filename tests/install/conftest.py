"""A small system beside this one: a fresh Debian or Ubuntu with nothing but what is asked for.

1. debootstrap makes its smallest variant once, under build/; each system is a copy of it.
2. It comes from where this machine's own packages come from: the same mirrors and suites.
3. Everything in it runs in a mount namespace of its own, so no mount outlives a command.
"""

from __future__ import annotations

import platform
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium_build.verify import Verification, verify_artifact

FOLDER = Path(__file__).resolve().parents[2] / "build" / "small-system"
ARCHIVES = FOLDER / "archives"
PERSON = "ada"
CARRIED = ("Acquire::http", "Acquire::Check-")
"""How this machine reaches its mirrors: proxies and the like."""

INSIDE = """
root=$1 archives=$2 user=$3; shift 3
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount --bind "$archives" "$root/var/cache/apt/archives"
if [ -d /tmp/.X11-unix ]; then
    mkdir -p "$root/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
fi
if [ -n "$XAUTHORITY" ]; then install -m 644 "$XAUTHORITY" "$root/tmp/x-authority"; fi
exec chroot --userspec="$user:$user" "$root" env -i DISPLAY="$DISPLAY" "$@"
"""
VARIABLES = (
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND=noninteractive",
    "NO_AT_BRIDGE=1",
    "DBUS_SESSION_BUS_ADDRESS=disabled:",
    "XAUTHORITY=/tmp/x-authority",
)


@dataclass(frozen=True, slots=True)
class SmallSystem:
    """A system of its own in a folder."""

    root: Path

    def run(self, *words: str) -> str:
        """Run a command in it as root; return what it printed."""
        return _run(*self._inside("root", *words))

    def verify(self, executable: str, *, version: str, user: str) -> Verification:
        """Start an executable of it through the verification door, as one of its users."""
        words = shlex.join(self._inside(user, executable))
        start = self.root.parent / f"start-as-{user}"
        start.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        start.chmod(0o755)
        return verify_artifact(start, version=version)

    def packages(self) -> set[str]:
        """Return the names of the installed packages."""
        return set(self.run("dpkg-query", "-W", "-f", "${Package}\n").split())

    def files(self, pattern: str) -> list[str]:
        """Return the files of the system itself whose names match."""
        return self.run("find", "/usr", "/opt", "/home", "-name", pattern).split()

    def _inside(self, user: str, *words: str) -> tuple[str, ...]:
        home = "/root" if user == "root" else f"/home/{user}"
        options = (str(self.root), str(ARCHIVES), user)
        isolated = ("unshare", "--mount", "sh", "-ec", INSIDE, "sh", *options)
        return (*isolated, f"HOME={home}", *VARIABLES, *words)


@pytest.fixture(scope="session")
def small_system() -> Iterator[Callable[[], SmallSystem]]:
    """Returns what makes a fresh small system; they all go at the end."""
    if shutil.which("debootstrap") is None:
        pytest.skip("needs debootstrap: packaging/apt-slow.txt")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    base = _base()
    with ExitStack() as stack:

        def make() -> SmallSystem:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=FOLDER))
            root = Path(folder) / "root"
            _run("cp", "--archive", "--reflink=auto", str(base), str(root))
            return SmallSystem(root)

        yield make


def _base() -> Path:
    """Make the system that all others are copies of, unless it is there."""
    targets = _run(
        *("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)"),
        "Created-By: Packages",
    )
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    sources = _sources(targets, codename)
    base = FOLDER / codename
    if not base.exists():
        ARCHIVES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            made = Path(folder) / "base"
            mirror = next(line.split()[1] for line in sources if line.split()[2] == codename)
            words = ("--variant=minbase", "--include=ca-certificates", codename)
            _run("debootstrap", *words, str(made), mirror)
            made.rename(base)
    (base / "etc/apt/sources.list").write_text("".join(f"{line}\n" for line in sources))
    (base / "etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n")
    kept = [line for line in _run("apt-config", "dump").splitlines() if line.startswith(CARRIED)]
    (base / "etc/apt/apt.conf.d/99carried").write_text("".join(f"{line}\n" for line in kept))
    shutil.copyfile("/etc/resolv.conf", base / "etc/resolv.conf")
    system = SmallSystem(base)
    system.run("apt-get", "update")
    if not (base / "home" / PERSON).exists():
        system.run("useradd", "--create-home", PERSON)
    return base


def _sources(targets: str, codename: str) -> list[str]:
    """Return the distribution's own sources, of those that apt uses here."""
    rows = [line.split() for line in targets.splitlines()]
    return [
        f"deb {row[0]} {row[1]} {row[2]}"
        for row in rows
        if row[1].startswith(codename) and row[3:] in (["Debian"], ["Ubuntu"])
    ]


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
