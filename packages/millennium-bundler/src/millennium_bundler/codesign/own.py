"""The signer that works on any system: everything in Python, no tool of Apple's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from millennium_bundler.codesign.app import AppOptions, sign_contents
from millennium_bundler.codesign.cms import Signer, Timestamper
from millennium_bundler.codesign.identity import Identity
from millennium_bundler.codesign.image import sign_image, verify_image
from millennium_bundler.codesign.verify import verify_app
from millennium_bundler.errors import FormatError
from millennium_bundler.sign.signing import AppSigner
from millennium_bundler.tree import File, Folder, Link, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSigner(AppSigner):
    """Signs applications and disk images.

    Attributes:
        identity: Who signs; None signs without an identity ("ad hoc").
        date: Seconds since 1970 that signatures of disk images name; applications have their own.
        timestamper: Asks an authority for the time, which notarisation needs.
    """

    identity: Identity | None = None
    entitlements: Mapping[str, object] = field(default_factory=dict)
    hardened: bool = True
    date: int = 0
    timestamper: Timestamper | None = None

    def sign_app(self, app: Tree) -> Tree:
        """Return the application with signed code and sealed bundles."""
        folder = app_folder(app)
        options = AppOptions(
            signer=self._signer(app.date), hardened=self.hardened, entitlements=self.entitlements
        )
        signed = sign_contents(moved(app, f"{folder}/", ""), options)
        verify_app(signed)
        return moved(signed, "", f"{folder}/")

    def sign_image(self, data: bytes, *, identifier: str) -> bytes:
        """Return the signed disk image."""
        signed = sign_image(data, identifier=identifier, signer=self._signer(self.date))
        verify_image(signed)
        return signed

    def _signer(self, date: int) -> Signer | None:
        if self.identity is None:
            return None
        # A signature from before the certificate was valid is none.
        first = int(self.identity.certificate.not_valid_before_utc.timestamp())
        return Signer(identity=self.identity, date=max(date, first), timestamper=self.timestamper)


def app_folder(app: Tree) -> str:
    """Return the one folder of a tree.

    Raises:
        FormatError: There is none, or another.
    """
    tops = {entry.path.partition("/")[0] for entry in app}
    if len(tops) != 1 or not next(iter(tops)).endswith(".app"):
        message = f"{', '.join(sorted(tops)) or 'nothing'} is not one application"
        raise FormatError(message, code="macos.name", help="sign one .app at a time")
    return next(iter(tops))


def moved(tree: Tree, old: str, new: str) -> Tree:
    """Return a tree whose paths begin with something else."""
    found = Tree(date=tree.date)
    for entry in tree:
        path = new + entry.path.removeprefix(old)
        match entry:
            case File():
                found.file(path, entry.data, mode=entry.mode)
            case Link():
                found.add(Link(path=path, target=entry.target))
            case Folder():
                pass
    return found
