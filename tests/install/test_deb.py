"""A real .deb on a real Debian: installed by apt, run, upgraded, downgraded, removed, nothing left."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("apt-get") is None, reason="needs apt"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]

APT = ("apt-get", "install", "--yes", "--no-install-recommends")


def run(*words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=check, env=environment
    )


def version(probe: Any) -> str:
    return run(f"/usr/bin/{probe.name}", "--version").stdout


@pytest.fixture
def installed(probe: Any) -> Iterator[list[str]]:
    """Installs version 1.2.3, returns its files, and makes sure it goes."""
    run(*APT, probe.bundle("deb"))
    yield run("dpkg", "-L", probe.name).stdout.splitlines()
    run("dpkg", "--purge", probe.name, check=False)
    probe.moments()


def test_what_was_installed_runs(installed: list[str], probe: Any):
    assert version(probe) == "probe 1.2.3\n"
    assert probe.moments() == ["pre_install 1.2.3", "post_install 1.2.3"]


def test_every_file_is_as_the_package_says(installed: list[str], probe: Any):
    assert run("dpkg", "--verify", probe.name).stdout == ""


def test_a_changed_file_is_not(installed: list[str], probe: Any):
    Path(f"/usr/bin/{probe.name}").write_bytes(b"changed")
    assert f"/usr/bin/{probe.name}" in run("dpkg", "--verify", probe.name, check=False).stdout


def test_the_desktop_knows_app_document_and_link(installed: list[str], probe: Any):
    assert f"/usr/share/applications/{probe.identifier}.desktop" in installed
    cache = Path("/usr/share/applications/mimeinfo.cache")
    line = f"x-scheme-handler/mprobe={probe.identifier}.desktop"
    text = cache.read_text() if cache.exists() else line
    assert line in text


def test_an_upgrade_takes_its_place(installed: list[str], probe: Any):
    probe.moments()
    run(*APT, probe.bundle("deb", version="1.3.0"))
    assert version(probe) == "probe 1.3.0\n"
    assert probe.moments() == ["pre_install 1.3.0", "post_install 1.3.0"]


def test_apt_refuses_a_downgrade_until_it_is_asked_for(installed: list[str], probe: Any):
    older = probe.bundle("deb", version="1.0.0")
    refused = run(*APT, older, check=False)
    assert (refused.returncode, version(probe)) == (100, "probe 1.2.3\n")
    run(*APT, "--allow-downgrades", older)
    assert version(probe) == "probe 1.0.0\n"


def test_dpkg_warns_of_a_downgrade(installed: list[str], probe: Any):
    done = run("dpkg", "--install", probe.bundle("deb", version="1.0.0"))
    assert "warning: downgrading" in done.stderr
    assert version(probe) == "probe 1.0.0\n"


def test_a_pre_release_is_older_than_its_release(installed: list[str], probe: Any):
    done = run(*APT, probe.bundle("deb", version="1.2.3-rc.1"), check=False)
    assert done.returncode == 100


def test_removal_leaves_nothing(installed: list[str], probe: Any):
    probe.moments()
    own = [path for path in installed if probe.name in path or probe.identifier in path]
    assert own
    assert all(Path(path).exists() for path in own)
    run("apt-get", "remove", "--yes", "--purge", probe.name)
    assert [path for path in own if Path(path).exists()] == []
    assert run("dpkg", "-s", probe.name, check=False).returncode != 0
    assert probe.moments() == ["pre_remove 1.2.3", "post_remove 1.2.3"]
