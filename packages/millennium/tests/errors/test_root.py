"""An error carries what helps, and tells a page only what it may know."""

from __future__ import annotations

from millennium.errors import (
    CommandError,
    ConfigError,
    Location,
    NotAllowedError,
)


def test_an_error_carries_code_number_message_help_and_place() -> None:
    error = ConfigError("no", help="do", location=Location("millennium.toml", 3, 7))

    assert (error.code, error.number, error.message, error.help) == (
        "config.invalid",
        "M0101",
        "no",
        "do",
    )
    assert str(error) == "no"
    assert str(error.location) == "millennium.toml:3:7"


def test_a_place_without_a_line_is_only_the_file() -> None:
    assert str(Location("millennium.toml")) == "millennium.toml"


def test_a_page_learns_code_and_message_only() -> None:
    error = ConfigError("no", help="secret", location=Location("/home/ada/x"))

    assert error.to_page() == {"code": "config.invalid", "message": "no"}


def test_a_denied_page_never_learns_the_reason() -> None:
    assert "greet" not in NotAllowedError("greet is not granted").to_page()["message"]


def test_a_command_chooses_its_own_code() -> None:
    error = CommandError("notes.not_found", "no such note")

    assert error.to_page() == {"code": "notes.not_found", "message": "no such note"}
    assert error.number == ""
