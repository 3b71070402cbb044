"""The Flatpak bundle: one file that brings the app, and names the runtime that brings the webview.

We write the tree and its permissions; flatpak makes a commit of it and a file of that. No SDK, no runtime
and no network are needed. What was made is imported again, checked out by ostree and compared.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from millennium_bundler.errors import FormatError, PackageError, TreeError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.linux_lint import lint_flatpak
from millennium_bundler.layout import linux_tree, outlined_tree, read_executable
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

# https://docs.flatpak.org/en/latest/conventions.html#application-ids
_IDENTIFIER = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+\.[A-Za-z_][A-Za-z0-9_-]*"
)
_PREFIX, _FILES = "usr/", "files/"
_MARK = ".ref"  # locked while the app runs
# What the desktop outside the sandbox sees: https://docs.flatpak.org/en/latest/conventions.html#exports
_EXPORTED = ("share/applications/", "share/icons/", "share/mime/packages/", "share/metainfo/")
_TIMEOUT_S = 300
_DATE_BYTES = 8
_TOOLS = ("flatpak", "ostree")

_CONTEXT = {
    "--share": "shared",
    "--socket": "sockets",
    "--device": "devices",
    "--allow": "features",
    "--filesystem": "filesystems",
    "--persist": "persistent",
}
_BUSES = {
    "--talk-name": ("Session Bus Policy", "talk"),
    "--own-name": ("Session Bus Policy", "own"),
    "--system-talk-name": ("System Bus Policy", "talk"),
    "--system-own-name": ("System Bus Policy", "own"),
}
_NEEDED = ("--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=dri")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatpakPlan:
    """What a bundle holds.

    Attributes:
        reference: Kind, id, machine and branch, as ``app/org.example.App/x86_64/stable``.
        tree: ``metadata``, ``files`` and ``export``.
    """

    reference: str
    tree: Tree


class FlatpakFormat(Format[FlatpakPlan]):
    """Flatpak bundles of one app."""

    name: ClassVar[str] = "flatpak"
    machines: ClassVar[tuple[str, ...]] = ("x86_64", "aarch64")

    def check(self, manifest: Manifest) -> None:
        """Refuse an identifier, a machine or a place that no Flatpak bundle can have."""
        _machine(manifest.settings)
        _exported(outlined_tree(manifest))

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Let ostree check it out, and validators read what the desktop will see."""
        return lint_flatpak(path)

    def _plan(self, manifest: Manifest) -> FlatpakPlan:
        settings = manifest.settings
        machine, branch = _machine(settings), settings.linux.flatpak.branch
        tree = _exported(linux_tree(manifest, read_executable(manifest)))
        tree.file("metadata", metadata(settings))
        reference = f"app/{settings.identifier}/{machine}/{branch}"
        return FlatpakPlan(reference=reference, tree=tree)

    def _build(self, manifest: Manifest, plan: FlatpakPlan) -> Package:
        _find_tools()
        settings = manifest.settings
        _app, identifier, machine, branch = plan.reference.split("/")
        when = datetime.fromtimestamp(plan.tree.date, UTC).isoformat()
        with tempfile.TemporaryDirectory(prefix="millennium-flatpak-") as name:
            home = Path(name)
            _write(plan.tree, home / "app")
            export = ("build-export", "--disable-sandbox", "--no-update-summary")
            how = (f"--arch={machine}", f"--timestamp={when}", "--subject", settings.version)
            _run(home, "flatpak", *export, *how, "repo", "app", branch)
            pack = ("build-bundle", f"--arch={machine}")
            runtime = settings.linux.flatpak.runtime_repository
            where = (f"--runtime-repo={runtime}",) if runtime else ()
            _run(home, "flatpak", *pack, *where, "repo", "app.flatpak", identifier, branch)
            data = dated((home / "app.flatpak").read_bytes(), plan.tree.date)
        return Package(file_name=f"{identifier}_{settings.version}_{machine}.flatpak", data=data)

    def _verify(self, package: Package, plan: FlatpakPlan) -> None:
        with tempfile.TemporaryDirectory(prefix="millennium-flatpak-") as name:
            home = Path(name)
            (home / "app.flatpak").write_bytes(package.file)
            _run(home, "ostree", "--repo=repo", "init", "--mode=bare-user-only")
            _run(
                home, "flatpak", "build-import-bundle", "--no-update-summary", "repo", "app.flatpak"
            )
            _run(home, "ostree", "--repo=repo", "fsck", "--quiet")
            _run(home, "ostree", "--repo=repo", "checkout", "-U", plan.reference, "out")
            if list(_read(home / "out")) != list(plan.tree):
                message = "the Flatpak bundle is corrupt: its files differ"
                raise PackageError(message, code="package.corrupt")


