"""Files that only one format brings, and the desktop entry that only it has."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.errors import BundleError
from millennium_bundler.formats.appimage import AppImageFormat
from millennium_bundler.formats.appimage_file import read_appimage
from millennium_bundler.formats.arch import ArchFormat, read_arch
from millennium_bundler.formats.deb import DebFormat, read_deb
from millennium_bundler.formats.flatpak import FlatpakFormat
from millennium_bundler.formats.interface import Format
from millennium_bundler.formats.rpm import RpmFormat, read_rpm
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.native import RUNTIME, STORE
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]

READERS: dict[str, Callable[[bytes], Tree]] = {
    "deb": lambda data: read_deb(data).tree,
    "rpm": lambda data: read_rpm(data).tree,
    "arch": lambda data: read_arch(data).tree,
    "appimage": lambda data: read_squashfs(read_appimage(data).image),
}
COMPILED = STORE / "x86_64" / RUNTIME
needs_runtime = pytest.mark.skipif(not COMPILED.is_file(), reason="needs the compiled runtime")
FORMATS = [
    DebFormat(),
    RpmFormat(),
    ArchFormat(),
    pytest.param(AppImageFormat(), marks=needs_runtime),
]
NAMES = ["deb", "rpm", "arch", "appimage"]
TEMPLATE = "[Desktop Entry]\nType=Application\nName={{name}}\nExec={{exec}}\nX-Own=yes\n"


def manifest_with(make_manifest: MakeManifest, name: str, **settings: object) -> Manifest:
    manifest = make_manifest(linux={name: settings})
    manifest.resolve("own.conf").write_text("own")
    manifest.resolve("own.desktop").write_text(TEMPLATE)
    return manifest


def files_of(format_: Format[Any], manifest: Manifest) -> dict[str, bytes]:
    [package] = format_.make(manifest)
    return {file.path: file.data for file in READERS[format_.name](package.file).files()}


@pytest.mark.parametrize("format_", FORMATS, ids=NAMES)
def test_a_format_brings_its_own_files(format_: Format[Any], make_manifest: MakeManifest):
    own = {"source": "own.conf", "destination": "/etc/own.conf"}
    manifest = manifest_with(make_manifest, format_.name, files=[own])
    format_.check(manifest)
    assert files_of(format_, manifest)["etc/own.conf"] == b"own"


@pytest.mark.parametrize("format_", FORMATS, ids=NAMES)
def test_it_brings_none_of_another_format(format_: Format[Any], make_manifest: MakeManifest):
    own = {"source": "own.conf", "destination": "/etc/own.conf"}
    other = {"deb": "rpm"}.get(format_.name, "deb")
    manifest = manifest_with(make_manifest, other, files=[own])
    assert "etc/own.conf" not in files_of(format_, manifest)


@pytest.mark.parametrize("format_", FORMATS, ids=NAMES)
def test_a_file_that_is_missing_is_named_before_any_work(
    format_: Format[Any], make_manifest: MakeManifest
):
    own = {"source": "gone.conf", "destination": "/etc/own.conf"}
    with pytest.raises(BundleError, match=r"gone\.conf") as caught:
        format_.check(manifest_with(make_manifest, format_.name, files=[own]))
    assert caught.value.code == "tree.missing"


@pytest.mark.parametrize(
    "format_", [*FORMATS, TarFormat(), FlatpakFormat()], ids=lambda one: getattr(one, "name", None)
)
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "Nonsense"}, "manifest.bad_value"),
        ({"files": [{"source": "icon.png", "destination": "/usr/"}]}, "tree.outside"),
        ({"files": [{"source": "icon.png", "destination": "/usr/bin/hello"}]}, "tree.conflict"),
        ({"files": [{"source": "icon.png", "destination": "/usr/share"}]}, "tree.conflict"),
    ],
    ids=["category", "no name", "the command itself", "a folder"],
)
def test_what_cannot_be_laid_out_is_named_before_any_work(
    format_: Format[Any], make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    format_.check(make_manifest(category="Office"))
    with pytest.raises(BundleError) as caught:
        format_.check(make_manifest(**changes))
    assert caught.value.code == code


@pytest.mark.parametrize("format_", FORMATS[:2], ids=NAMES[:2])
def test_a_desktop_template_is_filled_in(format_: Format[Any], make_manifest: MakeManifest):
    manifest = manifest_with(make_manifest, format_.name, desktop_template="own.desktop")
    format_.check(manifest)
    found = files_of(format_, manifest)["usr/share/applications/org.example.Hello.desktop"]
    assert found.endswith(b"Name=Hello\nExec=hello\nX-Own=yes\n")


@pytest.mark.parametrize("format_", FORMATS[:2], ids=NAMES[:2])
def test_a_template_that_makes_no_entry_is_refused_before_any_work(
    format_: Format[Any], make_manifest: MakeManifest
):
    manifest = manifest_with(make_manifest, format_.name, desktop_template="own.conf")
    with pytest.raises(BundleError) as caught:
        format_.check(manifest)
    assert caught.value.code == "desktop.template"


def test_a_deb_may_have_changes_of_its_own(make_manifest: MakeManifest, tmp_path: Path):
    manifest = make_manifest(changelog="For all.", linux={"deb": {"changelog": "For Debian."}})
    news = files_of(DebFormat(), manifest)["usr/share/doc/hello/changelog.gz"]
    assert b"* For Debian." in gzip.decompress(news)
