"""The notary's ticket in an application: where it lies, whose it is, and that its seal still holds.

Apple's own service cannot be asked here: the one that answers is ours, and says what Apple documents.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mac_apps import contents
from mac_identities import PASSWORD, certificate, elliptic_key, p12, rsa_key
from millennium_bundler.codesign.codesign_tool import read_tree
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.notary import ApiKey, NotaryTool
from millennium_bundler.codesign.notary_service import SUBMISSIONS, TICKETS, NotaryService
from millennium_bundler.codesign.own import OwnSigner, moved
from millennium_bundler.codesign.staple import TICKET, main_code, notarised_app, zipped
from millennium_bundler.codesign.verify import verify_app, verify_macho
from millennium_bundler.codesign.web import Ask
from millennium_bundler.errors import SignError
from millennium_bundler.formats.app import AppFormat
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

IDENTITY = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
SIGNED = moved(
    OwnSigner(identity=IDENTITY).sign_app(moved(contents(), "", "Hello.app/")), "Hello.app/", ""
)


@dataclass
class Apple:
    """Answers as Apple's services do; a ticket says whose it is."""

    status: str = "Accepted"
    has_ticket: bool = True
    sent: list[bytes] = field(default_factory=list)
    places: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(
            ("awsAccessKeyId", "awsSecretAccessKey", "awsSessionToken", "bucket", "object"), "x"
        )
    )

    def __call__(self, ask: Ask) -> bytes:
        if ask.method == "PUT":
            self.sent.append(ask.body)
        return json.dumps(self.answer(ask)).encode()

    def answer(self, ask: Ask) -> object:
        if ask.url == SUBMISSIONS:
            return {"data": {"id": "7", "attributes": self.places}}
        if ask.url == f"{SUBMISSIONS}/7":
            return {"data": {"attributes": {"status": self.status}}}
        if ask.url == TICKETS and self.has_ticket:
            [record] = json.loads(ask.body)["records"]
            ticket = base64.b64encode(f"ticket of {record['recordName']}".encode()).decode()
            return {"records": [{"fields": {"signedTicket": {"value": ticket}}}]}
        return {}


@pytest.fixture
def key(tmp_path: Path) -> ApiKey:
    path = tmp_path / "AuthKey_ID.p8"
    path.write_bytes(
        elliptic_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return ApiKey(path=path, id="KEYID", issuer="issuer-id")


def with_file(tree: Tree, path: str, data: bytes) -> Tree:
    found = moved(tree, "", "")
    found.file(path, data)
    return found


def test_an_app_is_handed_in_whole_and_gets_the_ticket_of_its_code(key: ApiKey):
    apple = Apple()
    found = notarised_app(SIGNED, "Hello.app", NotaryService(access=key, send=apple))
    [packed] = apple.sent
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("Hello.app/Contents/Info.plist")
    verify_app(found)
    files = {file.path: file.data for file in found.files()}
    main = next(file for file in SIGNED.files() if file.path == "Contents/MacOS/hello")
    name = verify_macho(main.data, place="it").cdhashes[0].hex()
    assert files.pop(TICKET) == f"ticket of 2/2/{name}".encode()
    assert files == {file.path: file.data for file in SIGNED.files()}


def test_the_seal_holds_with_a_ticket_and_with_nothing_else():
    verify_app(with_file(SIGNED, TICKET, b"ticket"))
    for path in ("Contents/CodeResources2", "Contents/Resources/CodeResources"):
        with pytest.raises(SignError, match="put in"):
            verify_app(with_file(SIGNED, path, b"ticket"))


def test_a_new_ticket_takes_the_place_of_the_old(key: ApiKey):
    service = NotaryService(access=key, send=Apple())
    once = notarised_app(SIGNED, "Hello.app", service)
    assert list(notarised_app(once, "Hello.app", service)) == list(once)


def test_signing_again_does_not_seal_the_ticket():
    stapled = moved(with_file(contents(), TICKET, b"ticket"), "", "Hello.app/")
    signed = moved(OwnSigner(identity=IDENTITY).sign_app(stapled), "Hello.app/", "")
    assert main_code(signed) == main_code(SIGNED)


@pytest.mark.parametrize(
    ("apple", "words"),
    [
        (Apple(status="Invalid"), "does not accept Hello.app.zip"),
        (Apple(has_ticket=False), "no ticket for"),
    ],
    ids=["refused", "no-ticket"],
)
def test_without_a_ticket_there_is_no_package(key: ApiKey, apple: Apple, words: str):
    with pytest.raises(SignError, match=words):
        notarised_app(SIGNED, "Hello.app", NotaryService(access=key, send=apple))


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (contents(), "not signed"),
        (with_file(SIGNED, "Contents/Resources/new", b"more"), "put in"),
    ],
    ids=["unsigned", "altered"],
)
def test_an_app_whose_signature_does_not_hold_is_not_handed_in(key: ApiKey, app: Tree, words: str):
    apple = Apple()
    with pytest.raises(SignError, match=words):
        notarised_app(app, "Hello.app", NotaryService(access=key, send=apple))
    assert apple.sent == []


XCRUN = """#!/bin/sh
case "$1 $2" in
  "notarytool submit"|"notarytool wait") echo '{"id": "7", "status": "Accepted"}' ;;
  "stapler staple") COMMAND ;;
esac
"""


@pytest.fixture
def xcrun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a stand-in for Apple's tool on the PATH."""

    def make(command: str) -> None:
        (tmp_path / "xcrun").write_text(XCRUN.replace("COMMAND", command))
        (tmp_path / "xcrun").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_on_a_mac_stapler_puts_the_ticket_in(xcrun: Callable[[str], None]):
    xcrun('printf ticket > "$3/Contents/CodeResources"')
    found = notarised_app(SIGNED, "Hello.app", NotaryTool(access="profile"))
    assert {file.path: file.data for file in found.files()}[TICKET] == b"ticket"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_stapler_that_puts_nothing_in_is_found_out(xcrun: Callable[[str], None]):
    xcrun("true")
    with pytest.raises(SignError, match="there is no ticket in it"):
        notarised_app(SIGNED, "Hello.app", NotaryTool(access="profile"))


def test_the_package_of_an_application_is_notarised_where_a_key_is_named(
    make_mac_manifest: Callable[..., Manifest], key: ApiKey, monkeypatch: pytest.MonkeyPatch
):
    given = OwnSigner(identity=IDENTITY)
    manifest = replace(make_mac_manifest(), signing=Signing(codesign=given))
    format_ = AppFormat()
    plan = format_._plan(manifest)
    package = format_._build(manifest, plan)
    assert format_._sign(package, plan, Signing()) == package  # the control: no key, no notary
    monkeypatch.setattr(
        "millennium_bundler.formats.app.configured_notary",
        lambda _environment: NotaryService(access=key, send=Apple()),
    )
    signed = format_._sign(package, plan, Signing())
    assert isinstance(signed.data, Tree)
    assert TICKET in {file.path for file in signed.data.files()}
    alone = replace(package, is_signed=False)
    assert format_._sign(alone, plan, Signing()) == alone


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and rights")
@pytest.mark.skipif(shutil.which("bsdtar") is None, reason="needs bsdtar")
def test_the_zip_keeps_links_and_rights(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(zipped(SIGNED))
    (tmp_path / "out").mkdir()
    subprocess.run(["bsdtar", "-x", "-f", "a.zip", "-C", "out"], cwd=tmp_path, check=True)
    assert list(read_tree(tmp_path / "out", date=0)) == list(moved(SIGNED, "", ""))
    assert zipped(SIGNED) == zipped(SIGNED)
