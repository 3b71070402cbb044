"""Applications signed from the inside out, and what touching a file of them does."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mac_apps import FRAMEWORK, NESTED, contents, info
from mac_identities import PASSWORD, certificate, p12, rsa_key
from mac_programs import thin
from millennium_bundler.codesign.app import AppOptions, replaced, sign_contents
from millennium_bundler.codesign.bundle import Part, contents_of, find_bundles, signing_steps
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.codesign_tool import write_tree
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.resources import SEAL, check_seal
from millennium_bundler.codesign.verify import verify_app, verify_macho
from millennium_bundler.errors import FormatError, SignError
from millennium_bundler.sign.secret import Secret
from millennium_bundler.tree import File, Link, Tree

IDENTITY = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
SIGNER = Signer(identity=IDENTITY, date=1_735_689_600)
RIGHTS = {"com.apple.security.cs.allow-jit": True}
SIGNED = sign_contents(contents(), AppOptions(signer=SIGNER, entitlements=RIGHTS))


def without(tree: Tree, path: str) -> Tree:
    found = Tree(date=tree.date)
    for entry in tree:
        if isinstance(entry, File | Link) and entry.path != path:
            found.add(entry)
    return found


def data_of(tree: Tree, path: str) -> bytes:
    return next(file.data for file in tree.files() if file.path == path)


def relinked(tree: Tree) -> Tree:
    found = without(tree, "Contents/Resources/link")
    found.add(Link(path="Contents/Resources/link", target="/etc/passwd"))
    return found


def test_what_lies_inside_is_signed_first():
    steps = [(step.path, step.part) for step in signing_steps(contents())]
    assert steps == [
        (FRAMEWORK, Part.FRAMEWORK),
        ("Contents/Helpers/Inner.app", Part.BUNDLE),
        ("Contents/Frameworks/libown.1.dylib", Part.LIBRARY),
        ("Contents/MacOS/helper", Part.HELPER),
        ("Contents/Resources/addon.so", Part.LIBRARY),
        ("", Part.APP),
    ]


def test_code_is_called_by_its_bundle_or_its_file():
    names = [step.identifier for step in signing_steps(contents())]
    assert names == [
        *("org.example.Own", "org.example.Inner", "libown", "helper", "addon"),
        "org.example.Hello",
    ]


def test_a_signed_application_is_valid():
    verify_app(SIGNED)
    verify_app(sign_contents(contents(), AppOptions()))


def test_the_same_application_gives_the_same_bytes():
    again = sign_contents(contents(), AppOptions(signer=SIGNER, entitlements=RIGHTS))
    assert list(again) == list(SIGNED)


def test_signing_again_gives_the_same_bytes():
    again = sign_contents(SIGNED, AppOptions(signer=SIGNER, entitlements=RIGHTS))
    assert list(again) == list(SIGNED)


def test_only_programs_get_the_entitlements():
    program = data_of(SIGNED, "Contents/MacOS/helper")
    library = data_of(SIGNED, "Contents/Frameworks/libown.1.dylib")
    assert b"allow-jit" in program
    assert b"allow-jit" not in library


def test_the_seal_names_code_by_its_hash_and_files_by_theirs():
    seal = plistlib.loads(data_of(SIGNED, f"Contents/{SEAL}"))
    named = seal["files2"]
    own = verify_macho(data_of(SIGNED, f"{FRAMEWORK}/Versions/A/Own"), place="Own")
    assert named["Frameworks/Own.framework"]["cdhash"] == own.cdhashes[0]
    assert named["Resources/link"] == {"symlink": "icon.icns"}
    assert named["Resources/en.lproj/a.strings"]["optional"] is True
    assert set(named["Resources/icon.icns"]) == {"hash2"}
    assert set(named) & {"Info.plist", "PkgInfo", "Resources/.DS_Store", "MacOS/hello"} == set()
    assert "Frameworks/Own.framework/Versions/A/Own" not in named
    assert set(seal["files"]) >= {"Resources/icon.icns", "Resources/.DS_Store"}


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: replaced(tree, {"Contents/Resources/icon.icns": b"other"}),
        lambda tree: replaced(tree, {"Contents/Resources/new": b"other"}),
        lambda tree: without(tree, "Contents/Resources/icon.icns"),
        lambda tree: replaced(tree, {"Contents/Info.plist": info("hello", "org.example.Evil")}),
        lambda tree: replaced(tree, {f"Contents/{SEAL}": b"<plist/>"}),
        lambda tree: without(tree, f"Contents/{SEAL}"),
        lambda tree: replaced(tree, {f"{FRAMEWORK}/Versions/A/Resources/x.txt": b"other"}),
        lambda tree: replaced(
            tree, {f"{NESTED}/MacOS/inner": data_of(tree, "Contents/MacOS/helper")}
        ),
        lambda tree: replaced(
            tree, {"Contents/MacOS/helper": data_of(tree, f"{NESTED}/MacOS/inner")}
        ),
        lambda tree: replaced(tree, {"Contents/MacOS/helper": thin()}),
        relinked,
    ],
    ids=[
        *("changed", "added", "removed", "Info.plist", "seal", "no seal", "in a framework"),
        *("other inner app", "other helper", "unsigned helper", "link"),
    ],
)
def test_a_touched_file_is_caught(change: Callable[[Tree], Tree]):
    with pytest.raises(SignError) as caught:
        verify_app(change(SIGNED))
    assert caught.value.code == "sign.not_valid"


NO_SEALS = {
    "nothing": b"",
    "coding": b'<?xml version="1.0" encoding="UTX-8"?><plist/>',
    "date": b"<plist><dict><key>files</key><date>soon</date></dict></plist>",
    "end": b"<plist></dict></plist>",
    "list": plistlib.dumps([]),
    "lists": plistlib.dumps({"files": [], "files2": []}),
    "half": plistlib.dumps({"files": {}}),
}


@pytest.mark.parametrize("seal", NO_SEALS.values(), ids=NO_SEALS.keys())
def test_a_seal_that_is_none_is_refused(seal: bytes):
    found, bundles = contents_of(SIGNED), find_bundles(SIGNED)
    with pytest.raises(SignError, match="there is none"):
        check_seal({**found, f"Contents/{SEAL}": seal}, bundles[-1], bundles, lambda _path: b"")


def test_what_the_finder_writes_does_not_break_the_seal():
    verify_app(replaced(SIGNED, {"Contents/Resources/en.lproj/.DS_Store": b"notes"}))


def test_an_application_without_a_main_program_is_refused():
    with pytest.raises(FormatError, match="main program"):
        find_bundles(without(contents(), "Contents/MacOS/hello"))


def test_rcodesign_finds_nothing_wrong(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    write_tree(SIGNED, tmp_path)
    code = ["Contents/MacOS/hello", "Contents/MacOS/helper", f"{FRAMEWORK}/Versions/A/Own"]
    assert [other.verify_macho(str(tmp_path / path)) for path in code] == [[], [], []]


def test_rcodesign_writes_the_same_seal(tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    write_tree(SIGNED, tmp_path)
    seal = tmp_path / "Contents" / SEAL
    ours = plistlib.loads(seal.read_bytes())
    unsigned = tmp_path / "other" / "Hello.app"
    unsigned.mkdir(parents=True)
    write_tree(contents(), unsigned)
    other.sign(str(unsigned), timestamp_url="none")
    theirs = plistlib.loads((unsigned / "Contents" / SEAL).read_bytes())
    assert ours["rules"] == theirs["rules"]
    assert ours["rules2"] == theirs["rules2"]
    assert plain(ours["files"]) == plain(theirs["files"])
    assert plain(ours["files2"]) == plain(theirs["files2"])


def plain(files: dict[str, object]) -> dict[str, object]:
    """Entries without what differs from one signer to the next: hashes of signed code.

    A bundle without code is sealed by rcodesign alone; codesign and we take it for files.
    """
    return {
        path: "code" if isinstance(entry, dict) and "cdhash" in entry else entry
        for path, entry in files.items()
        if "plain.bundle" not in path and path != "Resources/addon.so"
    }


@pytest.mark.skipif(not shutil.which("codesign"), reason="needs codesign, which macOS has")
def test_codesign_finds_nothing_wrong(tmp_path: Path):
    root = tmp_path / "Hello.app"
    root.mkdir()
    write_tree(sign_contents(contents(), AppOptions()), root)
    subprocess.run(["codesign", "--verify", "--deep", "--strict", root], check=True)
