"""What the runtime of an AppImage does for who asks it by name, and that it stays where it should."""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest

from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.formats.appimage_file import read_appimage, sign_appimage, write_appimage
from millennium_bundler.native import STORE, Toolchain, compile_runtime, find_runtime
from millennium_bundler.tree import Link, Tree

ROOT = Path(__file__).resolve().parents[2]
MACHINE = os.uname().machine
OTHER = "aarch64"
UPDATE = "zsync|https://example.org/probe.AppImage.zsync"
SCRIPT = b'#!/bin/sh\necho "$HOME|$XDG_CONFIG_HOME|$1"\ncat "$APPDIR/usr/share/text"\n'
QEMU = f"qemu-{OTHER}-static"

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
    pytest.mark.skipif(not (STORE / MACHINE).is_dir(), reason="needs the AppImage runtime"),
]


needs_fuse = pytest.mark.skipif(
    not os.access("/dev/fuse", os.W_OK), reason="needs to mount by /dev/fuse"
)
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root to give files away"
)
SOMEBODY = 12345


def app_folder() -> Tree:
    tree = Tree(date=1_735_689_600)
    tree.file("AppRun", SCRIPT, mode=0o755)
    tree.file("usr/share/text", b"some text\n")
    tree.file("usr/share/deep/er/one", b"1", mode=0o600)
    tree.file("usr/bin/tool", b"#!/bin/sh\n", mode=0o755)
    tree.add(Link(path="icon.png", target="usr/share/text"))
    return tree


def made(path: Path, tree: Tree) -> Path:
    file = write_appimage(find_runtime(MACHINE), write_squashfs(tree), update_information=UPDATE)
    path.write_bytes(file)
    path.chmod(0o755)
    return path


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return made(tmp_path / "probe.AppImage", app_folder())


