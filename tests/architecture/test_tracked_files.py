"""No tracked file names a place on somebody's machine or a registry's host."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# In pieces, so that this file holds none of them.
PLACES = re.compile(
    rb"/(?:root|work|opt/pypi)/|/Users/[A-Za-z]+/|[A-Z]:\\\\Users"
    rb"|py"
    rb"pi\.org|python"
    rb"hosted|registry\.np"
    rb"mjs|deb\.deb"
    rb"ian\.org|\.lib"
    rb"rary/"
)
OURSELVES = "tests/architecture/test_tracked_files.py"


def _tracked() -> list[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [
        name for name in names.split("\0") if name and name != OURSELVES and (ROOT / name).is_file()
    ]


def _places(text: bytes) -> set[bytes]:
    return set(PLACES.findall(text))


@pytest.mark.parametrize("name", _tracked())
def test_file_names_no_place_of_a_machine(name: str) -> None:
    found = _places((ROOT / name).read_bytes())
    assert found == set()


@pytest.mark.parametrize("text", [b"/%b/x" % b"root", b"https://pyp%b.org/simple/x" % b"i"])
def test_control_finds_such_places(text: bytes) -> None:
    assert _places(text)
