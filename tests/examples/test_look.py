"""The examples share one look: each page folder needs a copy, and the copies are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("example", ["hello", "notes", "vault"])
def test_the_look_is_the_shared_one(example: str) -> None:
    shared = EXAMPLES / "shared"
    assert (EXAMPLES / example / "ui" / "look.css").read_bytes() == (
        shared / "look.css"
    ).read_bytes()
    assert (EXAMPLES / example / "icons" / "icon.svg").read_bytes() == (
        shared / "icon.svg"
    ).read_bytes()
