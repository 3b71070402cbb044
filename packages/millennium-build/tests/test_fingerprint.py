"""The digest changes with each input and with nothing else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from millennium_build.fingerprint import digest_inputs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app" / "src").mkdir(parents=True)
    (tmp_path / "app" / "src" / "main.py").write_text("x = 1\n")
    return tmp_path / "app"


def test_same_inputs_give_the_same_digest(project: Path) -> None:
    assert digest_inputs(project, ()) == digest_inputs(project, ())


@pytest.mark.parametrize("name", ["src/main.py", "src/new.py", "ui.css"])
def test_changed_file_changes_the_digest(project: Path, name: str) -> None:
    before = digest_inputs(project, ())
    (project / name).write_text("x = 2\n")
    assert digest_inputs(project, ()) != before


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system whose names are bytes")
def test_a_name_that_is_no_text_counts(project: Path) -> None:
    before = digest_inputs(project, ())
    (project / os.fsdecode(b"notes-\xe4.txt")).write_text("x")
    assert digest_inputs(project, ()) != before


@pytest.mark.parametrize("name", ["dist/app", ".git/HEAD", "node_modules/a.js", "src/a.pyc"])
def test_what_is_no_input_changes_nothing(project: Path, name: str) -> None:
    before = digest_inputs(project, ())
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("x")
    assert digest_inputs(project, ()) == before


def test_page_in_a_skipped_folder_counts_when_it_is_named(project: Path) -> None:
    before = digest_inputs(project, (), kept=[project / "dist"])
    (project / "dist").mkdir()
    (project / "dist" / "index.html").write_text("x")
    assert digest_inputs(project, (), kept=[project / "dist"]) != before


def test_sources_of_an_editable_install_count(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "src"
    other.mkdir(parents=True)
    (tmp_path / "other" / "pyproject.toml").write_text("")
    before = digest_inputs(project, (other,))
    (other / "module.py").write_text("x = 1\n")
    assert digest_inputs(project, (other,)) != before


def test_installed_version_counts(project: Path, tmp_path: Path) -> None:
    metadata = tmp_path / "site-packages" / "thing-1.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
    before = digest_inputs(project, (tmp_path / "site-packages",))
    metadata.write_text("Metadata-Version: 2.1\nName: thing\nVersion: 2\n")
    assert digest_inputs(project, (tmp_path / "site-packages",)) != before
