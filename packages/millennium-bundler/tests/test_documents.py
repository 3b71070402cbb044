"""Copyright, changelog and man page."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.documents import changelog, copyright_file, maintainer, man_page
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]
DATE = 1_735_689_600


def test_the_maintainer_is_name_and_address(make_manifest: MakeManifest):
    assert maintainer(make_manifest().settings) == "Ada Lovelace <ada@example.org>"


def test_without_an_address_it_is_noreply_at_the_own_domain(make_manifest: MakeManifest):
    settings = make_manifest(publisher="", email="", product_name="A <b>, @c").settings
    assert maintainer(settings) == "A b c <noreply@example.org>"


def test_given_texts_are_quoted_whole(make_manifest: MakeManifest):
    settings = make_manifest(license="Apache-2.0 OR MIT", copyright="© 2020 Ada").settings
    text = copyright_file(settings, ["One.\n\nTwo.", "Three."], date=DATE).decode()
    assert (
        "Copyright: 2020 Ada\nLicense: Apache-2.0 or MIT\n One.\n .\n Two.\n .\n Three.\n" in text
    )


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("GPL-3.0-or-later", "/usr/share/common-licenses/GPL-3."),
        ("MIT", "https://spdx.org/licenses/"),
        ("", "all rights are reserved"),
    ],
    ids=["in Debian", "elsewhere", "none"],
)
def test_a_licence_without_text_is_pointed_to(
    make_manifest: MakeManifest, licence: str, words: str
):
    settings = make_manifest(license=licence, homepage="").settings
    text = copyright_file(settings, [], date=DATE).decode()
    assert words in text
    assert "Copyright: 2025 Ada Lovelace" in text
    assert "Source:" not in text


def test_changes_become_the_changelog(make_manifest: MakeManifest):
    settings = make_manifest(changelog="- Faster\n\n* Safer").settings
    text = gzip.decompress(
        changelog(settings, package="hello", version="1.2.3", date=DATE)
    ).decode()
    assert text == (
        "hello (1.2.3) unstable; urgency=medium\n\n  * Faster\n  * Safer\n\n"
        " -- Ada Lovelace <ada@example.org>  Wed, 01 Jan 2025 00:00:00 +0000\n"
    )


def test_without_changes_the_release_is_one(make_manifest: MakeManifest):
    data = changelog(make_manifest().settings, package="hello", version="1.2.3", date=DATE)
    assert b"  * Release 1.2.3.\n" in gzip.decompress(data)


def test_the_man_page_escapes_what_troff_would_obey(make_manifest: MakeManifest):
    settings = make_manifest(
        product_name='A "b"',
        long_description=".SH EVIL\n\n'nother \\fB",
        man={"synopsis": "[FILE]", "options": [{"flag": "--fast", "about": "Be\nfast."}]},
    ).settings
    page = gzip.decompress(man_page(settings, date=DATE)).decode()
    assert "\\&.SH EVIL" in page
    assert "\\&'nother \\efB" in page
    assert '"A \\(dqb\\(dq 1.2.3"' in page
    assert ".TP\n.B \\-\\-fast\nBe fast.\n" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"file_associations": [{"ext": ["a"]}], "homepage": ""}, "[FILE]..."), ({}, "[OPTION]...")],
    ids=["documents", "none"],
)
def test_the_synopsis_follows_the_app(
    make_manifest: MakeManifest, changes: dict[str, object], words: str
):
    page = gzip.decompress(man_page(make_manifest(**changes).settings, date=DATE)).decode()
    assert f"\n{words}\n" in page
    assert ("SEE ALSO" in page) is ("homepage" not in changes)


@pytest.mark.skipif(not shutil.which("man"), reason="needs man")
def test_the_man_page_is_shown_without_a_warning(make_manifest: MakeManifest, tmp_path: Path):
    path = tmp_path / "hello.1"
    path.write_bytes(gzip.decompress(man_page(make_manifest().settings, date=DATE)))
    done = subprocess.run(
        ["man", "--warnings", "-l", path], capture_output=True, check=False, timeout=30
    )
    assert done.stderr == b""
