"""What an installed app downloads to become the next version.

A package is one as it is, with its signature beside it. An application folder goes into a ``.app.tar.gz``; with
``v1_compatible`` an AppImage into a ``.tar.gz`` and an installer into a ``.zip`` that is only stored. The same
input gives the same bytes: root's, sorted, and of one date.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from millennium_bundler.errors import UpdaterError

_LEVEL = 9
_EXECUTABLE = 0o755
_PLAIN = 0o644
_UNIX = 3
# A zip cannot say an earlier one: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.4.6
_FIRST_ZIP_DATE = 315_532_800


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBundle:
    """A package, as far as updates care.

    Attributes:
        kind: Name of its format.
        path: The file, or the folder of an application.
    """

    kind: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One file that an updater fetches.

    Attributes:
        kind: Format of the package inside.
        name: Of the file.
        data: What it holds.
        is_new: It is an archive that was made for updates, and must be written.
    """

    kind: str
    name: str
    data: bytes
    is_new: bool


def download_of(bundle: MadeBundle, *, in_archives: bool, date: int) -> Download:
    """Return what an updater fetches to get a package.

    Args:
        bundle: The package.
        in_archives: Put AppImages and installers into archives, as Tauri 1 takes them.
        date: Seconds since 1970 of everything inside an archive.

    Raises:
        UpdaterError: It cannot be read.
    """
    path = bundle.path
    try:
        if bundle.kind == "app":
            name, data = f"{path.name}.tar.gz", _compressed(_folder_tar(path, date))
        elif not in_archives:
            return Download(kind=bundle.kind, name=path.name, data=path.read_bytes(), is_new=False)
        elif bundle.kind == "appimage":
            name, data = f"{path.name}.tar.gz", _compressed(_file_tar(path, date))
        elif bundle.kind in {"msi", "nsis"}:
            name, data = _zip_name(bundle), _stored(path, date)
        else:
            return Download(kind=bundle.kind, name=path.name, data=path.read_bytes(), is_new=False)
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise UpdaterError(message, code="updater.settings", help="bundle it again") from exc
    return Download(kind=bundle.kind, name=name, data=data, is_new=True)


def _zip_name(bundle: MadeBundle) -> str:
    stem = bundle.path.name
    return f"{stem}.zip" if bundle.kind == "msi" else f"{stem.removesuffix('.exe')}.nsis.zip"


def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, _LEVEL, mtime=0)


def _folder_tar(folder: Path, date: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(_member(folder, folder.name, date))
        for path in _below(folder):
            _add(archive, path, f"{folder.name}/{path.relative_to(folder).as_posix()}", date)
    return out.getvalue()


def _file_tar(path: Path, date: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        _add(archive, path, path.name, date)
    return out.getvalue()


def _below(folder: Path) -> Iterator[Path]:
    """Yield what a folder holds, parents first, without following links out of it."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)


def _add(archive: tarfile.TarFile, path: Path, name: str, date: int) -> None:
    member = _member(path, name, date)
    if not member.isreg():
        archive.addfile(member)
        return
    data = path.read_bytes()
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _member(path: Path, name: str, date: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mtime = date
    member.uname = member.gname = "root"
    member.mode = _EXECUTABLE
    if path.is_symlink():
        member.type, member.linkname = tarfile.SYMTYPE, path.readlink().as_posix()
    elif path.is_dir():
        member.type = tarfile.DIRTYPE
    elif not path.stat().st_mode & 0o111:
        member.mode = _PLAIN
    return member


def _stored(path: Path, date: int) -> bytes:
    out = io.BytesIO()
    moment = datetime.fromtimestamp(max(date, _FIRST_ZIP_DATE), UTC)
    info = zipfile.ZipInfo(path.name, moment.timetuple()[:6])
    info.create_system = _UNIX
    info.external_attr = (0o100000 | _PLAIN) << 16
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(info, path.read_bytes())
    return out.getvalue()
