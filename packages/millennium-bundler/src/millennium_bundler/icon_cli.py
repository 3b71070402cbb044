"""`millennium icon`: every icon an app needs, from one SVG or PNG.

Exit codes: 0 done · 1 failed · 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from millennium_bundler.errors import BundleError, IconError
from millennium_bundler.icns import write_icns
from millennium_bundler.icons import FINE_SIZES, IconSet, make_icons
from millennium_bundler.output import replace_file
from millennium_bundler.report import show_error
from millennium_bundler.windows_icon import write_ico

_EXIT_FAILED = 1
_ENOUGH = 512
_NAME = "icon"


@click.command("icon", short_help="Draw all icons of an app from one picture.")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("icons"),
    show_default=True,
    help="Folder for the icons.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def icon(source: Path, output: Path, *, as_json: bool) -> None:
    """Draw all sizes of an icon: PNG for Linux, .ico for Windows, .icns for macOS."""
    try:
        made = make_icons((source,), sizes=FINE_SIZES)
        paths = _write_all(made, output)
    except BundleError as error:
        show_error(error)
        sys.exit(_EXIT_FAILED)
    largest = max(made.png)
    if largest < _ENOUGH:
        click.echo(
            f"warning: {source} is {largest} pixels wide; {_ENOUGH} or an SVG looks sharp everywhere",
            err=True,
        )
    if as_json:
        click.echo(json.dumps({"icons": [str(path) for path in paths]}, indent=2))
        return
    for path in paths:
        click.echo(str(path))
    click.echo(f"in pyproject.toml: [tool.millennium.bundle] icon = {_setting(paths)}", err=True)


def _write_all(made: IconSet, folder: Path) -> list[Path]:
    files = {f"{side}x{side}.png": data for side, data in made.png.items()}
    files[f"{_NAME}.ico"] = write_ico(made.png)
    files[f"{_NAME}.icns"] = write_icns(made.png)
    if made.svg is not None:
        files[f"{_NAME}.svg"] = made.svg
    paths: list[Path] = []
    for name, data in files.items():
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, data)
        except OSError as exc:
            message = f"{path} cannot be written: {exc.strerror}"
            raise IconError(message, code="icon.write", help="choose another --output") from exc
        paths.append(path)
    return paths


def _setting(paths: list[Path]) -> str:
    """Return the value of `icon`: the largest picture for Linux first, then those of the others."""
    pictures = [path for path in paths if path.suffix in {".png", ".svg"}]
    others = [path for path in paths if path.suffix in {".ico", ".icns"}]
    return json.dumps([path.as_posix() for path in (pictures[-1], *others)])
