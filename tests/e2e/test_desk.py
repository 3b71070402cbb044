"""The private screen of these tests is theirs alone: what runs beside them keeps its own."""

from __future__ import annotations

import os

import pytest

from desk import private_display

OWN = ":4242"


def test_a_private_display_is_another_one_and_this_process_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", OWN)
    with private_display() as environment:
        assert environment["DISPLAY"] != OWN
        assert os.environ["DISPLAY"] == OWN, "GTK in this process would trap without one"
