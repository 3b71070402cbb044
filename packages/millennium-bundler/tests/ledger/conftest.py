"""A key that signs heads, and entries to log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.log import HeadSigner, Ledger, append
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner

Grow = Callable[..., Ledger]

ORIGIN = "org.example.Hello"


@pytest.fixture(scope="session")
def secret() -> SecretKey:
    """Whoever has it is the publisher."""
    return SecretKey.generate()


@pytest.fixture
def entry() -> Callable[..., LedgerEntry]:
    """Makes the entry of a file with some content."""

    def make(name: str = "a.deb", *, version: str = "1.0", content: bytes = b"a") -> LedgerEntry:
        return LedgerEntry(
            identifier="org.example.Hello",
            version=version,
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            length=len(content),
            date=7,
        )

    return make


@pytest.fixture
def grow(secret: SecretKey, tmp_path: Path) -> Grow:
    """Appends entries to the ledger in the test's folder."""
    signer = KeySigner(secret)

    def run(*entries: LedgerEntry, date: int = 9, origin: str = ORIGIN) -> Ledger:
        by = HeadSigner(
            key=secret.public,
            sign=lambda data: signer.sign_box(data, trusted_comment="file:head.json"),
            date=date,
        )
        return append(tmp_path / "ledger", entries, by=by, origin=origin)

    return run
