"""Debian's version numbers."""

from __future__ import annotations

import itertools
import shutil
import subprocess

import pytest

from millennium_bundler.debian_version import debian_version, sort_key
from millennium_bundler.errors import FormatError

ORDERED = [
    "1.0~~", "1.0~", "1.0~rc.1", "1.0", "1.0-1", "1.0-2", "1.0+b", "1.0.1", "1.2", "1.10", "2.0a",
    "2.0b", "2.0+", "1:0.1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1.2.3", "1.2.3"),
        ("1.0.0-rc.1", "1.0.0~rc.1"),
        ("1.0a1", "1.0~a1"),
        ("1.0rc2", "1.0~rc2"),
        ("1.0.dev3", "1.0.dev3"),
        ("1.0+local", "1.0+local"),
    ],
    ids=str,
)
def test_pre_releases_sort_first(given: str, expected: str):
    assert debian_version(given) == expected


def test_a_version_debian_cannot_read_is_refused():
    with pytest.raises(FormatError) as caught:
        debian_version("1.0_2")
    assert caught.value.code == "deb.version"


@pytest.mark.parametrize("pair", list(itertools.pairwise(ORDERED)), ids=str)
def test_versions_sort_as_policy_says(pair: tuple[str, str]):
    assert sort_key(pair[0]) < sort_key(pair[1])


@pytest.mark.skipif(not shutil.which("dpkg"), reason="needs dpkg")
@pytest.mark.parametrize("pair", list(itertools.pairwise(ORDERED)), ids=str)
def test_dpkg_agrees(pair: tuple[str, str]):
    assert subprocess.call(["dpkg", "--compare-versions", pair[0], "lt", pair[1]]) == 0
