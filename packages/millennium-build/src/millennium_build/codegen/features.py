"""What of the framework an app needs, by its configuration; the rest does not ship.

1. An API module is in when the allowlist enables a command of it, with its JavaScript.
2. What a runtime replaces by an object of its own is not in.
3. Encryption is in for the isolation pattern and for sealed commands; without either,
   `cryptography`, larger than all else, is reached from nowhere.
4. Files outside the app can be shown where the configuration says so.
5. What only development needs is never in: reading configuration files, tests, the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from millennium.config.schema import Config
from millennium.security.allowlist import Allowlist
from millennium_build.errors import PlanError

API_PACKAGE = "millennium.api"

DEVELOPMENT_ONLY = frozenset(
    {
        "millennium.__main__",
        "millennium.assets.directory",
        "millennium.assets.html",
        "millennium.assets.isolation",
        "millennium.config.capabilities",
        "millennium.config.export",
        "millennium.config.load",
        "millennium.development",
        "millennium.testing",
        "millennium_build",
        "millennium_bundler",
        "millennium_runtime.testing",
    }
)

ENCRYPTION = "millennium.security.envelope"
ISOLATION = "millennium.ipc.isolation"
SEALING = "millennium.ipc.sealing"
OUTSIDE = "millennium.assets.outside"

_ISOLATION_SCRIPTS = frozenset({"frame.js", "isolation.js"})
_SEALING_SCRIPTS = frozenset({"sealed.js"})
_ENCRYPTION_SCRIPTS = frozenset({"envelope.js"})

_OTHER_PLATFORMS = "android cef cocoa edgechromium mshtml qt win32 winforms"
REPLACED: dict[str, frozenset[str]] = {
    "millennium_runtime_webview": frozenset(
        {"webview.http", *(f"webview.platforms.{name}" for name in _OTHER_PLATFORMS.split())}
    ),
}
"""Package of a runtime → modules that it replaces, or makes unreachable, before they are used."""

_MODULE_NAMES = frozenset(Allowlist.__struct_fields__) - {"all"}
_PACKAGED = Path("js")
_CHECKOUT = Path("../../js")
_SCRIPT_FOLDERS = ("bootstrap", "src")


def disabled_modules(config: Config) -> frozenset[str]:
    """Return the modules that must not be in the executable."""
    disabled = _MODULE_NAMES - config.allowlist.enabled_modules()
    has = {ISOLATION: _is_isolated(config), SEALING: config.security.sealed_commands}
    has[ENCRYPTION] = any(has.values())
    has[OUTSIDE] = config.shows_outside_files
    unused = {name for name, is_used in has.items() if not is_used}
    return DEVELOPMENT_ONLY | unused | {f"{API_PACKAGE}.{name}" for name in disabled}


def replaced_modules(runtime: str) -> frozenset[str]:
    """Return the modules that a runtime, given as ``module:Class``, makes superfluous."""
    return REPLACED.get(runtime.partition(":")[0].partition(".")[0], frozenset())


def enabled_api_modules(config: Config) -> tuple[str, ...]:
    """Return the API modules that the app loads at start: no scan sees them."""
    return tuple(f"{API_PACKAGE}.{name}" for name in sorted(config.allowlist.enabled_modules()))


def find_framework(search: Sequence[Path]) -> Path:
    """Return the folder of the `millennium` that the project's Python imports.

    Raises:
        PlanError: It is not installed there.
    """
    folders = (folder / "millennium" for folder in search)
    found = next((path for path in folders if (path / "__init__.py").is_file()), None)
    if found is None:
        raise PlanError(
            "millennium is not installed in the project's environment",
            help='pip install "millennium[webview]", or name the environment: --python',
        )
    return found


def script_files(config: Config, package: Path) -> dict[str, Path]:
    """Return the JavaScript that ships: path inside the executable → file.

    Args:
        config: Of the app.
        package: Folder of the installed `millennium`.
    """
    folders = (package / _PACKAGED, (package / _CHECKOUT).resolve())
    root = next((folder for folder in folders if folder.is_dir()), None)
    if root is None:
        return {}
    disabled = {f"{name}.js" for name in _MODULE_NAMES - config.allowlist.enabled_modules()}
    unused: set[str] = set()
    if not _is_isolated(config):
        unused |= _ISOLATION_SCRIPTS
    if not config.security.sealed_commands:
        unused |= _SEALING_SCRIPTS
    if unused >= _ISOLATION_SCRIPTS | _SEALING_SCRIPTS:
        unused |= _ENCRYPTION_SCRIPTS
    left_out = {"src": disabled, "bootstrap": unused}
    return {
        f"millennium/js/{folder}/{path.name}": path
        for folder in _SCRIPT_FOLDERS
        for path in sorted((root / folder).glob("*.js"))
        if path.name not in left_out[folder]
    }


def _is_isolated(config: Config) -> bool:
    return config.security.pattern.use == "isolation"