def metadata(settings: BundleSettings) -> bytes:
    """Write the file that names the runtime and what the app may reach outside its sandbox.

    Source: https://docs.flatpak.org/en/latest/flatpak-command-reference.html#flatpak-metadata
    """
    flatpak, machine = settings.linux.flatpak, settings.target.split("-")[0]
    version = f"{machine}/{flatpak.runtime_version}"
    network = ("--share=network",) if flatpak.network else ()
    groups: dict[str, list[str]] = {
        "Application": [
            f"name={settings.identifier}",
            f"runtime={flatpak.runtime}/{version}",
            f"sdk={flatpak.sdk}/{version}",
            f"command={settings.binary_name}",
        ]
    }
    wanted: dict[str, list[str]] = {}
    for argument in dict.fromkeys((*_NEEDED, *network, *flatpak.finish_args)):
        option, _, value = argument.partition("=")
        if option in _CONTEXT:
            wanted.setdefault(_CONTEXT[option], []).append(value)
        elif option in _BUSES:
            group, right = _BUSES[option]
            groups.setdefault(group, []).append(f"{value}={right}")
        else:
            groups.setdefault("Environment", []).append(value)
    groups["Context"] = [f"{key}={';'.join(values)};" for key, values in sorted(wanted.items())]
    parts = ("\n".join((f"[{group}]", *lines)) for group, lines in groups.items())
    return ("\n\n".join(parts) + "\n").encode()


def dated(bundle: bytes, date: int) -> bytes:
    """Return a bundle that says that it was made at a date, not when it really was.

    A bundle is a static delta of ostree, a GVariant of type ``(a{sv}t…)``: the end of its first member
    stands in the last bytes, and the date of making follows there, a big-endian number on its own.

    Source: https://docs.gtk.org/glib/gvariant-specification-1.0.html, "Framing Offsets"

    Raises:
        FormatError: There is no date of today.
    """
    offset_bytes = next(size for size in (1, 2, 4, 8) if len(bundle) < 1 << 8 * size)
    end = int.from_bytes(bundle[-offset_bytes:], "little")
    at = end + -end % _DATE_BYTES
    made = int.from_bytes(bundle[at : at + _DATE_BYTES], "big")
    if abs(time.time() - made) > _TIMEOUT_S:
        message = "flatpak has made a bundle that is not laid out as it is known to be"
        raise FormatError(message, code="flatpak.failed", help="report it with flatpak's version")
    return bundle[:at] + date.to_bytes(_DATE_BYTES, "big") + bundle[at + _DATE_BYTES :]


def _machine(settings: BundleSettings) -> str:
    if not _IDENTIFIER.fullmatch(settings.identifier):
        message = f"Flatpak does not take {settings.identifier!r} as the identifier of an app"
        raise FormatError(
            message,
            code="flatpak.identifier",
            help="use three names or more, with dashes in the last one only: org.example.my-app",
        )
    machine = settings.target.split("-")[0]
    if machine not in FlatpakFormat.machines:
        message = f"Flatpak has no runtime for {settings.target}"
        raise FormatError(
            message, code="format.system", help="build for x86_64 or aarch64, or leave it out"
        )
    return machine


def _exported(files: Tree) -> Tree:
    tree = Tree(date=files.date)
    for entry in files:
        if isinstance(entry, Folder):
            continue
        path = _below_prefix(entry.path)
        tree.add(_at(entry, f"{_FILES}{path}"))
        if path.startswith(_EXPORTED):
            tree.add(_at(entry, f"export/{path}"))
    return tree


def _below_prefix(path: str) -> str:
    if not path.startswith(_PREFIX):
        message = f"a Flatpak bundle cannot install /{path}: it is not below /usr"
        raise TreeError(message, code="tree.outside", help="give it a place below /usr")
    if path == _PREFIX + _MARK:
        message = f"a Flatpak bundle cannot install /{path}: flatpak makes a file of this name"
        raise TreeError(message, code="tree.conflict", help="change its destination")
    return path.removeprefix(_PREFIX)


def _at(entry: File | Link, path: str) -> File | Link:
    if isinstance(entry, Link):
        return Link(path=path, target=entry.target)
    # ostree keeps no more of a mode than whether a file is a program
    mode = 0o755 if entry.mode & stat.S_IXUSR else 0o644
    return File(path=path, data=entry.data, mode=mode)


def _write(tree: Tree, folder: Path) -> None:
    folder.mkdir()
    for entry in tree:
        path = folder / entry.path
        match entry:
            case Folder():
                path.mkdir()
                path.chmod(entry.mode)
            case Link():
                path.symlink_to(entry.target)
            case File():
                path.write_bytes(entry.data)
                path.chmod(entry.mode)


def _read(folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            yield Link(path=name, target=str(path.readlink()))
        elif path.is_dir():
            yield Folder(path=name, mode=mode)
        else:
            yield File(path=name, data=path.read_bytes(), mode=mode)


def _find_tools() -> None:
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        message = f"a Flatpak bundle needs {' and '.join(missing)}, not installed here"
        raise FormatError(message, code="format.no_tool", help=f"apt install {' '.join(missing)}")


def _run(home: Path, *command: str) -> None:
    """Run a tool in a folder that is also its home, so that it reads and leaves nothing elsewhere."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }
    try:
        done = subprocess.run(
            command,
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        message = f"{command[0]} did not end within {_TIMEOUT_S} s"
        raise FormatError(message, code="flatpak.failed", help="try again on a quiet disk") from exc
    if done.returncode:
        message = f"{command[0]} failed: {done.stderr.strip()[-300:]}"
        raise FormatError(message, code="flatpak.failed", help="see what the tool says")
