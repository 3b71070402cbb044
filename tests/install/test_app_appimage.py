"""The AppImage of a real app opens its window: mounted, and from a copy where nothing can be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from millennium_build.verify import verify_artifact
from millennium_bundler.formats.appimage_file import read_appimage
from millennium_bundler.native import STORE

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_FUSE = """#!/bin/sh
exec unshare --mount sh -c 'mount --bind /dev/null /dev/fuse && exec "$@"' sh APP "$@"
"""

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
    pytest.mark.skipif(not STORE.is_dir(), reason="needs the AppImage runtime, compiled"),
]


@pytest.fixture(scope="module")
def app() -> dict[str, object]:
    """The AppImage of examples/hello, and what `millennium bundle` says of it."""
    words = [sys.executable, "-m", "millennium", "bundle", "--targets", "appimage", "--json"]
    done = subprocess.run(words, cwd=ROOT / "examples" / "hello", capture_output=True, check=True)
    [found] = json.loads(done.stdout)["bundles"]
    return dict(found)


@pytest.mark.skipif(not os.access("/dev/fuse", os.W_OK), reason="needs to mount by /dev/fuse")
def test_it_opens_its_window_from_a_mount(app: dict[str, object]):
    path = Path(str(app["path"]))
    found = verify_artifact(path, version="0.1.0")
    assert found.verified, found.reason
    deadline = time.monotonic() + 10
    while mounts() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert mounts() == []


def mounts() -> list[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [line for line in lines if "fuse.appimage" in line and ".mount_hello" in line]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to hide /dev/fuse"
)
def test_it_opens_its_window_where_nothing_can_be_mounted(app: dict[str, object], tmp_path: Path):
    starter = tmp_path / "start"
    starter.write_text(WITHOUT_FUSE.replace("APP", str(app["path"])))
    starter.chmod(0o755)
    found = verify_artifact(starter, version="0.1.0")
    assert found.verified, found.reason


def test_it_is_little_more_than_the_executable(app: dict[str, object]):
    path = Path(str(app["path"]))
    runtime = len(read_appimage(path.read_bytes()).runtime)
    executable = next(path.parents[1].glob("hello")).stat().st_size
    assert path.stat().st_size - executable - runtime < 64 * 1024


def test_squashfs_tools_find_nothing_wrong(app: dict[str, object]):
    if shutil.which("unsquashfs") is None:
        pytest.skip("needs squashfs-tools")
    assert app["lint"] == []


def test_what_is_bundled_again_has_the_same_bytes(app: dict[str, object]):
    words = [sys.executable, "-m", "millennium", "bundle", "--targets", "appimage", "--json"]
    done = subprocess.run(words, cwd=ROOT / "examples" / "hello", capture_output=True, check=True)
    assert json.loads(done.stdout)["bundles"][0]["sha256"] == app["sha256"]
