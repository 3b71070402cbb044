"""Where everything goes on Windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import ExecutableError, TreeError
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree
from millennium_bundler.windows_layout import (
    check_windows_names,
    executable_name,
    read_windows_executable,
    windows_tree,
)

MakeManifest = Callable[..., Manifest]
MakePe = Callable[..., bytes]


def test_the_executable_lies_at_the_top(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest()
    tree = windows_tree(manifest, read_windows_executable(manifest))
    assert [file.path for file in tree.files()] == [
        "hello.exe",
        "resources/deep folder/words.json",
    ]


@pytest.mark.parametrize(
    ("destination", "path"),
    [
        ("/usr/lib/hello/data/a.json", "data/a.json"),
        ("/usr/share/hello/a.json", "a.json"),
        ("/usr/bin/a.json", "a.json"),
        ("/usr/lib/other/a.json", "usr/lib/other/a.json"),
        ("/data/a.json", "data/a.json"),
    ],
    ids=["lib", "share", "bin", "of another app", "plain"],
)
def test_folders_that_linux_has_for_an_app_are_its_own(
    make_windows_manifest: MakeManifest, destination: str, path: str
):
    manifest = make_windows_manifest(files=[{"source": "words.json", "destination": destination}])
    assert path in [file.path for file in windows_tree(manifest, b"").files()]


@pytest.mark.parametrize("name", ["hello", "hello.exe"])
def test_the_executable_ends_with_exe(make_windows_manifest: MakeManifest, name: str):
    assert executable_name(make_windows_manifest(binary_name=name)) == "hello.exe"


def test_what_windows_cannot_run_is_refused(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(executable="hello")
    with pytest.raises(ExecutableError, match="no Windows executable") as caught:
        read_windows_executable(manifest)
    assert caught.value.code == "executable.wrong_target"


def test_a_program_for_another_machine_is_refused(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(target="aarch64-windows-msvc")
    with pytest.raises(ExecutableError, match="is for x86_64, the manifest says aarch64"):
        read_windows_executable(manifest)


def test_a_library_for_another_machine_is_refused(
    make_windows_manifest: MakeManifest, pe: MakePe, tmp_path: Path
):
    (tmp_path / "some.dll").write_bytes(pe(0x14C))
    files = [{"source": "some.dll", "destination": "/some.dll"}]
    manifest = make_windows_manifest(files=files)
    with pytest.raises(ExecutableError, match=r"some\.dll is for i686"):
        windows_tree(manifest, b"")


def tree_of(*paths: str) -> Tree:
    tree = Tree(date=0)
    for path in paths:
        tree.file(path, b"")
    return tree


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("a:b",), "holds one of"),
        (("what?",), "holds one of"),
        (("a\\b",), "holds one of"),
        (("con",), "names a device"),
        (("folder/NUL.txt",), "names a device"),
        (("LPT9/a",), "names a device"),
        (("end.",), "ends with a dot"),
        (("folder /a",), "ends with a dot"),
        (("x" * 201,), "longer than 200"),
        (("Read.me", "read.ME"), "is the same as 'Read.me'"),
    ],
    ids=[
        *("colon", "question", "backslash", "device", "device below", "device as folder"),
        *("dot", "space", "long", "case"),
    ],
)
def test_names_that_windows_cannot_have_are_refused(paths: tuple[str, ...], words: str):
    with pytest.raises(TreeError, match=words) as caught:
        check_windows_names(tree_of(*paths))
    assert caught.value.number == "M0490"


def test_names_that_windows_can_have_are_taken():
    check_windows_names(tree_of("console.exe", "a b/ä.txt", ".hidden", "com/port", "x" * 200))
