"""What types cannot say about a configuration: names, sizes, addresses, policies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from millennium.config.not_yet import find_unused
from millennium.config.schema import Config
from millennium.config.tree import KeyPath
from millennium.config.window import WindowConfig
from millennium.errors import BadPatternError, ConfigError, InvalidValueError
from millennium.security.allowlist import Scope, as_scope
from millennium.security.csp import page_policy
from millennium.security.opener_scope import OpenerScope
from millennium.security.origin import Origin, isolated_origin
from millennium.security.program_scope import ProgramScope
from millennium.security.scope import require_pattern
from millennium.security.url_scope import UrlScope, require_host

_IDENTIFIER = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,3}(?:[-+.]?[0-9A-Za-z]+)*")
_LABEL = re.compile(r"[A-Za-z0-9/:_-]{1,64}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_RUNTIME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
# These three become parts of names of files, of which file systems take 255 bytes.
MAX_IDENTIFIER_CHARS = 155
MAX_PRODUCT_NAME_CHARS = 75
MAX_VERSION_CHARS = 64
MAX_PIXELS = 1_000_000
_OWN_SCHEMES = frozenset(
    {"http", "https", "file", "data", "blob", "about", "javascript", "millennium"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, at a key written in kebab-case."""

    path: KeyPath
    message: str
    help: str = ""
    error: type[ConfigError] = InvalidValueError


def find_problems(config: Config) -> Iterator[Problem]:
    """Yield everything that is wrong with a configuration of the right types."""
    yield from _names(config)
    yield from _long_names(config)
    yield from _windows(config)
    yield from _build(config)
    yield from _security(config)
    yield from _file_scopes(config)
    yield from _address_scopes(config)
    yield from _program_scopes(config)
    yield from _features(config)


def find_warnings(config: Config) -> Iterator[str]:
    """Yield what works but is probably not meant."""
    if config.allowlist.all:
        yield "allowlist.all lets every page use every API; name what you need before a release"
    for key in config.allowlist.unbuilt_keys():
        shown = key.replace("_", "-")
        yield f"allowlist.{shown} is on, but this version has no such API yet: nothing is allowed"
    if config.security.dangerous_disable_asset_csp_modification:
        yield "security.dangerous-disable-asset-csp-modification leaves inline scripts unhashed"
    yield from find_unused(config)


def _names(config: Config) -> Iterator[Problem]:
    name = config.identifier
    if len(name) > MAX_IDENTIFIER_CHARS or not _IDENTIFIER.fullmatch(name):
        yield Problem(
            path=("identifier",),
            message=f"{name!r} is no reverse domain name",
            help="use two or more parts of letters, digits and '-', as in 'org.example.notes'",
        )
    if not _VERSION.fullmatch(config.version):
        yield Problem(path=("version",), message=f"{config.version!r} is no version")
    for key in ("product_name", "description", "publisher", "homepage", "license"):
        if _CONTROL.search(getattr(config, key)):
            message = "holds a line break or a control character"
            yield Problem(path=(key.replace("_", "-"),), message=message)
    if "/" in config.product_name or "\\" in config.product_name:
        yield Problem(path=("product-name",), message="holds a slash; it names files")
    if config.runtime and not _RUNTIME.fullmatch(config.runtime):
        yield Problem(path=("runtime",), message=f"{config.runtime!r} is not 'module:Class'")


def _long_names(config: Config) -> Iterator[Problem]:
    for key, most in (("product_name", MAX_PRODUCT_NAME_CHARS), ("version", MAX_VERSION_CHARS)):
        if len(getattr(config, key)) > most:
            message = f"is longer than {most} characters; it names files"
            yield Problem(path=(key.replace("_", "-"),), message=message)


def _windows(config: Config) -> Iterator[Problem]:
    labels: set[str] = set()
    for index, window in enumerate(config.windows):
        path = ("windows", index)
        if not _LABEL.fullmatch(window.label):
            yield Problem(
                path=(*path, "label"),
                message=f"{window.label!r} is not 1 to 64 of letters, digits and / : _ -",
            )
        if window.label in labels:
            yield Problem(
                path=(*path, "label"),
                message=f"two windows have the label {window.label!r}",
                help="give each window its own label",
            )
        labels.add(window.label)
        yield from _window(window, path)


def _window(window: WindowConfig, path: KeyPath) -> Iterator[Problem]:
    yield from _sizes(window, path)
    if not _COLOR.fullmatch(window.background_color):
        message = f"{window.background_color!r} is not of the form '#rrggbb'"
        yield Problem(path=(*path, "background-color"), message=message)
    if _CONTROL.search(window.title):
        yield Problem(path=(*path, "title"), message="holds a control character")
    if "://" in window.url and Origin.parse(window.url) is None:
        yield Problem(path=(*path, "url"), message=f"{window.url!r} is no address of a page")
    if window.isolated_origin and isolated_origin(window.label) is None:
        yield Problem(
            path=(*path, "label"),
            message=f"{window.label!r} cannot be a host name, as isolated-origin needs",
            help="use lower-case letters, digits and '-'",
        )


