"""`millennium config`, typed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., subprocess.CompletedProcess[str]]
Edit = Callable[[Path, str, str], None]


def test_print_shows_toml_with_every_default(typed: Typed, project: Path):
    found = tomllib.loads(typed("config", "print", cwd=project).stdout)
    assert found["identifier"] == "net.lovelace.hello-you"
    assert found["build"]["freezer"] == "auto"


def test_print_shows_json(typed: Typed, project: Path):
    found = json.loads(typed("config", "print", "--json", cwd=project).stdout)
    assert found["windows"][0]["title"] == "Hello you"


def test_print_merges_the_overlay_of_a_platform(typed: Typed, project: Path):
    with (project / "pyproject.toml").open("a") as file:
        file.write('\n[tool.millennium.platform.macos]\nproduct-name = "Hello Mac"\n')
    done = typed("config", "print", "--platform", "macos", cwd=project)
    assert tomllib.loads(done.stdout)["product-name"] == "Hello Mac"


@pytest.mark.parametrize(
    ("words", "key"), [([], "product-name"), (["--json5"], "productName")], ids=["TOML", "JSON5"]
)
def test_schema_spells_keys_as_the_file_does(
    typed: Typed, tmp_path: Path, words: list[str], key: str
):
    schema = json.loads(typed("config", "schema", *words, cwd=tmp_path).stdout)
    assert key in schema["$defs"]["Config"]["properties"]


def test_validate_says_what_is_valid(typed: Typed, project: Path):
    done = typed("config", "validate", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "pyproject.toml: net.lovelace.hello-you 0.1.0 is valid\n"


def test_validate_warns(typed: Typed, project: Path):
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.millennium.allowlist]\nall = true\n")
    done = typed("config", "validate", cwd=project)
    assert (done.returncode, done.stderr.startswith("warning: allowlist.all")) == (0, True)


def test_an_unknown_key_is_shown_where_it_stands(typed: Typed, project: Path, edit: Edit):
    edit(project / "pyproject.toml", "product-name", "produkt-name")
    done = typed("config", "validate", cwd=project)
    assert done.returncode == 1
    assert done.stderr.startswith("error[M0105]: ")
    assert f"  --> {project / 'pyproject.toml'}:" in done.stderr
    assert "  = help: " in done.stderr


def test_two_places_are_one_too_many(typed: Typed, project: Path):
    (project / "millennium.toml").write_text('identifier = "a.b"\n')
    assert typed("config", "validate", cwd=project).stderr.startswith("error[M0103]: ")


def test_a_missing_page_is_said_with_its_key(typed: Typed, project: Path):
    shutil.rmtree(project / "ui")
    assert typed("config", "validate", cwd=project).stderr.startswith("error[M0108]: ")


def test_a_missing_page_for_development_is_said_with_its_key(
    typed: Typed, project: Path, edit: Edit
):
    edit(project / "pyproject.toml", 'dist-dir = "ui"', 'dist-dir = "ui"\ndev-path = "web"')
    said = typed("config", "validate", cwd=project).stderr
    assert said.startswith("error[M0108]: the folder with the page, 'web', does not exist\n")
    assert "set build.dev-path to" in said
    (project / "web").mkdir()
    assert typed("config", "validate", cwd=project).returncode == 0


def test_a_server_for_development_needs_no_folder(typed: Typed, project: Path, edit: Edit):
    server = 'dist-dir = "ui"\ndev-path = "http://localhost:5173"'
    edit(project / "pyproject.toml", 'dist-dir = "ui"', server)
    assert typed("config", "validate", cwd=project).returncode == 0


def test_a_missing_main_file_is_said(typed: Typed, project: Path):
    (project / "src" / "hello_you" / "__main__.py").unlink()
    assert typed("config", "validate", cwd=project).stderr.startswith("error[M0109]: ")
