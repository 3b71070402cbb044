"""``latest.json``, read by the rules of Tauri's own updater: written afresh here, for its crate is not run.

Source: https://github.com/tauri-apps/plugins-workspace commit 0163bbaca5d42de292e11cfbdd6464220be9051b
``plugins/updater/src/updater.rs``: ``RemoteRelease`` and its ``Deserialize``, ``parse_version``, ``get_urls``,
``verify_signature``, ``signed_version``; and minisign-verify, which that calls.

1. The answer is a JSON object; keys that are not known count for nothing.
2. ``version`` (or ``name``) is a text, and after any ``v`` at its beginning a semantic version.
3. ``notes`` and ``pub_date`` are texts, null, or not there; a date is one of RFC 3339.
4. ``platforms`` maps a target to a ``url`` and a ``signature``; without it both stand at the top.
5. The target is looked up as ``OS-ARCH-INSTALLER``, then as ``OS-ARCH``.
6. Public key and signature are base64 of whole texts; the key's second line is the key, the signature has four.
7. Signature and trusted comment are by that key, prehashed or not; a version in the comment is the announced one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from millennium_bundler.errors import SignError
from millennium_bundler.sign.minisign import parse_box, parse_public_key, verify, wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing
from millennium_bundler.updater.artifacts import MadeBundle
from millennium_bundler.updater.release import Product, make_release
from millennium_bundler.updater_settings import UpdaterSettings

NUMBER, WORD = r"(0|[1-9]\d*)", r"(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = rf"{NUMBER}\.{NUMBER}\.{NUMBER}(-{WORD}(\.{WORD})*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
VERSION_TEXT = "1.2.0-rc.1"


class RefusedError(Exception):
    """Tauri's updater would not take it."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the updater has understood."""

    version: str
    url: str
    signature: str


