"""Which programs may be started for a page, with which arguments.

1. A page names a program by its name in the configuration, never by a path.
2. The result is a list of arguments for the system, never a line for a shell.
3. Fixed arguments are the configuration's. Each other one is one validator's: the whole text must
   match, in ASCII classes, so a line break smuggles nothing in behind it.
4. What a page chooses never begins with a dash, where programs look for options.
5. Validators cannot be made to run for ever: no repetition of repetitions, no back references, not
   more than so many ways to match, each of so many steps, and short arguments.
6. Batch files are refused where a page chooses arguments: Windows hands those to a shell.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import PureWindowsPath

from millennium.errors import BadPatternError, ProgramOutOfScopeError
from millennium.security.allowlist import ShellCommand

MAX_ARGUMENT_CHARS = 512
MAX_ARGUMENTS = 64
MAX_VALIDATOR_CHARS = 1000
MAX_WAYS = 2**24
MAX_STEPS = 2**30
UNBOUNDED_WAYS = 2**8
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_ESCAPE_OR_CLASS = re.compile(r"\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_UNICODE_FLAG = re.compile(r"\(\?[a-zA-Z]*u")
_QUANTIFIER = re.compile(r"(?<!\()\?|[*+]|\{(\d+)\}|\{(\d*),(\d*)\}")
_NO_ARGUMENT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_BATCH = frozenset({".bat", ".cmd"})

_Slot = str | re.Pattern[str]


class ProgramScope:
    """The programs of one window. Thread: any.

    Args:
        programs: As the configuration lists them.

    Raises:
        BadPatternError: A name twice, no command, or a validator that could run for ever.
    """

    def __init__(self, programs: Iterable[ShellCommand]) -> None:
        self._programs: dict[str, _Program] = {}
        for each in programs:
            if each.sidecar and not each.cmd:
                continue  # started as a part of the app, not by a command
            if each.name in self._programs:
                raise BadPatternError(f"two programs are named {each.name!r}")
            self._programs[each.name] = _Program(each)

    def check(self, name: str, arguments: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the command and its arguments, to be started without a shell.

        Args:
            name: Of the program, in the configuration.
            arguments: One for each fixed text and validator; none if there are only fixed ones.

        Raises:
            ProgramOutOfScopeError: Not named, or an argument that is not allowed.
        """
        program = self._programs.get(name)
        if program is None:
            raise ProgramOutOfScopeError(
                "no program of this name", help="name it in allowlist.shell.scope"
            )
        return program.check(arguments)


class _Program:
    """One program: its command, and what each argument may be."""

    def __init__(self, command: ShellCommand) -> None:
        if not command.cmd or command.cmd.startswith("-") or _CONTROL.search(command.cmd):
            raise BadPatternError(f"the program {command.name!r} has no command to start")
        self._command = command.cmd
        self._takes_any = command.args is True
        listed = () if isinstance(command.args, bool) else command.args
        self._slots = tuple(_slot(command.name, each) for each in listed)
        is_chosen = self._takes_any or any(isinstance(each, re.Pattern) for each in self._slots)
        if is_chosen and PureWindowsPath(command.cmd.rstrip(". ")).suffix.lower() in _BATCH:  # (6)
            raise BadPatternError(
                f"the program {command.name!r} is a batch file that takes a page's arguments",
                help="start the program itself",
            )

    def check(self, arguments: Sequence[str]) -> tuple[str, ...]:
        """Return command and arguments.

        Raises:
            ProgramOutOfScopeError: See `ProgramScope.check`.
        """
        if len(arguments) > MAX_ARGUMENTS:
            raise ProgramOutOfScopeError(f"more than {MAX_ARGUMENTS} arguments")
        if self._takes_any:
            for argument in arguments:
                _require_plain(argument)
            return (self._command, *arguments)
        fixed = [each for each in self._slots if isinstance(each, str)]
        if not arguments and len(fixed) == len(self._slots):
            return (self._command, *fixed)
        if len(arguments) != len(self._slots):
            raise ProgramOutOfScopeError("not as many arguments as the configuration lists")
        for slot, argument in zip(self._slots, arguments, strict=True):
            _require_fitting(slot, argument)
        return (self._command, *arguments)


