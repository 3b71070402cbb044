"""A real .rpm by rpm itself, in a root of its own: installed, run, upgraded, refused, removed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("rpm") is None, reason="needs rpm: packaging/apt-slow.txt"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]


class Root:
    """A folder that rpm takes for a whole system.

    It holds no other package, so dependencies are not looked at; the shell that scripts need is bound
    in by rpm's own chroot, which is why the scripts run outside here (`--noscripts`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rpm("--initdb")

    def rpm(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["rpm", "--root", str(self.path), *map(str, words)],
            capture_output=True,
            text=True,
            check=check,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    def change(self, how: str, package: Path) -> subprocess.CompletedProcess[str]:
        return self.rpm(how, "--nodeps", "--noscripts", package, check=False)

    def files(self) -> list[str]:
        found = (path for path in self.path.rglob("*") if path.is_file())
        return [str(path) for path in found if "rpmdb" not in str(path)]

    def version(self, probe: Any) -> str:
        program = self.path / "usr/bin" / probe.name
        return subprocess.check_output([program, "--version"], text=True)


@pytest.fixture
def root(tmp_path: Path, probe: Any) -> Root:
    """A root with version 1.2.3."""
    made = Root(tmp_path)
    done = made.change("-i", probe.bundle("rpm"))
    assert done.returncode == 0, done.stderr
    return made


def test_what_was_installed_runs(root: Root, probe: Any):
    assert root.version(probe) == "probe 1.2.3\n"


def test_every_file_is_as_the_package_says(root: Root, probe: Any):
    assert root.rpm("-V", "--nodeps", probe.name).stdout == ""


def test_a_changed_file_is_not(root: Root, probe: Any):
    (root.path / "usr/bin" / probe.name).write_bytes(b"changed")
    assert f"/usr/bin/{probe.name}" in root.rpm("-V", "--nodeps", probe.name, check=False).stdout


def test_an_upgrade_takes_its_place(root: Root, probe: Any):
    done = root.change("-U", probe.bundle("rpm", version="1.3.0"))
    assert done.returncode == 0, done.stderr
    assert root.version(probe) == "probe 1.3.0\n"
    assert root.rpm("-q", probe.name).stdout.count(probe.name) == 1


def test_a_downgrade_is_refused_until_it_is_asked_for(root: Root, probe: Any):
    older = probe.bundle("rpm", version="1.0.0")
    refused = root.change("-U", older)
    assert refused.returncode != 0
    assert "is already installed" in refused.stderr
    assert root.version(probe) == "probe 1.2.3\n"
    root.rpm("-U", "--oldpackage", "--nodeps", "--noscripts", older)
    assert root.version(probe) == "probe 1.0.0\n"


def test_a_pre_release_is_older_than_its_release(root: Root, probe: Any):
    assert root.change("-U", probe.bundle("rpm", version="1.2.3-rc.1")).returncode != 0


def test_removal_leaves_nothing(root: Root, probe: Any):
    assert root.files()
    root.rpm("-e", "--nodeps", "--noscripts", probe.name)
    assert root.files() == []


def test_the_scripts_run_where_they_should(probe: Any, tmp_path: Path):
    """Each is taken out of the package and run as rpm runs it: with the number of versions left."""
    package = probe.bundle("rpm")
    found = {}
    for tag in ("PREIN", "POSTIN", "PREUN", "POSTUN"):
        query = ["rpm", "-qp", "--qf", f"%{{{tag}}}", str(package)]
        found[tag] = subprocess.check_output(query, text=True)
    probe.moments()
    for tag, left in (("PREIN", 1), ("POSTIN", 1), ("PREUN", 1), ("PREUN", 0), ("POSTUN", 0)):
        subprocess.run(["sh", "-c", found[tag], "sh", str(left)], check=True)
    names = ["pre_install", "post_install", "pre_remove", "post_remove"]
    assert probe.moments() == [f"{name} 1.2.3" for name in names]


def test_a_flipped_byte_is_refused(tmp_path: Path, probe: Any):
    data = bytearray(probe.bundle("rpm").read_bytes())
    data[-50] ^= 1
    damaged = tmp_path / "damaged.rpm"
    damaged.write_bytes(data)
    made = Root(tmp_path / "root")
    assert made.change("-i", damaged).returncode != 0
    assert made.files() == []
