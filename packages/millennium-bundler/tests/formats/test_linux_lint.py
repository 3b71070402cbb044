"""What outside tools say of archives and Flatpak bundles: nothing of good ones, and what is wrong of others."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.formats.flatpak import FlatpakFormat, FlatpakPlan
from millennium_bundler.formats.interface import Finding, Package
from millennium_bundler.formats.linux_lint import lint_desktop
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.output import write_package
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import File, Folder, Tree

MakeManifest = Callable[..., Manifest]

needs_tar = pytest.mark.skipif(shutil.which("tar") is None, reason="needs tar")
needs_flatpak = pytest.mark.skipif(
    not (shutil.which("flatpak") and shutil.which("ostree")), reason="needs flatpak and ostree"
)
needs_validators = pytest.mark.skipif(
    not (shutil.which("desktop-file-validate") and shutil.which("appstreamcli")),
    reason="needs desktop-file-utils and appstream",
)
ASSOCIATION = {"ext": ["note"], "mime_type": "application/x-note", "description": "Note"}


def archive(*members: tuple[str, bytes]) -> Package:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return Package(file_name="a.tar.gz", data=out.getvalue())


def tags(findings: tuple[Finding, ...] | None) -> list[tuple[str, str]]:
    return [(finding.tool, finding.tag) for finding in findings or ()]


@needs_tar
def test_a_good_archive_has_no_findings(make_manifest: MakeManifest, tmp_path: Path):
    [package] = TarFormat().make(make_manifest(file_associations=[ASSOCIATION]))
    assert TarFormat().lint(write_package(package, tmp_path)) == ()


@needs_tar
@pytest.mark.parametrize(
    ("package", "found"),
    [
        (Package(file_name="a.tar.gz", data=b"no archive"), [("tar", "unreadable")]),
        (archive(("a/x", b""), ("b/x", b"")), [("tar", "unreadable")]),
    ],
    ids=["no archive", "two folders"],
)
def test_what_tar_cannot_unpack_into_one_folder_is_found(
    tmp_path: Path, package: Package, found: list[tuple[str, str]]
):
    assert tags(TarFormat().lint(write_package(package, tmp_path))) == found


@needs_tar
@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_a_file_that_is_not_as_listed_is_found(tmp_path: Path):
    sums = "0" * 64 + "  usr/x\n"
    package = archive(
        ("a/install.sh", b"true\n"), ("a/usr/x", b"x"), ("a/SHA256SUMS", sums.encode())
    )
    [finding] = TarFormat().lint(write_package(package, tmp_path)) or ()
    assert (finding.tool, finding.severity, "usr/x" in finding.message) == (
        "sha256sum", "error", True,
    )  # fmt: skip


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], None]:
    """Makes a stand-in for a tool; of the others none is on the PATH but those that are named."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, said: str = "", code: int = 0) -> None:
        path = folder / name
        path.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{said}\nEND\nexit {code}\n")
        path.chmod(0o755)

    return make


def real(folder: Path, *names: str) -> None:
    for name in names:
        found = shutil.which(name, path="/usr/bin:/bin")
        assert found is not None
        (folder / "tools" / name).symlink_to(found)


@needs_tar
@pytest.mark.parametrize("shell", ["dash", "sh"])
def test_a_script_that_no_shell_reads_is_found(
    tool: Callable[..., None], tmp_path: Path, shell: str
):
    del tool
    if shutil.which(shell, path="/usr/bin:/bin") is None:
        pytest.skip(f"needs {shell}")
    real(tmp_path, "tar", "gzip", shell)
    good = archive(("a/install.sh", b"if true; then echo; fi\n"))
    assert TarFormat().lint(write_package(good, tmp_path)) == ()
    bad = archive(("a/install.sh", b"if true; then echo\n"))
    assert tags(TarFormat().lint(write_package(bad, tmp_path))) == [(shell, "syntax")]


