"""The archive with its own installer: installed, replaced and removed by its script."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.interface import Package
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]

needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
needs_root = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")


def made(manifest: Manifest) -> Package:
    [package] = TarFormat().make(manifest)
    return package


@pytest.fixture
def unpacked(make_manifest: MakeManifest, tmp_path: Path) -> Path:
    """The folder that the archive has."""
    package = made(make_manifest())
    (tmp_path / package.file_name).write_bytes(package.file)
    with tarfile.open(tmp_path / package.file_name) as archive:
        # Debian's Python 3.11.2 knows no filters
        archive.extraction_filter = getattr(tarfile, "tar_filter", None)
        archive.extractall(tmp_path)
    return tmp_path / "hello-1.2.3"


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "install.sh", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder.parent / "home")},
    )


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_archive_is_named_after_app_version_and_machine(make_manifest: MakeManifest):
    assert made(make_manifest()).file_name == "hello-1.2.3-linux-x86_64.tar.gz"


def test_the_same_manifest_gives_the_same_bytes(make_manifest: MakeManifest):
    assert made(make_manifest()) == made(make_manifest())


def test_licences_go_in(make_manifest: MakeManifest):
    manifest = make_manifest(license_files=["LICENSE"])
    manifest.resolve("LICENSE").write_text("Do as you like.")
    paths = [file.path for file in TarFormat()._plan(manifest).files()]
    assert "hello-1.2.3/usr/share/licenses/hello/LICENSE" in paths


@needs_shell
def test_it_installs_starts_and_goes_without_a_trace(unpacked: Path, tmp_path: Path):
    prefix = tmp_path / "place with space"
    (prefix / "share/icons").mkdir(parents=True)
    (prefix / "share/icons/other").write_text("")
    done = run(unpacked, "--prefix", prefix)
    assert done.returncode == 0, done.stderr
    assert "is not on your PATH" in done.stdout
    assert subprocess.run([prefix / "bin/hello"], check=False).returncode == 0
    desktop = (prefix / "share/applications/org.example.Hello.desktop").read_text()
    assert f'Exec="{prefix}/bin/hello"' in desktop
    gone = run(unpacked, "--uninstall", f"--prefix={prefix}")
    assert gone.returncode == 0, gone.stderr
    assert [name for name in files(prefix) if "cache" not in name] == ["share/icons/other"]


@needs_shell
def test_installed_twice_it_leaves_nothing_of_the_first(unpacked: Path, tmp_path: Path):
    run(unpacked, "--prefix", tmp_path / "p")
    extra = unpacked / "usr/share/man/man1/hello.1.gz"
    extra.unlink()
    sums = unpacked / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if "man1" not in line))
    assert run(unpacked, "--prefix", tmp_path / "p").returncode == 0
    assert not (tmp_path / "p/share/man/man1").exists()
    assert (tmp_path / "p/bin/hello").exists()


@needs_shell
def test_a_damaged_file_stops_it_before_anything_is_installed(unpacked: Path, tmp_path: Path):
    (unpacked / "usr/bin/hello").write_bytes(b"changed")
    done = run(unpacked, "--prefix", tmp_path / "p")
    assert done.returncode == 1
    assert "nothing was installed" in done.stderr
    assert not (tmp_path / "p").exists()


@needs_shell
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--prefix"], "needs a folder"),
        (["--prefix", "here"], "must be an absolute path"),
        (["--wat"], "unknown option --wat"),
        (["--uninstall", "--prefix", "/nowhere"], "hello is not installed in /nowhere"),
    ],
    ids=["no folder", "relative", "unknown", "not installed"],
)
def test_the_wrong_thing_is_named(unpacked: Path, words: list[str], said: str):
    done = run(unpacked, *words)
    assert (done.returncode, said in done.stderr) == (1, True)


@needs_shell
def test_a_list_that_leads_elsewhere_removes_nothing(unpacked: Path, tmp_path: Path):
    prefix = tmp_path / "p"
    run(unpacked, "--prefix", prefix)
    victim = tmp_path / "victim"
    victim.write_text("")
    (prefix / "share/org.example.Hello/installed-files").write_text("../victim\n")
    assert run(unpacked, "--uninstall", "--prefix", prefix).returncode == 1
    assert victim.exists()


@needs_shell
def test_a_name_with_two_dots_is_removed_again(unpacked: Path, tmp_path: Path):
    prefix = tmp_path / "p"
    run(unpacked, "--prefix", prefix)
    (prefix / "share/a..b").write_text("")
    with (prefix / "share/org.example.Hello/installed-files").open("a") as list_:
        list_.write("share/a..b\n")
    assert run(unpacked, "--uninstall", "--prefix", prefix).returncode == 0
    assert not (prefix / "share/a..b").exists()


@needs_shell
@pytest.mark.parametrize("name", ["a\nExec=evil", "a\\nExec=evil", 'a"b', "a`b", "a$b"])
def test_a_folder_that_would_write_into_the_menu_is_refused(
    unpacked: Path, tmp_path: Path, name: str
):
    done = run(unpacked, "--prefix", tmp_path / name)
    assert (done.returncode, "must not hold" in done.stderr) == (1, True)
    assert not (tmp_path / name).exists()


@needs_shell
def test_a_percent_sign_in_the_folder_is_no_field_code(unpacked: Path, tmp_path: Path):
    prefix = tmp_path / "100%f"
    assert run(unpacked, "--prefix", prefix).returncode == 0
    desktop = (prefix / "share/applications/org.example.Hello.desktop").read_text()
    assert f'Exec="{tmp_path}/100%%f/bin/hello"' in desktop


@needs_root
def test_what_root_installs_is_root_s(unpacked: Path, tmp_path: Path):
    for path in unpacked.rglob("*"):
        os.chown(path, 1000, 1000)
    assert run(unpacked, "--prefix", tmp_path / "p").returncode == 0
    owners = {path.lstat().st_uid for path in (tmp_path / "p").rglob("*")}
    assert owners == {0}


@needs_root
@pytest.mark.parametrize("words", [(), ("--uninstall",)], ids=["install", "remove"])
def test_root_follows_nothing_in_another_user_s_folder(
    unpacked: Path, tmp_path: Path, words: tuple[str, ...]
):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").write_text("")
    prefix = tmp_path / "p"
    (prefix / "share/org.example.Hello").mkdir(parents=True)
    (prefix / "bin").symlink_to(victim)
    (prefix / "share/org.example.Hello/installed-files").write_text("bin/kept\n")
    os.chown(prefix, 1000, 1000)
    done = run(unpacked, *words, "--prefix", prefix)
    assert (done.returncode, "belongs to another user" in done.stderr) == (1, True)
    assert [path.name for path in victim.iterdir()] == ["kept"]


@needs_root
def test_root_follows_no_link_in_one_folder_of_another_user(unpacked: Path, tmp_path: Path):
    (victim := tmp_path / "victim").write_text("kept")
    menu = tmp_path / "p/share/applications"
    menu.mkdir(parents=True)
    (menu / "org.example.Hello.desktop.new").symlink_to(victim)
    os.chown(menu, 1000, 1000)
    done = run(unpacked, "--prefix", tmp_path / "p")
    assert (done.returncode, f"{menu} belongs to another user" in done.stderr) == (1, True)
    assert victim.read_text() == "kept"
    assert files(tmp_path / "p") == ["share/applications/org.example.Hello.desktop.new"]


@needs_root
@pytest.mark.parametrize("mode", [0o777, 0o1777], ids=["anybody's", "sticky"])
def test_root_does_not_write_where_anybody_may(unpacked: Path, tmp_path: Path, mode: int):
    (folder := tmp_path / "p/bin").mkdir(parents=True)
    folder.chmod(mode)
    done = run(unpacked, "--prefix", tmp_path / "p")
    assert (done.returncode, f"anybody may write in {folder}" in done.stderr) == (1, True)
    assert files(tmp_path / "p") == []


@needs_root
def test_root_removes_nothing_from_a_folder_of_another_user(unpacked: Path, tmp_path: Path):
    (victim := tmp_path / "victim").mkdir()
    (victim / "hello").write_text("kept")
    assert run(unpacked, "--prefix", tmp_path / "p").returncode == 0
    (tmp_path / "p/bin").rename(tmp_path / "p/old")
    (tmp_path / "p/bin").symlink_to(victim)
    os.chown(victim, 1000, 1000)
    done = run(unpacked, "--uninstall", "--prefix", tmp_path / "p")
    assert (done.returncode, "belongs to another user" in done.stderr) == (1, True)
    assert (victim / "hello").read_text() == "kept"


@needs_shell
def test_help_says_how(unpacked: Path):
    assert "--uninstall" in run(unpacked, "--help").stdout


def test_a_file_outside_usr_is_refused_before_any_work(make_manifest: MakeManifest):
    files_ = [{"source": "icon.png", "destination": "/etc/hello"}]
    with pytest.raises(FormatError) as caught:
        TarFormat().check(make_manifest(files=files_))
    assert caught.value.code == "tar.target"


def test_a_file_below_usr_passes(make_manifest: MakeManifest):
    TarFormat().check(make_manifest(files=[{"source": "icon.png", "destination": "/usr/lib/x"}]))


def test_damage_is_found(make_manifest: MakeManifest):
    format_ = TarFormat()
    plan = format_._plan(make_manifest())
    data = format_._build(make_manifest(), plan).file
    with pytest.raises(PackageError, match="decompressed"):
        format_._verify(Package(file_name="a", data=data[:-9]), plan)


def test_other_files_are_refused(make_manifest: MakeManifest):
    format_ = TarFormat()
    plan = format_._plan(make_manifest())
    package = format_._build(make_manifest(), plan)
    plan.file("hello-1.2.3/more", b"")
    with pytest.raises(PackageError, match="files differ"):
        format_._verify(package, plan)
