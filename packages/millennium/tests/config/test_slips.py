"""Slips of a first hour: each is told with what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.load import load_config, require_assets, require_main
from millennium.errors import (
    ConfigNotFoundError,
    InvalidValueError,
    MissingAssetsError,
    MissingKeyError,
    MissingMainError,
    UnknownKeyError,
)


def write(root: Path, text: str, name: str = "pyproject.toml") -> Path:
    (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("name", ["milennium", "millenium", "Millennium", "millenniums"], ids=str)
@pytest.mark.parametrize(
    "rest", ["", "\n[tool.millennium.build]\nmain = 'app.py'\n"], ids=["alone", "with others"]
)
def test_a_table_with_nearly_our_name_is_told(tmp_path: Path, name: str, rest: str) -> None:
    write(tmp_path, f"[project]\n[tool.{name}]\nidentifier = 'a.b'\n{rest}")
    (tmp_path / "src").mkdir()
    with pytest.raises(UnknownKeyError) as caught:
        load_config(tmp_path / "src")
    assert caught.value.message == f"unknown table [tool.{name}]"
    assert caught.value.help == "did you mean [tool.millennium]?"
    assert str(caught.value.location) == f"{tmp_path / 'pyproject.toml'}:2:1"


def test_tables_of_others_are_theirs(tmp_path: Path) -> None:
    others = "[tool.pytest]\n[tool.mill]\n[tool.millipede]\n"
    with pytest.raises(ConfigNotFoundError):
        load_config(write(tmp_path, others))
    with pytest.raises(MissingKeyError) as caught:
        load_config(write(tmp_path, f"{others}[tool.millennium.build]\n"))
    assert caught.value.help == "write it, such as 'org.example.notes'"
    near = f"{others}[tool.millenium]\n[tool.millennium]\nidentifier = 'a.b'\n"
    assert load_config(write(tmp_path, near)).config.identifier == "a.b"


@pytest.mark.parametrize(
    ("name", "text", "advised"),
    [
        (
            "pyproject.toml",
            "[tool.millennium]\nidentifier = 'a.b'\n[tool.millennium.windows]",
            True,
        ),
        ("millennium.toml", "identifier = 'a.b'\n[windows]", True),
        (".millenniumrc", "{identifier: 'a.b', windows: {}}", False),
        ("millennium.toml", "identifier = 'a.b'\nwindows = 3", False),
    ],
    ids=["pyproject", "toml", "json5", "number"],
)
def test_a_table_where_a_list_belongs_has_two_brackets(
    tmp_path: Path, name: str, text: str, advised: bool
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        load_config(write(tmp_path, text, name))
    assert caught.value.message.startswith("windows: takes a list, not ")
    assert ("[[…windows]]" in caught.value.help) is advised
    assert caught.value.__cause__ is None


def test_a_file_is_no_folder_and_a_folder_no_file(tmp_path: Path) -> None:
    text = "identifier = 'a.b'\n[build]\ndist-dir = 'page'\nmain = 'src/app'\n"
    loaded = load_config(write(tmp_path, text, "millennium.toml"))
    (tmp_path / "page").write_text("")
    (tmp_path / "src" / "app").mkdir(parents=True)
    with pytest.raises(MissingAssetsError, match="'page', is a file"):
        require_assets(loaded)
    with pytest.raises(MissingMainError, match="'src/app', is a folder") as caught:
        require_main(loaded)
    assert caught.value.help == "set build.main to the file in it that calls app.run()"
