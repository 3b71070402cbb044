"""Names of eight and three letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.msi.categories import is_well_formed
from millennium_bundler.msi.short_names import both_names


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("app.exe", "app.exe"),
        ("README", "README"),
        ("resources", "RESOUR~1|resources"),
        ("strings.json", "STRING~1.JSO|strings.json"),
        ("a b.txt", "AB~1.TXT|a b.txt"),
        (".hidden", "_~1.HID|.hidden"),
        ("日本.txt", "_~1.TXT|日本.txt"),
        ("one.two.txt", "ONETWO~1.TXT|one.two.txt"),
    ],
)
def test_a_name_is_shortened_as_dos_had_it(name: str, found: str):
    assert both_names(name, set()) == found


def test_no_short_name_is_given_twice_in_a_folder():
    taken: set[str] = set()
    found = [both_names(f"resources {number}", taken) for number in range(12)]
    shorts = [name.partition("|")[0] for name in found]
    assert len(set(shorts)) == 12
    assert shorts[0] == "RESOUR~1"
    assert shorts[-1] == "RESOU~12"


def test_a_long_name_gives_way_to_a_short_one_of_that_name():
    taken = {"APP.EXE"}
    assert both_names("app.exe", taken) == "APP~1.EXE|app.exe"


@given(st.text("abcÄ日 ._-~+", min_size=1, max_size=30))
def test_every_name_is_one_of_windows(name: str):
    assert is_well_formed(both_names(name, set()), "Filename")
