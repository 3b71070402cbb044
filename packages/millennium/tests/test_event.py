"""The grammar of event names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import EventNameError
from millennium.event import require_name, require_page_name

LETTERS = "abcXYZ019/:_-"


@given(st.text(LETTERS, min_size=1, max_size=64))
def test_a_good_name_is_returned(name: str) -> None:
    assert require_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a.b", "x" * 65, "ä", "a\n", "a\x00"],
    ids=["empty", "space", "dot", "long", "umlaut", "newline", "nul"],
)
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(EventNameError, match="is not 1 to 64"):
        require_name(name)


def test_a_page_may_send_a_name_of_its_own() -> None:
    assert require_page_name("notes:changed") == "notes:changed"


def test_a_page_may_not_send_a_name_of_the_framework() -> None:
    with pytest.raises(EventNameError, match="framework's own"):
        require_page_name("millennium:close-requested")
