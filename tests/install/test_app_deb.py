"""The package of a real app: built, bundled, installed by apt, started through its door, removed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium_build.verify import verify_artifact
from millennium_bundler.formats.deb import DebFormat

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ENVIRONMENT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("apt-get") is None, reason="needs apt"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]


needs_lintian = pytest.mark.skipif(shutil.which("lintian") is None, reason="needs lintian")


def run(*words: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bundle(project: Path) -> dict[str, object]:
    """Make a package as a user does; return what `millennium bundle` says of it."""
    words = ["bundle", "--targets", "deb", "--json"]
    [found] = json.loads(run(sys.executable, "-m", "millennium", *words, cwd=project))["bundles"]
    return dict(found)


@pytest.fixture(scope="module")
def made() -> dict[str, object]:
    """The package of examples/hello."""
    return bundle(EXAMPLES / "hello")


@pytest.fixture(scope="module")
def package_name(made: dict[str, object]) -> Iterator[str]:
    """Installs the package and makes sure it goes."""
    path = str(made["path"])
    name = run("dpkg-deb", "--field", path, "Package").strip()
    run("apt-get", "install", "--yes", "--no-install-recommends", path)
    yield name
    subprocess.run(["dpkg", "--purge", name], capture_output=True, check=False)


@needs_lintian
def test_lintian_finds_nothing_in_hello(made: dict[str, object]) -> None:
    assert made["lint"] == []


@pytest.fixture(scope="module")
def notes() -> dict[str, object]:
    """The package of examples/notes."""
    return bundle(EXAMPLES / "notes")


@needs_lintian
def test_lintian_finds_nothing_in_notes(notes: dict[str, object]) -> None:
    assert notes["lint"] == []


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("applications", ("desktop-file-validate",)),
        ("metainfo", ("appstreamcli", "validate", "--no-net")),
    ],
    ids=["menu", "store"],
)
def test_the_validators_of_desktops_find_nothing_in_notes(
    notes: dict[str, object], tmp_path: Path, folder: str, words: tuple[str, ...]
) -> None:
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs {words[0]}")
    run("dpkg-deb", "--extract", str(notes["path"]), tmp_path)
    [file] = (tmp_path / "usr/share" / folder).iterdir()
    said = run(*words, file)
    assert [line for line in said.splitlines() if line[:2] in ("E:", "W:")] == []
    file.write_text(file.read_text().replace("dev.millennium.notes", "").replace("Type=", "Tipe="))
    control = subprocess.run([*words, str(file)], capture_output=True, check=False)
    assert control.returncode != 0


@needs_lintian
def test_the_same_package_damaged_is_what_lintian_finds(
    made: dict[str, object], tmp_path: Path
) -> None:
    run("dpkg-deb", "--raw-extract", str(made["path"]), tmp_path / "tree")
    shutil.rmtree(tmp_path / "tree" / "usr" / "share" / "doc")
    run("dpkg-deb", "--build", "--root-owner-group", tmp_path / "tree", tmp_path / "damaged.deb")
    found = DebFormat().lint(tmp_path / "damaged.deb")
    assert "no-copyright-file" in [finding.tag for finding in found or ()]


def test_what_is_built_and_bundled_again_has_the_same_bytes(made: dict[str, object]) -> None:
    shutil.rmtree(Path(str(made["path"])).parents[1])
    assert bundle(EXAMPLES / "hello")["sha256"] == made["sha256"]


def test_the_engine_is_asked_for(made: dict[str, object]) -> None:
    depends = run("dpkg-deb", "--field", str(made["path"]), "Depends")
    assert "libwebkit2gtk-4.1-0 (>= 2.40)" in depends
    assert "libc6 (>= " in depends


def test_what_was_installed_opens_its_window(package_name: str, made: dict[str, object]) -> None:
    files = run("dpkg", "-L", package_name).splitlines()
    [executable] = [path for path in files if path.startswith("/usr/bin/")]
    version = run("dpkg-deb", "--field", str(made["path"]), "Version").strip()
    found = verify_artifact(Path(executable), version=version)
    assert found.verified, found.reason


def test_removal_leaves_nothing(package_name: str) -> None:
    files = [Path(path) for path in run("dpkg", "-L", package_name).splitlines()]
    own = [path for path in files if path.is_file()]
    assert own
    run("apt-get", "remove", "--yes", "--purge", package_name)
    assert [path for path in own if path.exists()] == []
