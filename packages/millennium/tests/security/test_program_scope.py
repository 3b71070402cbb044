"""A page names a program of the configuration, and gives it what its validators let through."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import BadPatternError, ProgramOutOfScopeError
from millennium.security.allowlist import ShellCommand
from millennium.security.program_scope import (
    MAX_ARGUMENT_CHARS,
    MAX_ARGUMENTS,
    ProgramScope,
    compile_validator,
)

SCOPE = ProgramScope(
    [
        ShellCommand(name="version", cmd="git", args=("--version",)),
        ShellCommand(name="status", cmd="git"),
        ShellCommand(name="show", cmd="git", args=("show", {"validator": "[a-z0-9]{1,40}"})),
        ShellCommand(name="echo", cmd="echo", args=True),
    ]
)


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("version", (), ("git", "--version")),
        ("version", ("--version",), ("git", "--version")),
        ("status", (), ("git",)),
        ("show", ("show", "abc123"), ("git", "show", "abc123")),
        ("echo", ("a b", "; rm -rf /", "$HOME"), ("echo", "a b", "; rm -rf /", "$HOME")),
    ],
    ids=["fixed, not said", "fixed, said", "no arguments", "validated", "any, as they are"],
)
def test_what_is_named_is_started(
    name: str, arguments: tuple[str, ...], line: tuple[str, ...]
) -> None:
    assert SCOPE.check(name, arguments) == line


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("git", ()),
        ("/usr/bin/git", ()),
        ("", ()),
        ("version", ("--help",)),
        ("version", ("--version", "more")),
        ("status", ("--help",)),
        ("show", ()),
        ("show", ("show",)),
        ("show", ("show", "abc", "def")),
        ("show", ("show", "ABC")),
        ("show", ("show", "abc\n; rm")),
        ("show", ("show", "abc\n")),
        ("show", ("show", "")),
        ("show", ("show", "٣")),
        ("show", ("show", "-abc")),
        ("echo", ("--option",)),
        ("echo", ("-",)),
        ("echo", ("a\0b",)),
        ("echo", (f"a{chr(0xD800)}",)),
        ("echo", ("x" * (MAX_ARGUMENT_CHARS + 1),)),
        ("echo", ("x",) * (MAX_ARGUMENTS + 1)),
    ],
)
def test_what_is_not_named_is_refused(name: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(ProgramOutOfScopeError):
        SCOPE.check(name, arguments)


def test_an_unset_scope_starts_nothing() -> None:
    with pytest.raises(ProgramOutOfScopeError):
        ProgramScope([]).check("git")


@pytest.mark.parametrize(
    "command",
    [
        ShellCommand(name="x"),
        ShellCommand(name="x", cmd="-c"),
        ShellCommand(name="x", cmd="a\0b"),
        ShellCommand(name="x", cmd="a", args=({"pattern": "a"},)),
        ShellCommand(name="x", cmd="a", args=({"validator": "("},)),
        ShellCommand(name="x", cmd="a", args=({"validator": "(a+)+"},)),
        ShellCommand(name="x", cmd="a.BAT", args=True),
        ShellCommand(name="x", cmd="a.cmd", args=({"validator": "a"},)),
        ShellCommand(name="x", cmd="a.bat. ", args=True),
    ],
    ids=[
        "no command",
        "option",
        "NUL",
        "key",
        "syntax",
        "slow",
        "batch, any",
        "batch, validated",
        "batch, dotted",
    ],
)
def test_a_program_that_could_not_be_meant_is_refused(command: ShellCommand) -> None:
    with pytest.raises(BadPatternError):
        ProgramScope([command])


def test_a_sidecar_is_no_program_by_name() -> None:
    scope = ProgramScope([ShellCommand(name="helper", sidecar=True)])

    with pytest.raises(ProgramOutOfScopeError):
        scope.check("helper")


def test_a_batch_file_with_fixed_arguments_is_started() -> None:
    scope = ProgramScope([ShellCommand(name="x", cmd="a.bat", args=("build",))])

    assert scope.check("x") == ("a.bat", "build")


def test_one_name_for_two_programs_is_refused() -> None:
    twice = [ShellCommand(name="x", cmd="a"), ShellCommand(name="x", cmd="b")]

    with pytest.raises(BadPatternError, match="two programs"):
        ProgramScope(twice)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|a)*",
        "(?:a*)*b",
        "((a)*b)+",
        "(a{2,}){3}",
        "([a-z]+,)*x",
        "(?P<x>a)(?P=x)",
        r"(a)\1",
        "a*a*a*a*",
        "(a?)*",
        "(?i:(a+))+",
        "(?x)(a+) +b",
        "(?ix:(a+) +)b",
        "(a+)(?#no)+",
        "a?" * 25 + "a" * 25,
        "a{0,99}" * 5 + "b",
        "(a|a)" * 30 + "b",
        "(a|b|ab)?" * 20,
        "a{,99}" * 5,
        "a{99999999999}",
        r"(\b){100000000}",
        "(?=a){100000000,}",
        "(?=a){100000000,100000001}",
        "a*a*a*(?=a){128}!",
        "a*a*a*(a){128}!",
        "a*a*a*" + "a" * 128 + "!",
        "(" * 490 + ")" * 490,
        "a" * 1001,
        "[a-z--x]",
    ],
)
def test_a_validator_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(BadPatternError):
        compile_validator(pattern)


@pytest.mark.parametrize("pattern", ["(?u)\\w", "(?iu)\\w", "(?u:\\w)", "a(?iu:\\w)b"])
def test_a_validator_that_asks_for_the_classes_of_unicode_is_refused(pattern: str) -> None:
    with pytest.raises(BadPatternError, match="Unicode"):
        compile_validator(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z]+",
        r"\d{4}-\d{2}-\d{2}",
        "(red|green|blue)",
        "(?:v?)x",
        r"[*+?(){}\]]+",
        r"\(a\)\+",
        r"v?\d{1,3}\.\d{1,3}(-\w+)?",
        "(jan|feb|mar|apr)-(mon|tue)",
        r"(?i)(?P<unit>u)\(\?u\)[(?u)]",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"https://[\w.-]+\.example\.com/.*\?.*",
        r"[a-z]{0,16}[0-9]{2,}",
        ".{1,512}",
        "a{0}",
    ],
)
def test_an_ordinary_validator_is_accepted(pattern: str) -> None:
    compile_validator(pattern)


def test_the_longest_of_what_is_accepted_is_quick() -> None:
    found = compile_validator("a*a*a*" + "a" * 56 + "!")
    began = time.process_time()
    found.fullmatch("a" * MAX_ARGUMENT_CHARS)

    assert time.process_time() - began < 5


@given(st.from_regex(r"[ab*+?|(){},1-3.\[\]\\]{1,12}", fullmatch=True))
def test_what_is_accepted_is_quick(pattern: str) -> None:
    try:
        compiled = compile_validator(pattern)
    except BadPatternError:
        return
    began = time.process_time()
    compiled.fullmatch("a" * (MAX_ARGUMENT_CHARS - 1) + "!")

    assert time.process_time() - began < 2
