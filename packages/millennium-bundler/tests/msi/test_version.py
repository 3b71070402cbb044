"""Versions as an .msi has them."""

from __future__ import annotations

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.msi.version import msi_version


@pytest.mark.parametrize(
    "version", ["1.1.1", "1.1.1.1", "255.1.1.1", "1.255.1.1", "1.1.65535.1", "1.1.1.65535"]
)
def test_versions_within_the_limits_are_kept(version: str):
    assert msi_version(version) == version


@pytest.mark.parametrize("version", ["256.1.1.1", "1.256.1.1", "1.1.65536.1", "1.1.1.65536"])
def test_numbers_above_the_limits_are_refused(version: str):
    with pytest.raises(FormatError, match="above") as caught:
        msi_version(version)
    assert caught.value.number == "M0480"


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("1.1.2", "1.1.2"),
        ("1.1.2-4", "1.1.2.4"),
        ("1.1.2-65535", "1.1.2.65535"),
        ("1.1.2+2", "1.1.2.2"),
        ("1.1.2-4+2", "1.1.2.2"),
        ("1", "1.0.0"),
        ("1.2", "1.2.0"),
        ("01.2.3", "1.2.3"),
    ],
)
def test_a_fourth_number_may_be_build_or_pre_release(version: str, found: str):
    assert msi_version(version) == found


@pytest.mark.parametrize(
    "version",
    [
        "1.1.2-alpha",
        "1.1.2-alpha.4",
        "1.1.2+asd.3",
        "1.2.0rc1",
        "1.1.1.1.1",
        "\u0661.\u0662.\u0663",
    ],
)
def test_letters_have_no_order_there(version: str):
    with pytest.raises(FormatError, match="numbers alone") as caught:
        msi_version(version)
    assert "windows.msi.version" in caught.value.help


@pytest.mark.parametrize("version", ["1.1.2-65536", "1.1.2+65536"])
def test_a_fourth_number_above_its_limit_is_refused(version: str):
    with pytest.raises(FormatError, match="65536"):
        msi_version(version)
