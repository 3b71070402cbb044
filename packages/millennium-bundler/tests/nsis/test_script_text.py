"""Texts in a script: data stays data."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium_bundler.nsis.script_text import (
    DOLLAR_LINES,
    Code,
    ampersands,
    line,
    quoted,
    resource_line,
    word,
)

needs_compiler = pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain text", '"plain text"'),
        ('say "so"', '"say $\\"so$\\""'),
        ("$INSTDIR", '"${DOLLAR}INSTDIR"'),
        ("${NSISDIR}", '"${DOLLAR}{NSISDIR}"'),
        ("one\r\n!system x", '"one$\\r$\\n!system x"'),
        ("a\tb\x00c\x1bd", '"a$\\tbcd"'),
        ("Grüße 語", '"Grüße 語"'),
        ("", '""'),
    ],
    ids=["plain", "quotes", "variable", "constant", "lines", "controls", "letters", "nothing"],
)
def test_data_is_escaped(text: str, written: str):
    assert quoted(text) == written


def test_code_is_not_escaped_and_joins_with_data():
    assert quoted(Code("$INSTDIR\\a")) == '"$INSTDIR\\a"'
    assert line("File", word("/oname=", Code("$0"), "$0"), "b") == (
        'File "/oname=$0${DOLLAR}0" "b"'
    )


def test_keys_in_windows_are_doubled():
    assert ampersands("Salt & Pepper") == "Salt && Pepper"


@needs_compiler
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                ["$", "{", "}", "%", '"', "`", "'", "\\", "\n", "!", "@", "PATH", ";", "#"]
            ),
        ),
        max_size=12,
    ).map("".join)
)
def test_the_compiler_reads_back_what_was_written(tmp_path: Path, text: str):
    text = text.encode("utf-8", "ignore").decode()
    script = tmp_path / "probe.nsi"
    details = {"FileVersion": "1", "FileDescription": text, "LegalCopyright": "2"}
    lines = ["Unicode true", *DOLLAR_LINES, 'OutFile "x.exe"']
    lines += [resource_line("VIAddVersionKey /LANG=0", *detail) for detail in details.items()]
    lines += ["VIProductVersion 1.0.0.0", "Section", line("DetailPrint", text), "SectionEnd"]
    script.write_text("\n".join(lines), encoding="utf-8")
    words = ["makensis", "-V2", "-WX", "-NOCONFIG", "-INPUTCHARSET", "UTF8", str(script)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    data = (tmp_path / "x.exe").read_bytes()
    kept = text.translate(dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127)))
    assert f"{kept}\0".encode("utf-16-le") in data
