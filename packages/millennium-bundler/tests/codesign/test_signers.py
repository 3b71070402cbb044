"""Who signs: chosen by settings and variables; Apple's tools are asked in the right words."""

from __future__ import annotations

import base64
import json
import plistlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mac_apps import contents
from mac_identities import DEVELOPER_ID, PASSWORD, certificate, elliptic_key, p12, pem, rsa_key
from millennium_bundler.archive.udif import DiskImage, write_udif
from millennium_bundler.bundle_signing import signing_for
from millennium_bundler.codesign.choose import app_signer, configured_notary, configured_signer
from millennium_bundler.codesign.codesign_tool import CodesignTool, read_tree, write_tree
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.image import sign_image
from millennium_bundler.codesign.notary import (
    ApiKey,
    Notary,
    NotaryTool,
    Outcome,
    notarised,
)
from millennium_bundler.codesign.own import OwnSigner, app_folder, moved
from millennium_bundler.codesign.verify import verify_app
from millennium_bundler.errors import FormatError, ManifestError, SignError
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]
P12 = p12(rsa_key(), certificate(rsa_key()))
IMAGE = write_udif(DiskImage(volume=bytes(512)))


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPLE_CERTIFICATE", raising=False)
    monkeypatch.delenv("APPLE_CERTIFICATE_PASSWORD", raising=False)
    monkeypatch.delenv("APPLE_SIGNING_IDENTITY", raising=False)


def app() -> Tree:
    return moved(contents(), "", "Hello.app/")


def test_without_settings_nobody_signs(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest()
    assert configured_signer(manifest) is None
    signed = app_signer(manifest).sign_app(app())
    verify_app(moved(signed, "Hello.app/", ""))


def test_a_dash_is_nobody(make_mac_manifest: MakeManifest):
    assert configured_signer(make_mac_manifest(macos={"signing_identity": "-"})) is None


def test_a_given_signer_comes_first(make_mac_manifest: MakeManifest):
    given = OwnSigner()
    manifest = replace(make_mac_manifest(), signing=Signing(codesign=given))
    assert app_signer(manifest) is given


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes], ids=["line", "lines"])
def test_a_certificate_comes_from_a_variable(
    make_mac_manifest: MakeManifest,
    monkeypatch: pytest.MonkeyPatch,
    encode: Callable[[bytes], bytes],
):
    monkeypatch.setenv("APPLE_CERTIFICATE", encode(P12).decode())
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())
    signer = configured_signer(make_mac_manifest())
    assert isinstance(signer, OwnSigner)
    assert signer.identity is not None
    assert (signer.identity.name, signer.hardened, signer.timestamper) == (
        *("Test Signer", True, None),
    )


def test_a_certificate_comes_from_a_file(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    manifest = make_mac_manifest(macos={"certificate": "key.p12", "hardened_runtime": False})
    manifest.resolve("key.p12").write_bytes(P12)
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())
    signer = configured_signer(manifest)
    assert isinstance(signer, OwnSigner)
    assert not signer.hardened


