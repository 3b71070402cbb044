"""Where everything goes in a macOS application: settings become one `Tree` with one ``.app``.

```text
Hello.app/Contents/Info.plist, PkgInfo
                  /MacOS/hello              the executable, and programs that stand beside it
                  /Frameworks               frameworks and libraries
                  /Resources/icon.icns      and the app's own files, its parts list, its licences
```
Names are decomposed, as macOS does on HFS Plus: the seal of the resources must say what the disk says.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePosixPath

from millennium_bundler.archive.hfs_plus.names import decompose, encode_name, name_order
from millennium_bundler.errors import ExecutableError, FormatError, TreeError
from millennium_bundler.icns import read_icns, write_icns
from millennium_bundler.icons import FINE_SIZES, make_icons, outlined_icons
from millennium_bundler.info_plist import Plist, info_plist, lay_over, read_plist, write_plist
from millennium_bundler.layout import read_executable, read_extra
from millennium_bundler.macho import Kind, Slice, is_macho, read_macho
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.tree import File, Folder, Link, Tree, source_date

ICON = "icon.icns"
UNIVERSAL = "universal"
_PROGRAMS = "MacOS/"
_SEAL = "_CodeSignature/CodeResources"
_PKG_INFO = b"APPL????"
_FRAMEWORK_FOLDERS = ("~/Library/Frameworks", "/Library/Frameworks", "/Network/Library/Frameworks")
# What parts paths on any system, ends lines or turns other signs around: see `millennium_bundler.checksums`.
_ODD = re.compile(r"[/\\:\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Other systems' disks take 255, and there the app is made: NAME.app.tar.gz.from-VERSION.zst.minisig.
_MAX_NAME_BYTES = 160
_MAX_ICON_BYTES = 32 * 1024 * 1024


def app_name(settings: BundleSettings) -> str:
    """Return the name of the app's folder.

    Raises:
        FormatError: The product's name is no name of a file on macOS.
    """
    name = decompose(settings.product_name)
    if name.startswith(".") or _ODD.search(name):
        message = f"{settings.product_name!r} is no name for a file on macOS"
        raise FormatError(
            message,
            code="macos.name",
            help="take '/', ':', '\\', a first '.' and signs that nobody sees out of `product_name`",
        )
    if len(name.encode()) > _MAX_NAME_BYTES:
        message = f"{settings.product_name[:20]!r}… is too long for the name of a file"
        raise FormatError(message, code="macos.name", help="shorten `product_name`")
    encode_name(f"{name}.app")
    return f"{name}.app"


def check_target(settings: BundleSettings) -> None:
    """Refuse a manifest that is not for macOS.

    Raises:
        FormatError: Its target is of another system.
    """
    machine, _, rest = settings.target.partition("-")
    if rest != "apple-darwin" or machine not in {"x86_64", "aarch64", UNIVERSAL}:
        message = f"the executable is for {settings.target}"
        raise FormatError(
            message,
            code="macos.target",
            help="an app needs x86_64-apple-darwin, aarch64-apple-darwin or universal-apple-darwin",
        )


def outlined_app(manifest: Manifest) -> Tree:
    """Lay out what `app_tree` does without what takes time: the executable and the icon are empty.

    Raises:
        FormatError: The target, the name, the property list or a framework is wrong.
        TreeError: A file is missing, two want one place, or a destination leaves the app.
        IconError: An icon cannot be drawn.
    """
    settings = manifest.settings
    check_target(settings)
    app_name(settings)
    plist = info_plist(settings, icon="", oldest_system=(0, 0, 0), date=0)
    lay_over(plist, own_plist(manifest))
    tree = Tree(date=source_date(settings.source_date))
    contents = f"{app_name(settings)}/Contents"
    icon = (f"Resources/{ICON}",) if _has_icon(manifest) else ()
    for name in (f"MacOS/{settings.binary_name}", "Info.plist", "PkgInfo", _SEAL, *icon):
        tree.file(f"{contents}/{name}", b"")
    _add_own_files(tree, manifest, contents)
    _add_frameworks(tree, manifest, contents)
    refuse_twins(tree)
    return tree


def own_plist(manifest: Manifest) -> Plist:
    """Read the property list that `macos.info_plist` names; empty when it names none.

    Raises:
        FormatError: It is none.
        TreeError: It cannot be read.
    """
    name = manifest.settings.macos.info_plist
    if not name:
        return {}
    path = manifest.resolve(name)
    return read_plist(read_extra(path, what="property list"), place=str(path))


def app_tree(manifest: Manifest) -> Tree:
    """Lay out the application, unsigned.

    Raises:
        FormatError: A name, target, property list or framework is wrong.
        ExecutableError: The executable is missing, altered, or no Mach-O file for the target.
        TreeError: A file is missing, two want one place, or a destination leaves the app.
        IconError: An icon cannot be drawn.
    """
    settings = manifest.settings
    check_target(settings)
    contents = f"{app_name(settings)}/Contents"
    tree = Tree(date=source_date(settings.source_date))
    executable = read_executable(manifest)
    slices = read_program(manifest, executable)
    tree.file(f"{contents}/MacOS/{settings.binary_name}", executable, mode=0o755)
    icon = _icon(manifest)
    if icon:
        tree.file(f"{contents}/Resources/{ICON}", icon)
    plist = info_plist(
        settings,
        icon=ICON if icon else "",
        oldest_system=max(part.oldest_system for part in slices),
        date=tree.date,
    )
    tree.file(f"{contents}/Info.plist", write_plist(lay_over(plist, own_plist(manifest))))
    tree.file(f"{contents}/PkgInfo", _PKG_INFO)
    _add_own_files(tree, manifest, contents)
    _add_frameworks(tree, manifest, contents)
    refuse_twins(tree)
    return tree


def read_program(manifest: Manifest, executable: bytes) -> tuple[Slice, ...]:
    """Read the executable and check that it is a program for every machine of the target.

    Raises:
        ExecutableError: It is not.
    """
    target = manifest.settings.target
    slices = read_macho(executable, place=manifest.settings.executable)
    machine = target.split("-")[0]
    wanted = {"x86_64", "aarch64"} if machine == UNIVERSAL else {machine}
    found = {part.machine for part in slices}
    if not wanted <= found or any(part.kind is not Kind.EXECUTABLE for part in slices):
        what = " and ".join(sorted(found))
        message = f"{manifest.settings.executable} is no program for {target}: it is for {what}"
        raise ExecutableError(message, code="executable.wrong_target", help="build for this target")
    return slices


def warnings_of(settings: BundleSettings, slices: tuple[Slice, ...]) -> tuple[str, ...]:
    """Return what the maker of an app should know."""
    needed = max(part.oldest_system for part in slices)
    oldest = settings.macos.minimum_system_version
    parts = tuple(int(part) for part in oldest.split(".") if part.isdigit())
    left = [
        item.destination for item in settings.files if not _place_of(settings, item.destination)
    ]
    checks = (
        (not settings.icons, "no icon: the Dock shows a blank one"),
        (
            bool(parts) and (*parts, 0, 0)[:3] < needed,
            f"the executable needs macOS {needed[0]}.{needed[1]}, so that is what the app asks for",
        ),
        (bool(left), f"left out, for they are for other systems: {', '.join(left)}"),
    )
    return tuple(words for applies, words in checks if applies)


def refuse_twins(tree: Tree) -> None:
    """Refuse names that macOS takes for one: its disks do not tell case apart.

    Raises:
        FormatError: Two names of one folder differ in case alone, or one cannot be written.
    """
    seen: dict[tuple[str, tuple[int, ...]], str] = {}
    for entry in tree:
        folder, _, name = entry.path.rpartition("/")
        other = seen.setdefault((folder, name_order(encode_name(name))), entry.path)
        if other != entry.path:
            message = f"{entry.path!r} and {other!r} differ in case alone: one file on macOS"
            raise FormatError(message, code="macos.name", help="rename one of the two")


def below(tree: Tree, folder: str) -> Tree:
    """Return what lies in a folder of a tree, as a tree of its own."""
    found = Tree(date=tree.date)
    start = f"{folder}/"
    for entry in tree:
        if entry.path.startswith(start):
            match entry:
                case File():
                    found.file(entry.path.removeprefix(start), entry.data, mode=entry.mode)
                case Link():
                    found.add(Link(path=entry.path.removeprefix(start), target=entry.target))
                case Folder():
                    pass
    return found


def _icon(manifest: Manifest) -> bytes:
    paths = _icon_paths(manifest)
    ready = _ready_icon(paths)
    if ready is not None:
        data = read_extra(ready, what="icon")
        read_icns(data, place=str(ready))
        return data
    return write_icns(make_icons(paths, sizes=FINE_SIZES).png)


def _has_icon(manifest: Manifest) -> bool:
    paths = _icon_paths(manifest)
    ready = _ready_icon(paths)
    if ready is not None:
        read_icns(read_extra(ready, what="icon"), place=str(ready))
    return ready is not None or bool(outlined_icons(paths, sizes=FINE_SIZES).png)


def _icon_paths(manifest: Manifest) -> tuple[Path, ...]:
    return tuple(manifest.resolve(icon) for icon in manifest.settings.icons)


def _ready_icon(paths: tuple[Path, ...]) -> Path | None:
    return next((path for path in paths if path.suffix.lower() == ".icns"), None)


def _add_own_files(tree: Tree, manifest: Manifest, contents: str) -> None:
    settings = manifest.settings
    for extra in settings.files:
        place = _place_of(settings, extra.destination)
        if place:
            data = read_extra(manifest.resolve(extra.source), what="file")
            if place.startswith(_PROGRAMS) and not is_macho(data):
                # What lies among the programs must carry a signature of its own.
                place = f"Resources/bin/{place.removeprefix(_PROGRAMS)}"
            tree.file(decompose(f"{contents}/{place}"), data, mode=int(extra.mode, 8))
    for destination, source in settings.macos.files.items():
        place = decompose(f"{contents}/{destination.strip('/')}")
        _refuse_whole_project(manifest, source)
        add_path(tree, place, manifest.resolve(source), what="file")
    for name in settings.license_files:
        data = read_extra(manifest.resolve(name), what="licence")
        tree.file(decompose(f"{contents}/Resources/licenses/{PurePosixPath(name).name}"), data)
    if settings.sbom:
        data = read_extra(manifest.resolve(settings.sbom), what="sbom")
        tree.file(f"{contents}/Resources/sbom.cdx.json", data)


def _refuse_whole_project(manifest: Manifest, source: str) -> None:
    if manifest.path.resolve().is_relative_to(manifest.resolve(source).resolve()):
        message = f"`macos.files` names the folder {source!r}, which holds the build's own results"
        raise TreeError(message, code="tree.outside", help="name a folder inside of your project")


def _place_of(settings: BundleSettings, destination: str) -> str:
    """Return where in Contents a file of other systems goes; empty when it has no place in an app."""
    name = settings.binary_name
    places = {
        f"/usr/lib/{name}/": "Resources/",
        f"/usr/share/{name}/": "Resources/",
        "/usr/bin/": _PROGRAMS,
    }
    for start, folder in places.items():
        if destination.startswith(start):
            return folder + destination.removeprefix(start)
    return ""


def _add_frameworks(tree: Tree, manifest: Manifest, contents: str) -> None:
    for name in manifest.settings.macos.frameworks:
        source = _find_framework(manifest, name)
        add_path(tree, decompose(f"{contents}/Frameworks/{source.name}"), source, what="framework")


def _find_framework(manifest: Manifest, name: str) -> Path:
    if name.endswith((".framework", ".dylib")):
        source = manifest.resolve(name)
        if source.exists():
            return source
        message = f"the framework {name} is not there"
        raise FormatError(message, code="macos.framework", help=f"looked at {source}")
    folders = [Path(folder).expanduser() for folder in _FRAMEWORK_FOLDERS]
    for folder in folders:
        source = folder / f"{name}.framework"
        if source.is_dir():
            return source
    message = f"the framework {name} is not installed"
    looked = ", ".join(str(folder) for folder in folders)
    raise FormatError(
        message,
        code="macos.framework",
        help=f"looked in {looked}; write its path, or leave out what is part of macOS",
    )


def add_path(tree: Tree, place: str, source: Path, *, what: str) -> None:
    """Add a file, or all of a folder; links stay links, and must not lead out of it.

    Raises:
        TreeError: It cannot be read, or a link is absolute or leads out.
    """
    if not source.is_dir():
        mode = 0o755 if os.access(source, os.X_OK) else 0o644
        tree.file(place, read_extra(source, what=what), mode=mode)
        return
    for path in sorted(source.rglob("*")):
        inner = path.relative_to(source).as_posix()
        target = decompose(f"{place}/{inner}")
        if path.is_symlink():
            tree.add(Link(path=target, target=_inner_link(path, source)))
        elif path.is_file():
            mode = 0o755 if stat.S_IMODE(path.stat().st_mode) & stat.S_IXUSR else 0o644
            tree.file(target, read_extra(path, what=what), mode=mode)


def _inner_link(path: Path, root: Path) -> str:
    target = os.readlink(path)  # noqa: PTH115 - Path would drop what is said
    landing = Path(os.path.normpath(path.parent / target))
    if Path(target).is_absolute() or not landing.is_relative_to(os.path.normpath(root)):
        message = f"the link {path} leads out of {root.name}"
        raise TreeError(message, code="tree.outside", help="put what it points to into the folder")
    return decompose(PurePosixPath(target).as_posix())
