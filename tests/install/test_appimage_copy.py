"""The copy that an AppImage runs from where nothing can be mounted: whole at each start, and gone when it shall be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from millennium_bundler.archive.squashfs.write import write_squashfs
from millennium_bundler.formats.appimage_file import write_appimage
from millennium_bundler.native import STORE, find_runtime
from millennium_bundler.tree import Link, Tree

MACHINE = os.uname().machine if hasattr(os, "uname") else ""
SOMEBODY = 12345
SCRIPT = b'#!/bin/sh\necho "ran $1"\n[ "$1" != wait ] || read -r _line\n'
TEXT = b"some text\n"

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
    pytest.mark.skipif(not (STORE / MACHINE).is_dir(), reason="needs the AppImage runtime"),
]
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root to give files away"
)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return made(tmp_path / "probe.AppImage", b"1")


def made(path: Path, version: bytes) -> Path:
    tree = Tree(date=1_735_689_600)
    tree.file("AppRun", SCRIPT, mode=0o755)
    tree.file("usr/share/text", TEXT)
    tree.file("usr/share/version", version)
    tree.file("usr/lib/deep/er/library", bytes(200_000), mode=0o755)
    tree.add(Link(path="icon.png", target="usr/share/text"))
    path.write_bytes(write_appimage(find_runtime(MACHINE), write_squashfs(tree)))
    path.chmod(0o755)
    return path


def environment(app: Path) -> dict[str, str]:
    home = app.parent / "home"
    home.mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(app.parent)}
    return {**own, "APPIMAGE_EXTRACT_AND_RUN": "1"}


def run(app: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [app, *words],
        env=environment(app),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def copies(app: Path) -> list[Path]:
    return sorted((app.parent / "home" / ".cache" / "appimage-run").glob("*"))


@contextmanager
def running(app: Path) -> Iterator[None]:
    """The app, waiting in its copy."""
    process = subprocess.Popen(
        [app, "wait"], env=environment(app), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ran wait\n"
    try:
        yield
    finally:
        process.communicate(b"\n", timeout=10)


def lose_file(copy: Path) -> None:
    (copy / "usr/share/text").unlink()


def lose_folder(copy: Path) -> None:
    shutil.rmtree(copy / "usr/lib")


def lose_end(copy: Path) -> None:
    os.truncate(copy / "usr/lib/deep/er/library", 100_000)


def lose_right(copy: Path) -> None:
    (copy / "AppRun").chmod(0o644)


def open_to_all(copy: Path) -> None:
    (copy / "usr/share/text").chmod(0o666)


def open_folder(copy: Path) -> None:
    (copy / "usr/lib/deep").chmod(0o777)


def turn_link(copy: Path) -> None:
    (copy / "icon.png").unlink()
    (copy / "icon.png").symlink_to("/etc/passwd")


def file_as_link(copy: Path) -> None:
    other = copy / "usr/share/other"
    (copy / "usr/share/text").rename(other)
    (copy / "usr/share/text").symlink_to("other")


def folder_as_link(copy: Path) -> None:
    (copy / "usr/lib").rename(copy.parent.parent / "lib")
    (copy / "usr/lib").symlink_to(copy.parent.parent / "lib")


def others_file(copy: Path) -> None:
    os.chown(copy / "usr/share/text", SOMEBODY, SOMEBODY)


CHANGES = [
    *(lose_file, lose_folder, lose_end, lose_right, open_to_all, open_folder, turn_link),
    *(file_as_link, folder_as_link, pytest.param(others_file, marks=needs_root)),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_that_is_not_whole_is_made_anew(app: Path, change: Callable[[Path], None]):
    run(app)
    [copy] = copies(app)
    mark = copy / "mark"  # of this copy, and of no other
    mark.touch()
    assert (run(app, "again").stdout, mark.exists()) == ("ran again\n", True)  # the control
    change(copy)
    assert run(app, "again").stdout == "ran again\n"
    assert (copies(app), mark.exists()) == ([copy], False)
    text = copy / "usr/share/text"
    assert (text.read_bytes(), text.is_symlink(), text.stat().st_uid) == (TEXT, False, os.geteuid())
    assert (copy / "usr/lib/deep/er/library").stat().st_size == 200_000


def test_a_copy_that_something_runs_from_is_not_taken_away(app: Path):
    run(app)
    [copy] = copies(app)
    with running(app):
        lose_file(copy)
        done = run(app)
        assert (done.returncode, "is in use" in done.stderr) == (127, True)
        assert (copy / "AppRun").is_file()
    assert run(app).stdout == "ran \n"
    assert [path.name for path in copies(app)] == [copy.name]


def test_an_image_that_is_damaged_is_found_out_though_its_copy_is_whole(app: Path):
    run(app)
    data = app.read_bytes()
    app.write_bytes(data[:-5000] + bytes(5000))
    app.chmod(0o755)
    done = run(app)
    assert (done.returncode, "damaged" in done.stderr) == (127, True)


def test_an_older_version_runs_and_nothing_says_so(app: Path):
    """An AppImage is a file: whoever starts an older one gets it, each with a copy of its own."""
    newer = made(app.with_name("newer.AppImage"), b"2")
    assert [run(path, "x").stdout for path in (app, newer, app)] == ["ran x\n"] * 3
    assert run(app).stderr == ""
    versions = {(copy / "usr/share/version").read_bytes() for copy in copies(app)}
    assert versions == {b"1", b"2"}


def test_an_older_version_put_over_a_newer_is_the_one_that_runs(app: Path):
    older = made(app.with_name("older.AppImage"), b"0")
    with running(app):
        older.replace(app)
        assert run(app, "x").stdout == "ran x\n"
    left = {(copy / "usr/share/version").read_bytes() for copy in copies(app)}
    assert left == {b"0", b"1"}


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_removed_file_leaves_its_copy_and_nothing_else(app: Path):
    environment(app)
    before = everything(app.parent)
    run(app)
    [copy] = copies(app)
    app.unlink()
    left = everything(app.parent) - before
    place = "home/.cache/appimage-run"
    assert {path for path in left if not path.startswith(f"{place}/{copy.name}")} == {
        *("home/.cache", place),
    }


def test_it_takes_its_copy_with_it_when_asked(app: Path):
    environment(app)
    before = everything(app.parent)
    run(app)
    assert copies(app)
    assert run(app, "--appimage-remove-copy").returncode == 0
    app.unlink()
    assert everything(app.parent) - before == {"home/.cache"}
    assert before - everything(app.parent) == {app.name}


def test_it_takes_no_other_version_s_copy(app: Path):
    newer = made(app.with_name("newer.AppImage"), b"2")
    run(newer)
    [kept] = copies(app)
    run(app)
    assert run(app, "--appimage-remove-copy").returncode == 0
    assert copies(app) == [kept]


def test_it_takes_no_copy_that_something_runs_from(app: Path):
    with running(app):
        done = run(app, "--appimage-remove-copy")
        assert (done.returncode, "in use" in done.stderr, len(copies(app))) == (127, True, 1)
    assert run(app, "--appimage-remove-copy").returncode == 0
    assert copies(app) == []


def test_where_there_is_no_copy_none_is_missed(app: Path):
    assert run(app, "--appimage-remove-copy").returncode == 0
    assert "remove-copy" in run(app, "--appimage-help").stdout
