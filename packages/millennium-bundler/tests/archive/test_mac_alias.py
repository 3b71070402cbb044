"""Alias records: what another package reads in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from millennium_bundler.archive.mac_alias import AliasTarget, write_alias

TARGET = AliasTarget(
    volume="Hello", folder=".background", name="background.png", ids=(17, 18), date=1_735_689_600
)


def test_the_record_says_its_own_length():
    data = write_alias(TARGET)
    assert int.from_bytes(data[4:6], "big") == len(data)


def test_the_same_target_gives_the_same_bytes():
    assert write_alias(TARGET) == write_alias(TARGET)


def test_a_long_name_is_cut_at_a_letter():
    data = write_alias(AliasTarget(volume="é" * 40, folder="f", name="n", ids=(1, 2), date=0))
    assert data[10] == 26
    assert data[11:37].decode() == "é" * 13


def test_the_package_mac_alias_reads_the_same():
    other = pytest.importorskip("mac_alias", reason="needs mac_alias")
    found = other.Alias.from_bytes(write_alias(TARGET))
    assert found.volume.name == "Hello"
    assert found.volume.fs_type == b"H+"
    assert found.volume.posix_path == "/Volumes/Hello"
    assert found.target.posix_path == "/.background/background.png"
    assert (found.target.filename, found.target.folder_name) == ("background.png", ".background")
    assert (found.target.folder_cnid, found.target.cnid) == (17, 18)
    assert found.target.creation_date == datetime(2025, 1, 1, tzinfo=UTC)


def test_the_package_mac_alias_writes_the_same_bytes():
    other = pytest.importorskip("mac_alias", reason="needs mac_alias")
    data = write_alias(TARGET)
    assert other.Alias.from_bytes(data).to_bytes() == data
