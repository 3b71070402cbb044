"""Sign an application from the inside out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from millennium_bundler.codesign.blobs import INFO_SLOT, RESOURCES_SLOT, sha256
from millennium_bundler.codesign.bundle import (
    Bundle,
    Part,
    Step,
    contents_of,
    find_bundles,
    signing_steps,
)
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.entitlements import entitlement_blobs
from millennium_bundler.codesign.macho_code import CodeOptions, SignedCode, sign_macho
from millennium_bundler.codesign.resources import SEAL, SEAL_FOLDER, Entry, make_seal
from millennium_bundler.tree import File, Folder, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class AppOptions:
    """How to sign an application.

    Attributes:
        signer: Who signs; None signs without an identity.
        hardened: Whether the hardened runtime is on.
        entitlements: Of the app's programs.
    """

    signer: Signer | None = None
    hardened: bool = True
    entitlements: Mapping[str, object] = field(default_factory=dict)


def sign_contents(app: Tree, options: AppOptions) -> Tree:
    """Return an application with all its code signed and its bundles sealed.

    Args:
        app: What lies in the ``.app`` folder.
        options: How.

    Raises:
        FormatError: An Info.plist is none, or entitlements are of an unknown kind.
        ExecutableError: A file of code is not well-formed.
        SignError: There is no room for a signature.
    """
    return _Signing(app, options).run()


class _Signing:
    """One application being signed."""

    def __init__(self, app: Tree, options: AppOptions) -> None:
        self._app = _without_seals(app)
        self._options = options
        self._bundles = find_bundles(self._app)
        self._contents = contents_of(self._app)
        self._changes: dict[str, bytes] = {}
        self._signed: dict[str, SignedCode] = {}

    def run(self) -> Tree:
        for step in signing_steps(self._app):
            if step.bundle is None:
                self._sign_code(step.path, self._code_options(step), step.path)
            else:
                self._sign_bundle(step, step.bundle)
        return replaced(self._app, self._changes)

    def _sign_bundle(self, step: Step, bundle: Bundle) -> None:
        seal = make_seal(self._contents, bundle, self._bundles, self._nested)
        self._change(bundle.root + SEAL, seal)
        info = self._bytes_of(bundle.info)
        special = {INFO_SLOT: sha256(info), RESOURCES_SLOT: sha256(seal)}
        self._sign_code(bundle.executable, self._code_options(step, special), bundle.outer)

    def _sign_code(self, path: str, options: CodeOptions, name: str) -> None:
        signed = sign_macho(self._bytes_of(path), options, place=path)
        self._signed[name] = signed
        self._change(path, signed.data)

    def _bytes_of(self, path: str) -> bytes:
        data = self._contents[path]
        return data if isinstance(data, bytes) else b""

    def _change(self, path: str, data: bytes) -> None:
        self._contents[path] = self._changes[path] = data

    def _code_options(self, step: Step, special: Mapping[int, bytes] | None = None) -> CodeOptions:
        is_program = step.part in {Part.APP, Part.HELPER}
        wanted = self._options.entitlements if is_program else {}
        return CodeOptions(
            identifier=step.identifier,
            signer=self._options.signer,
            hardened=self._options.hardened,
            special=special or {},
            entitlements=entitlement_blobs(wanted) if wanted else (),
        )

    def _nested(self, path: str) -> Entry:
        signed = self._signed[path]
        return {"cdhash": signed.cdhashes[0], "requirement": signed.requirement.text}


def replaced(tree: Tree, changes: Mapping[str, bytes]) -> Tree:
    """Return a tree in which some files have other content, or are new."""
    found = Tree(date=tree.date)
    left = dict(changes)
    for entry in tree:
        if isinstance(entry, File):
            found.file(entry.path, left.pop(entry.path, entry.data), mode=entry.mode)
        elif not isinstance(entry, Folder):
            found.add(entry)
    for path, data in left.items():
        found.file(path, data)
    return found


def _without_seals(tree: Tree) -> Tree:
    found = Tree(date=tree.date)
    for entry in tree:
        if not isinstance(entry, Folder) and f"/{SEAL_FOLDER}" not in f"/{entry.path}":
            found.add(entry)
    return found
