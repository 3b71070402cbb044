"""Flatpak bundles: permissions, the same bytes at any time, read back by ostree."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError, ManifestError, PackageError, TreeError
from millennium_bundler.formats.flatpak import FlatpakFormat, _exported, dated, metadata
from millennium_bundler.formats.interface import Package
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Link, Tree

MakeManifest = Callable[..., Manifest]

needs_flatpak = pytest.mark.skipif(
    not (shutil.which("flatpak") and shutil.which("ostree")), reason="needs flatpak and ostree"
)


def made(manifest: Manifest) -> Package:
    [package] = FlatpakFormat().make(manifest)
    return package


def flatpak(make_manifest: MakeManifest, **settings: object) -> Manifest:
    return make_manifest(linux={"flatpak": settings})


def test_an_app_gets_a_window_and_nothing_else(make_manifest: MakeManifest):
    assert metadata(make_manifest().settings).decode() == (
        "[Application]\n"
        "name=org.example.Hello\n"
        "runtime=org.gnome.Platform/x86_64/50\n"
        "sdk=org.gnome.Sdk/x86_64/50\n"
        "command=hello\n"
        "\n"
        "[Context]\n"
        "devices=dri;\n"
        "shared=ipc;\n"
        "sockets=wayland;fallback-x11;\n"
    )


def test_the_network_comes_when_it_is_asked_for(make_manifest: MakeManifest):
    text = metadata(flatpak(make_manifest, network=True).settings).decode()
    assert "shared=ipc;network;\n" in text


def test_further_permissions_are_written_where_flatpak_reads_them(make_manifest: MakeManifest):
    wanted = [
        "--filesystem=xdg-documents:ro",
        "--talk-name=org.freedesktop.Notifications",
        "--system-own-name=org.example.Hello",
        "--env=GTK_THEME=Adwaita:dark",
        "--device=dri",
    ]
    text = metadata(flatpak(make_manifest, finish_args=wanted).settings).decode()
    groups = dict(part.split("]\n") for part in text.removeprefix("[").split("\n\n["))
    assert "filesystems=xdg-documents:ro;\n" in groups["Context"]
    assert "devices=dri;\n" in groups["Context"]
    assert groups["Session Bus Policy"] == "org.freedesktop.Notifications=talk"
    assert groups["System Bus Policy"] == "org.example.Hello=own"
    assert groups["Environment"] == "GTK_THEME=Adwaita:dark"


@pytest.mark.parametrize(
    "wrong", ["--nonsense=1", "--share", "--talk-name=a;b", "--socket=x\n[Context]", "--env=1=2"]
)
def test_a_permission_that_flatpak_does_not_know_is_refused(
    make_manifest: MakeManifest, wrong: str
):
    with pytest.raises(ManifestError, match="finish_args"):
        flatpak(make_manifest, finish_args=[wrong])


@pytest.mark.parametrize("wrong", ["org.example", "org.exa-mple.Hello", "org.example.9lives"])
def test_an_identifier_that_flatpak_does_not_take_is_refused(
    make_manifest: MakeManifest, wrong: str
):
    FlatpakFormat().check(make_manifest(identifier="org.example.my-app"))
    with pytest.raises(FormatError) as caught:
        FlatpakFormat().check(make_manifest(identifier=wrong))
    assert caught.value.code == "flatpak.identifier"


def test_a_machine_without_a_runtime_is_refused(make_manifest: MakeManifest):
    assert metadata(make_manifest(target="aarch64-linux-gnu").settings)
    with pytest.raises(FormatError) as caught:
        FlatpakFormat().check(make_manifest(target="riscv64-linux-gnu"))
    assert caught.value.code == "format.system"


def test_a_place_outside_of_usr_is_refused(make_manifest: MakeManifest):
    files = [{"source": "icon.png", "destination": "/etc/hello/icon.png"}]
    with pytest.raises(TreeError) as caught:
        FlatpakFormat().check(make_manifest(files=files))
    assert caught.value.code == "tree.outside"


def test_runtime_and_branch_are_those_that_were_chosen(make_manifest: MakeManifest):
    chosen = {"runtime": "org.kde.Platform", "runtime_version": "6.9", "sdk": "org.kde.Sdk"}
    text = metadata(flatpak(make_manifest, **chosen).settings).decode()
    assert "runtime=org.kde.Platform/x86_64/6.9\nsdk=org.kde.Sdk/x86_64/6.9\n" in text
    plan = FlatpakFormat()._plan(flatpak(make_manifest, branch="beta"))
    assert plan.reference == "app/org.example.Hello/x86_64/beta"


@needs_flatpak
def test_the_bundle_says_where_its_runtime_is(make_manifest: MakeManifest):
    own = "https://example.org/own.flatpakrepo"
    assert own.encode() in made(flatpak(make_manifest, runtime_repository=own)).file
    assert b"flatpakrepo" not in made(flatpak(make_manifest, runtime_repository="")).file


def test_the_desktop_sees_what_it_shows_and_no_more(make_manifest: MakeManifest):
    tree = FlatpakFormat()._plan(make_manifest()).tree
    exported = [file.path for file in tree.files() if file.path.startswith("export/")]
    assert exported == [
        *(
            f"export/share/{path}"
            for path in (
                "applications/org.example.Hello.desktop",
                *(
                    f"icons/hicolor/{side}x{side}/apps/org.example.Hello.png"
                    for side in (16, 24, 32, 48, 64)
                ),
                "metainfo/org.example.Hello.metainfo.xml",
            )
        )
    ]


def test_without_flatpak_it_says_what_to_install(
    make_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    with pytest.raises(FormatError) as caught:
        made(make_manifest())
    assert (caught.value.code, caught.value.help) == (
        "format.no_tool",
        "apt install flatpak ostree",
    )


@needs_flatpak
def test_the_same_manifest_gives_the_same_bytes_at_another_time(make_manifest: MakeManifest):
    first = made(make_manifest())
    time.sleep(1.1)
    assert made(make_manifest()) == first
    assert first.file_name == "org.example.Hello_1.2.3_x86_64.flatpak"


@needs_flatpak
def test_ostree_finds_the_files_with_their_modes(make_manifest: MakeManifest, tmp_path: Path):
    (tmp_path / "app.flatpak").write_bytes(made(make_manifest(files=[_text(tmp_path)])).file)
    output(tmp_path, "ostree", "--repo=repo", "init", "--mode=bare-user-only")
    output(tmp_path, "flatpak", "build-import-bundle", "repo", "app.flatpak")
    reference = "app/org.example.Hello/x86_64/stable"
    shown = output(tmp_path, "ostree", "--repo=repo", "ls", "-R", reference)
    modes = {line.split()[-1]: line.split()[0] for line in shown.splitlines()}
    assert modes["/files/bin/hello"] == "-00755"
    assert modes["/files/share/hello/text"] == "-00644"
    assert modes["/metadata"] == "-00644"


def output(folder: Path, *words: str) -> str:
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def _text(folder: Path) -> dict[str, str]:
    (folder / "text").write_text("text")
    return {"source": "text", "destination": "/usr/share/hello/text", "mode": "0600"}


def test_links_are_carried():
    tree = Tree(date=1)
    tree.add(Link(path="usr/share/link", target="hello"))
    assert [entry for entry in _exported(tree) if isinstance(entry, Link)] == [
        Link(path="files/share/link", target="hello")
    ]


@needs_flatpak
def test_what_flatpak_refuses_is_told(make_manifest: MakeManifest):
    format_ = FlatpakFormat()
    manifest = make_manifest()
    plan = replace(format_._plan(manifest), tree=_only("files/bin/hello"))
    with pytest.raises(FormatError) as caught:
        format_._build(manifest, plan)
    assert caught.value.code == "flatpak.failed"
    assert "flatpak failed: error:" in caught.value.message


def test_a_tool_that_does_not_end_is_told(
    make_manifest: MakeManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("flatpak", "ostree"):
        (tmp_path / name).write_text("#!/bin/sh\nexec /bin/sleep 20\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("millennium_bundler.formats.flatpak._TIMEOUT_S", 0.1)
    with pytest.raises(FormatError, match="flatpak did not end within") as caught:
        made(make_manifest())
    assert caught.value.code == "flatpak.failed"


def _only(path: str) -> Tree:
    tree = Tree(date=1_735_689_600)
    tree.file(path, b"1", mode=0o755)
    return tree


@needs_flatpak
def test_a_bundle_of_other_files_is_noticed(make_manifest: MakeManifest):
    format_ = FlatpakFormat()
    manifest = make_manifest()
    plan = format_._plan(manifest)
    plan.tree.add(Link(path="files/share/link", target="hello"))
    package = format_._build(manifest, plan)
    format_._verify(package, plan)
    with pytest.raises(PackageError):
        format_._verify(package, format_._plan(manifest))


def test_a_bundle_that_is_laid_out_otherwise_is_refused():
    now = int(time.time())
    bundle = b"member!!" + now.to_bytes(8, "big") + b"rest" + b"\x08"
    assert dated(bundle, 7) == b"member!!" + (7).to_bytes(8, "big") + b"rest" + b"\x08"
    with pytest.raises(FormatError) as caught:
        dated(b"member!!" + bytes(8) + b"rest" + b"\x08", 7)
    assert caught.value.code == "flatpak.failed"
