"""Outside tools are asked before a package is signed, and again where a signature went inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.errors import SignError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]


class Seal(Format[bytes]):
    """A format whose signature is a word at the end; its tool says what it was shown."""

    name = "seal"

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []

    def lint(self, path: Path) -> tuple[Finding, ...]:
        self.asked.append((path.name, path.read_bytes()))
        return (self.said("plain"),)

    def lint_signed(self, path: Path) -> tuple[Finding, ...] | None:
        return (*self.lint(path), self.said("sealed"))

    @staticmethod
    def said(tag: str) -> Finding:
        return Finding(tool="eye", severity="error", tag=tag)

    def _plan(self, manifest: Manifest) -> bytes:
        return b"package"

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        return Package(file_name="a.seal", data=plan)

    def _verify(self, package: Package, plan: bytes) -> None:
        assert package.data == plan

    def _sign(self, package: Package, plan: bytes, signing: Signing) -> Package:
        return replace(package, data=plan + b", sealed", is_signed=True)


class Plain(Seal):
    """The same without a signature."""

    def _sign(self, package: Package, plan: bytes, signing: Signing) -> Package:
        return package


class Folder(Plain):
    """The same as a folder."""

    def lint(self, path: Path) -> tuple[Finding, ...]:
        return tuple(self.said(one.name) for one in path.iterdir())

    def _build(self, manifest: Manifest, plan: bytes) -> Package:
        tree = Tree(date=0)
        tree.file("inside", plan)
        return Package(file_name="A.app", data=tree)

    def _verify(self, package: Package, plan: bytes) -> None:
        assert isinstance(package.data, Tree)


class Refused(Seal):
    """The same whose signer refuses."""

    def _sign(self, package: Package, plan: bytes, signing: Signing) -> Package:
        raise SignError("no", code="sign.settings")


class Silent(Seal):
    """The same whose tool says something of what is built alone."""

    def lint_signed(self, path: Path) -> None:
        return None


def test_a_tool_is_asked_about_what_was_built_and_about_what_was_signed(
    make_manifest: MakeManifest, tmp_path: Path
):
    seal, steps = Seal(), []
    options = BundleOptions(
        output=tmp_path / "out", on_step=lambda _format, step: steps.append(step)
    )
    [made] = bundle(make_manifest(), [seal], options).made
    assert seal.asked == [("a.seal", b"package"), ("a.seal", b"package, sealed")]
    assert made.findings == (Seal.said("plain"), Seal.said("sealed"))
    assert steps == ["write and verify", "lint", "lint as signed", ""]


def test_what_is_not_signed_is_shown_once(make_manifest: MakeManifest, tmp_path: Path):
    plain = Plain()
    [made] = bundle(make_manifest(), [plain], BundleOptions(output=tmp_path)).made
    assert plain.asked == [("a.seal", b"package")]
    assert made.findings == (Seal.said("plain"),)


def test_a_folder_is_shown_as_a_folder(make_manifest: MakeManifest, tmp_path: Path):
    [made] = bundle(make_manifest(), [Folder()], BundleOptions(output=tmp_path)).made
    assert made.findings == (Seal.said("inside"),)


def test_what_was_said_before_stays_when_nobody_says_more(
    make_manifest: MakeManifest, tmp_path: Path
):
    [made] = bundle(make_manifest(), [Silent()], BundleOptions(output=tmp_path)).made
    assert made.findings == (Seal.said("plain"),)


def test_what_could_not_be_signed_never_stood_in_the_output(
    make_manifest: MakeManifest, tmp_path: Path
):
    refused, output = Refused(), tmp_path / "out"
    done = bundle(make_manifest(), [refused], BundleOptions(output=output))
    assert [failure.error.code for failure in done.failed] == ["sign.settings"]
    assert refused.asked == [("a.seal", b"package")]
    assert not output.exists()
