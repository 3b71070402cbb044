"""Desktop entry, AppStream metainfo and document types."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.desktop import desktop_entry, metainfo, mime_package
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]
NASTY = 'A<b> & "c" \\n %U'
ASSOCIATION = {"ext": ["txt2"], "mime_type": "text/x-two", "name": "Two <text>"}


def lines(manifest: Manifest) -> list[str]:
    return desktop_entry(manifest.settings, has_icon=True).decode().splitlines()


def test_the_entry_names_app_icon_and_command(make_manifest: MakeManifest):
    found = lines(make_manifest())
    assert found[0] == "[Desktop Entry]"
    assert "Name=Hello" in found
    assert "Exec=hello" in found
    assert "Icon=org.example.Hello" in found
    assert "Categories=Utility;" in found


def test_without_icon_and_description_the_keys_are_left_out(make_manifest: MakeManifest):
    settings = make_manifest(description="").settings
    found = desktop_entry(settings, has_icon=False).decode()
    assert "Icon=" not in found
    assert "Comment=" not in found


@pytest.mark.parametrize(
    ("changes", "command", "types"),
    [
        ({"file_associations": [ASSOCIATION]}, "Exec=hello %F", "MimeType=text/x-two;"),
        ({"deep_link_schemes": ["hi"]}, "Exec=hello %U", "MimeType=x-scheme-handler/hi;"),
        (
            {"file_associations": [{"ext": ["abc"]}], "deep_link_schemes": ["hi"]},
            "Exec=hello %U",
            "MimeType=application/x-hello-abc;x-scheme-handler/hi;",
        ),
    ],
    ids=["files", "links", "both"],
)
def test_documents_and_links_are_announced(
    make_manifest: MakeManifest, changes: dict[str, object], command: str, types: str
):
    found = lines(make_manifest(**changes))
    assert command in found
    assert types in found


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs desktop-file-validate")
def test_the_entry_passes_the_validator(make_manifest: MakeManifest, tmp_path: Path):
    settings = make_manifest(product_name=NASTY, file_associations=[ASSOCIATION]).settings
    path = tmp_path / "org.example.Hello.desktop"
    path.write_bytes(desktop_entry(settings, has_icon=True))
    done = subprocess.run(["desktop-file-validate", path], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_values_are_escaped_in_xml(make_manifest: MakeManifest):
    settings = make_manifest(
        product_name=NASTY, publisher=NASTY, file_associations=[ASSOCIATION]
    ).settings
    component = ET.fromstring(metainfo(settings, date=0))
    kinds = ET.fromstring(mime_package(settings) or b"")
    assert component.findtext("name") == NASTY
    assert component.findtext("provides/mediatype") == "text/x-two"
    assert kinds[0][0].text == "Two <text>"


def test_metainfo_says_less_when_the_manifest_does(make_manifest: MakeManifest):
    settings = make_manifest(license="", homepage="", publisher="", description="").settings
    component = ET.fromstring(metainfo(settings, date=0))
    assert component.find("project_license") is None
    assert component.find("url") is None
    assert component.findtext("summary") == "Desktop application Hello"
    assert component.findtext("developer_name") == "Hello"


@pytest.mark.skipif(not shutil.which("appstreamcli"), reason="needs appstreamcli")
def test_metainfo_passes_the_validator(make_manifest: MakeManifest, tmp_path: Path):
    path = tmp_path / "org.example.Hello.metainfo.xml"
    path.write_bytes(metainfo(make_manifest().settings, date=1_735_689_600))
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", path], capture_output=True, check=False
    )
    assert (done.returncode, b"E: " in done.stdout) == (0, False), done.stdout.decode()


def test_no_document_type_no_file(make_manifest: MakeManifest):
    assert mime_package(make_manifest().settings) is None
