"""The command `millennium-bundler`, and `millennium bundle` beside it.

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 a tool is missing here · 4 the executable or a package failed verification.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from millennium_bundler import __version__
from millennium_bundler.app_signing import is_app
from millennium_bundler.bundle import (
    BundleOptions,
    Bundles,
    default_formats,
    find_formats,
    formats_for,
    load_formats,
)
from millennium_bundler.bundle import bundle as make_bundles
from millennium_bundler.bundle_signing import signing_for
from millennium_bundler.command_errors import (
    EXIT_ENVIRONMENT,
    EXIT_FAILED,
    EXIT_UNVERIFIED,
    EXIT_USAGE,
    shows_errors,
)
from millennium_bundler.errors import BundleError, ExecutableError, ManifestError, PackageError
from millennium_bundler.formats.interface import Format
from millennium_bundler.icon_cli import icon
from millennium_bundler.ledger_cli import ledger
from millennium_bundler.report import show_bundles, show_steps, write_anything
from millennium_bundler.settings import MANIFEST_NAME, Manifest, json_schema, load_manifest
from millennium_bundler.sign.minisign import read_public_key
from millennium_bundler.signer_cli import sign, signer
from millennium_bundler.verification import Verified, verify_folder, verify_package

# Whoever carries our commands may leave a function here that builds and returns the manifest's path,
BUILD_HOOK = "millennium.build"
# and how often its own --verbose was given.
VERBOSE = "millennium.verbose"

_ALL = "all"
_EXIT_INTERRUPTED = 130
_SYSTEM_WIDTH = len("windows")
_NO_TOOL = "format.no_tool"
_USAGE_CODES = ("format.unknown", "format.system")
_NOT_SIGNED = ("minisign.bad_signature", "minisign.other_key", "minisign.other_name")


def _exit_code(error: BundleError) -> int:
    if error.code in _USAGE_CODES:
        return EXIT_USAGE
    if error.code == _NO_TOOL:
        return EXIT_ENVIRONMENT
    is_unverified = isinstance(error, (ExecutableError, PackageError)) or error.code in _NOT_SIGNED
    return EXIT_UNVERIFIED if is_unverified else EXIT_FAILED


_shown = shows_errors(_exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What the user typed after `bundle`."""

    manifest: Path | None
    targets: tuple[str, ...]
    output: Path | None
    as_json: bool
    allow_unverified: bool
    with_lint: bool
    no_build: bool
    previous: Path | None
    offline: bool
    verbose: bool


@click.group()
@click.version_option(__version__, prog_name="millennium-bundler", message="%(prog)s %(version)s")
def group() -> None:
    """Make OS packages of any executable."""


@click.group(name="bundle", invoke_without_command=True)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="Read this bundle-manifest.json; build nothing.",
)
@click.option(
    "--targets",
    default="",
    metavar="A,B",
    help="Formats to make, as `list` names them, or all; else those of the configuration.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder for them; else bundle/ beside the manifest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--allow-unverified", is_flag=True, help="Take an executable that nobody saw start.")
@click.option(
    "--lint/--no-lint", "with_lint", default=True, help="Ask lintian and its like, where installed."
)
@click.option(
    "--previous", type=click.Path(path_type=Path), help="Folder of the last release, for deltas."
)
@click.option("--offline", is_flag=True, help="Fetch nothing: take what was fetched before.")
@click.option("--no-build", is_flag=True, help="Refuse a build that is not up to date.")
@click.option("--verbose", is_flag=True, help="Show where in its code a format has a bug.")
@click.pass_context
@_shown
def bundle(context: click.Context, /, targets: str, *, verbose: bool, **options: object) -> None:
    """Make OS packages of a built executable."""
    if context.invoked_subcommand is not None:
        return
    names = tuple(name for name in (part.strip().lower() for part in targets.split(",")) if name)
    if targets and not names:
        raise click.UsageError(f"no format in --targets {targets!r}", context)
    verbose = verbose or bool(context.meta.get(VERBOSE))
    request = _Request(targets=names, verbose=verbose, **options)  # type: ignore[arg-type]  # click checked the types
    _run(request, context.meta.get(BUILD_HOOK))


