"""An app's version may stand in a JSON file of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.load import LoadedConfig, load_config
from millennium.config.version_file import MAX_BYTES
from millennium.errors import InvalidValueError, VersionFileError

CONFIG = 'identifier = "org.example.notes"\nversion = "package.json"\n'


def load(root: Path, package: bytes | str, *, config: str = CONFIG) -> LoadedConfig:
    (root / "millennium.toml").write_text(config, "utf-8")
    data = package if isinstance(package, bytes) else package.encode()
    (root / "package.json").write_bytes(data)
    return load_config(root, platform="linux")


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ('{"name": "notes", "version": "2.3.4", "private": true}', "2.3.4"),
        ('{"version": "1.0.0-beta.1"}', "1.0.0-beta.1"),
        (b'\xef\xbb\xbf{"version": "1.2"}', "1.2"),
    ],
    ids=["release", "beta", "byte order mark"],
)
def test_the_version_of_the_file_is_the_apps(
    tmp_path: Path, package: bytes | str, version: str
) -> None:
    assert load(tmp_path, package).config.version == version


def test_the_file_may_lie_in_a_folder_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "package.json").write_text('{"version": "5.6.7"}')
    config = CONFIG.replace("package.json", "page/package.json")
    assert load(tmp_path, "{}", config=config).config.version == "5.6.7"


def test_the_originals_spelling_is_read(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"version": "3.2.1"}')
    (tmp_path / ".millenniumrc").write_text(
        "{package: {version: './package.json'},"
        " millennium: {bundle: {identifier: 'org.example.notes'}}}"
    )
    assert load_config(tmp_path, platform="linux").config.version == "3.2.1"


def test_a_version_that_is_written_needs_no_file(tmp_path: Path) -> None:
    config = CONFIG.replace("package.json", "1.2.3")
    assert load(tmp_path, "", config=config).config.version == "1.2.3"


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("{", "is not JSON"),
        (b'{"version": "\xff"}', "is not JSON"),
        ('["1.2.3"]', "holds no table"),
        ("{}", "has no 'version' that is text"),
        ('{"version": 1}', "has no 'version' that is text"),
        (b" " * (MAX_BYTES + 1), "is larger than"),
    ],
    ids=["cut off", "not UTF-8", "list", "nothing", "number", "large"],
)
def test_a_file_without_a_version_is_refused(
    tmp_path: Path, package: bytes | str, reason: str
) -> None:
    with pytest.raises(VersionFileError, match=reason) as caught:
        load(tmp_path, package)

    assert caught.value.message.startswith("version: 'package.json' ")
    assert str(caught.value.location) == f"{tmp_path / 'millennium.toml'}:2:1"
    assert caught.value.number == "M0112"


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VersionFileError, match="cannot be read: No such file"):
        load(tmp_path, "{}", config=CONFIG.replace("package.json", "other.json"))


@pytest.mark.parametrize("named", ["../package.json", "/etc/package.json"])
def test_a_file_outside_the_project_is_refused(tmp_path: Path, named: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "package.json").write_text('{"version": "1.2.3"}')
    with pytest.raises(VersionFileError, match="is outside the project"):
        load(project, "{}", config=CONFIG.replace("package.json", named))


def test_a_version_in_a_file_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="'latest' is no version"):
        load(tmp_path, '{"version": "latest"}')
