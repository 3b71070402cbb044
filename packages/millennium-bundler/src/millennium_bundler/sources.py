"""The files that a manifest names: are they there, and is the executable one for the target?

Asked once, before any package is begun.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from millennium_bundler.errors import ExecutableError, IconError, TreeError
from millennium_bundler.layout import read_executable
from millennium_bundler.macos_layout import read_program
from millennium_bundler.settings import Manifest
from millennium_bundler.windows_layout import read_windows_executable


def check_sources(manifest: Manifest) -> None:
    """Refuse a manifest that names a file which is not there, or an executable that is none for its target.

    Raises:
        ExecutableError: The executable.
        IconError: An icon.
        TreeError: Anything else.
    """
    executable = manifest.resolve(manifest.settings.executable)
    if not _is_file(executable):
        message = f"no executable at {executable}"
        raise ExecutableError(message, code="executable.missing", help="run `millennium build`")
    _check_executable(manifest)
    for path in manifest.settings.icons:
        place = manifest.resolve(path)
        if not _is_file(place):
            message = f"there is no icon {place}"
            help_line = "correct the path in `icons`; make icons: millennium icon PICTURE"
            raise IconError(message, code="icon.missing", help=help_line, place=str(place))
    for what, place in _named(manifest):
        if not _is_file(place):
            message = f"there is no {what} {place}"
            raise TreeError(message, code="tree.missing", help="correct the path, or leave it out")


def _check_executable(manifest: Manifest) -> None:
    match manifest.settings.system:
        case "windows":
            read_windows_executable(manifest)
        case "macos":
            read_program(manifest, read_executable(manifest))
        case "linux":
            read_executable(manifest)


def _is_file(path: Path) -> bool:
    """Tell whether a file is there; a name that is too long, or in a closed folder, is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _named(manifest: Manifest) -> Iterator[tuple[str, Path]]:
    settings = manifest.settings
    for path in settings.license_files:
        yield "licence", manifest.resolve(path)
    for extra in settings.files:
        yield "file", manifest.resolve(extra.source)
    if settings.sbom:
        yield "sbom", manifest.resolve(settings.sbom)
