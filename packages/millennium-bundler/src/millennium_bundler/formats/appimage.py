"""The AppImage: one file that runs on any Linux with the app's webview, nothing installed.

The runtime is ours (`millennium_bundler.native`), the image is squashfs with zstd. The app itself is one
executable that brings its libraries, so ``AppRun`` is a link to it and no script sets search paths.
"""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.appimage_file import (
    AppImage,
    read_appimage,
    sign_appimage,
    write_appimage,
)
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.lint_tool import run_lint_tool
from millennium_bundler.layout import linux_tree, outlined_tree, read_executable
from millennium_bundler.native import MACHINES, STORE, find_runtime
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Link, Tree

_KIBIBYTE = 1024
_LARGEST_ICON = 256  # what file managers show; the larger ones stay in the theme
# https://github.com/AppImage/AppImageSpec/blob/master/draft.md#update-information
_UPDATES = (
    r"zsync\|https?://[^\s|]+\.zsync",
    r"gh-releases-zsync\|[^|\s]+\|[^|\s]+\|[^|\s]+\|[^|\s]+\.zsync",
    r"pling-v1-zsync\|[^|\s]+\|[^|\s]+",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppImagePlan:
    """What an AppImage holds.

    Attributes:
        runtime: The program at its start.
        tree: The AppDir.
        update_information: Where new versions are announced.
    """

    runtime: bytes
    tree: Tree
    update_information: str


class AppImageFormat(Format[AppImagePlan]):
    """AppImages, type 2.

    Args:
        store: Where the compiled runtimes are.
    """

    name: ClassVar[str] = "appimage"
    machines: ClassVar[tuple[str, ...]] = MACHINES

    def __init__(self, *, store: Path = STORE) -> None:
        self._store = store

    def check(self, manifest: Manifest) -> None:
        """Refuse a target without a runtime, update information of no kind, and files that do not fit."""
        machine(manifest.settings)
        outline = outlined_tree(manifest, files=manifest.settings.linux.appimage.files)
        _add_links(outline, manifest.settings)
        update = manifest.settings.linux.appimage.update_information
        if update and not any(re.fullmatch(form, update) for form in _UPDATES):
            message = (
                f"key 'linux.appimage.update_information' is of no known kind: {update[:60]!r}"
            )
            help_line = "such as zsync|https://example.org/app.AppImage.zsync"
            raise FormatError(message, code="appimage.update_information", help=help_line)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Let squashfs-tools read the image, and gpg the signature once there is one."""
        tool = shutil.which("unsquashfs")
        if tool is None:
            return None
        found = read_appimage(path.read_bytes())
        offset = str(len(found.runtime))
        done = run_lint_tool([tool, "-quiet", "-no-progress", "-lls", "-offset", offset, str(path)])
        findings = [_finding("unsquashfs", done.stderr)] if done.returncode else []
        if found.signature and not is_signature_good(found):
            findings.append(_finding("gpg", "the signature does not verify"))
        return tuple(findings)

    def _plan(self, manifest: Manifest) -> AppImagePlan:
        settings = manifest.settings
        return AppImagePlan(
            runtime=find_runtime(machine(settings), store=self._store),
            tree=_app_folder(manifest),
            update_information=settings.linux.appimage.update_information,
        )

    def _build(self, manifest: Manifest, plan: AppImagePlan) -> Package:
        settings = manifest.settings
        block = settings.linux.appimage.block_kibibytes * _KIBIBYTE
        image = write_squashfs(plan.tree, SquashfsOptions(block_bytes=block))
        file = write_appimage(plan.runtime, image, update_information=plan.update_information)
        name = f"{settings.binary_name}_{settings.version}_{machine(settings)}.AppImage"
        warnings = _warnings(settings)
        return Package(file_name=name, data=file, warnings=warnings, is_program=True)

    def _verify(self, package: Package, plan: AppImagePlan) -> None:
        found = read_appimage(package.file)
        if found.runtime != plan.runtime:
            raise _corrupt("its runtime differs")
        if found.update_information != plan.update_information:
            raise _corrupt("its update information differs")
        wanted = sum(len(file.data) for file in plan.tree.files())
        tree = read_squashfs(found.image, max_bytes=wanted)
        if (list(tree), tree.date) != (list(plan.tree), plan.tree.date):
            raise _corrupt("its files differ")

    def _sign(self, package: Package, plan: AppImagePlan, signing: Signing) -> Package:
        if signing.gpg is None:
            return package
        digest = read_appimage(package.file).digest.encode("ascii")
        signature = armoured(signing.gpg.sign_detached(digest))
        file = sign_appimage(package.file, signature=signature, key=signing.gpg.public_key())
        signed = replace(package, data=file, is_signed=True)
        self._verify(signed, plan)
        return signed


def machine(settings: BundleSettings) -> str:
    """Return the machine of the target.

    Raises:
        FormatError: There is no runtime for it.
    """
    name, *system = settings.target.split("-")
    if name not in MACHINES or system[:1] != ["linux"]:
        message = f"an AppImage cannot carry an executable for {settings.target}"
        help_line = f"choose a target such as {MACHINES[0]}-linux-gnu"
        raise FormatError(message, code="appimage.target", help=help_line)
    return name


def armoured(signature: bytes) -> bytes:
    """Return a binary OpenPGP signature as text; text is returned as it is.

    Source: https://www.rfc-editor.org/rfc/rfc9580#section-6
    """
    if signature.startswith(b"-----BEGIN PGP"):
        return signature
    body = base64.encodebytes(signature)
    return b"-----BEGIN PGP SIGNATURE-----\n\n" + body + b"-----END PGP SIGNATURE-----\n"


def is_signature_good(found: AppImage) -> bool:
    """Ask gpg whether the signature is by the key in the AppImage.

    That says that nobody changed the file since, not who made it: compare the key with one you trust.
    """
    with tempfile.TemporaryDirectory(prefix="millennium-gpg-") as name:
        folder = Path(name)
        parts = {"digest": found.digest.encode(), "signature": found.signature, "key": found.key}
        for part, data in parts.items():
            (folder / part).write_bytes(data)
        gpg = ["gpg", "--homedir", name, "--batch", "--no-autostart", "--quiet"]
        ring = [*gpg, "--no-default-keyring", "--keyring", str(folder / "ring.gpg")]
        if run_lint_tool([*ring, "--import", str(folder / "key")]).returncode:
            return False
        verify = [*ring, "--trust-model", "always", "--verify"]
        done = run_lint_tool([*verify, str(folder / "signature"), str(folder / "digest")])
        return done.returncode == 0


def _app_folder(manifest: Manifest) -> Tree:
    settings = manifest.settings
    tree = linux_tree(manifest, read_executable(manifest), files=settings.linux.appimage.files)
    _add_links(tree, settings)
    return tree


def _add_links(tree: Tree, settings: BundleSettings) -> None:
    """Add what an AppImage has at its top."""
    identifier = settings.identifier
    tree.add(Link(path="AppRun", target=f"usr/bin/{settings.binary_name}"))
    entry = f"{identifier}.desktop"
    tree.add(Link(path=entry, target=f"usr/share/applications/{entry}"))
    icon = _icon(tree, identifier)
    if icon:
        name = f"{identifier}{Path(icon).suffix}"
        tree.add(Link(path=name, target=icon))
        tree.add(Link(path=".DirIcon", target=name))


def _icon(tree: Tree, identifier: str) -> str:
    form = re.compile(rf"usr/share/icons/hicolor/(\d+)x\1/apps/{re.escape(identifier)}\.png")
    sides = {int(m[1]): m[0] for file in tree.files() if (m := form.fullmatch(file.path))}
    small = [side for side in sides if side <= _LARGEST_ICON]
    return sides[max(small)] if small else next(iter(sides.values()), "")


def _warnings(settings: BundleSettings) -> tuple[str, ...]:
    checks = (
        (settings.icons, "no icon: desktops show a blank one"),
        (settings.description, "no description: desktops show the product's name alone"),
    )
    return tuple(warning for value, warning in checks if not value)


def _finding(tool: str, message: str) -> Finding:
    return Finding(tool=tool, severity="error", tag="unreadable", message=message.strip()[:200])


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the AppImage is corrupt: {what}", code="package.corrupt")
