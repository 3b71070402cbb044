"""A real package for Arch by pacman itself, in a root of its own: installed, run, upgraded, removed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        shutil.which("pacman") is None, reason="needs pacman: packaging/apt-slow.txt"
    ),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]

CONFIGURATION = """[options]
Architecture = auto
SigLevel = Never
"""


class Root:
    """A folder that pacman takes for a whole system; it holds no other package."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "var/lib/pacman").mkdir(parents=True)
        (path / "var/cache").mkdir()
        (path / "pacman.conf").write_text(CONFIGURATION)

    def pacman(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        own = ("--config", self.path / "pacman.conf", "--root", self.path)
        places = ("--dbpath", self.path / "var/lib/pacman", "--cachedir", self.path / "var/cache")
        log = ("--logfile", self.path / "var/pacman.log", "--noconfirm")
        return subprocess.run(
            ["pacman", *map(str, words), *map(str, (*own, *places, *log))],
            capture_output=True,
            text=True,
            check=check,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    def install(self, package: Path) -> str:
        return self.pacman("-Udd", "--noscriptlet", package).stderr

    def version(self, probe: Any) -> str:
        program = self.path / "usr/bin" / probe.name
        return subprocess.check_output([program, "--version"], text=True)


@pytest.fixture
def root(tmp_path: Path, probe: Any) -> Root:
    """A root with version 1.2.3."""
    made = Root(tmp_path)
    made.install(probe.bundle("arch"))
    return made


def test_what_was_installed_runs(root: Root, probe: Any):
    assert root.version(probe) == "probe 1.2.3\n"


def test_every_file_is_as_the_package_says(root: Root, probe: Any):
    assert "0 altered files" in root.pacman("-Qkk", probe.name).stdout


def test_a_changed_file_is_not(root: Root, probe: Any):
    (root.path / "usr/bin" / probe.name).write_bytes(b"changed")
    assert "1 altered file" in root.pacman("-Qkk", probe.name, check=False).stdout


def test_an_upgrade_takes_its_place(root: Root, probe: Any):
    root.install(probe.bundle("arch", version="1.3.0"))
    assert root.version(probe) == "probe 1.3.0\n"
    assert root.pacman("-Q").stdout == f"{probe.name} 1.3.0-1\n"


def test_pacman_warns_of_a_downgrade(root: Root, probe: Any):
    assert "downgrading package" in root.install(probe.bundle("arch", version="1.0.0"))
    assert root.version(probe) == "probe 1.0.0\n"


def test_a_pre_release_is_older_than_its_release(root: Root, probe: Any):
    assert "downgrading package" in root.install(probe.bundle("arch", version="1.2.3-rc.1"))


def test_removal_leaves_nothing(root: Root, probe: Any):
    program = root.path / "usr/bin" / probe.name
    assert program.exists()
    root.pacman("-R", "--noscriptlet", probe.name)
    assert not (root.path / "usr").exists() or not list((root.path / "usr").rglob("*probe*"))
    assert not program.exists()


def test_a_flipped_byte_is_refused(tmp_path: Path, probe: Any):
    data = bytearray(probe.bundle("arch").read_bytes())
    data[-50] ^= 1
    damaged = tmp_path / "damaged.pkg.tar.zst"
    damaged.write_bytes(data)
    made = Root(tmp_path / "root")
    assert made.pacman("-Udd", "--noscriptlet", damaged, check=False).returncode != 0
    assert not (made.path / "usr").exists()


def test_the_scripts_are_functions_that_pacman_calls(tmp_path: Path, probe: Any):
    package = probe.bundle("arch")
    text = subprocess.check_output(["bsdtar", "-xOf", package, ".INSTALL"], text=True)
    probe.moments()
    calls = ("pre_install", "post_upgrade", "pre_remove", "post_remove")
    for call in calls:
        subprocess.run(["sh", "-c", f"{text}\n{call} 1.2.3-1"], check=True)
    names = ("pre_install", "post_install", "pre_remove", "post_remove")
    assert probe.moments() == [f"{name} 1.2.3" for name in names]
