"""The context: everything an app knows about itself before its first line of code runs.

A build bakes it: configuration, capabilities, assets and policy become static data, and a released
app reads no file and no environment variable to learn who it is. In development the same context
is made of the project's folder.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from millennium.assets.embedded import Decompressors, EmbeddedAssets
from millennium.assets.resolver import AssetResolver
from millennium.config.schema import Config
from millennium.errors import ContextError
from millennium.scripts.source import api_module_names, read_script
from millennium.security.allowlist import MODULES
from millennium.security.capability import Capability
from millennium.security.csp import CspValue, PagePolicy, page_policy
from millennium.security.origin import OWN_ORIGINS, Origin

BAKED_MODULE = "_millennium_context"
FORMAT = 1
MAX_ICON_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an app is.

    Attributes:
        config: Its configuration.
        capabilities: What its windows may do; without any, its own pages have what the allowlist
            enables and its own commands (`millennium.security.permissions`).
        assets: The files of its pages.
        mode: Whether it is being developed.
        runtime: ``module:Class``; "" for the one that is installed.
        root: The project's folder, in development.
        dev_url: Address of the page's development server; "" if our scheme serves the page.
        hooks: Scripts of the isolation frame, if the app uses that pattern.
        icon: PNG of its windows; empty for none.
    """

    config: Config
    assets: AssetResolver
    capabilities: tuple[Capability, ...] = ()
    mode: Literal["development", "release"] = "release"
    runtime: str = ""
    root: Path | None = None
    dev_url: str = ""
    hooks: tuple[str, ...] = ()
    icon: bytes = b""

    @classmethod
    def development(cls, root: Path) -> Context:
        """Return the context of the project that `root` is in.

        Raises:
            ConfigError: The configuration, a capability or the folder with the page is wrong.
        """
        # A released app neither has nor needs what reads configuration files and pages.
        from millennium.assets.directory import DirectoryAssets  # noqa: PLC0415
        from millennium.config.capabilities import load_capabilities  # noqa: PLC0415
        from millennium.config.load import load_config, require_assets  # noqa: PLC0415

        loaded = load_config(root)
        dev_path = loaded.config.build.dev_path
        is_url = "://" in dev_path
        if is_url:  # the server has the page; what was built before may not even exist
            folder = loaded.root / loaded.config.build.dist_dir
        else:
            folder = require_assets(loaded, folder=dev_path)
        return cls(
            config=loaded.config,
            capabilities=load_capabilities(loaded.root, platform=loaded.platform),
            assets=DirectoryAssets(folder, in_global=loaded.config.modules_in_global),
            mode="development",
            runtime=loaded.config.runtime,
            root=loaded.root,
            dev_url=dev_path if is_url else "",
            hooks=read_project_hooks(loaded.config, loaded.root),
            icon=read_project_icon(loaded.config, loaded.root),
        )

    @property
    def is_development(self) -> bool:
        """Whether the app runs from its project's folder."""
        return self.mode == "development"

    @property
    def dev_origin(self) -> Origin | None:
        """The one other origin trusted like our own, in development only."""
        return Origin.parse(self.dev_url) if self.is_development and self.dev_url else None

    @property
    def own_origins(self) -> frozenset[Origin]:
        """The origins whose pages are the app's own, besides those of isolated windows."""
        developed = self.dev_origin
        return OWN_ORIGINS if developed is None else OWN_ORIGINS | {developed}

    @property
    def policy(self) -> PagePolicy:
        """The content security policy of every page."""
        security = self.config.security
        value: CspValue = security.csp
        if self.is_development and security.dev_csp:
            value = security.dev_csp
        return page_policy(
            value,
            allowed_dangers=security.dangerous_script_sources,
            untouched=security.dangerous_disable_asset_csp_modification,
        )

    def api_source(self, name: str) -> str | None:
        """Return the JavaScript of an API module of the page ("fs.js"), if the app has it on."""
        module = name.removesuffix(".js")
        is_off = module in MODULES and module not in self.config.allowlist.enabled_modules()
        return None if is_off or name not in api_module_names() else read_script("src", name)


def read_project_hooks(config: Config, root: Path) -> tuple[str, ...]:
    """Return the scripts of a project's isolation folder; none, if it does not use the pattern.

    Raises:
        MissingAssetsError: The folder is not as `millennium.assets.isolation` wants it.
    """
    pattern = config.security.pattern
    if pattern.use != "isolation":
        return ()
    from millennium.assets.isolation import read_hooks  # noqa: PLC0415 - a release has them baked

    return read_hooks(root / pattern.options.dir)


def read_project_icon(config: Config, root: Path) -> bytes:
    """Return the first PNG among a project's icons; empty if there is none that can be read."""
    for name in config.bundle.icon:
        path = root / name
        if path.suffix == ".png" and path.is_file() and path.stat().st_size <= MAX_ICON_BYTES:
            return path.read_bytes()
    return b""


class _Baked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    config: Config
    capabilities: tuple[Capability, ...]
    runtime: str = ""
    hooks: tuple[str, ...] = ()


def context_to_bytes(context: Context) -> bytes:
    """Return what a build bakes of a context, without its assets: those are `embed`-ded.

    The same context gives the same bytes.
    """
    baked = _Baked(
        format=FORMAT,
        config=context.config,
        capabilities=context.capabilities,
        runtime=context.runtime,
        hooks=context.hooks,
    )
    return msgspec.json.encode(baked)


def context_from_baked(
    meta: bytes,
    read: Callable[[str], bytes],
    *,
    icon: bytes = b"",
    decompressors: Decompressors | None = None,
) -> Context:
    """Return the context of a released app.

    Args:
        meta: Made by `context_to_bytes`.
        read: Returns an asset's blob; see `EmbeddedAssets`.
        icon: PNG of the app's windows.
        decompressors: Besides ``zlib``.

    Raises:
        ContextError: `meta` is not what this version bakes.
    """
    try:
        baked = msgspec.json.decode(meta, type=_Baked)
    except msgspec.DecodeError as error:
        raise ContextError(
            f"the baked context cannot be read: {error}",
            help="build the app again with the millennium it is built for",
        ) from error
    if baked.format != FORMAT:
        raise ContextError(f"the baked context has format {baked.format}, not {FORMAT}")
    return Context(
        config=baked.config,
        capabilities=baked.capabilities,
        assets=EmbeddedAssets(read, decompressors),
        mode="release",
        runtime=baked.runtime,
        hooks=baked.hooks,
        icon=icon,
    )


def find_context() -> Context:
    """Return the context of the app that is running.

    A frozen app has the baked one. From source it is that of the project ``__main__`` is in.

    Raises:
        ContextError: A frozen app without a context.
        ConfigError: From source; see `Context.development`.
    """
    if getattr(sys, "frozen", False):
        return _baked_context()
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    return Context.development(Path(main).resolve().parent if main else Path.cwd())


def _baked_context() -> Context:
    try:
        module = importlib.import_module(BAKED_MODULE)
    except ModuleNotFoundError as error:
        raise ContextError(
            "this executable has no context of its own", help="make it with `millennium build`"
        ) from error
    context = module.load()
    if not isinstance(context, Context):
        raise ContextError(f"{BAKED_MODULE}.load() returned no context")
    return context
