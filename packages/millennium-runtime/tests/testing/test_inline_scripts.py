"""Scripts that stand in a document."""

from __future__ import annotations

from millennium_runtime.testing.inline_scripts import inline_scripts


def test_classic_inline_scripts_are_found_in_order():
    assert inline_scripts("<script>one()</script><p>text<script>two()</script>") == (
        "one()",
        "two()",
    )


def test_scripts_from_elsewhere_and_data_are_left_out():
    page = '<script src="a.js"></script><script type="application/json">{}</script>'
    assert inline_scripts(page) == ()