def _sizes(window: WindowConfig, path: KeyPath) -> Iterator[Problem]:
    for side in ("width", "height"):
        size: float = getattr(window, side)
        smallest: float | None = getattr(window, f"min_{side}")
        largest: float | None = getattr(window, f"max_{side}")
        for key, value in ((side, size), (f"min-{side}", smallest), (f"max-{side}", largest)):
            if value is not None and not 0 < value <= MAX_PIXELS:
                message = f"{value:g} is not between 1 and {MAX_PIXELS} pixels"
                yield Problem(path=(*path, key), message=message)
        if smallest is not None and largest is not None and smallest > largest:
            yield Problem(path=(*path, f"min-{side}"), message=f"is larger than max-{side}")


def _build(config: Config) -> Iterator[Problem]:
    build = config.build
    for key in ("main", "dist_dir"):
        written: str = getattr(build, key)
        if _leads_out(written):
            yield Problem(
                path=("build", key.replace("_", "-")),
                message=f"{written!r} is outside the project",
                help="use a path inside the project's folder, relative to it",
            )
    if not build.dist_dir:
        yield Problem(path=("build", "dist-dir"), message="is empty")
    if "://" in build.dev_path:
        origin = Origin.parse(build.dev_path)
        if origin is None or origin.scheme not in ("http", "https") or not origin.is_loopback:
            yield Problem(
                path=("build", "dev-path"),
                message=f"{build.dev_path!r} is no server on this machine",
                help="use an address such as 'http://localhost:5173'",
            )


def _security(config: Config) -> Iterator[Problem]:
    security = config.security
    for key in ("csp", "dev_csp"):
        try:
            page_policy(getattr(security, key), allowed_dangers=security.dangerous_script_sources)
        except ConfigError as error:
            yield Problem(
                path=("security", key.replace("_", "-")),
                message=error.message,
                help=error.help,
                error=type(error),
            )
    for index, written in enumerate(security.navigation):
        origin = Origin.parse(written)
        if origin is None or str(origin) != written.rstrip("/"):
            yield Problem(
                path=("security", "navigation", index),
                message=f"{written!r} is no origin",
                help="use scheme, host and port only, as in 'https://example.org'",
            )
    if security.pattern.use == "isolation" and not security.pattern.options.dir:
        yield Problem(
            path=("security", "pattern", "use"),
            message="the isolation pattern needs the folder with its hook",
            help='name it: [tool.millennium.security.pattern.options] dir = "isolation"',
        )


def _file_scopes(config: Config) -> Iterator[Problem]:
    allowlist = config.allowlist
    written: tuple[tuple[KeyPath, Scope | tuple[str, ...]], ...] = (
        (("allowlist", "fs", "scope"), allowlist.fs.scope),
        (("allowlist", "protocol", "asset-scope"), allowlist.protocol.asset_scope),
        (("security", "asset-protocol", "scope"), config.security.asset_protocol.scope),
    )
    for path, patterns in written:
        scope = as_scope(patterns)
        for pattern in (*scope.allow, *scope.deny):
            yield from _located(path, partial(require_pattern, pattern))


def _address_scopes(config: Config) -> Iterator[Problem]:
    allowlist = config.allowlist
    yield from _located(("allowlist", "shell", "open"), partial(OpenerScope, allowlist.shell.open))
    for index, pattern in enumerate(allowlist.http.scope):
        yield from _located(("allowlist", "http", "scope", index), partial(UrlScope, (pattern,)))
    for index, host in enumerate(allowlist.http.private_hosts):
        path = ("allowlist", "http", "private-hosts", index)
        yield from _located(path, partial(require_host, host))


def _program_scopes(config: Config) -> Iterator[Problem]:
    programs = config.allowlist.shell.scope
    for index, program in enumerate(programs):
        if program.cmd:  # a sidecar has none
            path = ("allowlist", "shell", "scope", index)
            yield from _located(path, partial(ProgramScope, (program,)))
    names = [program.name for program in programs]
    for index, name in enumerate(names):
        if name in names[:index]:
            named = ("allowlist", "shell", "scope", index, "name")
            yield Problem(path=named, message=f"two programs are named {name!r}")


def _located(path: KeyPath, read: Callable[[], object]) -> Iterator[Problem]:
    """Yield where a pattern stands that `read` refuses."""
    try:
        read()
    except BadPatternError as error:
        yield Problem(path=path, message=error.message, help=error.help)


def _features(config: Config) -> Iterator[Problem]:
    for index, scheme in enumerate(config.bundle.deep_link_schemes):
        if not _SCHEME.fullmatch(scheme) or scheme in _OWN_SCHEMES:
            path = ("bundle", "deep-link-schemes", index)
            yield Problem(path=path, message=f"{scheme!r} cannot be an app's own scheme")
    updater = config.updater
    if updater.active and not updater.pubkey:
        yield Problem(path=("updater", "pubkey"), message="is required while updater.active is on")
    for index, endpoint in enumerate(updater.endpoints):
        if not endpoint.startswith("https://"):
            message = f"{endpoint!r} does not use https"
            yield Problem(path=("updater", "endpoints", index), message=message)
    for index, command in enumerate(config.allowlist.shell.scope):
        if not command.cmd and not command.sidecar:
            message = "cmd is required unless sidecar is on"
            yield Problem(path=("allowlist", "shell", "scope", index), message=message)


def _leads_out(path: str) -> bool:
    parts = re.split(r"[/\\]", path)
    return ".." in parts or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path) is not None
