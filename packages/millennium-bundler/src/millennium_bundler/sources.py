"""The files that a manifest names: are they there? Asked once, before any package is begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from millennium_bundler.errors import ExecutableError, IconError, TreeError
from millennium_bundler.settings import Manifest


def check_sources(manifest: Manifest) -> None:
    """Refuse a manifest that names a file which is not there.

    Raises:
        ExecutableError: The executable.
        IconError: An icon.
        TreeError: Anything else.
    """
    executable = manifest.resolve(manifest.settings.executable)
    if not executable.is_file():
        message = f"no executable at {executable}"
        raise ExecutableError(message, code="executable.missing", help="run `millennium build`")
    for path in manifest.settings.icons:
        place = manifest.resolve(path)
        if not place.is_file():
            message = f"there is no icon {place}"
            help_line = "correct the path in `icon`; make icons: millennium icon PICTURE"
            raise IconError(message, code="icon.missing", help=help_line, place=str(place))
    for what, place in _named(manifest):
        if not place.is_file():
            message = f"there is no {what} {place}"
            raise TreeError(message, code="tree.missing", help="correct the path, or leave it out")


def _named(manifest: Manifest) -> Iterator[tuple[str, Path]]:
    settings = manifest.settings
    for path in settings.license_files:
        yield "licence", manifest.resolve(path)
    for extra in settings.files:
        yield "file", manifest.resolve(extra.source)
    if settings.sbom:
        yield "sbom", manifest.resolve(settings.sbom)
