"""Writing a new project from a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.errors import ProjectExistsError, TemplateError
from millennium_build.scaffold import Rendering, render, template_names, write


def template(folder: Path, **files: str) -> Path:
    root = folder / "template"
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_names_in_paths_and_rendered_files_are_filled(tmp_path: Path):
    root = tmp_path / "template"
    (root / "src" / "{{package}}").mkdir(parents=True)
    (root / "src" / "{{package}}" / "a.py.in").write_text("x = '{{ title }}'")
    (root / "kept.js").write_text("`${{name}}`")
    assert render(root, {"package": "notes", "title": "Notes"}) == [
        Rendering(path="kept.js", data=b"`${{name}}`"),
        Rendering(path="src/notes/a.py", data=b"x = 'Notes'"),
    ]


def test_what_a_value_says_is_not_read_again(tmp_path: Path):
    root = template(tmp_path, a_DOT_in="{{title}}")
    assert render(root, {"title": "{{name}}", "name": "no"})[0].data == b"{{name}}"


def test_a_name_without_value_is_an_error(tmp_path: Path):
    with pytest.raises(TemplateError, match="names 'nobody'"):
        render(template(tmp_path, a_DOT_in="{{nobody}}"), {})


def test_an_unknown_template_lists_the_known(tmp_path: Path):
    with pytest.raises(TemplateError) as caught:
        render(tmp_path / "react", {})
    assert caught.value.help == "templates: vanilla"


@pytest.mark.parametrize("value", ["..", "../../x", "/etc"], ids=str)
def test_a_value_cannot_lead_a_path_out(tmp_path: Path, value: str):
    root = tmp_path / "template"
    (root / "{{package}}").mkdir(parents=True)
    (root / "{{package}}" / "a").write_text("")
    with pytest.raises(TemplateError):
        write(render(root, {"package": value}), tmp_path / "project")


def test_a_link_in_the_folder_cannot_lead_out(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "src").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TemplateError, match="outside"):
        write([Rendering(path="src/a", data=b"")], tmp_path / "project")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_files_that_are_there_are_named_and_kept(tmp_path: Path):
    files = [Rendering(path=f"{n}.txt", data=b"new") for n in range(7)]
    write(files[1:], tmp_path)
    (tmp_path / "3.txt").write_text("mine")
    with pytest.raises(ProjectExistsError) as caught:
        write(files, tmp_path)
    assert caught.value.message.endswith("1.txt, 2.txt, 3.txt, 4.txt, 5.txt …")
    assert not (tmp_path / "0.txt").exists()
    assert (tmp_path / "3.txt").read_text() == "mine"


def test_they_are_overwritten_when_that_is_asked_for(tmp_path: Path):
    (tmp_path / "a").write_text("old")
    write([Rendering(path="a", data=b"new")], tmp_path, overwrite=True)
    assert (tmp_path / "a").read_text() == "new"


def test_the_vanilla_template_is_shipped():
    assert template_names() == ["vanilla"]
