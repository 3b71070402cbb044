"""How the command line looks."""

from __future__ import annotations

import io
import json

import pytest

from millennium.errors import Location, UnknownKeyError
from millennium_build.cli.terminal import (
    accent,
    exit_code,
    is_plain,
    print_json,
    print_table,
    say,
    show_error,
    step,
    warn,
    write_anything,
)
from millennium_build.errors import (
    BuildError,
    NativeMissingError,
    ProjectNameError,
    VerificationError,
)
from millennium_runtime.errors import MillenniumRuntimeError, NoEngineError, WindowClosedError


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Makes both streams a terminal with colours."""
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_talk_goes_to_stderr_and_data_to_stdout(capsys: pytest.CaptureFixture[str]):
    say("talk")
    print_json({"ü": 1})
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"ü": 1}, "talk\n")


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]):
    print_table(("a", "b"), [("long one", "x"), ("y", "z")])
    assert capsys.readouterr().out == "a         b\nlong one  x\ny         z\n"


def test_a_terminal_gets_the_same_cells(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch)
    print_table(("a", "b"), [("[red]one", "x")])
    assert "[red]one" in screen.getvalue()


def test_a_narrow_terminal_cuts_nothing(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "20")
    print_table(("a", "b", "c"), [("one", "x" * 90, "/a/long/path/that/is/copied")])
    [_, row] = screen.getvalue().splitlines()
    assert row.split() == ["one", "x" * 90, "/a/long/path/that/is/copied"]


def test_a_table_wraps_to_no_empty_line(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch)
    print_table(("a", "b"), [("one", "x"), ("two", "x" * 90)])
    [heading, row, _] = screen.getvalue().splitlines()
    assert heading.endswith("\x1b[1;36mb\x1b[0m")
    assert row == "one  x"


@pytest.mark.parametrize("coding", ["cp1252", "latin-1"], ids=str)
def test_a_stream_without_our_marks_gets_their_numbers(
    monkeypatch: pytest.MonkeyPatch, coding: str
):
    data = io.BytesIO()
    pipe = io.TextIOWrapper(data, encoding=coding)
    monkeypatch.setattr("sys.stdout", pipe)
    write_anything()
    print_table(("", "what"), [("✔", "Müller")])
    pipe.flush()
    assert data.getvalue().split() == [b"what", b"\\u2714", "Müller".encode(coding)]


def test_a_stream_that_takes_everything_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="surrogateescape")
    monkeypatch.setattr("sys.stdout", pipe)
    write_anything()
    assert pipe.errors == "surrogateescape"


def test_steps_say_how_long_they_took(capsys: pytest.CaptureFixture[str]):
    with step("freeze"):
        pass
    assert capsys.readouterr().err.startswith("✔ freeze ")


def test_a_terminal_has_one_accent(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch)
    warn("careful")
    assert "\x1b[" in accent("x", screen)
    assert "careful" in screen.getvalue()


def test_a_pipe_has_none(capsys: pytest.CaptureFixture[str]):
    warn("careful")
    assert capsys.readouterr().err == "warning: careful\n"


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [("NO_COLOR", "1", True), ("TERM", "dumb", True), ("TERM", "xterm", False)],
    ids=["no colour", "dumb", "colour"],
)
def test_colour_is_asked_for(monkeypatch: pytest.MonkeyPatch, name: str, value: str, plain: bool):
    screen = terminal(monkeypatch)
    monkeypatch.setenv(name, value)
    assert is_plain(screen) is plain


def test_an_error_shows_number_place_cause_and_help(capsys: pytest.CaptureFixture[str]):
    error = UnknownKeyError("unknown key 'x'", help="one\ntwo", location=Location("a.toml", 3, 4))
    error.__cause__ = ValueError("deeper")
    show_error(error)
    assert capsys.readouterr().err == (
        "error[M0105]: unknown key 'x'\n"
        "  --> a.toml:3:4\n"
        "  = cause: deeper\n"
        "  = help: one\n"
        "  = help: two\n"
    )


def test_a_cause_that_says_nothing_new_is_left_out(capsys: pytest.CaptureFixture[str]):
    error = BuildError("it broke: deeper")
    error.__cause__ = ValueError("deeper")
    show_error(error)
    assert capsys.readouterr().err == "error[M0300]: it broke: deeper\n"


@pytest.mark.parametrize(
    ("message", "is_told"),
    [("cannot write a: No space left on device", False), ("cannot write a", True)],
    ids=["said", "not said"],
)
def test_what_the_system_says_is_told_once(
    capsys: pytest.CaptureFixture[str], message: str, is_told: bool
):
    error = BuildError(message)
    error.__cause__ = OSError(28, "No space left on device", "/tmp/.a.1234")
    show_error(error)
    assert ("= cause: [Errno 28] No space" in capsys.readouterr().err) is is_told


def test_an_error_of_the_runtime_shows_its_number(capsys: pytest.CaptureFixture[str]):
    show_error(NoEngineError("no webview", help="install it"))
    assert capsys.readouterr().err.startswith("error[M0208]: no webview\n")


def test_an_error_without_number_shows_its_code(capsys: pytest.CaptureFixture[str]):
    class OwnError(MillenniumRuntimeError):
        code = "toaster.cold"

    show_error(OwnError("no bread", help="buy some"))
    assert capsys.readouterr().err.startswith("error[toaster.cold]: no bread\n")


def test_an_unforeseen_error_asks_for_a_report(capsys: pytest.CaptureFixture[str]):
    show_error(ZeroDivisionError("by zero"))
    assert capsys.readouterr().err == (
        "error[M0399]: unexpected ZeroDivisionError: by zero\n"
        "  = help: run it again with -vv and report what it prints\n"
    )


def test_a_traceback_is_shown_when_asked_twice(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch)
    show_error(ZeroDivisionError("by zero"), verbosity=2)
    assert screen.getvalue().startswith("ZeroDivisionError: by zero")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProjectNameError("x"), 2),
        (NativeMissingError("x"), 3),
        (NoEngineError("x"), 3),
        (VerificationError("x"), 4),
        (WindowClosedError("x"), 1),
        (ValueError("x"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_error_has_its_exit_code(error: Exception, code: int):
    assert exit_code(error) == code
