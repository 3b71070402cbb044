"""A context for tests: a few assets in memory, and whatever configuration the test is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from millennium.assets.directory import make_asset
from millennium.assets.key import AssetKey
from millennium.assets.resolver import Asset, AssetResolver
from millennium.config.schema import Config
from millennium.context import Context
from millennium.security.capability import make_capability

IDENTIFIER = "org.example.mock"
PAGE = "<!doctype html><title>Mock</title><h1>Mock</h1>"


class MemoryAssets(AssetResolver):
    """Assets in a dictionary: path → text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        keys = {path: AssetKey.parse(path) for path in files}
        self._assets = {
            key.path: make_asset(key, files[path].encode()) for path, key in keys.items()
        }

    def get(self, key: AssetKey) -> Asset | None:
        """Return the asset of this path."""
        return self._assets.get(key.path)

    def keys(self) -> Iterator[str]:
        """Yield every path, sorted."""
        return iter(sorted(self._assets))


def mock_context(
    config: Mapping[str, object] | None = None,
    *,
    capabilities: tuple[Mapping[str, object], ...] = (),
    assets: Mapping[str, str] | None = None,
    mode: Literal["development", "release"] = "release",
    dev_url: str = "",
) -> Context:
    """Return a context without a project.

    Args:
        config: Keys as in ``[tool.millennium]``, kebab-case; `IDENTIFIER` is filled in.
        capabilities: As in capability files.
        assets: Path → text; one plain page when nothing is given.
        mode: Whether the app is being developed.
        dev_url: Where the page's development server would be.

    Raises:
        msgspec.ValidationError: A key is unknown or of the wrong type.
    """
    tree = {"identifier": IDENTIFIER, "product-name": "Mock", **(config or {})}
    return Context(
        config=msgspec.convert(tree, Config),
        capabilities=tuple(
            make_capability(each, name=f"mock-{number}") for number, each in enumerate(capabilities)
        ),
        assets=MemoryAssets({"index.html": PAGE} if assets is None else assets),
        mode=mode,
        dev_url=dev_url,
    )
