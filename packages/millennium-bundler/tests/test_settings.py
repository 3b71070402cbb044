"""Reading bundle-manifest.json."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import NUMBERS, ManifestError
from millennium_bundler.settings import MAX_MANIFEST_BYTES, json_schema, load_manifest

WriteManifest = Callable[..., Path]


@pytest.mark.parametrize(
    "signing",
    [
        {"gpg": {"password": "sesame 4711"}},
        {"gpg": {"password": {"command": "sesame 4711"}}},
        {"authenticode": {"password": {"variable": "sesame 4711"}}},
        {"minisign": {"former": ["sesame 4711"]}},
    ],
    ids=["object", "list", "text", "inside"],
)
def test_a_secret_in_the_place_of_its_place_is_not_shown(
    write_manifest: WriteManifest, signing: dict[str, object]
):
    with pytest.raises(ManifestError) as caught:
        load_manifest(write_manifest(signing=signing))
    assert "not a text" in caught.value.message
    assert "sesame" not in f"{caught.value.message}{caught.value.help}"


def refused(path: Path) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    return caught.value


def test_a_manifest_becomes_settings(write_manifest: WriteManifest):
    manifest = load_manifest(write_manifest(icons=["a.png"]))
    assert manifest.settings.engine.debian == ("libwebkit2gtk-4.1-0 (>= 2.40)",)
    assert manifest.resolve("a.png") == manifest.path.parent / "a.png"


@pytest.mark.parametrize(
    "relation", ["libc6", "libc6 (>= 2.34)", "libc6(>=2.34)", "a1 | b2 (<< 1:2~rc-1)", "libc6:any"]
)
def test_relations_of_debian_are_taken(write_manifest: WriteManifest, relation: str):
    settings = load_manifest(write_manifest(linux={"deb": {"depends": [relation]}})).settings
    assert settings.linux.deb.depends == (relation,)


@pytest.mark.parametrize("relation", ["glibc", "glibc>=2.34", "libfoo.so=1-64", "a=1:2.0-1"])
def test_relations_of_arch_are_taken(write_manifest: WriteManifest, relation: str):
    settings = load_manifest(write_manifest(linux={"arch": {"depends": [relation]}})).settings
    assert settings.linux.arch.depends == (relation,)


def test_a_missing_file_tells_what_to_run(tmp_path: Path):
    error = refused(tmp_path / "none.json")
    assert (error.code, error.number) == ("manifest.missing", "M0401")
    assert "millennium build" in error.help


def test_a_syntax_error_names_line_and_column(tmp_path: Path):
    path = tmp_path / "m.json"
    path.write_text('{\n  "schema": }')
    error = refused(path)
    assert error.code == "manifest.not_json"
    assert error.place == f"{path}:2:13"


@pytest.mark.parametrize(
    "body",
    [
        *(b"\xff\xfe\x00", b"[" * 200_000, b" " * (MAX_MANIFEST_BYTES + 1)),
        *(b'{"schema": ' + b"1" * 5000 + b"}", b'{"verification": {"a": NaN}}'),
    ],
    ids=["not UTF-8", "too deep", "too large", "thousands of digits", "no number"],
)
def test_what_cannot_be_json_is_refused(tmp_path: Path, body: bytes):
    path = tmp_path / "m.json"
    path.write_bytes(body)
    assert refused(path).code == "manifest.not_json"


def test_a_newer_schema_says_update(write_manifest: WriteManifest):
    error = refused(write_manifest(schema=2))
    assert (error.code, error.help) == ("manifest.schema", "pip install -U millennium-bundler")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("identifier", "no-dots"),
        ("identifier", "a.b\nDepends: evil"),
        ("product_name", "two\nlines"),
        ("product_name", ""),
        ("binary_name", "../../etc/passwd"),
        ("binary_name", "a b"),
        ("version", "one"),
        ("target", "linux"),
        ("target", "x86_64-windoof"),
        ("email", "a b@c"),
        ("homepage", "javascript:alert(1)"),
        ("executable_sha256", "abc"),
        ("deep_link_schemes", ["HTTP:"]),
        ("file_associations", [{"ext": ["*/x"]}]),
        ("files", [{"source": "a", "destination": "relative"}]),
        ("files", [{"source": "a", "destination": "/a", "mode": "9999"}]),
        ("engine", {"debian": ["a, b"]}),
        ("engine", {"debian": ["libc6 >= 2.34"]}),
        ("engine", {"debian": ["libc6 | "]}),
        ("engine", {"arch": ["glibc >= 2.34"]}),
        ("identifier", "a." + "b" * 300),
        ("product_name", "\ud800"),
    ],
    ids=str,
)
def test_a_value_that_could_say_more_than_it_should_is_refused(
    write_manifest: WriteManifest, key: str, value: object
):
    error = refused(write_manifest(**{key: value}))
    assert error.code == "manifest.bad_value"
    assert key in error.message


def test_the_schema_closes_every_object():
    schema = json_schema()
    assert schema["additionalProperties"] is False
    required = schema["required"]
    assert isinstance(required, list)
    assert "identifier" in required


def test_every_number_is_used_once():
    assert len(set(NUMBERS.values())) == len(NUMBERS)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"linux": {"rpm": {"epoch": -1}}}, "linux.rpm.epoch"),
        ({"linux": {"rpm": {"epoch": 2**31}}}, "linux.rpm.epoch"),
        ({"source_date": -1}, "source_date"),
        ({"source_date": 2**32 - 1}, "source_date"),
        ({"macos": {"dmg": {"icon_size": 8}}}, "macos.dmg.icon_size"),
        ({"macos": {"dmg": {"app_position": {"x": -1, "y": 0}}}}, "macos.dmg.app_position.x"),
        (
            {"macos": {"dmg": {"window_size": {"width": 0, "height": 9}}}},
            "macos.dmg.window_size.width",
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_number_that_no_package_can_hold_is_refused(
    write_manifest: WriteManifest, changes: dict[str, object], key: str
):
    load_manifest(write_manifest(linux={"rpm": {"epoch": 7}}, source_date=1))
    error = refused(write_manifest(**changes))
    assert error.code == "manifest.bad_value"
    assert f"key {key!r} must be a whole number from " in error.message


def test_a_path_is_as_short_as_it_may_be(write_manifest: WriteManifest, tmp_path: Path):
    folder = tmp_path / "dist" / "x"
    folder.mkdir(parents=True)
    manifest = replace(load_manifest(write_manifest()), path=folder / "bundle-manifest.json")
    assert manifest.resolve("../../a.png") == tmp_path / "a.png"


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_path_behind_a_link_stays_the_one_it_is(write_manifest: WriteManifest, tmp_path: Path):
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    (tmp_path / "disk" / "a.png").touch()
    (tmp_path / "dist").symlink_to(tmp_path / "disk" / "deep")
    manifest = replace(load_manifest(write_manifest()), path=tmp_path / "dist" / "manifest.json")
    assert manifest.resolve("../a.png").is_file()