@bundle.command("list", short_help="List the formats that are installed.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@_shown
def list_command(*, as_json: bool) -> None:
    """List the formats that are installed: name, systems, and what each makes."""
    found = {name: point.value for name, point in find_formats().items()}
    formats = {format_.name: format_ for format_ in load_formats(found)}
    if as_json:
        rows = {
            name: {
                "class": value,
                "systems": list(formats[name].systems),
                "makes": _makes(formats[name]),
            }
            for name, value in found.items()
        }
        click.echo(json.dumps({"formats": rows}, indent=2))
        return
    width = max(map(len, found), default=0)
    for name in found:
        systems = ", ".join(formats[name].systems) or "cannot be imported"
        click.echo(f"{name:<{width}}  {systems:<{_SYSTEM_WIDTH}}  {_makes(formats[name])}".rstrip())


def _makes(format_: Format[Any]) -> str:
    """Return what a format says of itself in its first line."""
    said = (type(format_).__doc__ or "").strip() if format_.systems else ""
    return said.partition("\n")[0].rstrip(".")


@bundle.command("verify", short_help="Check checksums, signatures and provenance.")
@click.argument("path", metavar="FOLDER|PACKAGE", type=click.Path(path_type=Path, exists=True))
@click.option("-p", "--public-key", default="", help="A .pub file, or the key's one line.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@_shown
def verify_command(path: Path, public_key: str, *, as_json: bool) -> None:
    """Check a folder of packages, or one package by what stands beside it.

    Checksums; with a key also signatures, names, lists of parts and provenance.
    """
    is_package = is_app(path) or not path.is_dir()
    key = read_public_key(public_key) if public_key else None
    found = (verify_package if is_package else verify_folder)(path, key)
    if as_json:
        shown = {
            "files": found.files,
            "signed": found.is_signed,
            "apps": [{"identifier": name, "version": version} for name, version in found.apps],
            "unlisted": found.unlisted,
        }
        click.echo(json.dumps(shown, indent=2))
        return
    _show_verified(found)


@bundle.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of bundle-manifest.json."""
    click.echo(json.dumps(json_schema(), indent=2))


group.add_command(bundle)
group.add_command(icon)
group.add_command(ledger)
group.add_command(sign)
group.add_command(signer)


def main() -> None:
    """Run the command line; a bundling error never shows a traceback."""
    write_anything()
    try:
        code = group.main(prog_name="millennium-bundler", standalone_mode=False)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(_EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(code or 0)


def _run(request: _Request, build: Callable[[bool], Path] | None) -> None:
    # A slip of the finger is told before anything is built.
    typed = [] if request.targets in ((), (_ALL,)) else load_formats(request.targets)
    read = load_manifest(_manifest_path(request, build))
    try:
        _bundle(request, read, typed)
    except BundleError as error:
        read.tell_as_written(error)
        raise


def _bundle(request: _Request, read: Manifest, typed: list[Format[Any]]) -> None:
    manifest = dataclasses.replace(read, may_fetch=not request.offline)
    wants_all = not typed and (_ALL in request.targets or not manifest.settings.targets)
    formats = typed or (formats_for if wants_all else default_formats)(manifest)
    output = (request.output or manifest.path.parent / "bundle").absolute()
    with show_steps() as on_step, signing_for(manifest) as signed:
        options = BundleOptions(
            output=output,
            allow_unverified=request.allow_unverified,
            with_lint=request.with_lint,
            previous=request.previous,
            on_step=on_step,
        )
        done = _as_written(read, make_bundles(signed, formats, options))
    # Whoever asks for everything takes what this machine has the tools for, and hears of the rest.
    left_out = [one for one in done.failed if wants_all and one.error.code == _NO_TOOL]
    show_bundles(done, left_out=left_out, as_json=request.as_json, with_tracebacks=request.verbose)
    failed = [one for one in done.failed if one not in left_out]
    if failed:
        sys.exit(max(_exit_code(one.error) for one in failed))


def _as_written(manifest: Manifest, done: Bundles) -> Bundles:
    """Let all that is said of packages speak of the configuration."""
    for failure in done.failed:
        manifest.tell_as_written(failure.error)
    made = tuple(
        dataclasses.replace(one, warnings=tuple(map(manifest.as_written, one.warnings)))
        for one in done.made
    )
    return dataclasses.replace(done, made=made)


def _show_verified(found: Verified) -> None:
    count = f"{len(found.files)} {'file' if len(found.files) == 1 else 'files'}"
    apps = ", ".join(f"{identifier} {version}" for identifier, version in found.apps)
    if found.is_signed:
        click.echo(f"{count} of {apps}, as signed")
    else:
        click.echo(f"{count}, as in SHA256SUMS; pass --public-key to know by whom")
    if found.unlisted:
        names = ", ".join(map(repr, found.unlisted))
        click.echo(f"not in SHA256SUMS, and not looked at: {names}", err=True)


def _manifest_path(request: _Request, build: Callable[[bool], Path] | None) -> Path:
    if request.manifest is not None:
        return request.manifest
    if build is not None:
        return build(request.no_build)
    found = sorted(Path("dist").glob(f"*/*/{MANIFEST_NAME}"), key=lambda path: path.stat().st_mtime)
    if not found:
        message = f"no dist/<identifier>/<target>/{MANIFEST_NAME} below this folder"
        help_line = "run `millennium build`, or name one: --manifest FILE"
        raise ManifestError(message, code="manifest.missing", help=help_line)
    return found[-1]
