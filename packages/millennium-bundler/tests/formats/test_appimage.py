"""AppImages from a manifest: an AppDir, a runtime, a signature."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.appimage import AppImageFormat, AppImagePlan, armoured, machine
from millennium_bundler.formats.appimage_file import read_appimage, sign_appimage
from millennium_bundler.formats.interface import Package
from millennium_bundler.native import RUNTIME, Toolchain, compile_runtime
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.gpg import GpgKey, GpgSigner
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import DetachedSigner, Signing
from millennium_bundler.tree import Link, Tree

MakeManifest = Callable[..., Manifest]
UPDATE = "gh-releases-zsync|ada|hello|latest|hello_*_x86_64.AppImage.zsync"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runtimes: this machine's own, under the name of x86_64, which the manifest names."""
    folder = tmp_path_factory.mktemp("store")
    chain = Toolchain(machine=platform.machine(), compiler="gcc")
    if not chain.is_usable():
        pytest.skip("needs gcc, musl-tools and libzstd-dev")
    compiled = compile_runtime(chain, store=folder)
    (folder / "x86_64").mkdir(exist_ok=True)
    for name in (RUNTIME, f"{RUNTIME}.sha256"):
        target = folder / "x86_64" / name
        if not target.exists():
            shutil.copyfile(compiled.with_name(name), target)
    return folder


def made(manifest: Manifest, store: Path) -> Package:
    [package] = AppImageFormat(store=store).make(manifest)
    return package


def links(package: Package) -> dict[str, str]:
    tree = read_squashfs(read_appimage(package.file).image)
    return {entry.path: entry.target for entry in tree if isinstance(entry, Link)}


def test_an_appimage_is_a_program_named_after_the_app(make_manifest: MakeManifest, store: Path):
    package = made(make_manifest(), store)
    assert package.file_name == "hello_1.2.3_x86_64.AppImage"
    assert package.is_program
    assert package.warnings == ()


def test_the_same_manifest_gives_the_same_bytes(make_manifest: MakeManifest, store: Path):
    assert made(make_manifest(), store) == made(make_manifest(), store)


def test_the_root_has_what_desktops_look_for(make_manifest: MakeManifest, store: Path):
    icon = "usr/share/icons/hicolor/64x64/apps/org.example.Hello.png"
    assert links(made(make_manifest(), store)) == {
        "AppRun": "usr/bin/hello",
        "org.example.Hello.desktop": "usr/share/applications/org.example.Hello.desktop",
        "org.example.Hello.png": icon,
        ".DirIcon": "org.example.Hello.png",
    }


def test_the_icon_is_the_largest_that_file_managers_show(
    make_manifest: MakeManifest, store: Path, tmp_path: Path, png: Callable[[int], bytes]
):
    manifest = make_manifest()
    (tmp_path / "icon.png").write_bytes(png(512))
    assert "256x256" in links(made(manifest, store))["org.example.Hello.png"]


def test_an_app_without_icon_and_description_is_warned_about(
    make_manifest: MakeManifest, store: Path
):
    package = made(make_manifest(icons=[], description=""), store)
    assert [warning.partition(":")[0] for warning in package.warnings] == [
        "no icon",
        "no description",
    ]
    assert ".DirIcon" not in links(package)


def test_update_information_is_in_its_section(make_manifest: MakeManifest, store: Path):
    manifest = make_manifest(linux={"appimage": {"update_information": UPDATE}})
    AppImageFormat(store=store).check(manifest)
    assert read_appimage(made(manifest, store).file).update_information == UPDATE


@pytest.mark.parametrize(
    "wrong",
    ["https://example.org/x", "zsync|ftp://example.org/x.zsync", "gh-releases-zsync|ada|hello"],
)
def test_update_information_of_no_known_kind_is_refused(make_manifest: MakeManifest, wrong: str):
    manifest = make_manifest(linux={"appimage": {"update_information": wrong}})
    with pytest.raises(FormatError) as caught:
        AppImageFormat().check(manifest)
    assert caught.value.code == "appimage.update_information"


@pytest.mark.parametrize("target", ["riscv64-linux-gnu", "x86_64-windows-msvc"])
def test_a_target_without_a_runtime_is_refused(make_manifest: MakeManifest, target: str):
    assert machine(make_manifest(target="aarch64-linux-gnu").settings) == "aarch64"
    with pytest.raises(FormatError) as caught:
        AppImageFormat().check(make_manifest(target=target))
    assert caught.value.code == "appimage.target"


