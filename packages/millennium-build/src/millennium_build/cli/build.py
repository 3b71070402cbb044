"""`millennium build`: one executable of the app and its page."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from millennium_build.build import BuildRequest, BuildResult, BuildStep, build
from millennium_build.cli.packages import make_packages
from millennium_build.cli.terminal import accent, is_plain, print_json, print_table, say, warn
from millennium_build.project import open_project

_MEGABYTE = 1_000_000
_TITLES = {
    "hook": "before-build-command",
    "config": "read the configuration",
    "context": "embed assets and context",
    "plan": "find modules",
    "freeze": "freeze",
    "verify": "start it once",
    "manifest": "write manifest and SBOM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What the user typed after `build`."""

    freezer: str
    python: str
    output: Path | None
    no_verify: bool
    no_bundle: bool
    as_json: bool


@click.command()
@click.option("--freezer", default="", help="native, pyinstaller or another that is installed.")
@click.option("--no-verify", is_flag=True, help="Do not start the result.")
@click.option("--python", default="", help="The project's Python or its environment.")
@click.option("--output", type=click.Path(path_type=Path), help="Instead of dist in the project.")
@click.option("--no-bundle", is_flag=True, help="Make no packages, whatever bundle.active says.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(**options: object) -> None:
    """Make one executable of the app and its page."""
    typed = _Typed(**options)  # type: ignore[arg-type]  # click checked the types
    project = open_project(Path.cwd(), python=typed.python)
    say(f"python: {project.python.path} ({project.python.reason})")
    request = BuildRequest(
        root=project.root,
        python=project.python.path,
        freezer=typed.freezer,
        verify=not typed.no_verify,
        output=typed.output,
        on_step=step_printer(),
    )
    result = build(request)
    for warning in result.warnings:
        warn(warning)
    if typed.as_json:
        print_json(describe(result))
    else:
        _show(result)
    config = project.loaded.config
    if config.bundle.active and not typed.no_bundle:
        make_packages(config, project.root, result.manifest, is_quiet=typed.as_json)


def step_printer() -> Callable[[BuildStep], None]:
    """Return a function that says each step: when it starts on a terminal, always when it is done."""
    is_live = not is_plain(sys.stderr)

    def show(step: BuildStep) -> None:
        title = _TITLES.get(step.name, step.name)
        if step.seconds is None:
            if is_live:
                click.echo(f"  {title} …\r", err=True, nl=False)
            return
        mark = accent("✔", sys.stderr)
        line = f"{mark} {title:<26} {step.seconds:6.1f} s  {step.detail}"
        say(line.rstrip())

    return show


def describe(result: BuildResult) -> dict[str, object]:
    """Return a result as programs read it."""
    verification = result.verification
    return {
        "executable": str(result.path.absolute()),
        "bytes": result.bytes,
        "freezer": result.freezer,
        "verified": verification.verified,
        "verification": {
            "reason": verification.reason,
            "version": verification.version,
            "engine": verification.engine,
            "milliseconds": verification.milliseconds,
            "wall_milliseconds": verification.wall_milliseconds,
        },
        "manifest": str(result.manifest.absolute()),
        "seconds": round(sum(step.seconds or 0.0 for step in result.steps), 3),
        "steps": [
            {"name": step.name, "seconds": round(step.seconds or 0.0, 3), "detail": step.detail}
            for step in result.steps
        ],
        "warnings": list(result.warnings),
    }


def _show(result: BuildResult) -> None:
    seconds = sum(step.seconds or 0.0 for step in result.steps)
    verified = "yes" if result.verification.verified else "no"
    size = f"{result.bytes / _MEGABYTE:.2f} MB"
    row = (size, f"{seconds:.1f} s", result.freezer, verified, str(result.path))
    print_table(("size", "time", "freezer", "verified", "executable"), [row])
