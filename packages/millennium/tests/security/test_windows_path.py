"""What Windows would open under another name is told, on every system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.security.windows_path import is_plain_name, is_plain_path


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Users\1\notes.txt",
        "c:/Users/1/notes.txt",
        "C:\\",
        r"C:\console\nullable\com10.txt",
        r"C:\a~b\notes~.txt",
        r"C:\averylongname~1.txt",
        r"C:\.hidden\..a",
        "C:\\Grüße\\é e\u0301.txt",
    ],
)
def test_a_path_that_means_itself_is_plain(path: str) -> None:
    assert is_plain_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "notes.txt",
        r"\notes.txt",
        "/notes.txt",
        "C:notes.txt",
        "C:",
        r"\\server\share\notes.txt",
        "//server/share/notes.txt",
        r"\\?\C:\notes.txt",
        r"\\.\C:\notes.txt",
        r"//?/C:/notes.txt",
        r"\??\C:\notes.txt",
        r"\\.\PhysicalDrive0",
        r"\\?\GLOBALROOT\Device",
        "1:\\a",
        "CC:\\a",
    ],
)
def test_a_path_of_another_kind_is_not(path: str) -> None:
    assert not is_plain_path(path)


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "con",
        "NUL",
        "nul.txt",
        "Nul .txt",
        "nul.tar.gz",
        "AUX",
        "PRN",
        "COM1",
        "com0",
        "LPT9.log",
        "COM\u00b9",
        "LPT\u00b3",
        "CONIN$",
        "CONOUT$",
        "CLOCK$",
        "notes.txt:stream",
        "notes.txt::$DATA",
        "folder:$I30:$INDEX_ALLOCATION",
        "notes.txt.",
        "notes.txt ",
        "notes. . ",
        "..",
        ".",
        "PROGRA~1",
        "progra~1.txt",
        "A~123456",
        "a?b",
        "a*b",
        "a|b",
        "a<b",
        'a"b',
        "a\nb",
        "a\0b",
        "",
    ],
)
def test_a_name_with_a_second_meaning_is_not_plain(name: str) -> None:
    assert not is_plain_name(name)
    assert name == "" or not is_plain_path(f"C:\\notes\\{name}\\more")


@given(st.text(max_size=40))
def test_a_plain_path_has_one_drive_and_no_other_colon(path: str) -> None:
    assert not is_plain_path(path) or (path[1] == ":" and ":" not in path[2:])


@given(st.sampled_from(["con", "nul", "aux", "com3", "lpt7"]), st.text(max_size=8))
def test_nothing_behind_a_device_makes_it_plain(device: str, extension: str) -> None:
    assert not is_plain_name(f"{device}.{extension}")
    assert not is_plain_name(f"{device.upper()} .{extension}")
