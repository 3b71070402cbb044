"""Applications on the disk: what would be signed is listed, what is signed is exchanged whole."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mac_apps import contents
from mac_identities import PASSWORD, certificate, p12, rsa_key
from millennium_bundler.app_signing import is_app, plan_app, sign_app
from millennium_bundler.cli import group
from millennium_bundler.codesign.codesign_tool import read_tree, write_tree
from millennium_bundler.codesign.own import OwnSigner
from millennium_bundler.codesign.verify import verify_app
from millennium_bundler.errors import FormatError, SignError
from millennium_bundler.sign.signing import AppSigner
from millennium_bundler.tree import Tree


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "Hello.app"
    path.mkdir()
    write_tree(contents(), path)
    return path


def test_only_a_folder_of_that_name_is_an_application(app: Path, tmp_path: Path):
    (tmp_path / "file.app").write_text("x")
    assert is_app(app)
    assert not is_app(tmp_path / "file.app")
    assert not is_app(app / "Contents")


def test_what_would_be_signed_is_listed_from_the_inside_out(app: Path):
    steps = plan_app(app)
    assert [(step.path.relative_to(app.parent).as_posix(), step.part) for step in steps] == [
        ("Hello.app/Contents/Frameworks/Own.framework", "framework"),
        ("Hello.app/Contents/Helpers/Inner.app", "bundle"),
        ("Hello.app/Contents/Frameworks/libown.1.dylib", "library"),
        ("Hello.app/Contents/MacOS/helper", "helper"),
        ("Hello.app/Contents/Resources/addon.so", "library"),
        ("Hello.app", "app"),
    ]


def test_an_application_is_signed_in_its_place(app: Path):
    sign_app(app, OwnSigner(), date=5)
    verify_app(read_tree(app, date=0))
    assert [path.name for path in app.parent.iterdir()] == ["Hello.app"]


class BrokenSigner(AppSigner):
    """Cannot sign."""

    def sign_app(self, app: Tree) -> Tree:
        raise SignError("broken", code="sign.tool_failed")

    def sign_image(self, data: bytes, *, identifier: str) -> bytes:
        raise SignError("broken", code="sign.tool_failed")


def test_an_application_that_cannot_be_signed_stays_as_it_is(app: Path):
    before = list(read_tree(app, date=0))
    with pytest.raises(SignError, match="broken"):
        sign_app(app, BrokenSigner(), date=5)
    assert list(read_tree(app, date=0)) == before


def test_an_application_that_cannot_be_exchanged_stays_as_it_is(
    app: Path, monkeypatch: pytest.MonkeyPatch
):
    before = list(read_tree(app, date=0))
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise PermissionError(13, "denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(SignError, match="denied"):
        sign_app(app, OwnSigner(), date=5)
    assert list(read_tree(app, date=0)) == before
    assert [path.name for path in app.parent.iterdir()] == ["Hello.app"]


def test_a_folder_without_a_program_is_no_application(tmp_path: Path):
    (tmp_path / "Empty.app").mkdir()
    with pytest.raises(FormatError, match="main program"):
        plan_app(tmp_path / "Empty.app")


def test_a_dry_run_lists_and_signs_nothing(app: Path):
    before = list(read_tree(app, date=0))
    done = CliRunner().invoke(group, ["sign", "--dry-run", str(app)])
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].split() == ["codesign", str(app)]
    assert list(read_tree(app, date=0)) == before


def test_the_command_signs_with_the_certificate_of_a_variable(
    app: Path, monkeypatch: pytest.MonkeyPatch
):
    data = p12(rsa_key(), certificate(rsa_key()))
    monkeypatch.setenv("APPLE_CERTIFICATE", base64.b64encode(data).decode())
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())
    done = CliRunner().invoke(group, ["sign", "--json", str(app)])
    assert json.loads(done.output)["signatures"][-1]["part"] == "app"
    verify_app(read_tree(app, date=0))
    assert b"Test Signer" in (app / "Contents/MacOS/hello").read_bytes()


def test_without_a_certificate_nothing_is_signed(app: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("APPLE_CERTIFICATE", raising=False)
    done = CliRunner().invoke(group, ["sign", str(app)])
    assert done.exit_code == 1
    assert "APPLE_CERTIFICATE" in done.output


def test_another_folder_is_refused(tmp_path: Path):
    done = CliRunner().invoke(group, ["sign", str(tmp_path)])
    assert done.exit_code == 2
    assert "no application of macOS" in done.output
