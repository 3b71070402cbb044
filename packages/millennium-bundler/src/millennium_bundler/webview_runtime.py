"""A WebView2 of the app's own: Microsoft's "fixed version", from its folder, .cab or .zip.

What is installed is the folder that holds `msedgewebview2.exe`, whatever folders lie around it.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

from millennium_bundler.errors import FormatError
from millennium_bundler.sign.tool import plain_environment
from millennium_bundler.tree import File

PROGRAM = "msedgewebview2.exe"
_MAX_BYTES = 2 * 1024 * 1024 * 1024
# Others ask for any memory they like.
_COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises for one that is damaged, locked, or of a newer kind.
_NO_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, RuntimeError, struct.error, IndexError),
)
_TIMEOUT_S = 600
# What reads Microsoft's LZX cabinets, each with its words before the file and the folder.
_READERS = (
    ("7z", ("x", "-y", "-bd"), "-o{folder}"),
    ("cabextract", ("-q",), "-d{folder}"),
    ("bsdtar", ("-xf",), "-C{folder}"),
)


def read_runtime_folder(folder: Path, inside: str) -> tuple[File, ...]:
    """Return the files of a runtime that lies in a folder; none when there is none.

    Args:
        folder: Where to look, at any depth.
        inside: Folder of the app that gets them.
    """
    found = sorted(path for path in folder.rglob("*") if path.name.lower() == PROGRAM)
    if not found:
        return ()
    root = found[0].parent
    return tuple(
        File(path=f"{inside}/{item.relative_to(root).as_posix()}", data=item.read_bytes())
        for item in sorted(root.rglob("*"))
        if item.is_file() and not item.is_symlink()  # it could lead to any file of this machine
    )


def unpack_runtime(data: bytes, inside: str) -> tuple[File, ...]:
    """Return the files of a runtime in a .cab or .zip; none when there is none.

    Raises:
        FormatError: It is neither, too large, or nothing here reads a cabinet.
    """
    with tempfile.TemporaryDirectory(prefix="millennium-webview-") as scratch:
        folder = Path(scratch) / "files"
        folder.mkdir()
        if data[:4] == b"MSCF":
            _unpack_cabinet(data, folder)
        elif zipfile.is_zipfile(io.BytesIO(data)):
            _unpack_zip(data, folder)
        else:
            message = "the fixed WebView2 runtime is neither a .cab nor a .zip"
            raise FormatError(message, code="webview.missing", help="see what the address gives")
        return read_runtime_folder(folder, inside)


def _unpack_zip(data: bytes, folder: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            items = archive.infolist()
            if sum(item.file_size for item in items) > _MAX_BYTES:
                message = "the fixed WebView2 runtime is too large"
                raise FormatError(
                    message, code="webview.missing", help="see what the address gives"
                )
            if any(item.compress_type not in _COMPRESSIONS for item in items):
                raise zipfile.BadZipFile
            archive.extractall(folder)
    except _NO_ZIP as exc:
        message = "the .zip of the fixed WebView2 runtime cannot be unpacked"
        raise FormatError(
            message, code="webview.missing", help="see what the address gives"
        ) from exc


def _unpack_cabinet(data: bytes, folder: Path) -> None:
    cabinet = folder.parent / "runtime.cab"
    cabinet.write_bytes(data)
    reader = next((one for one in _READERS if shutil.which(one[0])), None)
    if reader is None:
        message = "nothing here unpacks the .cab of the fixed WebView2 runtime"
        names = ", ".join(one[0] for one in _READERS)
        raise FormatError(message, code="format.no_tool", help=f"install one of {names}")
    tool, words, target = reader
    command = [tool, *words, str(cabinet), target.format(folder=folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=plain_environment(),
        )
    except subprocess.TimeoutExpired as exc:
        message = f"{tool} did not end within {_TIMEOUT_S} s"
        raise FormatError(
            message, code="webview.missing", help="try again on a quiet disk"
        ) from exc
    if done.returncode:
        message = f"{tool} cannot unpack the fixed WebView2 runtime"
        raise FormatError(message, code="webview.missing", help="see what the address gives")
