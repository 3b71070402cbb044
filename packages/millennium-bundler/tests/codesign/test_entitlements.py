"""Entitlements: both forms, and what they cannot hold."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from millennium_bundler.codesign.entitlements import entitlement_blobs, load_entitlements
from millennium_bundler.errors import FormatError, TreeError
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]


def test_the_same_entitlements_give_the_same_bytes():
    assert entitlement_blobs({"a": True, "b": 1}) == entitlement_blobs({"b": 1, "a": True})


def test_truth_and_numbers_are_told_apart():
    _, truth = entitlement_blobs({"a": True})
    _, number = entitlement_blobs({"a": 1})
    assert truth.endswith(b"\x0c\x01a\x01\x01\xff")
    assert number.endswith(b"\x0c\x01a\x02\x01\x01")


@pytest.mark.parametrize(
    "value", [1.5, b"data", datetime(2025, 1, 1, tzinfo=UTC).replace(tzinfo=None)]
)
def test_values_of_other_kinds_are_refused(value: object):
    with pytest.raises(FormatError, match="inner"):
        entitlement_blobs({"outer": {"inner": value}})


def test_the_file_is_read(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"entitlements": "rights.plist"})
    manifest.resolve("rights.plist").write_bytes(plistlib.dumps({"a": True}))
    assert load_entitlements(manifest) == {"a": True}


def test_no_file_gives_no_entitlements(make_mac_manifest: MakeManifest):
    assert load_entitlements(make_mac_manifest()) == {}


def test_a_missing_file_is_named(make_mac_manifest: MakeManifest):
    with pytest.raises(TreeError, match="gone"):
        load_entitlements(make_mac_manifest(macos={"entitlements": "gone.plist"}))
