"""Bake the context: configuration, capabilities and assets as a package of static data.

The package `_millennium_context` is what `millennium.context.find_context` imports in a frozen app.
Its code is the same in every app; everything else is data beside it, read through the loader, which
both freezers have. Assets are stored as they are: the freezer compresses each one.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from millennium.assets.embedded import embed
from millennium.config.bundle import BundleConfig
from millennium.config.schema import BuildConfig, Config
from millennium.context import BAKED_MODULE, Context, context_to_bytes

CONTEXT_FILE = "context.json"
ICON_FILE = "icon.png"
ASSET_FOLDER = "assets"

_LOADER = f'''"""The context of this app, as it was built."""

from os.path import dirname, join

from millennium.context import Context, context_from_baked

_FOLDER = dirname(__file__)


def load() -> Context:
    """Return the context; assets are read when a page asks for them."""
    return context_from_baked(
        _read("{CONTEXT_FILE}"), _read_asset, icon=_read("{ICON_FILE}")
    )


def _read(name: str) -> bytes:
    return __spec__.loader.get_data(join(_FOLDER, name))


def _read_asset(key: str) -> bytes:
    return _read(join("{ASSET_FOLDER}", key))
'''


def released_config(config: Config) -> Config:
    """Return the configuration without what only developing, building and bundling reads."""
    kept = BuildConfig(
        with_global_millennium=config.build.with_global_millennium,
        features=config.build.features,
    )
    return msgspec.structs.replace(config, build=kept, bundle=BundleConfig())


def write_context_package(folder: Path, context: Context) -> dict[str, Path]:
    """Write the package below a folder.

    Returns:
        Path inside the executable → file, for all of its data.

    Raises:
        OSError: The folder does not take it.
        MillenniumError: An asset cannot be embedded.
    """
    package = folder / BAKED_MODULE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_LOADER, encoding="utf-8")
    contents = {CONTEXT_FILE: context_to_bytes(context), ICON_FILE: context.icon}
    contents |= {f"{ASSET_FOLDER}/{key}": blob for key, blob in embed(context.assets)}
    written = {}
    for name, data in contents.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written[f"{BAKED_MODULE}/{name}"] = path
    return written
