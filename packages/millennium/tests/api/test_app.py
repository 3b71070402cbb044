"""What a page may know of the app, and do to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from millennium.api.app import COMMANDS
from millennium.security.allowlist import Allowlist
from millennium.testing import MockApp, assert_refused, invoke, mock_app
from millennium.version import __version__


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app(version="4.5.6", allowlist={"app": {"all": True}}) as running:
        yield running


def test_every_command_has_a_key_in_the_allowlist() -> None:
    known = {name for name in Allowlist(all=True).commands() if name.startswith("app.")}
    assert {endpoint.name for endpoint in COMMANDS} == known


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "Mock"),
        ("version", "4.5.6"),
        ("identifier", "org.example.mock"),
        ("millennium_version", __version__),
    ],
)
def test_a_page_knows_its_app(running: MockApp, name: str, expected: str) -> None:
    assert invoke(running, f"app.{name}") == expected


def test_a_page_hides_and_shows_all_windows(running: MockApp) -> None:
    invoke(running, "app.hide")
    assert not running.handle.window().is_visible()
    invoke(running, "app.show")
    assert running.handle.window().is_visible()


def test_a_page_ends_the_app() -> None:
    with mock_app(allowlist={"app": {"exit": True}}) as running:
        running.page().start("app.exit", {"code": 9})
    assert running.exit_code == 9


@pytest.mark.parametrize("code", [-1, 256, "1"], ids=str)
def test_an_exit_code_is_a_byte(running: MockApp, code: object) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "app.exit", code=code)


@pytest.mark.parametrize("name", ["show", "hide", "exit"])
def test_what_is_not_allowed_is_refused(name: str) -> None:
    with mock_app() as running, assert_refused():
        invoke(running, f"app.{name}")
