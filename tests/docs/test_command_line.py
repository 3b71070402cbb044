"""The page about the command line leaves out no command and no option, and names none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from millennium_build.cli.main import group
from millennium_bundler.cli import group as bundler

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md"
INTRODUCTION, *REST = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
SECTIONS = {section.split()[1]: section for section in REST}


def _tree() -> click.Group:
    """Return the commands of `millennium`; those of the bundler stand for themselves only when they run."""
    context = click.Context(group)
    tree = click.Group()
    for name in group.list_commands(context):
        found = bundler.commands.get(name) or group.get_command(context, name)
        assert found is not None
        tree.add_command(found, name)
    return tree


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if path:
        yield path
    if isinstance(command, click.Group):
        for name, found in command.commands.items():
            yield from _commands(found, (*path, name))


def _options(path: tuple[str, ...]) -> set[str]:
    command: click.Command = TREE
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    named = [word for one in command.params for word in (*one.opts, *one.secondary_opts)]
    return {word for word in named if word.startswith("--")} - {"--help"}


TREE = _tree()
COMMANDS = list(_commands(TREE, ()))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_each_command_is_on_the_page_with_its_options(path: tuple[str, ...]):
    section = SECTIONS[path[0]]
    assert all(word in section for word in path)
    named = re.findall(r"--[a-z0-9-]+", section + INTRODUCTION)
    assert _options(path) - set(named) == set()


def test_each_option_of_the_page_is_one_of_a_command():
    known = {word for path in COMMANDS for word in _options(path)}
    assert set(re.findall(r"`(--[a-z0-9-]+)", "".join(REST))) - known == set()


def test_an_option_that_is_left_out_would_be_seen():
    assert _options(("icon",)) == {"--output", "--json"}
    assert "--no-such" not in PAGE.read_text(encoding="utf-8")
