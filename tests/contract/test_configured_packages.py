"""A project's configuration, as its developer writes it, is what the packages hold and say."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from millennium.config.load import load_config
from millennium_build.bundle_place import Place
from millennium_build.freeze.interface import FreezeResult
from millennium_build.manifest import MANIFEST_NAME, ManifestInput, bundle_keys, make_manifest
from millennium_build.verify import Verification
from millennium_bundler.bundle import BundleOptions, bundle, default_formats
from millennium_bundler.formats.arch import read_arch
from millennium_bundler.formats.deb import DebContents, read_deb
from millennium_bundler.formats.rpm import RpmContents, read_rpm
from millennium_bundler.settings import Manifest, load_manifest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Linux executable")

PROJECT = """
[tool.millennium]
identifier = "org.example.notes"
product-name = "Notes"
version = "1.2.3"
publisher = "Ada Lovelace"
license = "MIT"

[tool.millennium.bundle]
targets = ["deb", "rpm", "arch", "msi"]
resources = ["words"]
external-bin = ["bin/indexer"]
short-description = "Plain notes"
changelog = "CHANGES"
file-associations = [{ ext = ["note"], mime-type = "application/x-note" }]
deep-link-schemes = ["notes"]

[tool.millennium.bundle.deb]
section = "editors"
recommends = ["fonts-noto"]
files = { "/etc/notes.conf" = "packaging/notes.conf" }
changelog = "Changed for Debian."
desktop-template = "packaging/notes.desktop"
post-install-script = "packaging/post.sh"

[tool.millennium.bundle.rpm]
epoch = 2
pre-remove-script = "packaging/post.sh"

[tool.millennium.bundle.arch]
release = "3"
"""

FILES = {
    "CHANGES": "One thing.\n",
    "words/en.txt": "word\n",
    "bin/indexer-x86_64-unknown-linux-gnu": "#!/bin/sh\n",
    "packaging/notes.conf": "a = 1\n",
    "packaging/post.sh": "echo done\n",
    "packaging/notes.desktop": "[Desktop Entry]\nType=Application\nName={{name}}\nExec={{exec}}\n",
}


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """A build of the project."""
    for name, text in {**FILES, "pyproject.toml": PROJECT}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder = tmp_path / "dist" / "org.example.notes" / "x86_64-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "notes").write_bytes(b"#!/bin/sh\n")
    (folder / "sbom.cdx.json").write_text("{}")
    config, target = load_config(tmp_path, platform="linux").config, "x86_64-linux-gnu"
    place = Place(root=tmp_path, folder=folder, target=target, binary="notes")
    given = ManifestInput(
        config=config,
        bundle=bundle_keys(config, place),
        root=tmp_path,
        folder=folder,
        target=target,
        runtime="",
        result=FreezeResult(executable=folder / "notes", sonames=(), symbol_versions={}),
        verification=Verification(verified=True, engine="WebKitGTK"),
        inputs_digest="abc",
        config_file=folder / "pyproject.toml",
    )
    path = folder / MANIFEST_NAME
    path.write_bytes(make_manifest(given))
    return load_manifest(path)


@pytest.fixture
def packages(manifest: Manifest, tmp_path: Path) -> dict[str, bytes]:
    """The packages' bytes by format, of the formats that the project names."""
    options = BundleOptions(output=tmp_path / "out", with_lint=False)
    made = bundle(manifest, default_formats(manifest), options).made
    return {one.target: one.path.read_bytes() for one in made}


@pytest.fixture
def deb(packages: dict[str, bytes]) -> DebContents:
    return read_deb(packages["deb"])


@pytest.fixture
def rpm(packages: dict[str, bytes]) -> RpmContents:
    return read_rpm(packages["rpm"])


def test_what_the_project_names_is_made_where_it_fits(packages: dict[str, bytes]) -> None:
    assert list(packages) == ["deb", "rpm", "arch"]


def test_the_deb_says_what_is_configured(deb: DebContents) -> None:
    fields = deb.control.fields
    assert (fields["Section"], fields["Recommends"]) == ("editors", "fonts-noto")
    assert fields["Description"].startswith("Plain notes")
    assert deb.scripts["postinst"].endswith("echo done\n")


def test_the_deb_holds_what_is_configured(deb: DebContents) -> None:
    found = {file.path: file for file in deb.tree.files()}
    assert found["etc/notes.conf"].data == b"a = 1\n"
    assert found["usr/lib/notes/words/en.txt"].data == b"word\n"
    assert found["usr/bin/indexer"].mode == 0o755
    entry = found["usr/share/applications/org.example.notes.desktop"].data
    assert entry == b"[Desktop Entry]\nType=Application\nName=Notes\nExec=notes %U\n"
    news = gzip.decompress(found["usr/share/doc/notes/changelog.gz"].data)
    assert b"Changed for Debian." in news


def test_the_rpm_has_neither_the_debs_files_nor_its_entry(rpm: RpmContents) -> None:
    found = {file.path: file.data for file in rpm.tree.files()}
    assert "etc/notes.conf" not in found
    assert b"MimeType=" in found["usr/share/applications/org.example.notes.desktop"]
    assert "usr/bin/indexer" in found


def test_the_arch_package_has_its_release(packages: dict[str, bytes]) -> None:
    found = {file.path: file.data for file in read_arch(packages["arch"]).meta}
    assert b"pkgver = 1.2.3-3\n" in found[".PKGINFO"]
