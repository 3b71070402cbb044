"""`millennium config`: print, check or describe the configuration."""

from __future__ import annotations

from pathlib import Path

import click

from millennium.config.export import dump_json, dump_toml, json_schema
from millennium.config.load import load_config, require_assets, require_main
from millennium_build.cli.terminal import PLATFORM, print_json, warn


@click.group(name="config")
def command() -> None:
    """Print, check or describe the configuration."""


@command.command("print")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of TOML.")
@PLATFORM
def print_command(*, as_json: bool, platform: str) -> None:
    """Print the whole configuration, defaults and overlay included."""
    loaded = load_config(Path.cwd(), platform=platform)
    click.echo(dump_json(loaded.config) if as_json else dump_toml(loaded.config), nl=as_json)


@command.command("schema")
@click.option("--json5", "is_json5", is_flag=True, help="Spell keys as .millenniumrc does.")
def schema_command(*, is_json5: bool) -> None:
    """Print the JSON Schema, for editors."""
    print_json(json_schema("camel" if is_json5 else "kebab"))


@command.command("validate")
@PLATFORM
def validate_command(*, platform: str) -> None:
    """Check the configuration, and that its app and its page are there."""
    loaded = load_config(Path.cwd(), platform=platform)
    for warning in loaded.warnings:
        warn(warning)
    require_main(loaded)
    require_assets(loaded)
    dev_path = loaded.config.build.dev_path
    if "://" not in dev_path:
        require_assets(loaded, folder=dev_path)
    click.echo(f"{loaded.path.name}: {loaded.config.identifier} {loaded.config.version} is valid")
