"""A key, an app and its releases for the tests of updates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing
from millennium_bundler.updater.release import Product
from millennium_bundler.updater_settings import UpdaterSettings

DATE = 1_735_689_600
PUBLISHED = 4_102_444_800  # 2100: no release of these tests has expired
IDENTIFIER = "org.example.Hello"


@pytest.fixture(scope="session")
def signer() -> KeySigner:
    """The app's key."""
    return KeySigner(SecretKey.generate())


@pytest.fixture
def signing(signer: KeySigner) -> Signing:
    """Minisign alone."""
    return Signing(minisign=signer)


@pytest.fixture
def settings() -> UpdaterSettings:
    """What a release needs at least."""
    return UpdaterSettings(artifacts="plain", base_url="https://example.org/files/")


@pytest.fixture
def product(tmp_path: Path) -> Callable[..., Product]:
    """Describes a version, with changes."""

    def make(version: str = "1.0.0", **changes: object) -> Product:
        values: dict[str, object] = {
            "identifier": IDENTIFIER,
            "version": version,
            "target": "x86_64-linux-gnu",
            "notes": "What is new.",
            "date": DATE,
            "published": PUBLISHED,
            "output": tmp_path / version,
        }
        return Product(**{**values, **changes})  # type: ignore[arg-type]

    return make
