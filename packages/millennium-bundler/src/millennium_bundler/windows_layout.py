r"""Where everything goes on Windows: settings become one `Tree` below the folder of the app.

1. The executable lies at the top as `<binary_name>.exe`; libraries and resources lie where their
   destinations say, "/" being the folder of the app, and so are the folders that Linux has for an app:
   `/usr/lib/<binary_name>`, `/usr/share/<binary_name>`, `/usr/bin`.
2. Names are such that Windows can have: no `<>:"|?*\`, no device (CON, NUL, COM1 …), no dot or space at
   the end, and no two that differ in case alone.
3. The executable is for the target's machine, and so is every other one beside it that is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from millennium_bundler.errors import ExecutableError, SignError, TreeError
from millennium_bundler.layout import read_executable, read_extra
from millennium_bundler.pe import is_pe, read_pe
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.code_signature import check_signature
from millennium_bundler.sign.program_digest import read_program
from millennium_bundler.tree import File, Tree, source_date

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_SIGNED_ENDINGS = (".exe", ".dll")
_MAX_PATH_CHARS = 200
_MAX_FOLDER_NAME = 60


def executable_name(manifest: Manifest) -> str:
    """Return the name of the executable in the folder of the app."""
    name = manifest.settings.binary_name
    return name if name.lower().endswith(".exe") else f"{name}.exe"


def plain_folder(name: str) -> str:
    """Return a name without what a folder or a registry key cannot have."""
    kept = "".join(" " if sign in '<>:"/\\|?*[]' else sign for sign in name)
    return " ".join(kept.split()).strip(". ")[:_MAX_FOLDER_NAME].strip(". ")


def read_windows_executable(manifest: Manifest) -> bytes:
    """Return the executable's bytes after checking that Windows can run it on the target.

    Raises:
        ExecutableError: Missing, changed, not for Windows, or for another machine.
    """
    data = read_executable(manifest)
    name = manifest.settings.executable
    if not is_pe(data):
        message = f"{name} is no Windows executable"
        raise ExecutableError(
            message, code="executable.wrong_target", help="build for this target", place=name
        )
    _check_machine(manifest, name, data)
    return data


def windows_tree(manifest: Manifest, executable: bytes) -> Tree:
    """Lay out what every Windows installer puts into the folder of the app.

    Args:
        manifest: What to install.
        executable: What `read_windows_executable` returned.

    Raises:
        TreeError: A file is missing, two want one place, or Windows cannot have its name.
        ExecutableError: A library is for another machine.
    """
    tree = Tree(date=source_date(manifest.settings.source_date))
    tree.file(executable_name(manifest), executable, mode=0o755)
    for extra in manifest.settings.files:
        data = read_extra(manifest.resolve(extra.source), what="file")
        if is_pe(data):
            _check_machine(manifest, extra.source, data)
        tree.file(windows_place(manifest, extra.destination), data, mode=int(extra.mode, 8))
    check_windows_names(tree)
    return tree


def windows_names(manifest: Manifest) -> Tree:
    """Lay out what `windows_tree` does, with empty files: enough to judge names before any work.

    Raises:
        TreeError: Two files want one place, Windows cannot have a name, or a file cannot be read.
        ExecutableError: A library is for another machine.
    """
    tree = Tree(date=source_date(manifest.settings.source_date))
    tree.file(executable_name(manifest), b"")
    for extra in manifest.settings.files:
        tree.file(windows_place(manifest, extra.destination), b"")
    check_windows_names(tree)
    windows_tree(manifest, b"")
    return tree


def windows_place(manifest: Manifest, destination: str) -> str:
    """Return where below the folder of the app a file of the manifest lies."""
    name = manifest.settings.binary_name.removesuffix(".exe")
    for folder in (f"/usr/lib/{name}/", f"/usr/share/{name}/", "/usr/bin/"):
        if destination.startswith(folder):
            return destination.removeprefix(folder)
    return destination.lstrip("/")


def signed_windows_tree(manifest: Manifest, more: Iterable[File] = ()) -> Tree:
    """Lay out what an installer carries, with its programs signed when somebody signs.

    What others have signed, a library of Microsoft's say, keeps their signature; the app's executable gets ours.

    Args:
        manifest: What to install.
        more: Further files, such as a WebView2 of the app's own.

    Raises:
        BundleError: As `windows_tree`, or a program cannot be signed.
    """
    tree = windows_tree(manifest, read_windows_executable(manifest))
    signer = manifest.signing.authenticode
    executable = executable_name(manifest)
    found = Tree(date=tree.date)
    for entry in tree.files():
        data = entry.data
        is_program = entry.path.lower().endswith(_SIGNED_ENDINGS)
        if signer is not None and is_program and (entry.path == executable or not _is_signed(data)):
            data = signer.sign(data, name=entry.path.rpartition("/")[2])
        found.add(File(path=entry.path, data=data, mode=entry.mode))
    for file in more:
        found.add(file)
    check_windows_names(found)
    return found


def check_windows_names(tree: Tree) -> None:
    """Refuse names that Windows cannot have.

    Raises:
        TreeError: One has a sign, a length or a meaning that Windows forbids, or meets another that
            differs in case alone.
    """
    seen: dict[str, str] = {}
    for entry in tree:
        reason = _refusal(entry.path)
        other = seen.setdefault(entry.path.casefold(), entry.path)
        if not reason and other != entry.path:
            reason = f"is the same as {other!r} there"
        if reason:
            message = f"Windows cannot have {entry.path!r}: it {reason}"
            raise TreeError(message, code="windows.name", help="change its destination")


def _is_signed(data: bytes) -> bool:
    try:
        program = read_program(data)
        check_signature(program.signature, program.digest)
    except SignError:
        return False
    return True


def _refusal(path: str) -> str:
    if len(path) > _MAX_PATH_CHARS:
        return f"is longer than {_MAX_PATH_CHARS} characters"
    for part in path.split("/"):
        if _FORBIDDEN.search(part):
            return 'holds one of < > : " | ? * \\'
        if _DEVICE.fullmatch(part):
            return "names a device"
        if part.endswith((".", " ")):
            return "ends with a dot or a space"
    return ""


def _check_machine(manifest: Manifest, name: str, data: bytes) -> None:
    wanted = manifest.settings.target.split("-")[0]
    found = read_pe(data, place=name).machine
    if found != wanted:
        message = f"{name} is for {found}, the manifest says {wanted}"
        raise ExecutableError(message, code="executable.wrong_target", help="build for this target")
