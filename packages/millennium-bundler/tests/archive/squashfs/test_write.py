"""Images: the same bytes, read by squashfs-tools, about as small as theirs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from millennium_bundler.archive.squashfs import write
from millennium_bundler.archive.squashfs.compression import CompressionName
from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.tree import File, Link, Tree

KINDS: tuple[CompressionName, ...] = ("zstd", "xz", "gzip")
BLOCK = 4096

each_kind = pytest.mark.parametrize("kind", KINDS)
needs_unsquashfs = pytest.mark.skipif(
    shutil.which("unsquashfs") is None, reason="needs squashfs-tools"
)


def noise(size: int, seed: int = 1) -> bytes:
    return hashlib.shake_128(b"%d" % seed).digest(size)


def text(size: int, seed: int = 1) -> bytes:
    words = (b"window", b"note", b"page", b"call")
    return b" ".join(words[byte % 4] for byte in noise(size, seed))[:size]


def small_tree() -> Tree:
    tree = Tree(date=1_735_689_600)
    tree.file("usr/bin/app", text(3 * BLOCK + 100), mode=0o755)
    tree.file("usr/share/doc/app/again", text(3 * BLOCK + 100))
    tree.file("usr/share/whole", text(2 * BLOCK, seed=2))
    tree.file("usr/share/empty", b"")
    tree.file("noise", noise(BLOCK + 10), mode=0o600)
    tree.file("zeros", bytes(3 * BLOCK))
    tree.add(Link(path="AppRun", target="usr/bin/app"))
    return tree


def large_tree() -> Tree:
    """More entries in one folder than one header, one block or a short size can hold."""
    tree = Tree(date=7)
    for number in range(4000):
        tree.file(f"many/a-rather-long-name-{number:05}", b"%d" % number)
    tree.file("other/one", b"1")
    return tree


def options(kind: CompressionName) -> SquashfsOptions:
    return SquashfsOptions(compression=kind, block_bytes=BLOCK)


@each_kind
def test_what_is_written_is_read_back(kind: CompressionName):
    found = read_squashfs(write_squashfs(small_tree(), options(kind)))
    assert list(found) == list(small_tree())
    assert found.date == small_tree().date


@each_kind
def test_the_same_tree_gives_the_same_bytes(kind: CompressionName):
    assert write_squashfs(small_tree(), options(kind)) == write_squashfs(
        small_tree(), options(kind)
    )


def test_a_folder_of_thousands_is_read_back():
    assert list(read_squashfs(write_squashfs(large_tree()))) == list(large_tree())


def test_a_file_beyond_four_gigabytes_has_the_large_inode(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(write, "_MAX_32", 10)
    assert list(read_squashfs(write_squashfs(small_tree()))) == list(small_tree())


def test_an_image_of_nothing_is_read_back():
    assert list(read_squashfs(write_squashfs(Tree(date=3)))) == []


def test_a_file_is_stored_once_however_often_it_is_there():
    once, twice = Tree(date=1), Tree(date=1)
    content = noise(20 * BLOCK)
    once.file("a", content)
    twice.file("a", content)
    twice.file("b", content)
    assert len(write_squashfs(twice)) - len(write_squashfs(once)) <= BLOCK


def test_images_are_padded_to_pages():
    assert len(write_squashfs(small_tree())) % 4096 == 0


@needs_unsquashfs
@each_kind
@pytest.mark.parametrize("make", [small_tree, large_tree], ids=["small", "large"])
def test_squashfs_tools_find_the_same_files(kind: CompressionName, make, tmp_path: Path):
    image, out = tmp_path / "image", tmp_path / "out"
    image.write_bytes(write_squashfs(make(), options(kind)))
    done = subprocess.run(
        ["unsquashfs", "-no-progress", "-quiet", "-dest", out, image],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    files = {file.path: (file.data, file.mode) for file in make().files()}
    assert {path: _content(out / path) for path in files} == files
    assert sum(1 for path in out.rglob("*")) == len(list(make()))


@needs_unsquashfs
def test_squashfs_tools_see_owner_date_and_links(tmp_path: Path):
    image = tmp_path / "image"
    image.write_bytes(write_squashfs(small_tree()))
    shown = _output("unsquashfs", "-lln", str(image))
    assert "lrwxrwxrwx 0/0" in shown
    assert "AppRun -> usr/bin/app" in shown
    assert {line.split()[1] for line in shown.splitlines() if "squashfs-root" in line} == {"0/0"}
    assert shown.count("2025-01-01") == len(list(small_tree())) + 1


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="needs squashfs-tools")
@each_kind
def test_an_image_is_about_as_small_as_that_of_mksquashfs(kind: CompressionName, tmp_path: Path):
    (tmp_path / "tree").mkdir()
    tree = Tree(date=1)
    for entry in _program():
        tree.add(entry)
        (tmp_path / "tree" / entry.path).write_bytes(entry.data)
    level = ["-Xcompression-level", "19"] if kind == "zstd" else []
    quiet = ["-quiet", "-no-progress", "-no-xattrs", "-root-owned"]
    theirs = tmp_path / "theirs"
    _output("mksquashfs", str(tmp_path / "tree"), str(theirs), "-comp", kind, *level, *quiet)
    ours = write_squashfs(tree, SquashfsOptions(compression=kind))
    assert len(ours) <= theirs.stat().st_size * 1.02


def _program() -> list[File]:
    modules = sorted(Path(os.__file__).parent.glob("*.py"))[:60]
    return [File(path=module.name, data=module.read_bytes()) for module in modules]


def _content(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_mode & 0o777


def _output(*words: str) -> str:
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    return done.stdout
