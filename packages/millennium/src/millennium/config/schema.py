"""Every key of the configuration, with its type and its default: the one schema.

The names here are Python's; TOML spells them in kebab-case, JSON5 in camelCase
(`millennium.config.spelling`). The JSON Schema is made of these classes and their docstrings.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from millennium.config.bundle import BundleConfig
from millennium.config.features import CliConfig, TrayConfig, UpdaterConfig
from millennium.config.window import WindowConfig
from millennium.security.allowlist import Allowlist, ProtocolAllowlist, Scope, as_scope
from millennium.security.csp import CspValue

PAGE_MODULES = frozenset({"app", "dialog", "event", "fs", "window"})
"""API modules that pages have: each is a file of ``@millennium/api``."""


class HookCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A command of the developer's machine, started by the command line.

    Attributes:
        script: The command line, as a shell reads it.
        cwd: Its folder, relative to the project.
        wait: Whether to go on only when it has ended.
    """

    script: str
    cwd: str = ""
    wait: bool = False


class BuildConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How the app is developed and built.

    Attributes:
        main: The file that starts the app; empty for the first that exists of
            ``src/<package>/__main__.py``, ``<package>/__main__.py``, ``main.py``, ``app.py``.
        dist_dir: The folder with the page, relative to the project.
        dev_path: In development: another folder, or a loopback server, ``http://localhost:5173``.
        before_dev_command: Runs beside ``millennium dev`` and ends with it.
        before_build_command: Runs before ``millennium build`` reads the page.
        before_bundle_command: Runs before packages are made.
        freezer: Who makes the executable.
        shape: How ``native`` does; empty for what fits the Python at hand.
        include: Modules that must be in the executable although nothing seems to import them.
        exclude: Modules that must not be in it.
        include_data: Packages whose data files are read through `importlib.resources`.
        compile: Whether the app's own modules become machine code.
        with_global_millennium: Whether pages get ``window.__MILLENNIUM__`` besides the modules.
        resources: Files of the project that the executable carries.
        features: Names that the app's own code may ask for.
    """

    main: str = ""
    dist_dir: str = "ui"
    dev_path: str = ""
    before_dev_command: str | HookCommand = ""
    before_build_command: str | HookCommand = ""
    before_bundle_command: str | HookCommand = ""
    freezer: Literal["auto", "native", "pyinstaller", "nuitka"] = "auto"
    shape: Literal["", "dyn", "static"] = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_data: tuple[str, ...] = ()
    compile: Literal["none", "app"] = "none"
    with_global_millennium: bool = False
    resources: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


class PatternOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the isolation application is.

    Attributes:
        dir: Its folder, relative to the project; the scripts of its ``index.html`` run in the
            frame.
    """

    dir: str = ""


class Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How messages leave a page: directly, or through a sandboxed frame of the app's own.

    Attributes:
        use: ``brownfield`` is directly; ``isolation`` is through a frame.
        options: Of the isolation pattern.
    """

    use: Literal["brownfield", "isolation"] = "brownfield"
    options: PatternOptions = PatternOptions()


class AssetProtocolConfig(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Files outside the app that its pages may show.

    Attributes:
        enable: Whether there is such a thing.
        scope: Which files.
    """

    enable: bool = False
    scope: Scope | tuple[str, ...] = ()


class SecurityConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What the app's pages may be and do, beyond the allowlist.

    Attributes:
        csp: The content security policy; empty for a strict one.
        dev_csp: Another one in development; empty for the same.
        handles: New random names for commands per document, or per call.
        pattern: How messages leave a page.
        sealed_commands: Whether commands may be sealed (``@app.command(sealed=True)``); build
            ships the encryption only then.
        freeze_prototype: Whether ``Object.prototype`` is frozen before any script runs. Then no
            script can assign an inherited name (``o.toString = f``): it must define it.
        asset_protocol: Files outside the app that pages may show.
        sandbox: Whether pages run in the webview's own sandbox: wherever the system lets them, or
            never.
        navigation: Origins a window may go to, besides the app's own.
        dangerous_script_sources: Script sources, word for word, that the policy may hold although
            injected scripts could use them.
        dangerous_disable_asset_csp_modification: True, or directives that are left as written.
    """

    csp: CspValue = ""
    dev_csp: CspValue = ""
    handles: Literal["session", "call"] = "session"
    pattern: Pattern = Pattern()
    sealed_commands: bool = False
    freeze_prototype: bool = False
    asset_protocol: AssetProtocolConfig = AssetProtocolConfig()
    sandbox: Literal["auto", "off"] = "auto"
    navigation: tuple[str, ...] = ()
    dangerous_script_sources: tuple[str, ...] = ()
    dangerous_disable_asset_csp_modification: bool | tuple[str, ...] = False


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The whole configuration of an app.

    Attributes:
        identifier: Reverse domain name, ``org.example.notes``; names the app for ever.
        product_name: As people read it; default: the project's name.
        version: ``1.2.3``, or a JSON file of the project that has one, ``package.json``;
            default: the project's.
        description: One line; default: the project's.
        publisher: Who is named as the maker in packages.
        homepage: Address of the app's page; default: the project's.
        license: SPDX expression; default: the project's.
        build: How it is developed and built.
        windows: Those made at the start; none given means one with all defaults.
        allowlist: Which built-in APIs exist in this app.
        security: What pages may be and do, beyond the allowlist.
        bundle: What packages say and hold.
        updater: Where updates come from.
        tray: An icon in the system's tray.
        cli: The app's own command line.
        plugins: Plug-in → its own configuration.
        runtime: ``module:Class`` of another window runtime; empty for the installed one.
        macos_private_api: Whether private interfaces of macOS may be used.
    """

    identifier: str
    product_name: str = ""
    version: str = "0.1.0"
    description: str = ""
    publisher: str = ""
    homepage: str = ""
    license: str = ""
    build: BuildConfig = BuildConfig()
    windows: tuple[WindowConfig, ...] = (WindowConfig(),)
    allowlist: Allowlist = field(default_factory=Allowlist)
    security: SecurityConfig = SecurityConfig()
    bundle: BundleConfig = BundleConfig()
    updater: UpdaterConfig = UpdaterConfig()
    tray: TrayConfig | None = None
    cli: CliConfig | None = None
    plugins: dict[str, dict[str, object]] = {}
    runtime: str = ""
    macos_private_api: bool = False

    @property
    def shows_outside_files(self) -> bool:
        """Whether pages may show files outside the app, by either key that says so."""
        return self.effective_allowlist.protocol.asset

    @property
    def effective_allowlist(self) -> Allowlist:
        """The allowlist with what ``security.asset-protocol``, the newer spelling, adds to it."""
        protocol, newer = self.allowlist.protocol, self.security.asset_protocol
        scopes = (self.allowlist.scope("protocol"), as_scope(newer.scope))
        merged = ProtocolAllowlist(
            asset=protocol.asset or protocol.all or self.allowlist.all or newer.enable,
            asset_scope=Scope(
                allow=tuple(pattern for scope in scopes for pattern in scope.allow),
                deny=tuple(pattern for scope in scopes for pattern in scope.deny),
                require_literal_leading_dot=any(
                    scope.require_literal_leading_dot for scope in scopes if scope.allow
                ),
            ),
        )
        return replace(self.allowlist, protocol=merged)

    @property
    def modules_in_global(self) -> tuple[str, ...]:
        """The API modules of ``window.__MILLENNIUM__``; none unless the app wants it."""
        if not self.build.with_global_millennium:
            return ()
        return tuple(sorted(self.allowlist.enabled_modules() & PAGE_MODULES))
