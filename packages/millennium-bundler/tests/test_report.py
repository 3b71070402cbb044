"""How results look."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import click
import pytest

from millennium_bundler.bundle import Bundle, Bundles, Failure
from millennium_bundler.errors import BundleError, FormatError
from millennium_bundler.formats.interface import Finding
from millennium_bundler.report import is_plain, show_bundles, show_error, show_steps, write_anything

FINDINGS = (
    Finding(tool="lintian", severity="error", tag="bad", message="[x]"),
    Finding(tool="lintian", severity="warning", tag="odd"),
)


def made(findings: tuple[Finding, ...] | None = FINDINGS) -> Bundle:
    return Bundle(
        target="deb",
        path=Path("/out/a.deb"),
        size_bytes=1_500_000,
        sha256="0" * 64,
        seconds=1.23456,
        is_signed=False,
        warnings=("no email",),
        findings=findings,
    )


def show(bundle: Bundle, *, as_json: bool) -> None:
    show_bundles(Bundles(made=(bundle,)), left_out=[], as_json=as_json)


MISSING = Failure(
    target="flatpak",
    error=FormatError(
        "flatpak is not installed", code="format.no_tool", help="apt install flatpak"
    ),
)
BROKEN = Failure(
    target="rpm", error=FormatError("no release", code="format.write", help="name one")
)


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, name: str) -> Terminal:
    """Makes a stream a terminal with colours."""
    screen = Terminal()
    monkeypatch.setattr(f"sys.{name}", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_a_pipe_gets_one_line_per_package(capsys: pytest.CaptureFixture[str]):
    show(made(), as_json=False)
    out, err = capsys.readouterr()
    assert out == ("deb  1.50 MB  1.2 s  1 error, 1 warning  unsigned  000000000000  /out/a.deb\n")
    assert err == "warning: deb: no email\nerror: lintian: bad [x]\nwarning: lintian: odd\n"


def test_a_package_nobody_linted_says_so(capsys: pytest.CaptureFixture[str]):
    show(made(None), as_json=False)
    assert "not linted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("findings", "lint"),
    [(None, None), (FINDINGS[1:], [
        {"tool": "lintian", "severity": "warning", "tag": "odd", "message": ""}
    ])],
    ids=["not linted", "linted"],
)  # fmt: skip
def test_json_is_data_alone(
    capsys: pytest.CaptureFixture[str], findings: tuple[Finding, ...] | None, lint: object
):
    show(made(findings), as_json=True)
    [found] = json.loads(capsys.readouterr().out)["bundles"]
    assert (found["target"], found["bytes"], found["seconds"]) == ("deb", 1_500_000, 1.235)
    assert found["lint"] == lint


def test_a_terminal_gets_a_table(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch, "stdout")
    show(made(), as_json=False)
    assert "package" in screen.getvalue()
    assert "1.50 MB" in screen.getvalue()
    assert "a.deb" in screen.getvalue()
    assert "/out" in screen.getvalue().splitlines()[-1]


@pytest.mark.parametrize(
    ("room", "headings"),
    [
        (200, "package size time lint signature sha256 file"),
        (90, "package size time lint signature file"),
        (80, "package size lint signature file"),
        (66, "package size signature file"),
        (10, "package file"),
    ],
    ids=["wide", "nearly", "usual", "narrow", "much too narrow"],
)
def test_a_narrow_terminal_gets_fewer_columns_and_whole_names(
    monkeypatch: pytest.MonkeyPatch, room: int, headings: str
):
    screen = terminal(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", str(room))
    name = "hello-you_0.1.0_x86_64.AppImage"
    show(replace(made(), path=Path("/out") / name), as_json=False)
    first, row, folder = map(click.unstyle, screen.getvalue().splitlines())
    assert first.split() == headings.split()
    assert row.endswith(f"  {name}")
    assert folder == "in /out"


def test_columns_stand_below_each_other(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", "200")
    other = replace(made(None), target="appimage", size_bytes=12_000_000, is_signed=True)
    show_bundles(Bundles(made=(made(), other)), left_out=[], as_json=False)
    assert click.unstyle(screen.getvalue()).splitlines()[:3] == [
        "package       size   time  lint                signature  sha256        file",
        "deb        1.50 MB  1.2 s  1 error, 1 warning  unsigned   000000000000  a.deb",
        "appimage  12.00 MB  1.2 s  not linted          signed     000000000000  a.deb",
    ]


def test_a_pipe_without_our_letters_gets_their_numbers(monkeypatch: pytest.MonkeyPatch):
    data = io.BytesIO()
    pipe = io.TextIOWrapper(data, encoding="cp1252")
    monkeypatch.setattr("sys.stdout", pipe)
    write_anything()
    show(replace(made(), path=Path("/out/日.deb")), as_json=False)
    pipe.flush()
    assert data.getvalue().endswith(b"/out/\\u65e5.deb" + os.linesep.encode())


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [("NO_COLOR", "1", True), ("TERM", "dumb", True), ("NO_COLOR", "", False)],
    ids=["no colour", "dumb", "colour"],
)
def test_a_terminal_can_ask_for_plain_lines(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, plain: bool
):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(name, value)
    assert is_plain(Terminal()) is plain


def test_a_terminal_sees_errors_and_warnings_in_colour(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch, "stderr")
    show_error(BundleError("it broke", code="tree.missing"))
    show(made(), as_json=False)
    said = screen.getvalue()
    assert "\x1b[31m\x1b[1merror[M0432]\x1b[0m: it broke\n" in said
    assert "\x1b[33m\x1b[1mwarning\x1b[0m: deb: no email\n" in said
    assert "\x1b[31m\x1b[1merror\x1b[0m: lintian: bad [x]\n" in said


def test_an_error_shows_place_cause_and_help(capsys: pytest.CaptureFixture[str]):
    error = BundleError("it broke", code="tree.missing", help="mend it", place="a.json:1:2")
    error.__cause__ = ValueError("the deeper reason")
    show_error(error)
    assert capsys.readouterr().err == (
        "error[M0432]: it broke\n"
        "  --> a.json:1:2\n"
        "  = cause: the deeper reason\n"
        "  = help: mend it\n"
    )


def test_an_error_that_knows_no_more_is_one_line(capsys: pytest.CaptureFixture[str]):
    error = BundleError("it broke: why", code="tree.missing")
    error.__cause__ = ValueError("why")
    show_error(error)
    assert capsys.readouterr().err == "error[M0432]: it broke: why\n"


@pytest.mark.parametrize(
    ("message", "is_told"),
    [("a.json: No such file or directory", False), ("a.json is not there", True)],
    ids=["said", "not said"],
)
def test_what_the_system_says_is_told_once(
    capsys: pytest.CaptureFixture[str], message: str, is_told: bool
):
    error = BundleError(message, code="tree.missing")
    error.__cause__ = FileNotFoundError(2, "No such file or directory", "a.json")
    show_error(error)
    assert ("= cause: [Errno 2] No such" in capsys.readouterr().err) is is_told


def test_a_failed_format_is_named_in_its_error(capsys: pytest.CaptureFixture[str]):
    show_bundles(Bundles(made=(), failed=(BROKEN,)), left_out=[], as_json=False)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "error[M0442]: rpm: no release\n  = help: name one\n")


def test_a_format_without_its_tool_is_left_out_with_the_reason(capsys: pytest.CaptureFixture[str]):
    show_bundles(Bundles(made=(), failed=(MISSING,)), left_out=[MISSING], as_json=False)
    said = "left out: flatpak: flatpak is not installed; apt install flatpak\n"
    assert capsys.readouterr().err == said


def test_json_tells_failed_from_left_out(capsys: pytest.CaptureFixture[str]):
    show_bundles(Bundles(made=(), failed=(BROKEN, MISSING)), left_out=[MISSING], as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["failed"] == [
        {"target": "rpm", "code": "format.write", "message": "no release"}
    ]
    assert document["left_out"] == [{"target": "flatpak", "reason": "flatpak is not installed"}]


def test_a_terminal_without_a_package_gets_no_table(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch, "stdout")
    show_bundles(Bundles(made=(), failed=(BROKEN,)), left_out=[], as_json=False)
    assert screen.getvalue() == ""


def test_steps_are_lines_in_a_pipe(capsys: pytest.CaptureFixture[str]):
    with show_steps() as on_step:
        on_step("deb", "lint")
        on_step("deb", "")
    lines = [line.split("s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["deb: lint", "deb: done"]


def test_steps_live_on_a_terminal(monkeypatch: pytest.MonkeyPatch):
    screen = terminal(monkeypatch, "stderr")
    with show_steps() as on_step:
        on_step("deb", "write and verify")
        on_step("deb", "lint")
        on_step("deb", "")
    assert "✔" in screen.getvalue()
    assert "deb" in screen.getvalue()
