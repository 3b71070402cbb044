"""Names of systems are those that Tauri's updater asks for."""

from __future__ import annotations

import pytest

from millennium_bundler.errors import UpdaterError
from millennium_bundler.updater.platform import platform_key


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("x86_64-linux-gnu", "linux-x86_64"),
        ("aarch64-linux-gnu", "linux-aarch64"),
        ("x86_64-pc-windows-msvc", "windows-x86_64"),
        ("x86_64-windows", "windows-x86_64"),
        ("aarch64-apple-darwin", "darwin-aarch64"),
        ("universal-apple-darwin", "darwin-universal"),
        ("i686-linux-gnu", "linux-i686"),
    ],
)
def test_a_target_has_the_name_of_tauri(target: str, key: str):
    assert platform_key(target) == key


@pytest.mark.parametrize(
    "target", ["", "x86_64", "pdp11-linux-gnu", "x86_64-plan9", "linux-x86_64"]
)
def test_an_unknown_target_is_refused(target: str):
    with pytest.raises(UpdaterError, match="no updater knows"):
        platform_key(target)
