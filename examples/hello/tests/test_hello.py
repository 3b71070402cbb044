"""The one command of Hello, called as its page calls it."""

from __future__ import annotations

import pytest

from hello.__main__ import MAX_NAME_CHARS, app
from millennium.testing import assert_refused, invoke


@pytest.mark.parametrize("name", ["Ada", "  Ada \n"], ids=["plain", "with-space-around"])
def test_greets_by_name(name: str) -> None:
    assert invoke(app, "greet", name=name) == "Hello, Ada."


def test_a_greeting_needs_a_name() -> None:
    with assert_refused("hello.no_name"):
        invoke(app, "greet", name=" ")


def test_a_name_has_a_limit() -> None:
    with assert_refused("hello.long_name"):
        invoke(app, "greet", name="A" * (MAX_NAME_CHARS + 1))


def test_a_name_is_text() -> None:
    with assert_refused("command.bad_args"):
        invoke(app, "greet", name=7)
