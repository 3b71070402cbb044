"""The signer that asks Apple's `codesign`: keys stay in the keychain."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from millennium_bundler.codesign.apple_tool import run_apple_tool
from millennium_bundler.codesign.bundle import Part, Step, signing_steps
from millennium_bundler.codesign.own import app_folder, moved
from millennium_bundler.sign.signing import AppSigner
from millennium_bundler.tree import File, Folder, Link, Tree

_TOOL = "codesign"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesignTool(AppSigner):
    """Signs with an identity of the keychain; works on macOS alone.

    Attributes:
        identity: Name or hash of a certificate.
        entitlements: Property list as bytes; empty when there is none.
        with_timestamp: Whether Apple's authority is asked for the time.
    """

    identity: str
    entitlements: bytes = b""
    hardened: bool = True
    with_timestamp: bool = True

    def sign_app(self, app: Tree) -> Tree:
        """Return the application with signed code and sealed bundles."""
        folder = app_folder(app)
        with TemporaryDirectory(prefix="millennium-") as name:
            root = Path(name)
            write_tree(app, root)
            rights = root / "entitlements.plist"
            rights.write_bytes(self.entitlements)
            for step in signing_steps(moved(app, f"{folder}/", "")):
                self._run(step, root / folder, rights)
            run_apple_tool(_TOOL, "--verify", "--deep", "--strict", str(root / folder))
            return moved(read_tree(root / folder, date=app.date), "", f"{folder}/")

    def sign_image(self, data: bytes, *, identifier: str) -> bytes:
        """Return the signed disk image."""
        with TemporaryDirectory(prefix="millennium-") as name:
            path = Path(name) / "image.dmg"
            path.write_bytes(data)
            run_apple_tool(*self._words(), "--identifier", identifier, str(path))
            run_apple_tool(_TOOL, "--verify", "--strict", str(path))
            return path.read_bytes()

    def _run(self, step: Step, root: Path, rights: Path) -> None:
        words = [*self._words(), "--identifier", step.identifier]
        words += ["--options", "runtime"] if self.hardened else []
        if self.entitlements and step.part in {Part.APP, Part.HELPER}:
            words += ["--entitlements", str(rights)]
        run_apple_tool(*words, str(root / step.path))

    def _words(self) -> tuple[str, ...]:
        stamp = "--timestamp" if self.with_timestamp else "--timestamp=none"
        return (_TOOL, "--force", "--sign", self.identity, stamp)


def write_tree(tree: Tree, root: Path) -> None:
    """Write a tree into a folder that is there."""
    for entry in tree:
        path = root / entry.path
        match entry:
            case Folder():
                path.mkdir()
            case File():
                path.write_bytes(entry.data)
                path.chmod(entry.mode)
            case Link():
                path.symlink_to(entry.target)


def read_tree(root: Path, *, date: int) -> Tree:
    """Read a folder as a tree."""
    tree = Tree(date=date)
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root).as_posix()
        if path.is_symlink():
            tree.add(Link(path=place, target=os.readlink(path)))  # noqa: PTH115 - as it is said
        elif path.is_file():
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            tree.file(place, path.read_bytes(), mode=mode)
    return tree
