"""The control file of a .deb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.deb_control import make_control, parse_control
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]
Fields = Callable[..., dict[str, str]]


@pytest.fixture
def fields(make_manifest: MakeManifest, dpkg_info: Path) -> Fields:
    """Returns the control fields of a manifest with changes, and of extra files."""

    def make(files: tuple[tuple[str, bytes], ...] = (), /, **changes: object) -> dict[str, str]:
        tree = Tree(date=0)
        tree.file("usr/bin/hello", b"x" * 1025)
        for path, data in files:
            tree.file(path, data)
        return make_control(make_manifest(**changes).settings, tree, dpkg_info=dpkg_info).fields

    return make


def test_the_fields_follow_the_manifest(fields: Fields):
    assert fields() == {
        "Package": "hello",
        "Version": "1.2.3",
        "Architecture": "amd64",
        "Maintainer": "Ada Lovelace <ada@example.org>",
        "Installed-Size": "4",
        "Depends": "libc6 (>= 2.35), libwebkit2gtk-4.1-0 (>= 2.40)",
        "Section": "utils",
        "Priority": "optional",
        "Homepage": "https://example.org/hello",
        "Description": "Greets whoever asks\n Hello greets people.\n .\n It does it well.",
    }


def test_every_relation_can_be_named(fields: Fields):
    deb = {
        "depends": ["xdg-utils"],
        "recommends": ["fonts-noto"],
        "provides": ["greeter"],
        "conflicts": ["old"],
        "replaces": ["old"],
        "section": "x11",
        "priority": "extra",
    }
    found = fields(linux={"deb": deb})
    assert found["Depends"].endswith("libwebkit2gtk-4.1-0 (>= 2.40), xdg-utils")
    assert [found[name] for name in ("Recommends", "Provides", "Conflicts", "Replaces")] == [
        "fonts-noto",
        "greeter",
        "old",
        "old",
    ]
    assert (found["Section"], found["Priority"]) == ("x11", "extra")


def test_one_bound_on_the_c_library_holds_for_all_its_parts(fields: Fields):
    found = fields(sonames=["libm.so.6", "libc.so.6"], symbol_versions={"libc.so.6": "2.31"})
    assert found["Depends"].startswith("libc6 (>= 2.31), ")


def test_a_version_without_its_library_in_the_list_counts(fields: Fields):
    found = fields(sonames=[], symbol_versions={"libz.so.1": "1.2.9"})
    assert found["Depends"].endswith("zlib1g (>= 1:1.2.13)")


def test_a_library_that_the_package_carries_is_no_dependency(fields: Fields):
    carried = (("usr/lib/hello/libown.so.1", b""),)
    assert "libown" not in fields(carried, sonames=["libown.so.1"])["Depends"]


def test_an_unknown_library_tells_how_to_name_its_package(fields: Fields):
    with pytest.raises(FormatError) as caught:
        fields(sonames=["libnobody.so.9"])
    assert caught.value.code == "deb.soname"
    assert 'linux.deb.packages["libnobody.so.9"]' in caught.value.help


def test_a_named_package_wins(fields: Fields):
    found = fields(
        sonames=["libnobody.so.9"], linux={"deb": {"packages": {"libnobody.so.9": "nobody9"}}}
    )
    assert "nobody9" in found["Depends"]


def test_the_executables_own_needs_are_read(make_manifest: MakeManifest, dpkg_info: Path):
    manifest = make_manifest(sonames=[], symbol_versions={})
    tree = Tree(date=0)
    tree.file("usr/bin/hello", manifest.resolve("hello").read_bytes())
    control = make_control(manifest.settings, tree, dpkg_info=dpkg_info)
    assert "libc6 (>= 2.34)" in control.fields["Depends"]


@pytest.mark.parametrize(
    ("given", "package"),
    [
        ("Hello_World", "hello-world"),
        ("a1.b+c", "a1.b+c"),
        ("X", "x-app"),
        ("0", "0-app"),
        ("x_", "x-"),
    ],
    ids=str,
)
def test_the_package_is_named_after_the_command(fields: Fields, given: str, package: str):
    assert fields(binary_name=given)["Package"] == package


@pytest.mark.parametrize(
    "target", ["x86_64-windows-msvc", "sparc-linux-gnu", "x86_64-linux-musl"], ids=str
)
def test_a_target_without_debian_is_refused(fields: Fields, target: str):
    with pytest.raises(FormatError) as caught:
        fields(target=target)
    assert caught.value.code == "deb.target"


def test_a_target_without_libc_is_the_usual_one(fields: Fields):
    assert fields(target="aarch64-linux")["Architecture"] == "arm64"


def test_long_paragraphs_are_wrapped(fields: Fields):
    lines = fields(long_description="word " * 40)["Description"].splitlines()
    assert max(map(len, lines)) <= 77
    assert len(lines) == 4


def test_what_was_written_is_read(make_manifest: MakeManifest, dpkg_info: Path):
    control = make_control(make_manifest().settings, Tree(date=0), dpkg_info=dpkg_info)
    assert parse_control(control.to_bytes()) == control
