"""A tar archive from a tree, the same bytes every time, and its reader."""

from __future__ import annotations

import io
import lzma
import re
import tarfile

from millennium_bundler.archive.unpack import MAX_BYTES, unpack
from millennium_bundler.errors import PackageError
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

# What dpkg-deb uses: https://manpages.debian.org/bookworm/dpkg-dev/dpkg-deb.1
_XZ_PRESET = 6
# A member has one header, two with their texts where its path and target are long, and is filled up to whole
# blocks; before all stands the folder of all, behind all a record of 20 blocks.
_HEADERS_BYTES = 8 * tarfile.BLOCKSIZE
_SETTINGS = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE})
_WITH_CONTENT = frozenset({tarfile.REGTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK})
_WITHOUT_CONTENT = frozenset({tarfile.DIRTYPE, tarfile.SYMTYPE})
# Places in a header: https://www.gnu.org/software/tar/manual/html_node/Standard.html
_SIZE_FIELD, _KIND_FIELD = slice(124, 136), slice(156, 157)
_SIZE = re.compile(rb" *([0-7]+)[ \0]+")
_ENDS_BYTES = tarfile.BLOCKSIZE + 2 * tarfile.RECORDSIZE


def write_tar(tree: Tree, *, prefix: str = "./") -> bytes:
    """Return a GNU tar, owned by root, with the tree's one date.

    Args:
        tree: What it holds.
        prefix: Before each path; with one, the folder of all has a member too.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        if prefix:
            archive.addfile(_member(Folder(path=""), tree.date, prefix))
        for entry in tree:
            data = io.BytesIO(entry.data) if isinstance(entry, File) else None
            archive.addfile(_member(entry, tree.date, prefix), data)
    return out.getvalue()


def read_tar(data: bytes) -> Tree:
    """Return a tar as a tree: folders are implied, the date is the first member's.

    Raises:
        PackageError: Not a tar, or a member is neither file, folder nor link, or is not root's.
        TreeError: The path of a member leaves the archive, or is taken.
    """
    try:
        _require_headers_of_ours(data)
        with tarfile.open(
            fileobj=io.BytesIO(data),
            mode="r:",
            encoding="utf-8",
            errors="strict",
        ) as archive:
            members = archive.getmembers()
            tree = Tree(date=int(members[0].mtime) if members else 0)
            for member in members:
                _take(tree, archive, member)
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as exc:
        raise _corrupt(f"its archive cannot be read: {exc}") from exc
    return tree


def xz(data: bytes) -> bytes:
    """Compress as dpkg-deb does."""
    return lzma.compress(data, preset=_XZ_PRESET, check=lzma.CHECK_CRC64)


def most_tar_bytes(tree: Tree) -> int:
    """Return how large an archive of a tree can be: the most that its reader needs to take."""
    paths = [len(entry.path.encode()) + len(_target(entry).encode()) for entry in tree]
    return (
        _ENDS_BYTES
        + sum(paths)
        + sum(
            _HEADERS_BYTES + (len(entry.data) if isinstance(entry, File) else 0) for entry in tree
        )
    )


def unpacked(name: str, data: bytes, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Decompress a member by the end of its name.

    Args:
        name: Of the member.
        data: The member.
        max_bytes: The most that may come out.

    Raises:
        PackageError: Damaged, larger, or compressed in a way that is not read here.
    """
    if name.endswith(".xz"):
        return unpack(data, "xz", max_bytes=max_bytes, what=name)
    if name.endswith(".gz"):
        return unpack(data, "gzip", max_bytes=max_bytes, what=name)
    raise _corrupt(f"{name} is compressed in an unknown way")


def _target(entry: Entry) -> str:
    return entry.target if isinstance(entry, Link) else ""


def _member(entry: Entry, date: int, prefix: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{prefix}{entry.path}")
    info.mtime = date
    info.uname = info.gname = "root"
    match entry:
        case Folder():
            info.type, info.mode = tarfile.DIRTYPE, entry.mode
        case Link():
            info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, entry.target
        case File():
            info.size, info.mode = len(entry.data), entry.mode
    return info


def _require_headers_of_ours(data: bytes) -> None:
    """Refuse, before they are read, settings that stand before a member, and sizes in other writing.

    Older versions of Python take the square of the settings' length for them, and go back in the archive
    where a length is negative (CVE-2024-6232, CVE-2025-8194).

    Raises:
        PackageError: What the header describes is not packed here.
        ValueError: The header is not written as `write_tar` does.
    """
    at = 0
    while len(header := data[at : at + tarfile.BLOCKSIZE]) == tarfile.BLOCKSIZE and any(header):
        name = header[:100].rstrip(b"\0").decode("utf-8", "replace")
        size, kind = _SIZE.fullmatch(header[_SIZE_FIELD]), header[_KIND_FIELD]
        if kind in _SETTINGS or size is None:
            message = f"{name!r} has no header of ours"
            raise ValueError(message)
        if kind not in _WITH_CONTENT | _WITHOUT_CONTENT:
            raise _corrupt(f"{name} is neither file, folder nor link")
        blocks = -(-int(size[1], 8) // tarfile.BLOCKSIZE) if kind in _WITH_CONTENT else 0
        at += (1 + blocks) * tarfile.BLOCKSIZE


def _take(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    if (member.uid, member.gid, int(member.mtime)) != (0, 0, tree.date):
        raise _corrupt(f"{member.name} is not root's, or has another date")
    path = member.name.removeprefix("./").rstrip("/")
    if member.isdir():
        return
    if member.issym():
        tree.add(Link(path=path, target=member.linkname))
        return
    source = archive.extractfile(member)
    if source is None:  # pragma: no cover - no kind that is let through has none
        raise _corrupt(f"{member.name} is neither file, folder nor link")
    tree.file(path, source.read(), mode=member.mode)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
