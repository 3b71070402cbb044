"""The entry of the `millennium` command.

Rules:

1. A sub-command's module is imported when it is typed; `--help` of the group imports none of ours.
2. Others add commands by the entry-point group `millennium.cli`; a name of ours cannot be taken.
3. An error ends as number, place, cause and help, and as one of the exit codes of
   `millennium_build.cli.terminal`; a traceback is printed only with -vv.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import click

from millennium_build import __version__
from millennium_build.cli.terminal import (
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    exit_code,
    say,
    show_error,
    write_anything,
)
from millennium_build.errors import UsageError

GROUP = "millennium.cli"
# The bundler's command finds under this key what makes a manifest, and so need not know us.
BUILD_HOOK = "millennium.build"

# Command → what it does in one line, so that --help imports nothing.
COMMANDS: dict[str, str] = {
    "init": "Make a new project in a folder of its own.",
    "dev": "Run the app from source and follow every saved file.",
    "check": "Compare configuration, code and page without running the app.",
    "run": "Run the app from source, as a release would.",
    "build": "Make one executable of the app and its page.",
    "doctor": "Say what is missing on this machine, and how to mend it.",
    "config": "Print, check or describe the configuration.",
    "inspect": "Explain what the configuration makes of the app.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules of this package, or entry points of others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return our commands in reading order, then those of others by name."""
        del ctx
        return [*COMMANDS, *sorted(set(_others()) - set(COMMANDS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of this name."""
        del ctx
        if cmd_name in COMMANDS:
            module = importlib.import_module(f"millennium_build.cli.{cmd_name}")
            command: click.Command = module.command
            return command
        point = _others().get(cmd_name)
        return None if point is None else _load(point)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing ours."""
        others = _others()
        names = self.list_commands(ctx)[len(COMMANDS) :]
        rows = [*COMMANDS.items(), *((name, _short_help(others[name])) for name in names)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `millennium init NAME`. Exit codes: 0 done, 1 failed, 2 wrong usage, "
    "3 something is missing here, 4 the executable did not prove that it works.",
)
@click.version_option(__version__, prog_name="millennium", message="%(prog)s %(version)s")
@click.option("-v", "--verbose", count=True, help="Say more; -vv adds tracebacks.")
@click.pass_context
def group(context: click.Context, verbose: int) -> None:
    """Apps whose window is the system's webview and whose logic is Python."""
    context.meta["millennium.verbose"] = verbose
    context.meta[BUILD_HOOK] = _current_manifest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    write_anything()
    try:
        answer = group.main(words, prog_name="millennium", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        show_error(_usage_error(error))
        return EXIT_USAGE
    except click.Abort:
        say("stopped")
        return EXIT_INTERRUPTED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place that can keep a traceback from a user
        show_error(error, verbosity=_verbosity(words))
        return exit_code(error)
    return answer if isinstance(answer, int) else 0


def _usage_error(error: click.ClickException) -> UsageError:
    """Say what click refused as every other error is said."""
    text = error.format_message().rstrip(".")
    context: click.Context | None = getattr(error, "ctx", None)
    path = "millennium" if context is None else context.command_path
    advice = f"`{path} --help` says what there is"
    if context is not None and isinstance(context.command, LazyGroup):  # click guesses elsewhere
        import difflib  # noqa: PLC0415 - only a slip of the finger pays for it

        typed = re.search(r"'(?P<name>[^']*)'", text)
        names = group.list_commands(context)
        near = difflib.get_close_matches(typed["name"] if typed else "", names, n=1)
        advice = f"did you mean `{path} {near[0]}`?" if near else advice
    return UsageError(text[:1].lower() + text[1:], help=advice)


def _current_manifest(no_build: bool) -> Path:
    module = importlib.import_module("millennium_build.cli.bundling")
    path: Path = module.current_manifest(no_build)
    return path


def _verbosity(words: Sequence[str]) -> int:
    # The context is gone when an error arrives here, so the words are counted once more.
    letters = [word[1:] for word in words if word.startswith("-") and not word.startswith("--")]
    short = sum(len(word) for word in letters if set(word) == {"v"})
    return short + sum(word == "--verbose" for word in words)


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _short_help(point: EntryPoint) -> str:
    try:
        return _load(point).get_short_help_str(limit=70)
    except UsageError as error:
        return f"({error.message})"


def _load(point: EntryPoint) -> click.Command:
    try:
        found = point.load()
    except Exception as exc:
        message = f"the command {point.name!r} of {point.value} cannot be imported"
        raise UsageError(message, help="reinstall or remove the package it is from") from exc
    if not isinstance(found, click.Command):
        message = f"{point.value}, which wants to be `millennium {point.name}`, is no click command"
        raise UsageError(message, help="reinstall or remove the package it is from")
    return found
