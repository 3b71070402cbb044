"""Settings become one tree."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from millennium_bundler.errors import ExecutableError, TreeError
from millennium_bundler.layout import linux_tree, read_executable
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]


def paths(manifest: Manifest) -> list[str]:
    return [file.path for file in linux_tree(manifest, b"x").files()]


def test_everything_has_its_place(make_manifest: MakeManifest):
    manifest = make_manifest(
        file_associations=[{"ext": ["a"]}],
        files=[{"source": "icon.png", "destination": "/usr/lib/hello/extra.png", "mode": "0600"}],
    )
    tree = linux_tree(manifest, b"x")
    modes = {file.path: file.mode for file in tree.files()}
    assert modes["usr/bin/hello"] == 0o755
    assert modes["usr/lib/hello/extra.png"] == 0o600
    assert {
        "usr/share/applications/org.example.Hello.desktop",
        "usr/share/metainfo/org.example.Hello.metainfo.xml",
        "usr/share/mime/packages/org.example.Hello.xml",
        "usr/share/man/man1/hello.1.gz",
        "usr/share/icons/hicolor/64x64/apps/org.example.Hello.png",
    } <= modes.keys()


def test_a_scalable_icon_is_kept(make_manifest: MakeManifest):
    manifest = make_manifest(icons=["icon.png", "icon.svg"])
    manifest.resolve("icon.svg").write_text("<svg/>")
    assert "usr/share/icons/hicolor/scalable/apps/org.example.Hello.svg" in paths(manifest)


def test_an_extra_file_cannot_climb_out(make_manifest: MakeManifest):
    manifest = make_manifest(files=[{"source": "icon.png", "destination": "/usr/../../etc/x"}])
    with pytest.raises(TreeError) as caught:
        paths(manifest)
    assert caught.value.code == "tree.outside"


def test_a_missing_extra_file_is_named(make_manifest: MakeManifest):
    manifest = make_manifest(files=[{"source": "gone.txt", "destination": "/usr/lib/x"}])
    with pytest.raises(TreeError, match=r"gone\.txt"):
        paths(manifest)


def test_the_executable_is_read_when_its_digest_is_right(make_manifest: MakeManifest):
    manifest = make_manifest()
    assert read_executable(manifest) == manifest.resolve("hello").read_bytes()


def test_without_a_digest_any_file_passes(make_manifest: MakeManifest):
    manifest = make_manifest(executable_sha256="")
    manifest.resolve("hello").write_bytes(b"#!/bin/sh\n")
    assert read_executable(manifest) == b"#!/bin/sh\n"


def test_an_altered_executable_is_refused(make_manifest: MakeManifest):
    manifest = make_manifest()
    with manifest.resolve("hello").open("ab") as file:
        file.write(b"!")
    with pytest.raises(ExecutableError) as caught:
        read_executable(manifest)
    assert caught.value.code == "executable.changed"


def test_a_missing_executable_is_refused(make_manifest: MakeManifest):
    with pytest.raises(ExecutableError) as caught:
        read_executable(make_manifest(executable="gone"))
    assert caught.value.code == "executable.missing"


@pytest.mark.skipif(sys.platform != "linux", reason="needs an ELF file of this machine")
def test_an_executable_of_another_machine_is_refused(make_manifest: MakeManifest):
    with pytest.raises(ExecutableError) as caught:
        read_executable(make_manifest(target="s390x-linux-gnu"))
    assert caught.value.code == "executable.wrong_target"
