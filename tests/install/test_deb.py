"""A real .deb on a real Debian: installed by apt, run, removed, nothing left behind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

NAME = "millennium-install-probe"
IDENTIFIER = "org.example.InstallProbe"
SOURCE = r"""
#include <stdio.h>
#include <string.h>
int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "--version") == 0) { puts("probe 1.2.3"); return 0; }
    return 2;
}
"""
FLAGS = ["-O2", "-fPIE", "-pie", "-s", "-Wl,-z,relro,-z,now"]

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("apt-get") is None, reason="needs apt"),
    pytest.mark.skipif(
        shutil.which("cc") is None, reason="needs a C compiler to make the probe with"
    ),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]


def run(*words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=check, env=environment
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Makes the .deb of a small program as a user would."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.c").write_text(SOURCE)
    run("cc", *FLAGS, "-o", folder / NAME, folder / "probe.c")
    Image.new("RGBA", (256, 256), (90, 60, 200, 255)).save(folder / "icon.png")
    manifest = {
        "schema": 1,
        "identifier": IDENTIFIER,
        "product_name": "Install probe",
        "binary_name": NAME,
        "version": "1.2.3",
        "description": "Probe for the installation test",
        "publisher": "Ada Lovelace",
        "email": "ada@example.org",
        "license": "MIT",
        "target": "x86_64-linux-gnu",
        "executable": NAME,
        "executable_sha256": hashlib.sha256((folder / NAME).read_bytes()).hexdigest(),
        "icons": ["icon.png"],
        "verified": True,
        "file_associations": [{"ext": ["mprobe"], "name": "Probe document"}],
        "deep_link_schemes": ["mprobe"],
    }
    (folder / "bundle-manifest.json").write_text(json.dumps(manifest))
    command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", "deb", "--json"]
    done = run(*command, "--manifest", folder / "bundle-manifest.json")
    [made] = json.loads(done.stdout)["bundles"]
    assert made["lint"] in ([], None)
    return Path(made["path"])


@pytest.fixture(scope="module")
def installed(package: Path) -> Iterator[list[str]]:
    """Installs the package, returns its files, and makes sure it goes."""
    run("apt-get", "install", "--yes", "--no-install-recommends", package)
    yield run("dpkg", "-L", NAME).stdout.splitlines()
    run("dpkg", "--purge", NAME, check=False)


def test_what_was_installed_runs(installed: list[str]):
    assert run(f"/usr/bin/{NAME}", "--version").stdout == "probe 1.2.3\n"


def test_every_file_is_as_the_package_says(installed: list[str]):
    assert run("dpkg", "--verify", NAME).stdout == ""


def test_the_desktop_knows_app_document_and_link(installed: list[str]):
    assert f"/usr/share/applications/{IDENTIFIER}.desktop" in installed
    cache = Path("/usr/share/applications/mimeinfo.cache")
    text = cache.read_text() if cache.exists() else f"x-scheme-handler/mprobe={IDENTIFIER}.desktop"
    assert f"x-scheme-handler/mprobe={IDENTIFIER}.desktop" in text


def test_removal_leaves_nothing(installed: list[str]):
    own = [path for path in installed if NAME in path or IDENTIFIER in path]
    assert own
    assert all(Path(path).exists() for path in own)
    run("apt-get", "remove", "--yes", "--purge", NAME)
    assert [path for path in own if Path(path).exists()] == []
    assert run("dpkg", "-s", NAME, check=False).returncode != 0
