"""The application as a tree: where everything goes, and what is refused."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path

import pytest

from mac_programs import thin, universal
from millennium_bundler.errors import BundleError, ExecutableError, FormatError, TreeError
from millennium_bundler.icns import read_icns, write_icns
from millennium_bundler.macos_layout import (
    add_path,
    app_name,
    app_tree,
    below,
    check_target,
    outlined_app,
    read_program,
    refuse_twins,
    warnings_of,
)
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import File, Link, Tree

MakeManifest = Callable[..., Manifest]


def files_of(manifest: Manifest) -> dict[str, File]:
    return {file.path: file for file in app_tree(manifest).files()}


def test_the_usual_files_are_there(make_mac_manifest: MakeManifest):
    files = files_of(make_mac_manifest())
    assert list(files) == [
        "Hello.app/Contents/Info.plist",
        "Hello.app/Contents/MacOS/hello",
        "Hello.app/Contents/PkgInfo",
        "Hello.app/Contents/Resources/icon.icns",
    ]
    assert files["Hello.app/Contents/MacOS/hello"].mode == 0o755
    assert files["Hello.app/Contents/PkgInfo"].data == b"APPL????"


def test_names_are_decomposed(make_mac_manifest: MakeManifest):
    assert app_name(make_mac_manifest(product_name="Grüße").settings) == "Gru\u0308ße.app"


@pytest.mark.parametrize(
    "name",
    ["a/b", "a:b", ".hidden", "😀" * 61, "a\u202eb", "a\\b"],
    ids=["slash", "colon", "hidden", "long", "turned around", "backslash"],
)
def test_a_product_that_is_no_file_name_is_refused(make_mac_manifest: MakeManifest, name: str):
    with pytest.raises(FormatError) as caught:
        app_name(make_mac_manifest(product_name=name).settings)
    assert caught.value.code == "macos.name"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "universal"])
def test_targets_of_apple_are_taken(make_mac_manifest: MakeManifest, machine: str):
    check_target(make_mac_manifest(target=f"{machine}-apple-darwin").settings)


@pytest.mark.parametrize("target", ["x86_64-linux-gnu", "x86_64-windows-msvc", "i686-apple-darwin"])
def test_targets_of_others_are_refused(make_mac_manifest: MakeManifest, target: str):
    with pytest.raises(FormatError) as caught:
        check_target(make_mac_manifest(target=target).settings)
    assert caught.value.code == "macos.target"


BOTH = universal(thin("x86_64"), thin("aarch64", oldest=(12, 1)))


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "universal"])
def test_a_universal_program_fits_every_target(make_mac_manifest: MakeManifest, machine: str):
    manifest = make_mac_manifest(target=f"{machine}-apple-darwin")
    assert len(read_program(manifest, BOTH)) == 2


@pytest.mark.parametrize(
    ("machine", "program", "code"),
    [
        ("aarch64", thin("x86_64"), "executable.wrong_target"),
        ("universal", thin("x86_64"), "executable.wrong_target"),
        ("x86_64", thin("x86_64", kind=6), "executable.wrong_target"),
        ("x86_64", b"#!/bin/sh\n", "macho.malformed"),
    ],
    ids=["other machine", "one of two", "library", "script"],
)
def test_what_is_no_program_for_the_target_is_refused(
    make_mac_manifest: MakeManifest, machine: str, program: bytes, code: str
):
    manifest = make_mac_manifest(program, target=f"{machine}-apple-darwin")
    with pytest.raises(ExecutableError) as caught:
        app_tree(manifest)
    assert caught.value.code == code


def test_the_oldest_system_is_the_newest_of_the_machines(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(BOTH, target="universal-apple-darwin")
    plist = plistlib.loads(files_of(manifest)["Hello.app/Contents/Info.plist"].data)
    assert plist["LSMinimumSystemVersion"] == "12.1"


def test_the_users_property_list_is_laid_over(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"info_plist": "own.plist"})
    manifest.resolve("own.plist").write_bytes(plistlib.dumps({"LSUIElement": True}))
    plist = plistlib.loads(files_of(manifest)["Hello.app/Contents/Info.plist"].data)
    assert plist["LSUIElement"] is True
    assert plist["CFBundleName"] == "Hello"


def test_a_ready_icon_is_taken_as_it_is(
    make_mac_manifest: MakeManifest, png: Callable[[int], bytes]
):
    manifest = make_mac_manifest(icons=["icon.png", "own.icns"])
    manifest.resolve("own.icns").write_bytes(write_icns({128: png(128)}))
    files = files_of(manifest)
    assert files["Hello.app/Contents/Resources/icon.icns"].data == write_icns({128: png(128)})


def test_a_large_picture_serves_fine_displays(
    make_mac_manifest: MakeManifest, png: Callable[[int], bytes]
):
    manifest = make_mac_manifest()
    manifest.resolve("icon.png").write_bytes(png(1024))
    icon = files_of(manifest)["Hello.app/Contents/Resources/icon.icns"].data
    assert max(read_icns(icon)) == 1024


def test_without_an_icon_there_is_none(make_mac_manifest: MakeManifest):
    files = files_of(make_mac_manifest(icons=[]))
    assert "Hello.app/Contents/Resources/icon.icns" not in files


def test_files_of_the_app_have_their_places(make_mac_manifest: MakeManifest):
    places = ("/usr/bin/helper", "/usr/lib/hello/data.bin", "/usr/share/hello/x/y", "/etc/hello")
    extra = [{"source": "data", "destination": place, "mode": "0755"} for place in places]
    manifest = make_mac_manifest(files=extra, license_files=["LICENSE"], sbom="sbom.json")
    for name in ("data", "LICENSE", "sbom.json"):
        manifest.resolve(name).write_bytes(thin())
    assert set(files_of(manifest)) >= {
        "Hello.app/Contents/MacOS/helper",
        "Hello.app/Contents/Resources/data.bin",
        "Hello.app/Contents/Resources/x/y",
        "Hello.app/Contents/Resources/licenses/LICENSE",
        "Hello.app/Contents/Resources/sbom.cdx.json",
    }
    slices = read_program(manifest, thin())
    assert "left out, for they are for other systems: /etc/hello" in warnings_of(
        manifest.settings, slices
    )


def test_a_helper_that_is_no_program_lies_among_the_resources(make_mac_manifest: MakeManifest):
    extra = [{"source": "run.sh", "destination": "/usr/bin/run.sh", "mode": "0755"}]
    manifest = make_mac_manifest(files=extra)
    manifest.resolve("run.sh").write_text("#!/bin/sh\n")
    assert "Hello.app/Contents/Resources/bin/run.sh" in files_of(manifest)


def test_files_for_macs_alone_have_the_place_they_ask_for(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"files": {"Library/x": "folder", "/SharedSupport/a": "a"}})
    manifest.resolve("folder").mkdir()
    manifest.resolve("folder/inner.txt").write_text("x")
    manifest.resolve("a").write_text("a")
    assert set(files_of(manifest)) >= {
        "Hello.app/Contents/Library/x/inner.txt",
        "Hello.app/Contents/SharedSupport/a",
    }


def framework(root: Path) -> None:
    version = root / "Own.framework" / "Versions" / "A"
    (version / "Resources").mkdir(parents=True)
    (version / "Own").write_bytes(thin(kind=6))
    (version / "Own").chmod(0o755)
    (version / "Resources" / "Info.plist").write_bytes(b"x")
    (root / "Own.framework" / "Versions" / "Current").symlink_to("A")
    (root / "Own.framework" / "Own").symlink_to("Versions/Current/Own")


def test_a_framework_is_copied_with_its_links(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"frameworks": ["Own.framework"]})
    framework(manifest.path.parent)
    tree = app_tree(manifest)
    start = "Hello.app/Contents/Frameworks/Own.framework"
    assert Link(path=f"{start}/Versions/Current", target="A") in list(tree)
    assert Link(path=f"{start}/Own", target="Versions/Current/Own") in list(tree)
    assert File(path=f"{start}/Versions/A/Own", data=thin(kind=6), mode=0o755) in list(tree)


def test_an_installed_framework_is_found_by_name(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    home = tmp_path / "Library" / "Frameworks"
    home.mkdir(parents=True)
    framework(home)
    monkeypatch.setenv("HOME", str(tmp_path))
    files = files_of(make_mac_manifest(macos={"frameworks": ["Own"]}))
    assert "Hello.app/Contents/Frameworks/Own.framework/Versions/A/Own" in files


@pytest.mark.parametrize("name", ["Gone", "Gone.framework", "gone.dylib"])
def test_a_missing_framework_is_named(make_mac_manifest: MakeManifest, name: str):
    with pytest.raises(FormatError, match=name) as caught:
        app_tree(make_mac_manifest(macos={"frameworks": [name]}))
    assert caught.value.code == "macos.framework"


@pytest.mark.parametrize("target", ["/etc", "../../x"], ids=["absolute", "out"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, target: str):
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "link").symlink_to(target)
    with pytest.raises(TreeError, match="leads out"):
        add_path(Tree(date=0), "f", folder, what="file")


def test_a_file_that_is_not_there_is_named(make_mac_manifest: MakeManifest):
    with pytest.raises(BundleError, match="gone"):
        app_tree(make_mac_manifest(macos={"files": {"x": "gone"}}))


def test_names_that_differ_in_case_alone_are_refused():
    tree = Tree(date=0)
    tree.file("a/README", b"")
    tree.file("a/readme", b"")
    with pytest.raises(FormatError, match="differ in case alone"):
        refuse_twins(tree)


def test_the_same_name_in_two_folders_is_taken():
    tree = Tree(date=0)
    tree.file("a/README", b"")
    tree.file("b/readme", b"")
    refuse_twins(tree)


def test_what_lies_below_a_folder_is_a_tree_of_its_own():
    tree = Tree(date=5)
    tree.file("a/b/c", b"1", mode=0o755)
    tree.add(Link(path="a/l", target="b"))
    tree.file("x", b"2")
    found = below(tree, "a")
    assert [entry.path for entry in found] == ["b", "b/c", "l"]
    assert found.date == 5


def test_an_executable_for_newer_systems_is_warned_of(make_mac_manifest: MakeManifest):
    settings = make_mac_manifest(icons=[]).settings
    manifest = make_mac_manifest(thin(oldest=(14, 0)))
    found = warnings_of(settings, read_program(manifest, thin(oldest=(14, 0))))
    assert [words.split(":")[0].split(",")[0] for words in found] == [
        "no icon",
        "the executable needs macOS 14.0",
    ]
    modern = make_mac_manifest(macos={"minimum_system_version": "14.0"}).settings
    assert warnings_of(modern, read_program(manifest, thin(oldest=(14, 0)))) == ()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"Resources/own": "icon.png", "Resources/own/b": "icon.png"}, "tree.conflict"),
        ({"../own": "icon.png"}, "tree.outside"),
        ({"Info.plist": "icon.png"}, "tree.conflict"),
        ({"Resources/own": "gone.png"}, "tree.missing"),
    ],
    ids=["below a file", "outside", "twice", "missing"],
)
def test_files_that_cannot_be_laid_out_are_named_before_any_work(
    make_mac_manifest: MakeManifest, files: dict[str, str], code: str
):
    outlined_app(make_mac_manifest(macos={"files": {"Resources/own": "icon.png"}}))
    with pytest.raises(BundleError) as caught:
        outlined_app(make_mac_manifest(macos={"files": files}))
    assert caught.value.code == code
