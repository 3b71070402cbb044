"""Writes a new project from a template folder.

Rules:

1. ``{{name}}`` in paths and in files that end with ``.in`` becomes the value of that name, once: what a
   value says is not read again. A name that nobody gave is an error. Other files are copied.
2. No path leaves the destination, neither by its own text nor through a link that lies there.
3. All conflicts are found before the first file is written; nothing is overwritten unless asked, and
   nothing is ever removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from millennium_build.errors import ProjectExistsError, TemplateError, UnknownTemplateError
from millennium_build.output import write_file

TEMPLATES = Path(__file__).with_name("templates")

_RENDERED = ".in"
_SLOT = re.compile(r"\{\{([^{}]*)\}\}")
_SHOWN_CONFLICTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One file to write."""

    path: str
    data: bytes


def render(template: Path, values: Mapping[str, str]) -> list[Rendering]:
    """Render all files of a template, sorted by path.

    Raises:
        UnknownTemplateError: It does not exist.
        TemplateError: It names an unknown value, or leaves its folder.
    """
    sources = sorted(path for path in template.rglob("*") if path.is_file())
    if not sources:
        message = f"there is no template {template.name!r}"
        raise UnknownTemplateError(message, help=f"templates: {', '.join(template_names())}")
    found = [_render_file(source, source.relative_to(template), values) for source in sources]
    return sorted(found, key=lambda rendering: rendering.path)


def write(files: list[Rendering], folder: Path, *, overwrite: bool = False) -> None:
    """Write rendered files into a folder, which is made when it is not there.

    Raises:
        ProjectExistsError: A file exists, and overwriting was not asked for.
        TemplateError: A link in the folder leads out of it.
        OutputError: The folder does not take them.
    """
    for file in files:
        if not (folder / file.path).resolve().is_relative_to(folder.resolve()):
            message = f"{file.path} would be written outside {folder}"
            raise TemplateError(message, help="remove the link in that folder")
    taken = [file.path for file in files if (folder / file.path).exists()]
    if taken and not overwrite:
        shown = ", ".join(taken[:_SHOWN_CONFLICTS]) + (" …" if taken[_SHOWN_CONFLICTS:] else "")
        message = f"{folder} has files that would be overwritten: {shown}"
        raise ProjectExistsError(message, help="choose another name, or pass --force")
    for file in files:
        write_file(folder / file.path, file.data)


def template_names() -> list[str]:
    """Return the names of the templates that are shipped."""
    return sorted(
        path.name for path in TEMPLATES.iterdir() if (path / "pyproject.toml.in").is_file()
    )


def _render_file(source: Path, relative: Path, values: Mapping[str, str]) -> Rendering:
    path = PurePosixPath(_fill(relative.as_posix(), values, relative))
    if path.is_absolute() or ".." in path.parts:
        raise TemplateError(f"{relative} would be written as {path}, outside the project")
    data = source.read_bytes()
    if path.suffix == _RENDERED:
        path = path.with_suffix("")
        data = _fill(data.decode(), values, relative).encode()
    return Rendering(path=str(path), data=data)


def _fill(text: str, values: Mapping[str, str], place: Path) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in values:
            raise TemplateError(f"{place} names {name!r}, which has no value")
        return values[name]

    return _SLOT.sub(value, text)
