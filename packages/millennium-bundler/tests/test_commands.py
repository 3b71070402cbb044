"""Commands that are imported when they are run say what the real ones say."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from millennium_bundler import commands
from millennium_bundler.commands import LaterCommand

ALL = [commands.bundle, commands.icon, commands.ledger, commands.sign, commands.signer]


@pytest.fixture
def outer() -> click.Group:
    """Whoever carries the commands."""
    group = click.Group("millennium")
    for command in ALL:
        group.add_command(command)
    return group


@pytest.mark.parametrize("later", ALL, ids=lambda later: later.name)
def test_the_line_in_a_list_is_that_of_the_real_command(later: LaterCommand):
    real = getattr(import_module(later._module), later.name or "")
    assert later.get_short_help_str(100) == real.get_short_help_str(100)


@pytest.mark.parametrize("later", ALL, ids=lambda later: later.name)
def test_the_real_command_shows_its_own_help(outer: click.Group, later: LaterCommand):
    real = getattr(import_module(later._module), later.name or "")
    shown = CliRunner().invoke(outer, [later.name or "", "--help"])
    usage = real.get_help(click.Context(real, info_name=f"millennium {later.name}"))
    assert (shown.exit_code, shown.stdout.split()) == (0, usage.split())


def test_it_runs(outer: click.Group):
    assert "deb" in CliRunner().invoke(outer, ["bundle", "list"]).stdout


def test_nothing_heavy_is_imported_for_the_list():
    script = "import sys, millennium_bundler.commands; print('cryptography' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_control_a_real_command_imports_it():
    script = "import sys, millennium_bundler.signer_cli; print('cryptography' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
