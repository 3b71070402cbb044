"""The runtime's reader of images, under sanitizers: no damage makes it touch what is not its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.archive.squashfs import compression, write
from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.native import SOURCES
from millennium_bundler.tree import Link, Tree

READER = ("squashfs.c", "blocks.c", "digest.c", "sha256.c")
HARNESS = Path(__file__).with_name("fuzz_squashfs.c")
FLAGS = ("-std=gnu11", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
TURNS = 4000
TURNS_OF_CONTROLS = 60_000  # they end at the first find

CHECKS = {
    "name": "entry->length > MAX_NAME",
    "block": "length > image->block_size",
    "fragment": "base > found->length || length > found->length - base",
}
"""Checks of the reader without which it reads or writes too far."""

Compile = Callable[[str], Path]


@pytest.fixture
def compile_with(tmp_path: Path) -> Compile:
    """Compiles the harness with a reader in which a check is never true."""
    if sys.platform != "linux" or shutil.which("gcc") is None:
        pytest.skip("needs Linux and gcc")

    def build(check: str) -> Path:
        for name in READER:
            source = (SOURCES / name).read_text()
            (tmp_path / name).write_text(source.replace(check, "0", 1) if check else source)
        changed = [name for name in READER if _differs(tmp_path / name)]
        assert len(changed) == bool(check)
        program = tmp_path / "fuzz"
        files = map(str, (program, HARNESS, *(tmp_path / name for name in READER)))
        words = ["gcc", *FLAGS, f"-I{SOURCES}", "-o", *files, "-lzstd"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if "cannot find" in done.stderr or "zstd.h" in done.stderr:
            pytest.skip("needs libzstd-dev and the sanitizers of gcc")
        assert done.returncode == 0, done.stderr
        return program

    return build


def _differs(path: Path) -> bool:
    return path.read_bytes() != (SOURCES / path.name).read_bytes()


def tree() -> Tree:
    made = Tree(date=1)
    for number in range(40):
        made.file(f"d{number % 5}/e/f{number}", bytes(range(3 * number)))
    for number in range(60):
        made.file(f"many/file-{number:03}", b"")
    made.file("large", b"x" * 9000)
    made.add(Link(path="link", target="d1/e/f1"))
    return made


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A usual image."""
    path = tmp_path / "packed"
    path.write_bytes(write_squashfs(tree(), SquashfsOptions(block_bytes=4096)))
    return path


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An image in which nothing is compressed, so that a change is not caught by a checksum."""
    monkeypatch.setattr(compression, "compressor", lambda _name, _size: bytes)
    monkeypatch.setattr(write, "compressor", lambda _name, _size: bytes)
    path = tmp_path / "stored"
    path.write_bytes(write_squashfs(tree(), SquashfsOptions(block_bytes=4096)))
    return path


def fuzz(
    program: Path, image: Path, *, seed: int, turns: int = TURNS
) -> subprocess.CompletedProcess[str]:
    words = [str(program), str(image), str(seed), str(turns)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_damaged_images_are_read_or_refused(compile_with: Compile, packed: Path, stored: Path):
    program = compile_with("")
    for_packed, for_stored = fuzz(program, packed, seed=1), fuzz(program, stored, seed=2)
    assert (for_packed.returncode, for_packed.stderr) == (0, "")
    assert (for_stored.returncode, for_stored.stderr) == (0, "")
    assert int(for_stored.stdout.split()[1]) > TURNS // 4


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_control_a_reader_without_a_check_is_caught(
    compile_with: Compile, stored: Path, check: str
):
    done = fuzz(compile_with(check), stored, seed=1, turns=TURNS_OF_CONTROLS)
    assert done.returncode != 0
    assert "AddressSanitizer" in done.stderr or "runtime error" in done.stderr
