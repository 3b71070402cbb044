"""Several wrong settings are told at once, each once, and as they were written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.errors import BundleError, FormatError, ManifestError, all_of
from millennium_bundler.formats.appimage import AppImageFormat
from millennium_bundler.formats.deb import DebFormat
from millennium_bundler.formats.interface import Format
from millennium_bundler.formats.rpm import RpmFormat
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.report import show_error
from millennium_bundler.settings import Manifest, load_manifest

MakeManifest = Callable[..., Manifest]


def told(error: BundleError) -> list[str]:
    return [one.message for one in (error, *error.also)]


def failing(number: int) -> FormatError:
    return FormatError(f"wrong {number}", code="format.write", help=f"correct {number}")


def test_every_wrong_key_of_a_manifest_is_told(make_manifest: MakeManifest):
    with pytest.raises(ManifestError) as caught:
        make_manifest(
            nonsense=1,
            version="v1",
            engine={"name": "a\nb"},
            linux={"deb": {"depends": ["a =>b"]}, "rpm": {"depend": []}},
        )
    assert [message.split(" must be ")[0] for message in told(caught.value)] == [
        "unknown key 'nonsense'",
        "key 'version'",
        "key 'engine.name'",
        "key 'linux.deb.depends[0]'",
        "unknown key 'linux.rpm.depend'",
    ]


def test_what_is_missing_is_told_with_what_is_wrong(tmp_path: Path):
    path = tmp_path / "bundle-manifest.json"
    path.write_text(json.dumps({"schema": 1, "identifier": "hello"}))
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    assert "key 'version' is missing" in told(caught.value)
    assert any("key 'identifier' must be" in message for message in told(caught.value))


def test_of_many_unknown_keys_the_first_are_told(make_manifest: MakeManifest):
    with pytest.raises(ManifestError) as caught:
        make_manifest(**{f"nonsense{number}": 1 for number in range(1000)})
    assert len(told(caught.value)) == 20


def test_every_format_tells_what_it_cannot_carry(make_manifest: MakeManifest, tmp_path: Path):
    linux: dict[str, Any] = {
        "rpm": {"depends": ["gtk3 => 3.24"]},
        "appimage": {"update_information": "nonsense"},
    }
    manifest = make_manifest(linux=linux)
    formats: list[Format[Any]] = [AppImageFormat(), DebFormat(), RpmFormat()]
    with pytest.raises(BundleError) as caught:
        bundle(manifest, formats, BundleOptions(output=tmp_path / "out"))
    error = caught.value
    assert [one.code for one in (error, *error.also)] == [
        "appimage.update_information", "rpm.relation",
    ]  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_what_several_formats_say_is_told_once(make_manifest: MakeManifest, tmp_path: Path):
    manifest = make_manifest(category="Nonsense")
    with pytest.raises(BundleError) as caught:
        bundle(manifest, [DebFormat(), TarFormat()], BundleOptions(output=tmp_path / "out"))
    assert caught.value.also == ()


def test_errors_that_carry_others_are_told_one_after_the_other():
    first = all_of([failing(1), failing(2)])
    assert told(all_of([first, failing(2), failing(3)])) == ["wrong 1", "wrong 2", "wrong 3"]


def test_each_is_shown_with_its_help(capsys: pytest.CaptureFixture[str]):
    show_error(all_of([failing(1), failing(2)]))
    assert capsys.readouterr().err.splitlines() == [
        "error[M0442]: wrong 1",
        "  = help: correct 1",
        "error[M0442]: wrong 2",
        "  = help: correct 2",
    ]


def test_of_very_many_the_rest_is_counted(capsys: pytest.CaptureFixture[str]):
    show_error(all_of([failing(number) for number in range(30)]))
    shown = capsys.readouterr().err
    assert shown.count("error[") == 21
    assert shown.endswith("and 9 more\n")


def test_each_speaks_of_the_configuration(make_manifest: MakeManifest):
    source = {"file": "pyproject.toml", "spelling": "kebab", "keys": {".": "bundle"}}
    with pytest.raises(ManifestError) as caught:
        make_manifest(source=source, man={"synopsis": 1}, updater={"base_url": 1})
    assert [message.split("'")[1] for message in told(caught.value)] == [
        "bundle.man.synopsis", "bundle.updater.base-url",
    ]  # fmt: skip
    assert [Path(one.place).name for one in caught.value.also] == ["pyproject.toml"]