def test_the_chain_comes_from_files(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    authority = certificate(elliptic_key(), name="Authority")
    issued = certificate(
        rsa_key(), issuer="Authority", issuer_key=elliptic_key(), extension=DEVELOPER_ID
    )
    macos = {"certificate": "key.pem", "certificate_chain": ["authority.cer"]}
    manifest = make_mac_manifest(macos=macos)
    manifest.resolve("key.pem").write_bytes(pem(rsa_key(), issued))
    manifest.resolve("authority.cer").write_bytes(authority.public_bytes(Encoding.DER))
    signer = configured_signer(manifest)
    assert isinstance(signer, OwnSigner)
    assert signer.identity is not None
    assert signer.identity.chain == (authority,)


def test_bundling_for_a_mac_opens_the_certificate_first(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APPLE_CERTIFICATE", base64.b64encode(P12).decode())
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())
    with signing_for(make_mac_manifest()) as manifest:
        assert isinstance(manifest.signing.codesign, OwnSigner)


def test_bundling_for_others_does_not_look_at_it(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APPLE_CERTIFICATE", "nonsense")
    with signing_for(make_mac_manifest(target="x86_64-linux-gnu")) as manifest:
        assert manifest.signing.codesign is None


def test_a_wrong_password_is_said_before_anything_is_made(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("APPLE_CERTIFICATE", base64.b64encode(P12).decode())
    with pytest.raises(SignError, match="password"):
        configured_signer(make_mac_manifest())


def test_certificates_of_apple_ask_for_the_time(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    apples = p12(rsa_key(), certificate(rsa_key(), extension=DEVELOPER_ID))
    monkeypatch.setenv("APPLE_CERTIFICATE", base64.b64encode(apples).decode())
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())
    asking = configured_signer(make_mac_manifest())
    silent = configured_signer(make_mac_manifest(macos={"timestamp_url": "none"}))
    assert isinstance(asking, OwnSigner)
    assert isinstance(silent, OwnSigner)
    assert asking.timestamper is not None
    assert silent.timestamper is None


def test_a_keychain_is_only_on_a_mac(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SignError, match="only a Mac"):
        configured_signer(make_mac_manifest(macos={"signing_identity": "Developer ID"}))


def test_on_a_mac_codesign_is_asked(
    make_mac_manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("APPLE_SIGNING_IDENTITY", "Own")
    manifest = make_mac_manifest(
        macos={"signing_identity": "Other", "timestamp_url": "none", "entitlements": "r.plist"}
    )
    manifest.resolve("r.plist").write_bytes(plistlib.dumps({"a": True}))
    assert configured_signer(manifest) == CodesignTool(
        identity="Own", entitlements=plistlib.dumps({"a": True}), with_timestamp=False
    )


def test_a_signature_is_no_older_than_its_certificate():
    identity = load_identity(Secret(P12), Secret(PASSWORD))
    signed = OwnSigner(identity=identity, date=5).sign_image(IMAGE, identifier="own")
    assert b"240101000000Z" in signed


@pytest.mark.parametrize("paths", [(), ("a.app/x", "b.app/x"), ("folder/x",)])
def test_what_is_not_one_application_is_refused(paths: tuple[str, ...]):
    tree = Tree(date=0)
    for path in paths:
        tree.file(path, b"")
    with pytest.raises(FormatError, match="not one application"):
        app_folder(tree)


def test_a_tree_is_written_and_read(tmp_path: Path):
    write_tree(contents(), tmp_path)
    assert list(read_tree(tmp_path, date=contents().date)) == list(contents())


SCRIPT = """#!{python}
import json, os, sys
from pathlib import Path
with open({log!r}, "a") as log:
    print(json.dumps(sys.argv[1:]), file=log)
{body}
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts a stand-in for one of Apple's tools on the PATH; what it was asked is logged."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def make(name: str, body: str = "") -> Path:
        log = tmp_path / f"{name}.log"
        path = folder / name
        path.write_text(SCRIPT.format(python=sys.executable, log=str(log), body=body))
        path.chmod(0o755)
        return log

    return make


def asked(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_codesign_is_asked_from_the_inside_out(tool: Callable[..., Path]):
    log = tool(
        "codesign",
        'Path(sys.argv[-1], "sealed").touch() if sys.argv[1] != "--verify" and Path(sys.argv[-1]).is_dir() else None',
    )
    signer = CodesignTool(identity="Own", entitlements=plistlib.dumps({"a": True}))
    signed = signer.sign_app(app())
    words = asked(log)
    assert [line[-1].partition("Hello.app")[2] for line in words] == [
        "/Contents/Frameworks/Own.framework",
        "/Contents/Helpers/Inner.app",
        "/Contents/Frameworks/libown.1.dylib",
        "/Contents/MacOS/helper",
        "/Contents/Resources/addon.so",
        "",
        "",
    ]
    assert words[0][:7] == [
        *("--force", "--sign", "Own", "--timestamp", "--identifier", "org.example.Own"),
        "--options",
    ]
    assert ["--entitlements" in line for line in words] == [
        *(False, False, False, True, False, True, False),
    ]
    assert words[-1][:3] == ["--verify", "--deep", "--strict"]
    assert "Hello.app/sealed" in [file.path for file in signed.files()]


def test_codesign_signs_a_disk_image(tool: Callable[..., Path], tmp_path: Path):
    ready = tmp_path / "ready.dmg"
    ready.write_bytes(sign_image(IMAGE, identifier="own", signer=None))
    log = tool("codesign", f"Path(sys.argv[-1]).write_bytes(Path({str(ready)!r}).read_bytes())")
    signer = CodesignTool(identity="Own", hardened=False, with_timestamp=False)
    assert signer.sign_image(IMAGE, identifier="own") == ready.read_bytes()
    [words, verifying] = asked(log)
    assert verifying[:2] == ["--verify", "--strict"]
    assert words[:6] == ["--force", "--sign", "Own", "--timestamp=none", "--identifier", "own"]


def test_what_codesign_refuses_is_said(tool: Callable[..., Path]):
    tool("codesign", "sys.exit(sys.argv[1] == '--verify')")
    with pytest.raises(SignError, match="exit code 1"):
        CodesignTool(identity="Own").sign_image(IMAGE, identifier="own")


class KindNotary(Notary):
    """Accepts whatever ends as it likes, and notes what it was asked."""

    def __init__(self, *, accepts: str = ".dmg") -> None:
        self.accepts = accepts
        self.stapled: list[str] = []

    def submit(self, path: Path) -> str:
        return path.suffix

    def wait(self, submission: str) -> Outcome:
        if submission == self.accepts:
            return Outcome(is_accepted=True, status="Accepted")
        return Outcome(is_accepted=False, status="Invalid", log="not signed")

    def staple(self, path: Path) -> None:
        self.stapled.append(path.name)
        path.write_bytes(path.read_bytes() + b"ticket")


def test_an_accepted_image_gets_its_ticket():
    notary = KindNotary()
    assert notarised(b"image", "own.dmg", notary) == b"imageticket"
    assert notary.stapled == ["own.dmg"]


def test_a_zipped_application_is_accepted_without_a_ticket_inside(tmp_path: Path):
    notary = KindNotary(accepts=".zip")
    (tmp_path / "a.zip").write_bytes(b"zip")
    notary.notarise(tmp_path / "a.zip")
    assert notary.stapled == []


def test_what_the_notary_refuses_is_said_with_its_words():
    with pytest.raises(SignError, match=r"Invalid. not signed") as caught:
        notarised(b"image", "own.dmg", KindNotary(accepts=""))
    assert caught.value.code == "notary.refused"


ACCEPTING = """
answers = {"submit": {"id": "7"}, "wait": {"status": "Accepted"}}
print(json.dumps(answers.get(sys.argv[2], {})))
"""
REFUSING = ACCEPTING.replace("Accepted", "Invalid")


def test_notarytool_is_asked_with_a_key_file(tool: Callable[..., Path], tmp_path: Path):
    log = tool("xcrun", ACCEPTING)
    (tmp_path / "a.dmg").write_bytes(b"image")
    key = ApiKey(path=tmp_path / "key.p8", id="ID", issuer="ISSUER")
    NotaryTool(access=key).notarise(tmp_path / "a.dmg")
    assert [line[:3] for line in asked(log)] == [
        ["notarytool", "submit", str(tmp_path / "a.dmg")],
        ["notarytool", "wait", "7"],
        ["stapler", "staple", str(tmp_path / "a.dmg")],
    ]
    assert asked(log)[0][-6:] == [
        *("--key", str(tmp_path / "key.p8"), "--key-id", "ID", "--issuer", "ISSUER"),
    ]


def test_a_refusal_of_notarytool_comes_with_its_log(tool: Callable[..., Path], tmp_path: Path):
    tool("xcrun", REFUSING)
    with pytest.raises(SignError, match="Invalid"):
        NotaryTool(access="profile").notarise(tmp_path / "a.dmg")


@pytest.mark.parametrize("body", ["print('{}')", "print('nothing')"], ids=["no number", "no JSON"])
def test_an_answer_without_a_number_is_refused(
    tool: Callable[..., Path], tmp_path: Path, body: str
):
    tool("xcrun", body)
    with pytest.raises(SignError, match="no number"):
        NotaryTool(access="profile").submit(tmp_path / "a.dmg")


def test_the_notary_is_named_by_variables(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    key = {"APPLE_API_KEY_PATH": "k.p8", "APPLE_API_KEY": "ID", "APPLE_API_ISSUER": "I"}
    assert configured_notary(key) == NotaryTool(
        access=ApiKey(path=Path("k.p8"), id="ID", issuer="I")
    )
    assert configured_notary({"APPLE_KEYCHAIN_PROFILE": "p"}) == NotaryTool(access="p")
    assert configured_notary({}) is None


def test_a_team_of_an_apple_id_is_refused_with_a_reason(make_mac_manifest: MakeManifest):
    make_mac_manifest(macos={"provider_short_name": ""})  # the control
    with pytest.raises(ManifestError, match="belongs to one team") as caught:
        make_mac_manifest(macos={"provider_short_name": "ABCDE"})
    assert caught.value.code == "manifest.bad_value"


def test_elsewhere_there_is_no_keychain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SignError, match="only a Mac"):
        configured_notary({"APPLE_KEYCHAIN_PROFILE": "p"})