def test_a_block_size_makes_it_smaller(make_manifest: MakeManifest, store: Path, tmp_path: Path):
    (tmp_path / "text").write_bytes(hashlib.shake_128(b"").digest(200_000) * 4)
    files = [{"source": "text", "destination": "/usr/share/hello/text"}]
    small = make_manifest(files=files)
    large = make_manifest(files=files, linux={"appimage": {"block_kibibytes": 1024}})
    assert len(made(large, store).file) < len(made(small, store).file)


class Stamp(DetachedSigner):
    """Signs with a text that says what was signed."""

    def sign_detached(self, data: bytes) -> bytes:
        return b"signed " + data

    def public_key(self) -> bytes:
        return b"-----BEGIN PGP PUBLIC KEY BLOCK-----"


def test_the_digest_is_signed_and_the_key_comes_along(make_manifest: MakeManifest, store: Path):
    package = made(replace(make_manifest(), signing=Signing(gpg=Stamp())), store)
    found = read_appimage(package.file)
    assert package.is_signed
    assert found.signature == armoured(b"signed " + found.digest.encode())
    assert found.key == Stamp().public_key()


def test_a_signature_in_text_stays_as_it_is():
    text = b"-----BEGIN PGP SIGNATURE-----\n\nbase64"
    assert armoured(text) == text


@pytest.fixture
def signed(
    make_manifest: MakeManifest, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An AppImage on disk, signed by a fresh key."""
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    secret = _fresh_key(tmp_path / "keys")
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "none"))
    with GpgSigner(GpgKey(secret=secret)) as signer:
        package = made(replace(make_manifest(), signing=Signing(gpg=signer)), store)
    path = tmp_path / package.file_name
    path.write_bytes(package.file)
    return path


def _fresh_key(home: Path) -> Secret:
    home.mkdir(mode=0o700)
    with_home = ("gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", "")
    subprocess.run(
        [*with_home, "--quick-generate-key", "Ada <ada@example.org>", "ed25519", "sign"], check=True
    )
    armour = subprocess.run(
        [*with_home, "--armor", "--export-secret-keys"], check=True, capture_output=True
    )
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
    return Secret(armour.stdout)


needs_squashfs_tools = pytest.mark.skipif(
    shutil.which("unsquashfs") is None, reason="needs squashfs-tools"
)


@needs_squashfs_tools
def test_a_signature_by_gpg_verifies(signed: Path):
    assert AppImageFormat().lint(signed) == ()


@needs_squashfs_tools
def test_a_signature_over_another_file_does_not_verify(
    signed: Path, make_manifest: MakeManifest, store: Path
):
    found = read_appimage(signed.read_bytes())
    other = made(make_manifest(version="1.2.4", description="Another"), store).file
    signed.write_bytes(sign_appimage(other, signature=found.signature, key=found.key))
    assert [finding.tool for finding in AppImageFormat().lint(signed) or ()] == ["gpg"]


@needs_squashfs_tools
def test_a_key_that_is_none_does_not_verify(signed: Path):
    found = read_appimage(signed.read_bytes())
    signed.write_bytes(
        sign_appimage(signed.read_bytes(), signature=found.signature, key=b"no key at all")
    )
    assert [finding.tool for finding in AppImageFormat().lint(signed) or ()] == ["gpg"]


def test_without_squashfs_tools_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    assert AppImageFormat().lint(tmp_path / "any") is None


Change = Callable[[AppImagePlan], AppImagePlan]


def _other_tree(plan: AppImagePlan) -> AppImagePlan:
    tree = Tree(date=plan.tree.date)
    tree.file("AppRun", b"another")
    return replace(plan, tree=tree)


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: replace(plan, runtime=plan.runtime + b"x"),
        lambda plan: replace(plan, update_information=UPDATE),
        _other_tree,
    ],
    ids=["runtime", "update-information", "tree"],
)
def test_what_differs_from_the_plan_is_noticed(
    make_manifest: MakeManifest, store: Path, change: Change
):
    format_ = AppImageFormat(store=store)
    manifest = make_manifest()
    plan = format_._plan(manifest)
    package = format_._build(manifest, plan)
    format_._verify(package, plan)
    with pytest.raises(PackageError):
        format_._verify(package, change(plan))


def test_the_digest_is_that_of_the_file_without_signature(make_manifest: MakeManifest, store: Path):
    file = made(make_manifest(), store).file
    assert read_appimage(file).digest == hashlib.sha256(file).hexdigest()
