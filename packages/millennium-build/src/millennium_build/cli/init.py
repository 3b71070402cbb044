"""`millennium init`: a new project with app, page and test."""

from __future__ import annotations

import keyword
import re
import shlex
import sys
from pathlib import Path

import click

from millennium_build.cli.terminal import say
from millennium_build.errors import ProjectNameError
from millennium_build.scaffold import TEMPLATES, render, write

_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z][A-Za-z0-9-]*)+")
_TITLE = re.compile(r"[^\x00-\x1f\x7f\"\\<>&{}/]+")
_MAX_NAME_CHARS = 64


@click.command()
@click.argument("name")
@click.option("--identifier", default="", help="Reverse domain name, such as org.example.notes.")
@click.option("--title", default="", help="What people call the app.")
@click.option(
    "--template", default="vanilla", show_default=True, help="What to start from: vanilla."
)
@click.option("--yes", is_flag=True, help="Take the defaults, ask nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(  # noqa: PLR0913 - one parameter per option
    name: str, identifier: str, title: str, template: str, *, yes: bool, force: bool
) -> None:
    """Make a new project in a folder of its own; `.` is the one you are in."""
    folder = Path(name)
    is_here = bool(name) and folder == Path()
    project = _checked_name(Path.cwd().name if is_here else folder.name)
    asks = sys.stdin is not None and sys.stdin.isatty() and not yes
    title = title or _ask("Title", _title(project), asks=asks)
    identifier = identifier or _ask("Identifier", f"com.example.{_label(project)}", asks=asks)
    _check(title, identifier)
    values = {
        "name": project,
        "package": _package(project),
        "title": title,
        "identifier": identifier,
        "description": f"Desktop app {title}",
    }
    files = render(TEMPLATES / template, values)
    write(files, folder, overwrite=force)
    for file in files:
        click.echo(str(folder / file.path))
    say("\nNext:" + ("" if is_here else f"\n  cd {_quoted(folder)}") + "\n  millennium dev")


def _quoted(folder: Path) -> str:
    return f'"{folder}"' if sys.platform == "win32" else shlex.quote(str(folder))


def _ask(question: str, default: str, *, asks: bool) -> str:
    return str(click.prompt(question, default=default, err=True)) if asks else default


def _checked_name(name: str) -> str:
    package = _package(name)
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME_CHARS:
        message = f"{name!r} cannot be the name of a project"
        help_line = (
            "start with a letter; use letters, digits, '.', '_' and '-' only, "
            f"and at most {_MAX_NAME_CHARS} of them"
        )
        raise ProjectNameError(message, help=help_line)
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or package == "millennium":
        message = f"{name!r} would hide the Python module {package!r}"
        raise ProjectNameError(message, help=f"choose another one, such as {name}-app")
    return name


def _check(title: str, identifier: str) -> None:
    if not _TITLE.fullmatch(title):
        message = f"{title!r} cannot be a title"
        raise ProjectNameError(message, help="leave out quotes, slashes, backslashes, < > & { }")
    if not _IDENTIFIER.fullmatch(identifier):
        message = f"{identifier!r} is no reverse domain name"
        help_line = "use two or more parts of letters a-z, digits and '-', as in org.example.notes"
        raise ProjectNameError(message, help=help_line)


def _package(name: str) -> str:
    return re.sub(r"[.-]+", "_", name).lower()


def _title(name: str) -> str:
    words = re.sub(r"[._-]+", " ", name)
    return words[:1].upper() + words[1:]


def _label(name: str) -> str:
    return re.sub(r"[._-]+", "-", name).lower()