@needs_tar
def test_what_shellcheck_says_is_told(tool: Callable[..., None], tmp_path: Path):
    real(tmp_path, "tar", "gzip")
    said = (
        "install.sh:2:6: warning: Quote this. [SC2046]\n"
        "install.sh:3:1: error: Mend this. [SC1073]\n"
        "install.sh:4:1: note: Consider this. [SC2012]\n"
    )
    tool("shellcheck", said, 1)
    package = archive(("a/install.sh", b"true\n"))
    assert TarFormat().lint(write_package(package, tmp_path)) == (
        Finding(tool="shellcheck", severity="warning", tag="SC2046", message="line 2: Quote this."),
        Finding(tool="shellcheck", severity="error", tag="SC1073", message="line 3: Mend this."),
    )


@pytest.mark.usefixtures("tool")
def test_without_tools_nobody_is_asked(tmp_path: Path):
    assert TarFormat().lint(tmp_path / "a.tar.gz") is None
    assert FlatpakFormat().lint(tmp_path / "a.flatpak") is None
    assert lint_desktop(tmp_path) is None


ENTRY = "[Desktop Entry]\nType=Application\nName=Hello\nExec=hello\n"
METAINFO = """<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>org.example.Hello</id>
  <metadata_license>CC0-1.0</metadata_license>
</component>
"""


def share(folder: Path, entry: str) -> Path:
    for name, text in (("applications/a.desktop", entry), ("metainfo/a.xml", METAINFO)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return folder


@needs_validators
def test_what_validators_say_is_told(tmp_path: Path):
    findings = lint_desktop(share(tmp_path, ENTRY + "Odd=1\nTerminal=perhaps\n"))
    found = {(finding.tool, finding.severity) for finding in findings or ()}
    assert found >= {("desktop-file-validate", "error"), ("appstreamcli", "error")}


@needs_validators
def test_a_good_entry_is_told_nothing_of(tmp_path: Path):
    findings = lint_desktop(share(tmp_path, ENTRY + "Categories=Utility;\n"))
    assert [one for one in findings or () if one.tool == "desktop-file-validate"] == []


@pytest.mark.parametrize(
    ("name", "said", "finding"),
    [
        (
            "desktop-file-validate",
            "a.desktop: warning: value is deprecated\na.desktop: hint: have more",
            ("warning", "a.desktop", "value is deprecated"),
        ),
        (
            "appstreamcli",
            "W: org.example.Hello:3: url-homepage-missing\nI: org.example.Hello:~: more",
            ("warning", "url-homepage-missing", "org.example.Hello:3"),
        ),
    ],
    ids=["the entry's", "the description's"],
)
def test_each_validator_is_asked_where_the_other_is_missing(
    tool: Callable[..., None], tmp_path: Path, name: str, said: str, finding: tuple[str, str, str]
):
    tool(name, said, 1)
    [found] = lint_desktop(share(tmp_path / "share", ENTRY)) or ()
    assert (found.tool, found.severity, found.tag, found.message) == (name, *finding)


class Damaged(FlatpakFormat):
    """Bundles with a menu entry that is none."""

    def _plan(self, manifest: Manifest) -> FlatpakPlan:
        plan = super()._plan(manifest)
        tree = Tree(date=plan.tree.date)
        for entry in plan.tree:
            if isinstance(entry, Folder):
                continue
            if isinstance(entry, File) and entry.path.endswith(".desktop"):
                tree.add(replace(entry, data=b"[Desktop Entry]\nName=x\n"))
            else:
                tree.add(entry)
        return replace(plan, tree=tree)


@needs_flatpak
@needs_validators
def test_what_a_flatpak_bundle_exports_is_read(make_manifest: MakeManifest, tmp_path: Path):
    [good] = FlatpakFormat().make(make_manifest())
    assert FlatpakFormat().lint(write_package(good, tmp_path)) == ()
    [bad] = Damaged().make(make_manifest())
    findings = FlatpakFormat().lint(write_package(bad, tmp_path)) or ()
    assert "desktop-file-validate" in {finding.tool for finding in findings}


@needs_flatpak
def test_what_is_no_flatpak_bundle_is_found(tmp_path: Path):
    path = write_package(Package(file_name="a.flatpak", data=b"no bundle"), tmp_path)
    assert tags(FlatpakFormat().lint(path)) == [("flatpak", "unreadable")]