def run(app: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    home = app.parent / "home"
    home.mkdir(exist_ok=True)
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(app.parent)}
    return subprocess.run(
        [app, *words],
        cwd=app.parent,
        env={**own, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_it_says_where_its_image_begins(app: Path):
    offset = int(run(app, "--appimage-offset").stdout)
    assert app.read_bytes()[offset:].startswith(read_appimage(app.read_bytes()).image)


def test_the_library_that_desktops_use_reads_it(app: Path):
    name = ctypes.util.find_library("appimage")
    if name is None:
        pytest.skip("needs libappimage")
    library = ctypes.CDLL(name)
    library.appimage_get_payload_offset.restype = ctypes.c_long
    library.appimage_list_files.restype = ctypes.POINTER(ctypes.c_char_p)
    path = str(app).encode()
    names = iter(library.appimage_list_files(path))
    listed = {name.decode() for name in takewhile(bool, names)}
    assert library.appimage_get_type(path, False) == 2
    assert library.appimage_get_payload_offset(path) == len(read_appimage(app.read_bytes()).runtime)
    assert listed == {entry.path for entry in app_folder()}


def test_it_says_its_version_and_options(app: Path):
    assert "Millennium for Python" in run(app, "--appimage-version").stdout
    assert "--appimage-extract [PATTERN]" in run(app, "--appimage-help").stdout


def test_it_carries_the_licences_of_what_is_in_it(app: Path):
    shown = run(app, "--appimage-notices").stdout
    assert "Rich Felker" in shown
    assert "Meta Platforms" in shown
    assert "Permission is hereby granted" in shown


@pytest.mark.parametrize("option", ["--appimage-updateinformation", "--appimage-updateinfo"])
def test_it_says_where_new_versions_are_announced(app: Path, option: str):
    assert run(app, option).stdout == f"{UPDATE}\n"


def test_it_shows_its_signature(app: Path):
    assert run(app, "--appimage-signature").stdout == "\n"
    app.write_bytes(sign_appimage(app.read_bytes(), signature=b"-----SIGNATURE", key=b"key"))
    assert run(app, "--appimage-signature").stdout == "-----SIGNATURE\n"


def test_an_option_that_there_is_not_is_refused(app: Path):
    done = run(app, "--appimage-exrtact")
    assert done.returncode == 127
    assert "--appimage-help" in done.stderr


def test_an_option_behind_another_word_is_the_app_s(app: Path):
    assert run(app, "word", "--appimage-version").stdout.startswith(f"{app.parent}/home||word")


def test_all_is_extracted(app: Path):
    assert run(app, "--appimage-extract").stdout == "squashfs-root\n"
    folder = app.parent / "squashfs-root"
    files = {file.path: (file.data, file.mode) for file in app_folder().files()}
    assert {path: _content(folder / path) for path in files} == files
    assert str((folder / "icon.png").readlink()) == "usr/share/text"
    assert sum(1 for _ in folder.rglob("*")) == len(list(app_folder()))


def _content(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_mode & 0o777


def large_folder() -> Tree:
    """Many entries, deep folders, files of no, one, some and many blocks."""
    tree = Tree(date=1_735_689_600)
    for number in range(3000):
        tree.file(f"many/a-rather-long-name-{number:05}", b"%d" % number)
    for depth in range(20):
        tree.file(f"{'d/' * depth}file", hashlib.shake_128(b"%d" % depth).digest(depth * 9000))
    tree.file("zeros", bytes(600_000))
    return tree


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("block_bytes", [4096, 128 * 1024, 1024 * 1024])
def test_a_large_image_is_read_as_it_was_written(tmp_path: Path, block_bytes: int):
    image = write_squashfs(large_folder(), SquashfsOptions(block_bytes=block_bytes))
    app = tmp_path / "large.AppImage"
    app.write_bytes(write_appimage(find_runtime(MACHINE), image))
    app.chmod(0o755)
    assert run(app, "--appimage-extract").returncode == 0
    wanted = {file.path: file.data for file in large_folder().files()}
    assert contents(tmp_path / "squashfs-root") == wanted


@needs_fuse
def test_a_large_image_is_mounted_as_it_was_written(tmp_path: Path):
    app = made(tmp_path / "large.AppImage", large_folder())
    with subprocess.Popen(
        [app, "--appimage-mount"], stdout=subprocess.PIPE, text=True, env={"TMPDIR": str(tmp_path)}
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        found = contents(folder)
        process.terminate()
    assert found == {file.path: file.data for file in large_folder().files()}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("usr/bin/tool", ["usr/bin/tool"]),
        ("usr/share/deep", ["usr/share/deep/er/one"]),
        ("usr/*/t*", ["usr/bin/tool", "usr/share/text"]),
        ("*.png", ["icon.png"]),
    ],
)
def test_what_matches_is_extracted(app: Path, pattern: str, names: list[str]):
    assert run(app, "--appimage-extract", pattern).returncode == 0
    folder = app.parent / "squashfs-root"
    found = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
    assert sorted(path.relative_to(folder).as_posix() for path in found) == names


def test_a_pattern_that_matches_nothing_is_an_error(app: Path):
    done = run(app, "--appimage-extract", "usr/lib/*")
    assert (done.returncode, "usr/lib/*" in done.stderr) == (127, True)


def test_extraction_replaces_what_is_there(app: Path):
    run(app, "--appimage-extract")
    (app.parent / "squashfs-root" / "usr/share/text").write_text("other")
    assert run(app, "--appimage-extract").returncode == 0
    assert (app.parent / "squashfs-root" / "usr/share/text").read_text() == "some text\n"


@pytest.mark.parametrize("place", ["squashfs-root", "squashfs-root/usr", "squashfs-root/usr/share"])
def test_extraction_follows_no_link(app: Path, place: str):
    outside = app.parent / "outside"
    outside.mkdir()
    link = app.parent / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    assert run(app, "--appimage-extract").returncode == 127
    assert list(outside.iterdir()) == []


@needs_root
@pytest.mark.parametrize(("owner", "mode"), [(SOMEBODY, 0o755), (0, 0o777)], ids=["other", "open"])
def test_nothing_is_extracted_where_others_could_change_it(app: Path, owner: int, mode: int):
    folder = app.parent / "squashfs-root"
    folder.mkdir()
    folder.chmod(mode)
    os.chown(folder, owner, owner)
    done = run(app, "--appimage-extract")
    assert (done.returncode, "belongs to another user" in done.stderr) == (127, True)
    assert list(folder.iterdir()) == []


@needs_root
def test_a_copy_lies_in_no_other_user_s_home(app: Path):
    home, temporary = app.parent / "home", app.parent / "tmp"
    home.mkdir()
    temporary.mkdir()
    os.chown(home, SOMEBODY, SOMEBODY)
    done = run(app, "--appimage-extract-and-run", TMPDIR=str(temporary))
    assert done.returncode == 0
    assert (list(home.iterdir()), len(list(temporary.iterdir()))) == ([], 1)


def test_a_file_of_the_image_does_not_write_through_a_link(app: Path):
    target = app.parent / "precious"
    target.write_text("precious")
    (app.parent / "squashfs-root/usr/share").mkdir(parents=True)
    (app.parent / "squashfs-root/usr/share/text").symlink_to(target)
    assert run(app, "--appimage-extract").returncode == 0
    assert target.read_text() == "precious"


def test_it_runs_from_a_copy_when_that_is_wished(app: Path):
    by_option = run(app, "--appimage-extract-and-run", "word")
    by_variable = run(app, "word", APPIMAGE_EXTRACT_AND_RUN="1")
    assert by_option.stdout == by_variable.stdout
    assert by_option.stdout.endswith("|word\nsome text\n")
    assert list((app.parent / "home/.cache/appimage-run").iterdir())


def test_two_that_start_at_once_share_one_copy(app: Path):
    (app.parent / "home").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(app.parent / "home")}
    words = [str(app), "--appimage-extract-and-run"]
    started = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    answers = {process.communicate(timeout=30)[0] for process in started}
    assert len(answers) == 1
    assert answers.pop().endswith("some text\n")
    assert len(list((app.parent / "home/.cache/appimage-run").iterdir())) == 1


def test_a_copy_that_nobody_started_for_a_month_goes(app: Path):
    run(app, "--appimage-extract-and-run")
    [old] = (app.parent / "home/.cache/appimage-run").iterdir()
    left = old.with_name(".part-1-2")
    left.mkdir()
    (left / "half").write_text("of it")
    long_ago = time.time() - 31 * 24 * 3600
    for path in (old, left):
        os.utime(path, (long_ago, long_ago))
    tree = app_folder()
    tree.file("new", b"in this version")
    made(app, tree)
    run(app, "--appimage-extract-and-run")
    [found] = (app.parent / "home/.cache/appimage-run").iterdir()
    assert found.name != old.name


def test_its_home_may_lie_beside_it(app: Path):
    home = run(app, "--appimage-portable-home").stdout.strip()
    config = run(app, "--appimage-portable-config").stdout.strip()
    assert (home, config) == (f"{app}.home", f"{app}.config")
    assert run(app).stdout.startswith(f"{home}|{config}|\n")


def as_link(path: Path) -> None:
    path.symlink_to(path.parent)
    os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)


