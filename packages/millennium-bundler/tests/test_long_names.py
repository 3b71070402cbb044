"""The longest settings become names of files that a file system takes; longer ones are named before any work."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from complete_manifests import COMPLETE, write_sources
from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.errors import BundleError, ManifestError
from millennium_bundler.formats.app import AppFormat
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.installed_formats import load_formats
from millennium_bundler.settings import Manifest, load_manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing

MakeManifest = Callable[..., Manifest]

MAX_NAME_BYTES = 255
VERSION = "1.2.3-" + "a" * 58
LONGEST = {
    "identifier": "org.example." + "a" * 143,
    "product_name": "a" * 75,
    "binary_name": "a" * 75,
    "version": VERSION,
    "updater": {"artifacts": "v1_compatible", "base_url": "https://example.org/updates"},
    "signing": {},
}

LONGEST_NAMES = {"linux": 75, "windows": 63, "macos": 75}


@pytest.mark.parametrize("system", COMPLETE)
def test_the_longest_settings_become_names_that_a_file_system_takes(
    tmp_path: Path, pe: Callable[..., bytes], system: str
):
    manifest, formats = COMPLETE[system]
    write_sources(tmp_path, pe(version=(1, 2, 3, 0)))
    path = tmp_path / "bundle-manifest.json"
    settings = {**manifest, **LONGEST}
    settings["product_name"] = settings["product_name"][: LONGEST_NAMES[system]]
    path.write_text(json.dumps(settings), encoding="utf-8")
    signed = replace(load_manifest(path), signing=Signing(minisign=KeySigner(SecretKey.generate())))
    options = BundleOptions(output=tmp_path / "out", with_lint=False)
    done = bundle(signed, load_formats(formats), options)
    assert [one.target for one in done.failed if one.error.code != "format.no_tool"] == []
    updates = [one.name.removesuffix(".sig") for one in done.beside if one.name.endswith(".sig")]
    assert updates
    longest = max(updates, key=len)
    assert len(f"{longest}.from-{VERSION}.zst.minisig") <= MAX_NAME_BYTES


@pytest.mark.parametrize(
    ("key", "most"),
    [("product_name", 75), ("binary_name", 75), ("version", 64), ("identifier", 155)],
)
def test_a_name_that_is_longer_is_refused(make_manifest: MakeManifest, key: str, most: int):
    written = {"identifier": "org.", "version": "1."}.get(key, "")
    make_manifest(**{key: written + "2" * (most - len(written))})
    with pytest.raises(ManifestError) as caught:
        make_manifest(**{key: written + "2" * (most - len(written) + 1)})
    assert caught.value.code == "manifest.bad_value"
    assert f"{key!r} must be a text of at most {most} characters" in caught.value.message


def test_a_name_of_many_bytes_is_refused_for_macos(make_mac_manifest: Callable[..., Manifest]):
    AppFormat().check(make_mac_manifest(product_name="漢" * 53))
    with pytest.raises(BundleError) as caught:
        AppFormat().check(make_mac_manifest(product_name="漢" * 54))
    assert caught.value.code == "macos.name"
    assert "product_name" in caught.value.help


def test_a_name_that_windows_installer_does_not_take_is_refused(
    make_windows_manifest: MakeManifest,
):
    MsiFormat().check(make_windows_manifest(product_name="a" * 63))
    with pytest.raises(BundleError) as caught:
        MsiFormat().check(make_windows_manifest(product_name="a" * 64))
    assert caught.value.code == "msi.row"
    assert "`product_name` of at most 63 characters" in caught.value.message


@pytest.mark.parametrize(
    ("most", "more"),
    [("a" * 255, "a" * 256), ("é" * 127, "é" * 128)],
    ids=["letters", "bytes"],
)
def test_a_place_that_no_system_takes_is_refused_before_any_work(
    make_manifest: MakeManifest, most: str, more: str
):
    def manifest(place: str) -> Manifest:
        return make_manifest(
            files=[{"source": "icon.png", "destination": f"/usr/share/hello/{place}"}]
        )

    TarFormat().check(manifest(most))
    with pytest.raises(BundleError) as caught:
        TarFormat().check(manifest(more))
    assert caught.value.code == "tree.too_long"
