"""The commands that `millennium` gets from here, each imported when it is run.

`millennium --help` shows a line about each; signing and the formats behind them take longer to import than
that should last.
"""

from __future__ import annotations

from importlib import import_module

import click


class LaterCommand(click.Command):
    """Stands for a command that another module has.

    Args:
        name: As it is typed.
        module: Where the command is, under the same name.
        short_help: The line that a list shows.
    """

    def __init__(self, name: str, *, module: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._module = module

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Import the command and let it read its own words."""
        command: click.Command = getattr(import_module(self._module), self.name or "")
        return command.make_context(info_name, args, parent=parent, **extra)


bundle = LaterCommand(
    "bundle",
    module="millennium_bundler.cli",
    short_help="Make OS packages of a built executable.",
)
icon = LaterCommand(
    "icon",
    module="millennium_bundler.icon_cli",
    short_help="Draw all icons of an app from one picture.",
)
ledger = LaterCommand(
    "ledger",
    module="millennium_bundler.ledger_cli",
    short_help="Keep an append-only log of released files.",
)
sign = LaterCommand(
    "sign",
    module="millennium_bundler.signer_cli",
    short_help="Sign made files, inside and beside them.",
)
signer = LaterCommand(
    "signer",
    module="millennium_bundler.signer_cli",
    short_help="Make minisign keys, sign and verify with them.",
)