def text_of(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise RefusedError(what)
    return value


def read_feed(data: bytes, targets: tuple[str, ...]) -> Offer:
    try:
        feed = json.loads(data)
    except ValueError as exc:
        raise RefusedError("no JSON") from exc
    if not isinstance(feed, dict):  # (1)
        raise RefusedError("no object")
    version, platforms = announced(feed), feed.get("platforms")
    if platforms is None:  # (4)
        return offer_of(feed, version)
    if not isinstance(platforms, dict):
        raise RefusedError("platforms")
    # All of them are read, whichever is asked for.
    offers = {target: offer_of(entry, version) for target, entry in platforms.items()}
    found = [offers[target] for target in targets if target in offers]  # (5)
    if not found:
        raise RefusedError("target not found")
    return found[0]


def announced(feed: dict[str, Any]) -> str:
    version = text_of(feed.get("version", feed.get("name")), "version").lstrip("v")
    if not re.fullmatch(VERSION, version, re.ASCII):  # (2)
        raise RefusedError("version")
    if feed.get("notes") is not None:  # (3)
        text_of(feed["notes"], "notes")
    if feed.get("pub_date") is not None:
        check_date(text_of(feed["pub_date"], "date"))
    return version


def check_date(text: str) -> None:
    if not re.fullmatch(DATE, text, re.ASCII):
        raise RefusedError("date")
    try:
        datetime.fromisoformat(text)
    except ValueError as exc:
        raise RefusedError("date") from exc


def offer_of(entry: object, version: str) -> Offer:
    if not isinstance(entry, dict):
        raise RefusedError("platform")
    url = text_of(entry.get("url"), "url")
    if not urlsplit(url).scheme or not urlsplit(url).netloc:
        raise RefusedError("url")
    return Offer(version=version, url=url, signature=text_of(entry.get("signature"), "signature"))


def check_signature(data: bytes, offer: Offer, public_key: str) -> None:
    key_lines, lines = opened(public_key), opened(offer.signature)  # (6)
    if len(key_lines) < 2 or len(lines) < 4 or not lines[2].startswith("trusted comment: "):
        raise RefusedError("lines")
    key, head, tail = (base64.b64decode(line) for line in (key_lines[1], lines[1], lines[3]))
    if (len(key), len(head), len(tail), key[2:10]) != (42, 74, 64, head[2:10]):
        raise RefusedError("length, or another key")
    signed = hashlib.blake2b(data).digest() if head[:2] == b"ED" else data  # (7)
    comment = lines[2].removeprefix("trusted comment: ")
    public = Ed25519PublicKey.from_public_bytes(key[10:])
    try:
        public.verify(head[10:], signed)
        public.verify(tail, head[10:] + comment.encode())
    except InvalidSignature as exc:
        raise RefusedError("signature") from exc
    fields = [field for field in comment.split("\t") if field.startswith("version:")]
    if fields and fields[0] != f"version:{offer.version}":
        raise RefusedError("another version")


def opened(text: str) -> list[str]:
    try:
        return base64.b64decode(text, validate=True).decode().splitlines()
    except ValueError as exc:
        raise RefusedError("base64") from exc


@dataclass(frozen=True, kw_only=True)
class Site:
    """A release on its server, and the public key that an app of Tauri's carries."""

    folder: Path
    public_key: str

    @property
    def feed(self) -> bytes:
        return (self.folder / "latest.json").read_bytes()

    def fetch(self, offer: Offer) -> bytes:
        return (self.folder / offer.url.rpartition("/")[2].replace("%20", " ")).read_bytes()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What three machines released, one after the other, of one version."""
    folder, signer = tmp_path_factory.mktemp("site"), KeySigner(SecretKey.generate())
    for target, kinds in {
        "x86_64-linux-gnu": ("appimage", "deb", "rpm", "tar"),
        "x86_64-pc-windows-msvc": ("nsis", "msi"),
        "aarch64-apple-darwin": ("app",),
    }.items():
        release_of(folder, signer, target, kinds)
    return Site(folder=folder, public_key=wrapped(signer.public.text))


def release_of(folder: Path, signer: KeySigner, target: str, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        path = folder / f"hello {kind}.{kind}"
        path.mkdir() if kind == "app" else path.write_bytes(f"the {kind}".encode())
    (folder / "hello app.app" / "x").write_bytes(b"x") if "app" in kinds else None
    product = Product(
        identifier="org.example.Hello",
        version=VERSION_TEXT,
        target=target,
        notes="Größer.\n<b>Schneller</b>.",
        date=1_735_689_600,
        published=4_102_444_800,
        output=folder,
    )
    bundles = [MadeBundle(kind=kind, path=folder / f"hello {kind}.{kind}") for kind in kinds]
    settings = UpdaterSettings(artifacts="plain", base_url="https://example.org/files/")
    make_release(product, bundles, None, settings, Signing(minisign=signer))


TARGETS = {
    "linux-x86_64-appimage": "appimage",
    "linux-x86_64-deb": "deb",
    "linux-x86_64-rpm": "rpm",
    "windows-x86_64-nsis": "nsis",
    "windows-x86_64-msi": "msi",
    "darwin-aarch64-app": "app",
}


@pytest.mark.parametrize(("target", "kind"), TARGETS.items())
def test_each_installed_kind_finds_its_own_package(site: Site, target: str, kind: str):
    offer = read_feed(site.feed, (target, target.rpartition("-")[0]))
    assert (offer.version, f"hello%20{kind}" in offer.url) == (VERSION_TEXT, True)
    data = site.fetch(offer)
    check_signature(data, offer, site.public_key)
    with pytest.raises(RefusedError):
        check_signature(data + b".", offer, site.public_key)


@pytest.mark.parametrize(
    ("system", "kind"),
    [("linux-x86_64", "appimage"), ("windows-x86_64", "nsis"), ("darwin-aarch64", "app")],
)
def test_who_does_not_know_how_it_was_installed_gets_the_main_package(
    site: Site, system: str, kind: str
):
    assert f"hello%20{kind}" in read_feed(site.feed, (f"{system}-unknown", system)).url


def test_another_machine_finds_nothing(site: Site):
    with pytest.raises(RefusedError, match="target"):
        read_feed(site.feed, ("linux-aarch64-deb", "linux-aarch64"))


def test_our_own_verifier_says_the_same(site: Site):
    offer = read_feed(site.feed, ("linux-x86_64-deb",))
    keys = (parse_public_key(site.public_key),)
    assert f"version:{VERSION_TEXT}" in verify(parse_box(offer.signature), keys, site.fetch(offer))
    with pytest.raises(SignError):
        verify(parse_box(offer.signature), keys, b"another")


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "no version": lambda feed: feed.pop("version"),
    "version of two": lambda feed: feed.update(version="1.2"),
    "version with zeros": lambda feed: feed.update(version="01.2.0"),
    "version is a number": lambda feed: feed.update(version=1),
    "notes are a list": lambda feed: feed.update(notes=["a"]),
    "date without zone": lambda feed: feed.update(pub_date="2025-01-01T00:00:00"),
    "date without time": lambda feed: feed.update(pub_date="2025-01-01"),
    "date that is none": lambda feed: feed.update(pub_date="2025-02-30T00:00:00Z"),
    "date is a number": lambda feed: feed.update(pub_date=1),
    "platforms are a list": lambda feed: feed.update(platforms=[]),
    "neither platforms nor url": lambda feed: feed.pop("platforms"),
    "no url": lambda feed: feed["platforms"]["linux-x86_64-rpm"].pop("url"),
    "half a url": lambda feed: feed["platforms"]["linux-x86_64"].update(url="files/a"),
    "no signature": lambda feed: feed["platforms"]["linux-x86_64"].pop("signature"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_feed_that_is_none_is_refused_by_these_rules(site: Site, change: Change):
    feed = json.loads(site.feed)
    change(feed)
    with pytest.raises(RefusedError):
        read_feed(json.dumps(feed).encode(), ("linux-x86_64-deb", "linux-x86_64"))


RIGHT: dict[str, Change] = {
    "leading v": lambda feed: feed.update(version=f"v{VERSION_TEXT}"),
    "name": lambda feed: feed.update(name=feed.pop("version")),
    "null": lambda feed: feed.update(notes=None, pub_date=None),
    "less": lambda feed: (feed.pop("notes"), feed.pop("pub_date")),
    "more": lambda feed: feed.update(more=1),
    "one alone": lambda feed: feed.update(feed.pop("platforms")["linux-x86_64-deb"]),
}


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT.keys())
def test_what_tauri_takes_these_rules_take(site: Site, change: Change):
    feed = json.loads(site.feed)
    change(feed)
    offer = read_feed(json.dumps(feed).encode(), ("linux-x86_64-deb",))
    check_signature(site.fetch(offer), offer, site.public_key)


def test_a_signature_of_another_version_or_key_is_refused(site: Site):
    offer = read_feed(site.feed, ("linux-x86_64-deb",))
    data, stranger = site.fetch(offer), SecretKey.generate().public
    newer = Offer(version="9.9.9", url=offer.url, signature=offer.signature)
    with pytest.raises(RefusedError, match="another version"):
        check_signature(data, newer, site.public_key)
    with pytest.raises(RefusedError, match="another key"):
        check_signature(data, offer, wrapped(stranger.text))
    with pytest.raises(RefusedError, match="base64"):
        check_signature(data, offer, parse_public_key(site.public_key).text)
