"""The files of an RPM package: which entries it owns, and how its header describes them."""

from __future__ import annotations

import hashlib
import stat
from pathlib import PurePosixPath

from millennium_bundler.archive.cpio import MAX_FILE_BYTES, CpioMember
from millennium_bundler.archive.rpm_header import Int16, Int32, Texts, Value, numbers
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.rpm_tags import SHA256_ALGORITHM, RpmTag
from millennium_bundler.layout import linux_tree, read_executable, read_extra
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

# https://github.com/rpm-software-management/rpm include/rpm/rpmfiles.h
_IS_DOCUMENTATION, _IS_LICENCE = 1 << 1, 1 << 7
_FOLDER_BYTES = 4096


def rpm_tree(manifest: Manifest) -> Tree:
    """Lay out what the package installs.

    Raises:
        BundleError: As `linux_tree`; or a file is larger than the form can say.
    """
    settings = manifest.settings
    tree = linux_tree(
        manifest,
        read_executable(manifest),
        files=settings.linux.rpm.files,
        desktop_template=settings.linux.rpm.desktop_template,
    )
    add_documents(tree, manifest)
    return tree


def add_documents(tree: Tree, manifest: Manifest) -> None:
    """Add licences and the list of parts.

    Raises:
        TreeError: One cannot be read, or its place is taken.
        FormatError: A file is larger than the form can say.
    """
    settings = manifest.settings
    for path in settings.license_files:
        data = read_extra(manifest.resolve(path), what="licence")
        name = PurePosixPath(path).name
        tree.file(f"usr/share/licenses/{settings.binary_name}/{name}", data)
    if settings.sbom:
        sbom = read_extra(manifest.resolve(settings.sbom), what="sbom")
        tree.file(f"usr/share/doc/{settings.binary_name}/sbom.cdx.json", sbom)
    for file in tree.files():
        if len(file.data) > MAX_FILE_BYTES:
            message = f"{file.path} is larger than {MAX_FILE_BYTES} bytes"
            raise FormatError(message, code="rpm.too_large", help="leave it out of the package")


def owned_entries(tree: Tree, settings: BundleSettings) -> list[Entry]:
    """Return the entries that the package owns, sorted: not the folders every system has."""
    own = {settings.binary_name, settings.identifier}
    return [
        entry
        for entry in tree
        if not isinstance(entry, Folder) or own & set(PurePosixPath(entry.path).parts)
    ]


def to_members(entries: list[Entry]) -> list[CpioMember]:
    """Return what the archive holds of the entries, in their order."""
    return [
        CpioMember(name=f"./{entry.path}", mode=_mode(entry), data=_data(entry))
        for entry in entries
    ]


def file_values(entries: list[Entry], date: int) -> dict[int, Value]:
    """Return the header's description of the entries, in their order."""
    count = len(entries)
    paths = [PurePosixPath("/", entry.path) for entry in entries]
    folders = sorted({f"{path.parent}/".replace("//", "/") for path in paths})
    places = {folder: index for index, folder in enumerate(folders)}
    zeros = (0,) * count
    roots = Texts(("root",) * count)
    return {
        RpmTag.FILE_SIZES: Int32(tuple(_size(entry) for entry in entries)),
        RpmTag.FILE_MODES: Int16(tuple(_mode(entry) for entry in entries)),
        RpmTag.FILE_RDEVS: Int16(zeros),
        RpmTag.FILE_MTIMES: Int32((date,) * count),
        RpmTag.FILE_DIGESTS: Texts(tuple(_digest(entry) for entry in entries)),
        RpmTag.FILE_LINKTOS: Texts(
            tuple(entry.target if isinstance(entry, Link) else "" for entry in entries)
        ),
        RpmTag.FILE_FLAGS: Int32(tuple(_flags(entry) for entry in entries)),
        RpmTag.FILE_USERS: roots,
        RpmTag.FILE_GROUPS: roots,
        RpmTag.FILE_VERIFY_FLAGS: Int32((0xFFFFFFFF,) * count),
        RpmTag.FILE_DEVICES: Int32((1,) * count),
        RpmTag.FILE_INODES: Int32(tuple(range(1, count + 1))),
        RpmTag.FILE_LANGS: Texts(("",) * count),
        RpmTag.DIR_INDEXES: Int32(
            tuple(places[f"{path.parent}/".replace("//", "/")] for path in paths)
        ),
        RpmTag.BASE_NAMES: Texts(tuple(path.name for path in paths)),
        RpmTag.DIR_NAMES: Texts(tuple(folders)),
        RpmTag.FILE_DIGEST_ALGORITHM: numbers(SHA256_ALGORITHM),
    }


def check_files(values: dict[int, Value], members: list[CpioMember]) -> Tree:
    """Return an archive's members as a tree, after comparing them with the header.

    Raises:
        PackageError: A member is of a strange kind, or the header describes other files.
        TreeError: A path leaves the archive, or is taken.
    """
    entries: list[Entry] = [_entry(member) for member in members]
    times = values.get(RpmTag.FILE_MTIMES)
    date = times.values[0] if isinstance(times, Int32) else 0
    described = file_values(entries, date)
    if {tag: values.get(tag) for tag in described} != described:
        raise PackageError(
            "the package is corrupt: its header describes other files", code="package.corrupt"
        )
    tree = Tree(date=date)
    for entry in entries:
        if not isinstance(entry, Folder):
            tree.add(entry)
    return tree


def _entry(member: CpioMember) -> Entry:
    path = member.name.removeprefix("./")
    if stat.S_ISDIR(member.mode):
        return Folder(path=path, mode=stat.S_IMODE(member.mode))
    if stat.S_ISLNK(member.mode):
        return Link(path=path, target=member.data.decode("utf-8", "replace"))
    if stat.S_ISREG(member.mode):
        return File(path=path, data=member.data, mode=stat.S_IMODE(member.mode))
    raise PackageError(
        f"the package is corrupt: {path} is neither file, folder nor link", code="package.corrupt"
    )


def _mode(entry: Entry) -> int:
    match entry:
        case File():
            return stat.S_IFREG | entry.mode
        case Folder():
            return stat.S_IFDIR | entry.mode
        case Link():
            return stat.S_IFLNK | 0o777


def _data(entry: Entry) -> bytes:
    match entry:
        case File():
            return entry.data
        case Folder():
            return b""
        case Link():
            return entry.target.encode()


def _size(entry: Entry) -> int:
    return _FOLDER_BYTES if isinstance(entry, Folder) else len(_data(entry))


def _digest(entry: Entry) -> str:
    return hashlib.sha256(entry.data).hexdigest() if isinstance(entry, File) else ""


def _flags(entry: Entry) -> int:
    if isinstance(entry, Folder):
        return 0
    if entry.path.startswith("usr/share/licenses/"):
        return _IS_LICENCE
    is_documentation = entry.path.startswith(("usr/share/doc/", "usr/share/man/"))
    return _IS_DOCUMENTATION if is_documentation else 0
