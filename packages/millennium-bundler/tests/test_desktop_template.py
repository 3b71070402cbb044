"""A desktop entry of the user's own is filled in, and refused when it is none."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.desktop import desktop_entry
from millennium_bundler.desktop_template import MAX_TEMPLATE_BYTES, fill_template
from millennium_bundler.errors import FormatError
from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.layout import linux_tree, read_executable
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]

TEMPLATE = """\
# Made by hand
[Desktop Entry]
Type=Application
Name={{name}}
Name[de]=Hallo
Comment={{ comment }}
Exec={{exec}}
Icon={{icon}}
Categories={{categories}}
MimeType={{mime}}
Actions=new;

[Desktop Action new]
Name=New window
Exec={{exec}} --new
"""

MADE = b"[Desktop Entry]\nName=Hello\nExec=hello %F\nCategories=Utility;\n"


def filled(template: str) -> list[str]:
    return fill_template(template.encode(), MADE, place="my.desktop").decode().splitlines()


def test_placeholders_say_what_the_made_entry_says():
    lines = filled(TEMPLATE)
    assert lines[:4] == ["# Made by hand", "[Desktop Entry]", "Type=Application", "Name=Hello"]
    assert lines[-1] == "Exec=hello %F --new"


def test_a_line_without_anything_to_say_is_left_out():
    assert [line for line in filled(TEMPLATE) if line.startswith(("Comment", "Icon", "Mime"))] == []


MINIMAL = "[Desktop Entry]\nType=Application\nName=Hello\nExec={{exec}}\n"


def test_the_least_that_is_one():
    assert filled(MINIMAL)[-1] == "Exec=hello %F"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (MINIMAL + "{{#if comment}}x{{/if}}\n", "{{#if comment}} is no placeholder"),
        (MINIMAL + "X-A={{nmae}}\n", "{{nmae}} is no placeholder"),
        (MINIMAL + "plain words\n", "line 5 of what it makes is no 'Key=value': 'plain words'"),
        ("[Other]\n" + MINIMAL, "its first group is not [Desktop Entry]"),
        ("Name=x\n", "its first group is not [Desktop Entry]"),
        (MINIMAL.replace("Application", "Link"), "it needs Type=Application and a Name"),
        (MINIMAL.replace("Name=Hello\n", ""), "it needs Type=Application and a Name"),
        (MINIMAL.replace("{{exec}}", "rm -rf x"), "its Exec does not start the app"),
        (MINIMAL.replace("Exec={{exec}}\n", "[A]\nExec={{exec}}\n"), "its Exec does not start"),
        ("#" * (MAX_TEMPLATE_BYTES + 1), "it is larger than"),
    ],
    ids=[
        *("condition", "slip", "words", "other group", "no group", "link", "nameless", "other command"),
        *("only in an action", "large"),
    ],
)  # fmt: skip
def test_what_makes_no_desktop_entry_is_refused(template: str, said: str):
    with pytest.raises(FormatError) as caught:
        filled(template)
    assert caught.value.code == "desktop.template"
    assert said in caught.value.message
    assert caught.value.place == "my.desktop"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(FormatError, match="UTF-8"):
        fill_template(b"\xff", MADE, place="my.desktop")


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils"
)
def test_the_freedesktop_tool_finds_nothing_wrong(make_manifest: MakeManifest, tmp_path: Path):
    made = desktop_entry(make_manifest().settings, has_icon=True)
    path = tmp_path / "hello.desktop"
    path.write_bytes(fill_template(TEMPLATE.encode(), made, place="x"))
    done = subprocess.run(
        ["desktop-file-validate", path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_tree_has_the_filled_template_and_the_format_own_files(
    make_manifest: MakeManifest, tmp_path: Path
):
    manifest = make_manifest()
    (tmp_path / "my.desktop").write_text(TEMPLATE)
    extra = ExtraFile(source="my.desktop", destination="/etc/hello.conf")
    tree = linux_tree(
        manifest, read_executable(manifest), files=(extra,), desktop_template="my.desktop"
    )
    found = {file.path: file.data for file in tree.files()}
    assert b"Name[de]=Hallo" in found["usr/share/applications/org.example.Hello.desktop"]
    assert found["etc/hello.conf"] == TEMPLATE.encode()
