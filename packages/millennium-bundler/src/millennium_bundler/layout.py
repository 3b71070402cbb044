"""Where everything goes on a Linux system: settings become one `Tree`.

Places follow the Filesystem Hierarchy Standard and the freedesktop specifications; a format adds only
what is its own (Debian's changelog, say).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from millennium_bundler.desktop import desktop_entry, metainfo, mime_package
from millennium_bundler.desktop_template import fill_template
from millennium_bundler.documents import man_page
from millennium_bundler.elf import is_elf, read_elf
from millennium_bundler.errors import ExecutableError, TreeError
from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.icons import IconSet, make_icons, outlined_icons
from millennium_bundler.macho import is_macho
from millennium_bundler.pe import is_pe
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree, source_date

_MAX_NAME_BYTES = 255  # of every file system for Linux
_SHOWN_CHARS = 40


def read_executable(manifest: Manifest) -> bytes:
    """Return the executable's bytes after checking that it is the one the manifest means.

    Raises:
        ExecutableError: Missing, empty, its SHA-256 differs, or it is for another machine; or, where the
            target is Linux, no program for it: neither ELF nor a script that begins with ``#!``.
    """
    settings = manifest.settings
    path = manifest.resolve(settings.executable)
    try:
        data = path.read_bytes()
    except OSError as exc:
        message = f"no executable at {path}: {exc.strerror}"
        raise ExecutableError(
            message, code="executable.missing", help="run `millennium build`"
        ) from exc
    digest = hashlib.sha256(data).hexdigest()
    if settings.executable_sha256 and digest != settings.executable_sha256:
        message = f"{path.name} is not the file that was built: its SHA-256 differs"
        raise ExecutableError(message, code="executable.changed", help="run `millennium build`")
    machine = settings.target.split("-")[0]
    found = read_elf(data, place=str(path)).machine if is_elf(data) else machine
    if found != machine:
        message = f"{path.name} is for {found}, the manifest says {machine}"
        raise ExecutableError(message, code="executable.wrong_target", help="build for this target")
    is_program = is_elf(data) or data.startswith(b"#!") or settings.system != "linux"
    if not (data and is_program):
        message = f"{path.name} is no program for {settings.target}: it is {_kind(data)}"
        raise ExecutableError(message, code="executable.wrong_target", help="build for this target")
    return data


def _kind(data: bytes) -> str:
    if not data:
        return "empty"
    if is_pe(data):
        return "one for Windows"
    return "one for macOS" if is_macho(data) else "neither ELF nor a script that begins with #!"


def linux_tree(
    manifest: Manifest,
    executable: bytes,
    *,
    files: tuple[ExtraFile, ...] = (),
    desktop_template: str = "",
    icons: IconSet | None = None,
) -> Tree:
    """Lay out what every Linux package holds.

    Args:
        manifest: What to lay out.
        executable: What `read_executable` returned.
        files: Of this format alone.
        desktop_template: Path of what is filled in instead of the desktop entry that is made.
        icons: Those of the manifest; they are drawn when there are none.

    Raises:
        TreeError: A file is missing, two want one place, or a destination leaves the tree.
        FormatError: The template makes no desktop entry.
        IconError: An icon cannot be drawn.
    """
    settings = manifest.settings
    identifier = settings.identifier
    tree = Tree(date=source_date(settings.source_date))
    icons = icons or make_icons(_icon_paths(manifest))
    tree.file(f"usr/bin/{settings.binary_name}", executable, mode=0o755)
    entry = _desktop_entry(manifest, desktop_template, has_icon=bool(icons.png or icons.svg))
    tree.file(f"usr/share/applications/{identifier}.desktop", entry)
    tree.file(f"usr/share/metainfo/{identifier}.metainfo.xml", metainfo(settings, date=tree.date))
    tree.file(f"usr/share/man/man1/{settings.binary_name}.1.gz", man_page(settings, date=tree.date))
    kinds = mime_package(settings)
    if kinds is not None:
        tree.file(f"usr/share/mime/packages/{identifier}.xml", kinds)
    _add_icons(tree, icons, identifier)
    _add_files(tree, manifest, (*settings.files, *files))
    return tree


def outlined_tree(
    manifest: Manifest,
    *,
    executable: bytes = b"",
    files: tuple[ExtraFile, ...] = (),
    desktop_template: str = "",
) -> Tree:
    """Lay out what `linux_tree` does without what takes time: the executable and the icons are empty.

    Raises:
        BundleError: As `linux_tree`.
    """
    icons = outlined_icons(_icon_paths(manifest))
    return linux_tree(
        manifest, executable, files=files, desktop_template=desktop_template, icons=icons
    )


def read_extra(path: Path, *, what: str) -> bytes:
    """Read a file that the manifest names.

    Raises:
        TreeError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as exc:
        message = f"{what} {path} cannot be read: {exc.strerror}"
        raise TreeError(
            message, code="tree.missing", help="correct the path, or leave it out"
        ) from exc


def _icon_paths(manifest: Manifest) -> tuple[Path, ...]:
    return tuple(manifest.resolve(icon) for icon in manifest.settings.icons)


def _desktop_entry(manifest: Manifest, template: str, *, has_icon: bool) -> bytes:
    made = desktop_entry(manifest.settings, has_icon=has_icon)
    if not template:
        return made
    path = manifest.resolve(template)
    return fill_template(read_extra(path, what="desktop template"), made, place=str(path))


def _add_icons(tree: Tree, icons: IconSet, identifier: str) -> None:
    root = "usr/share/icons/hicolor"
    for side, data in icons.png.items():
        tree.file(f"{root}/{side}x{side}/apps/{identifier}.png", data)
    if icons.svg is not None:
        tree.file(f"{root}/scalable/apps/{identifier}.svg", icons.svg)


def _add_files(tree: Tree, manifest: Manifest, files: tuple[ExtraFile, ...]) -> None:
    for extra in files:
        data = read_extra(manifest.resolve(extra.source), what="file")
        _check_lengths(extra.destination)
        tree.file(extra.destination.lstrip("/"), data, mode=int(extra.mode, 8))


def _check_lengths(destination: str) -> None:
    long = next(
        (name for name in destination.split("/") if len(name.encode()) > _MAX_NAME_BYTES), ""
    )
    if long:
        message = f"the name {long[:_SHOWN_CHARS]!r}… is longer than {_MAX_NAME_BYTES} bytes"
        raise TreeError(message, code="tree.too_long", help="shorten the destination")
