"""The project's configuration and its Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from millennium.errors import ConfigNotFoundError
from millennium_build import project as project_module
from millennium_build.errors import EnvironmentUnusableError
from millennium_build.project import find_python, open_project


def environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return python


@pytest.fixture(autouse=True)
def _no_active_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def test_a_project_is_found_from_a_folder_inside(project: Path):
    found = open_project(project / "src")
    assert found.root == project
    assert found.main == project / "src" / "hello_you" / "__main__.py"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system whose names are bytes")
def test_a_place_that_is_no_text_is_refused(project: Path):
    place = project.with_name(os.fsdecode(b"pl\xe4ce"))
    project.rename(place)
    with pytest.raises(EnvironmentUnusableError, match=r"is not UTF-8: .*pl\\xe4ce") as caught:
        open_project(place)
    assert "LC_ALL=C.UTF-8" in caught.value.help


def test_a_place_with_all_sorts_of_letters_is_a_place(project: Path):
    place = project.with_name("Müller & Söhne 🚀 it's")
    project.rename(place)
    assert open_project(place).root == place


def test_no_project_is_an_error(tmp_path: Path):
    with pytest.raises(ConfigNotFoundError):
        open_project(tmp_path)


@pytest.mark.parametrize("as_file", [True, False], ids=["a file", "an environment"])
def test_the_named_python_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_file: bool):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    python = environment(tmp_path / "named")
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    given = python if as_file else tmp_path / "named"
    found = find_python(tmp_path, given=str(given))
    assert (found.path, found.reason) == (python, "--python")


def test_a_named_python_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(EnvironmentUnusableError, match="nowhere"):
        find_python(tmp_path, given=str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "content",
    [
        "#!/bin/sh\nexec ls -d /\n",
        '#!/bin/sh\necho "$@"\n',
        "\x7fELF",
        "#!/bin/sh\nexec sleep 60\n",
    ],
    ids=["something else", "an echo", "nothing that starts", "something that hangs"],
)
def test_a_named_program_that_is_no_python_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
):
    monkeypatch.setattr(project_module, "_PROBE_SECONDS", 0.5)
    named = environment(tmp_path / "named")
    named.write_text(content)
    with pytest.raises(EnvironmentUnusableError, match="is no Python 3"):
        find_python(tmp_path, given=str(named))


def test_the_active_environment_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    environment(tmp_path / ".venv")
    python = environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert find_python(tmp_path).path == python


def test_then_the_projects_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    python = environment(tmp_path / ".venv")
    (tmp_path / "apps" / "one").mkdir(parents=True)
    found = find_python(tmp_path / "apps" / "one")
    assert (found.path, found.reason) == (python, f"{tmp_path.name}/.venv")


def test_nothing_above_the_repository_is_taken(tmp_path: Path):
    environment(tmp_path / ".venv")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    found = find_python(tmp_path / "repository")
    assert (found.path, found.reason) == (Path(sys.executable), "the one that runs this command")


def test_the_search_ends_at_the_root(tmp_path: Path):
    assert find_python(Path(tmp_path.anchor)).path == Path(sys.executable)
