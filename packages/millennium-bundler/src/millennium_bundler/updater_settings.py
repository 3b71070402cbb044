"""What only updates need: the key `updater` of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from millennium_bundler.schema import text

# Loopback is for trying a release out before anybody gets it.
_URL = r"(https://[^\s<>\x00-\x1f\x7f]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s<>\x00-\x1f\x7f]*)?)?"
_KEY = r"[A-Za-z0-9+/=]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdaterSettings:
    """What is made for those who have an older version."""

    artifacts: Literal["none", "plain", "v1_compatible"] = field(
        default="none",
        metadata={
            "about": "plain: packages as they are; v1_compatible: in archives, as Tauri 1 takes"
        },
    )
    channel: str = text(
        "stable",
        pattern=r"[a-z0-9][a-z0-9-]{0,31}",
        wanted="at most 32 small letters, digits and dashes, such as beta",
    )
    base_url: str = text(
        "",
        pattern=_URL,
        about="folder that the files are fetched from",
        wanted="an address that begins with https://",
    )
    public_key: str = text(
        "",
        pattern=_KEY,
        about="that apps carry; the signing key must be its other half",
        wanted="the second line of a .pub file",
    )
    next_public_keys: tuple[str, ...] = field(
        default=(),
        metadata={
            "pattern": _KEY,
            "about": "keys that apps shall trust from now on, too",
            "wanted": "the second line of a .pub file",
        },
    )
    retired_public_keys: tuple[str, ...] = field(
        default=(),
        metadata={
            "pattern": _KEY,
            "about": "keys that apps shall trust no more from now on",
            "wanted": "the second line of a .pub file",
        },
    )
    expires_after_days: int = 90
    minimum_version: str = text(
        "",
        pattern=r"[0-9A-Za-z.+-]*",
        about="older apps cannot take it",
        wanted="a version such as 1.2.3",
    )
    with_deltas: bool = True
