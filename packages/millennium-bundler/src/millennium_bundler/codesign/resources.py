"""The seal of a bundle: ``_CodeSignature/CodeResources``, which names every file with its hash.

Of two lists the older (SHA-1, resources alone) is for systems before 10.9.5; the newer (SHA-256) names all
files, links with their targets, and code inside by its own hash.

Source: the rules are those that ``codesign`` writes; "macOS Code Signing In Depth", Technical Note 2206.
"""

from __future__ import annotations

import hashlib
import plistlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from millennium_bundler.codesign.blobs import sha256
from millennium_bundler.codesign.bundle import Bundle, Contents
from millennium_bundler.errors import SignError
from millennium_bundler.info_plist import NO_PLIST
from millennium_bundler.macho import is_macho

SEAL_FOLDER = "_CodeSignature/"
SEAL = f"{SEAL_FOLDER}CodeResources"
TICKET_PLACE = "CodeResources"
"""What the notary hands out lies beside the seal, and in none: it comes after the signature."""

Entry = dict[str, object]
Nested = Callable[[str], Entry]
"""Takes the path of signed code inside, gives its hash and requirement."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    weight: int = 1
    key: str = ""

    def to_plist(self) -> object:
        if self.weight == 1 and not self.key:
            return True
        flag: Entry = {self.key: True} if self.key else {}
        return {**flag, "weight": float(self.weight)} if self.weight != 1 else flag


_OLD_RULES = (
    _Rule("^Resources/"),
    _Rule(r"^Resources/.*\.lproj/", 1000, "optional"),
    _Rule(r"^Resources/.*\.lproj/locversion.plist$", 1100, "omit"),
    _Rule(r"^Resources/Base\.lproj/", 1010),
    _Rule("^version.plist$"),
)
_RULES = (
    _Rule(r".*\.dSYM($|/)", 11),
    _Rule(r"^(.*/)?\.DS_Store$", 2000, "omit"),
    _Rule(
        "^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|"
        "Library/(Automator|Spotlight|LoginItems))/",
        10,
        "nested",
    ),
    _Rule("^.*"),
    _Rule(r"^Info\.plist$", 20, "omit"),
    _Rule("^PkgInfo$", 20, "omit"),
    _Rule("^Resources/", 20),
    *_OLD_RULES[1:4],
    _Rule("^[^/]+$", 10, "nested"),
    _Rule(r"^embedded\.provisionprofile$", 20),
    _Rule(r"^version\.plist$", 20),
)


def make_seal(contents: Contents, bundle: Bundle, bundles: list[Bundle], nested: Nested) -> bytes:
    """Return the seal of a bundle whose inner code is signed.

    Args:
        contents: What lies in the ``.app`` folder.
        bundle: The bundle to seal.
        bundles: All bundles of the app.
        nested: Says what the seal must say of code inside.
    """
    inner = [
        other.outer.removeprefix(bundle.root)
        for other in bundles
        if other is not bundle and other.outer.startswith(bundle.root)
    ]
    old: dict[str, object] = {}
    new: dict[str, object] = {}
    for path, data in _sealed(contents, bundle):
        holder = next((name for name in inner if path.startswith(f"{name}/")), "")
        if holder and _rule(_RULES, holder).key == "nested":
            new.setdefault(holder, nested(bundle.root + holder))
            continue
        rule = _rule(_RULES, path)
        if isinstance(data, str):
            new[path] = {"symlink": data}
        elif rule.key == "nested" and is_macho(data):
            new[path] = nested(bundle.root + path)
        elif rule.key != "omit":
            new[path] = {"hash2": sha256(data), **_optional(rule)}
        _seal_as_of_old(old, path, data)
    seal = {
        "files": old,
        "files2": new,
        "rules": {rule.pattern: rule.to_plist() for rule in _OLD_RULES},
        "rules2": {rule.pattern: rule.to_plist() for rule in _RULES},
    }
    return plistlib.dumps(seal, sort_keys=True)


def check_seal(
    contents: Contents, bundle: Bundle, bundles: list[Bundle], cdhash_of: Callable[[str], bytes]
) -> None:
    """Compare a seal with what lies in the bundle.

    Args:
        contents: What lies in the ``.app`` folder.
        bundle: The sealed bundle.
        bundles: All bundles of the app.
        cdhash_of: Path of code inside → hash that names it.

    Raises:
        SignError: They differ.
    """
    seal = contents.get(bundle.root + SEAL, b"")
    try:
        listed = plistlib.loads(seal if isinstance(seal, bytes) else b"", fmt=plistlib.FMT_XML)
        said, old = dict(listed["files2"].items()), dict(listed["files"].items())
    except NO_PLIST as exc:
        raise _broken(bundle, "there is none") from exc

    def nested(path: str) -> Entry:
        entry = said.get(path.removeprefix(bundle.root), {})
        asked = entry.get("requirement", "") if isinstance(entry, Mapping) else ""
        return {"cdhash": cdhash_of(path), "requirement": asked}

    wanted = plistlib.loads(make_seal(contents, bundle, bundles, nested))
    new = wanted["files2"]
    odd = sorted(path for path in new.keys() | said.keys() if new.get(path) != said.get(path))
    # The older list does not know what the Finder leaves behind: what it names must hold, no more.
    odd += sorted(path for path, value in old.items() if wanted["files"].get(path) != value)
    if odd:
        raise _broken(bundle, f"{odd[0]} was altered, put in or taken away")
    if any(listed.get(key) != wanted[key] for key in ("rules", "rules2")):
        raise _broken(bundle, "its rules are other than ours")


def _sealed(contents: Contents, bundle: Bundle) -> list[tuple[str, bytes | str]]:
    """Return path in the bundle → content, or target of a link, of what a seal may name."""
    inside = {
        path.removeprefix(bundle.root): data
        for path, data in contents.items()
        if path.startswith(bundle.root) and path != bundle.executable
    }
    return sorted(
        (path, inside[path])
        for path in inside
        if not path.startswith(SEAL_FOLDER) and path != TICKET_PLACE
    )


def _seal_as_of_old(old: dict[str, object], path: str, data: bytes | str) -> None:
    rule = _rule(_OLD_RULES, path)
    if isinstance(data, str) or rule.key == "omit" or not rule.pattern:
        return
    digest = hashlib.sha1(data, usedforsecurity=False).digest()
    old[path] = {"hash": digest, "optional": True} if rule.key == "optional" else digest


def _rule(rules: tuple[_Rule, ...], path: str) -> _Rule:
    found = [rule for rule in rules if re.search(rule.pattern, path)]
    return max(found, key=lambda rule: rule.weight, default=_Rule(""))


def _optional(rule: _Rule) -> Entry:
    return {"optional": True} if rule.key == "optional" else {}


def _broken(bundle: Bundle, why: str) -> SignError:
    return SignError(
        f"the seal of {bundle.outer or 'the application'} does not hold: {why}",
        code="sign.not_valid",
        help="sign it again",
    )
