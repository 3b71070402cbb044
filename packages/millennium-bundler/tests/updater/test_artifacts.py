"""What an updater fetches: as it is, or in an archive that is the same bytes each time."""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from millennium_bundler.errors import UpdaterError
from millennium_bundler.updater.artifacts import Download, MadeBundle, download_of

DATE = 1_735_689_600


def made(kind: str, path: Path, *, in_archives: bool = False) -> Download:
    return download_of(MadeBundle(kind=kind, path=path), in_archives=in_archives, date=DATE)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "Hello_1.0.0"
    path.write_bytes(b"the package")
    path.chmod(0o755)
    return path


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An application with a program, a picture and the links of a framework."""
    folder = tmp_path / "Hello.app"
    (folder / "Contents" / "MacOS").mkdir(parents=True)
    (folder / "Contents" / "MacOS" / "hello").write_bytes(b"program")
    (folder / "Contents" / "MacOS" / "hello").chmod(0o700)
    (folder / "Contents" / "icon.icns").write_bytes(b"picture")
    (folder / "Contents" / "Versions" / "A").mkdir(parents=True)
    (folder / "Contents" / "Versions" / "A" / "lib").write_bytes(b"library")
    (folder / "Contents" / "Versions" / "Current").symlink_to("A")
    return folder


@pytest.mark.parametrize("kind", ["appimage", "msi", "nsis", "deb", "rpm"])
def test_a_package_is_fetched_as_it_is(kind: str, package: Path):
    download = made(kind, package)
    assert (download.name, download.data, download.is_new) == ("Hello_1.0.0", b"the package", False)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_packages_of_a_system_are_never_in_archives(kind: str, package: Path):
    assert not made(kind, package, in_archives=True).is_new


def test_an_appimage_goes_into_a_tar(package: Path):
    download = made("appimage", package, in_archives=True)
    with tarfile.open(fileobj=io.BytesIO(download.data)) as archive:
        [member] = archive.getmembers()
        content = archive.extractfile(member)
        assert content is not None
        assert content.read() == b"the package"
    assert (download.name, member.name, member.mtime) == ("Hello_1.0.0.tar.gz", "Hello_1.0.0", DATE)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of POSIX")
def test_an_appimage_in_a_tar_can_be_run(package: Path):
    download = made("appimage", package, in_archives=True)
    with tarfile.open(fileobj=io.BytesIO(download.data)) as archive:
        assert archive.getmembers()[0].mode == 0o755


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [("msi", "a.msi", "a.msi.zip"), ("nsis", "a-setup.exe", "a-setup.nsis.zip")],
)
def test_an_installer_goes_into_a_stored_zip(tmp_path: Path, kind: str, name: str, expected: str):
    path = tmp_path / name
    path.write_bytes(b"installer" * 100)
    download = made(kind, path, in_archives=True)
    with zipfile.ZipFile(io.BytesIO(download.data)) as archive:
        [info] = archive.infolist()
        assert archive.read(info) == b"installer" * 100
    assert (download.name, info.filename) == (expected, name)
    assert (info.compress_type, info.date_time) == (zipfile.ZIP_STORED, (2025, 1, 1, 0, 0, 0))


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links and modes")
def test_an_application_keeps_its_folder_links_and_modes(app: Path):
    with tarfile.open(fileobj=io.BytesIO(made("app", app).data)) as archive:
        found = {member.name: (member.type, member.mode, member.linkname) for member in archive}
    assert list(found) == [
        "Hello.app",
        "Hello.app/Contents",
        "Hello.app/Contents/MacOS",
        "Hello.app/Contents/MacOS/hello",
        "Hello.app/Contents/Versions",
        "Hello.app/Contents/Versions/A",
        "Hello.app/Contents/Versions/A/lib",
        "Hello.app/Contents/Versions/Current",
        "Hello.app/Contents/icon.icns",
    ]
    assert found["Hello.app/Contents/MacOS/hello"] == (tarfile.REGTYPE, 0o755, "")
    assert found["Hello.app/Contents/icon.icns"] == (tarfile.REGTYPE, 0o644, "")
    assert found["Hello.app/Contents/Versions/Current"] == (tarfile.SYMTYPE, 0o755, "A")


def test_the_same_application_makes_the_same_bytes(app: Path):
    first = made("app", app)
    (app / "Contents" / "icon.icns").touch()
    assert made("app", app).data == first.data


def test_nobody_is_named_in_an_archive(app: Path):
    with tarfile.open(fileobj=io.BytesIO(made("app", app).data)) as archive:
        owners = {(member.uid, member.gid, member.uname, member.gname) for member in archive}
    assert owners == {(0, 0, "root", "root")}


@pytest.mark.parametrize("kind", ["app", "appimage", "msi", "deb"])
def test_a_package_that_is_gone_is_said_to_be(kind: str, tmp_path: Path):
    with pytest.raises(UpdaterError, match="cannot be read"):
        made(kind, tmp_path / "gone", in_archives=True)