def compile_validator(pattern: str) -> re.Pattern[str]:
    """Return a validator that takes little time for any argument.

    Raises:
        BadPatternError: No regular expression, or one that could run for ever.
    """
    if len(pattern) > MAX_VALIDATOR_CHARS:
        raise BadPatternError(f"a validator has more than {MAX_VALIDATOR_CHARS} characters")
    plain = _ESCAPE_OR_CLASS.sub("x", pattern)
    if _UNICODE_FLAG.search(plain):  # (3)
        raise BadPatternError(
            f"{pattern!r} asks for Unicode's classes",
            help="leave the flag u out: a validator matches in ASCII classes",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # it will mean something else one day
            compiled = re.compile(pattern, re.ASCII)
    except (re.error, ValueError, OverflowError, RecursionError, FutureWarning) as error:
        raise BadPatternError(f"{pattern!r} is no regular expression: {error}") from error
    if not _is_quick(plain):
        raise BadPatternError(
            f"{pattern!r} could take for ever",
            help="no repeated group that repeats or chooses inside, no back reference, no verbose "
            "flag or comment, at most three of * and +",
        )
    return compiled


def _slot(program: str, written: str | dict[str, str]) -> _Slot:
    if isinstance(written, str):
        return written
    if set(written) != {"validator"}:
        raise BadPatternError(
            f"an argument of {program!r} is neither a text nor a validator",
            help='write { validator = "[a-z]+" }',
        )
    return compile_validator(written["validator"])


def _require_fitting(slot: _Slot, argument: str) -> None:
    if isinstance(slot, str):
        if argument != slot:
            raise ProgramOutOfScopeError("an argument is not the fixed one")
        return
    _require_plain(argument)
    if not slot.fullmatch(argument):
        raise ProgramOutOfScopeError("an argument does not match its validator")


def _require_plain(argument: str) -> None:
    if argument.startswith("-"):  # (4)
        raise ProgramOutOfScopeError("an argument begins with a dash")
    if len(argument) > MAX_ARGUMENT_CHARS or _NO_ARGUMENT.search(argument):
        raise ProgramOutOfScopeError("an argument is too long, or holds control characters")


def _is_quick(plain: str) -> bool:
    """Whether matching takes polynomial time of a small degree, escapes and classes left out."""
    if re.search(r"\\[1-9]|\(\?P=|\(\?\(|\(\?#|\(\?[a-zA-Z]*x", plain):
        return False
    ways = _ways(plain)
    if ways > MAX_WAYS or ways * len(plain) > MAX_STEPS:
        return False
    while True:  # from the inside out: a group that may be repeated becomes one letter
        group = re.search(r"\((?:\?[^()]*?[:>!=])?([^()]*)\)([*+?]|\{[\d,]*\})?", plain)
        if group is None:
            return True
        is_busy = re.search(r"[*+|{?]", group[1])
        if is_busy and group[2] not in (None, "?"):
            return False
        left = "x*" if is_busy or group[2] else "x"
        plain = f"{plain[: group.start()]}{left}{plain[group.end() :]}"


def _ways(plain: str) -> int:
    """Return how many ways to match there may be, at most about; what is counted takes its time."""
    ways = 1 << plain.count("|")
    for found in _QUANTIFIER.finditer(plain):
        ways *= _ways_of(found)
        if ways > MAX_WAYS:
            break
    return ways


def _ways_of(found: re.Match[str]) -> int:
    exactly, least, most = found.groups()
    if found[0] == "?":
        return 2
    if exactly:
        return int(exactly) or 1  # a group that is nothing wide is tried as often all the same
    return int(most) + 1 if most else UNBOUNDED_WAYS + int(least or 0)
