"""A page suggests the name of a download, never a folder, and nothing that looks like another."""

from __future__ import annotations

import pytest

pytest.importorskip("gi", reason="needs PyGObject")

from millennium_runtime_webview.webkitgtk.downloads import MAX_NAME_CHARS, plain_name


@pytest.mark.parametrize(
    ("suggested", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("Bericht für Ada.pdf", "Bericht für Ada.pdf"),
        ("../../.bashrc", "bashrc"),
        ("/etc/passwd", "passwd"),
        (r"..\\..\\autorun.inf", "autorun.inf"),
        ("a/b/", "download"),
        ("..", "download"),
        (".", "download"),
        ("", "download"),
        ("   ", "download"),
        (".hidden", "hidden"),
        ("notes.txt. ", "notes.txt"),
        ("a\nb\0c.txt", "abc.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("x" * 500, "x" * MAX_NAME_CHARS),
    ],
    ids=ascii,
)
def test_only_a_plain_name_is_left(suggested: str, name: str) -> None:
    assert plain_name(suggested) == name