def as_folder(path: Path) -> None:
    path.mkdir()
    os.chown(path, SOMEBODY, SOMEBODY)


@needs_root
@pytest.mark.parametrize("plant", [as_link, as_folder])
def test_the_home_beside_it_is_nobody_else_s(app: Path, plant: Callable[[Path], None]):
    plant(app.with_name(f"{app.name}.home"))
    assert run(app).stdout.startswith(f"{app.parent}/home|")
    assert run(app, "--appimage-portable-home").returncode == 127


@needs_fuse
def test_a_caller_that_ignores_its_children_does_not_keep_it_from_mounting(app: Path):
    ignoring = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    code = f"{ignoring}; os.execv(sys.argv[1], sys.argv[1:])"
    environment = {"HOME": str(app.parent), "TMPDIR": str(app.parent)}
    words = [sys.executable, "-c", code, str(app), "word"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("word\nsome text\n")
    assert not (app.parent / ".cache").exists()


@needs_fuse
def test_it_is_mounted_until_interrupted(app: Path):
    process = subprocess.Popen(
        [app, "--appimage-mount"],
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(app.parent)},
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder / "usr/share/text").read_text() == "some text\n"
    assert sorted(path.name for path in folder.iterdir()) == ["AppRun", "icon.png", "usr"]
    with pytest.raises(OSError, match="Read-only"):
        (folder / "new").write_text("")
    with pytest.raises(FileNotFoundError):
        (folder / "none").read_text()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_what_is_cut_off_says_so(app: Path):
    app.write_bytes(app.read_bytes()[:-4096])
    done = run(app)
    assert (done.returncode, "it is damaged" in done.stderr) == (127, True)


def test_an_image_of_another_compression_says_so(app: Path):
    image = write_squashfs(app_folder(), SquashfsOptions(compression="gzip"))
    app.write_bytes(write_appimage(find_runtime(MACHINE), image))
    assert "not compressed with zstd" in run(app).stderr


@pytest.fixture(scope="module")
def other_runtime(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The runtime for aarch64, compiled on another machine."""
    missing = [
        name for name in (QEMU, f"{OTHER}-linux-gnu-gcc", "apt-get") if not shutil.which(name)
    ]
    if MACHINE == OTHER or missing:
        pytest.skip(f"needs {' and '.join(missing) or 'another machine than ' + OTHER}")
    root, store = ROOT / "build" / f"{OTHER}-root", tmp_path_factory.mktemp("store")
    chain = Toolchain(machine=OTHER, compiler=f"{OTHER}-linux-gnu-gcc", root=root)
    if not chain.is_usable():
        tool = ROOT / "tools" / "foreign_root.py"
        command = [sys.executable, str(tool), OTHER, str(root)]
        subprocess.run(command, check=True, capture_output=True)
    compile_runtime(chain, store=store)
    return find_runtime(OTHER, store=store)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("option", [[], ["--appimage-extract-and-run"]], ids=["run", "copy"])
def test_that_of_the_other_machine_runs(tmp_path: Path, other_runtime: bytes, option: list[str]):
    app = tmp_path / "other.AppImage"
    app.write_bytes(write_appimage(other_runtime, write_squashfs(app_folder())))
    app.chmod(0o755)
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [QEMU, app, *option, "word"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{tmp_path}||word\nsome text\n"
