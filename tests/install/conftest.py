"""What installation tests share: a program to package, and a small system to install into.

The program is compiled here, so that it is a real one; its packages are made as a user makes them.

The small system is a fresh Debian or Ubuntu with nothing but what is asked for:

1. debootstrap makes its smallest variant once, under build/; each system is a copy of it.
2. It comes from where this machine's own packages come from: the same mirrors and suites.
3. Everything in it runs in a mount namespace of its own, so no mount outlives a command.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

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


PROBE = "millennium-install-probe"
IDENTIFIER = "org.example.InstallProbe"
SOURCE = r"""
#include <stdio.h>
#include <string.h>
int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "--version") == 0) { puts("probe " VERSION); return 0; }
    return 2;
}
"""
FLAGS = ("-O2", "-fPIE", "-pie", "-s", "-Wl,-z,relro,-z,now")
MOMENTS = ("pre_install", "post_install", "pre_remove", "post_remove")


@dataclass(frozen=True, slots=True)
class Probe:
    """A small program that says its version.

    Attributes:
        folder: Where it is made.
    """

    folder: Path
    name: str = PROBE
    identifier: str = IDENTIFIER
    _made: dict[tuple[str, str], Path] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Where the scripts of its packages write that they ran, and for which version."""
        return Path("/run") / f"{PROBE}.log"

    def bundle(self, target: str, *, version: str = "1.2.3") -> Path:
        """Make its package with four scripts, as a user would; return the package, made once."""
        if (target, version) not in self._made:
            self._made[target, version] = self._bundle(target, version)
        return self._made[target, version]

    def _bundle(self, target: str, version: str) -> Path:
        folder = self.folder / version
        if not folder.exists():
            self._build(folder, version)
        words = (
            sys.executable,
            "-m",
            "millennium_bundler",
            "bundle",
            "--targets",
            target,
            "--json",
        )
        done = _run(*words, "--manifest", str(folder / "bundle-manifest.json"))
        [made] = json.loads(done)["bundles"]
        assert made["lint"] in ([], None)
        return Path(made["path"])

    def moments(self) -> list[str]:
        """Return what the scripts have written, and forget it."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def _build(self, folder: Path, version: str) -> None:
        folder.mkdir()
        (folder / "probe.c").write_text(SOURCE)
        program = folder / PROBE
        define = f'-DVERSION="{version}"'
        _run("cc", *FLAGS, define, "-o", str(program), str(folder / "probe.c"))
        Image.new("RGBA", (256, 256), (90, 60, 200, 255)).save(folder / "icon.png")
        for moment in MOMENTS:
            (folder / moment).write_text(
                f'echo "{moment} {version}" >>{shlex.quote(str(self.log))}\n'
            )
        scripts = {"scripts": {moment: moment for moment in MOMENTS}}
        manifest = {
            "schema": 1,
            "identifier": IDENTIFIER,
            "product_name": "Install probe",
            "binary_name": PROBE,
            "version": version,
            "description": "Probe for the installation test",
            "publisher": "Ada Lovelace",
            "email": "ada@example.org",
            "license": "MIT",
            "target": f"{platform.machine()}-linux-gnu",
            "executable": PROBE,
            "executable_sha256": hashlib.sha256(program.read_bytes()).hexdigest(),
            "icons": ["icon.png"],
            "verified": True,
            "file_associations": [{"ext": ["mprobe"], "name": "Probe document"}],
            "deep_link_schemes": ["mprobe"],
            "linux": {"deb": scripts, "rpm": scripts, "arch": scripts},
        }
        (folder / "bundle-manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    """A program to package."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler to make the probe with")
    folder = tmp_path_factory.mktemp("probe")
    # pacman and dpkg run scripts as others too.
    folder.chmod(0o755)
    return Probe(folder)


class Windows:
    """A Windows of Wine in a folder: programs run in it, its files and registry can be asked.

    It speaks to the display that is there; without one, each program gets a display of its own.
    """

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        self.drive = prefix / "drive_c"
        self.home = self.drive / "users" / getpass.getuser()
        self._environment = {
            **os.environ,
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "winemenubuilder.exe=d;mscoree=;mshtml=",
        }
        self._started: list[subprocess.Popen[bytes]] = []
        self._display = () if os.environ.get("DISPLAY") else ("xvfb-run", "-a")
        self.run("wineboot", "-i")

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Start a program; paths of this machine are spelled as Windows has them."""
        spelled = [
            f"Z:{word}".replace("/", "\\") if isinstance(word, Path) else word for word in words
        ]
        process = subprocess.Popen(
            [*self._display, "wine", *spelled],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._started.append(process)
        return process

    def run(self, *words: str | Path) -> tuple[int, str]:
        """Run a program; return the last byte of its exit code, and what it printed."""
        process = self.start(*words)
        said = process.communicate(timeout=120)[0]
        return process.returncode, said.decode("utf-8", "replace").replace("\r", "")

    def registry(self, key: str) -> str:
        """Return all values at and below a key; nothing where it is missing."""
        code, said = self.run("reg", "query", key, "/s")
        return said if code == 0 else ""

    def programs(self, product: str) -> list[str]:
        """Return the versions of a product in the list of installed programs."""
        found = []
        for root in ("HKLM", "HKCU"):
            listed = self.registry(
                f"{root}\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
            )
            for entry in listed.split("\nHKEY_"):
                values = dict(re.findall(r"^ +(\w+) +REG_\w+ +(.*)$", entry, re.MULTILINE))
                if values.get("DisplayName", "").strip() == product:
                    found.append(values["DisplayVersion"].strip())
        return found

    def files(self) -> set[str]:
        """Return all files and folders but those that programs have for a while."""
        found = (path.relative_to(self.drive) for path in self.drive.rglob("*"))
        return {
            str(path) for path in found if "Temp" not in path.parts and "temp" not in path.parts
        }

    def hives(self) -> str:
        """Return the whole registry as Wine keeps it; everything that runs is ended for that."""
        self.close()
        return "".join((self._prefix / name).read_text() for name in ("system.reg", "user.reg"))

    def close(self) -> None:
        """End everything that runs in it."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False)
        subprocess.run(["wineserver", "-w"], env=self._environment, timeout=60, check=False)
        for process in self._started:
            process.communicate(timeout=60)
        self._started.clear()


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    """A fresh Windows."""
    for tool in ("wine", "x86_64-w64-mingw32-gcc"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: packaging/apt-slow.txt")
    prefix = tmp_path_factory.mktemp("wine")
    machine = Windows(prefix / "prefix")
    yield machine
    machine.close()
    shutil.rmtree(prefix)


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
