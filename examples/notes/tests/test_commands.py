"""What the page learns when the store refuses: a code, and a sentence for the person."""

from __future__ import annotations

import pytest

from millennium.testing import InvokeError, invoke, mock_app
from notes.__main__ import app
from notes.store import MAX_BODY_CHARS

GONE = 7


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("open_note", {"id": GONE}),
        ("save_note", {"id": GONE, "body": ""}),
        ("remove_note", {"id": GONE}),
    ],
    ids=["open", "save", "remove"],
)
def test_a_note_that_is_gone_has_a_code(name: str, args: dict[str, object]) -> None:
    with mock_app(app) as running, pytest.raises(InvokeError) as refused:
        running.page().invoke(name, args)
    assert (refused.value.code, refused.value.message) == (
        "notes.not_found",
        "This note is not there any more.",
    )


def test_a_note_that_is_too_long_has_a_code() -> None:
    with pytest.raises(InvokeError) as refused:
        invoke(app, "add_note", body="x" * (MAX_BODY_CHARS + 1))
    assert (refused.value.code, refused.value.message) == (
        "notes.too_long",
        "A note has at most 1,000,000 characters.",
    )


def test_a_removed_note_can_be_put_back() -> None:
    with mock_app(app) as running:
        added = invoke(running, "add_note", body="keep me")
        assert isinstance(added, dict)
        gone = invoke(running, "remove_note", id=added["id"])
        invoke(running, "restore_note", note=gone)
        assert invoke(running, "open_note", id=added["id"]) == added
