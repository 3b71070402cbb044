"""What does not fit together between configuration, code and page.

Rules:

1. Each own command has one name, none of them a built-in one's.
2. Each `app:` permission of a capability names a command; each command is granted to some window.
3. Each command that a page invokes by a literal name exists, and the API it belongs to is on.
4. Each API module that page or Python imports is on.
5. Each file that a page, a window or the bundle names exists, and each of the page has a name that an
   asset may have.
6. Nothing is loaded from elsewhere and no handler is inline: the policy would block both.
7. Nobody listens: no server of the standard library or of a known package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from millennium.assets.directory import DirectoryAssets
from millennium.assets.html import API_MODULES
from millennium.assets.key import AssetKey
from millennium.config.capabilities import load_capabilities
from millennium.config.load import LoadedConfig, require_assets, require_main
from millennium.errors import Location, OutsideAssetsError
from millennium.security.allowlist import COMMANDS, RESERVED_NAMES, Allowlist
from millennium.security.capability import Capability
from millennium.security.csp import page_policy
from millennium_build.check.code import Code, read_code
from millennium_build.check.finding import Finding, place_in
from millennium_build.check.page import Mention, read_pages

_SERVERS = frozenset({
    "http.server", "socketserver", "wsgiref", "xmlrpc.server", "bottle", "flask", "fastapi",
    "uvicorn", "hypercorn", "waitress", "gunicorn", "aiohttp.web", "tornado.httpserver",
    "websockets.server", "websockets.serve", "cherrypy", "twisted.web.server",
})  # fmt: skip
_LISTENING = frozenset(
    {"asyncio.start_server", "asyncio.start_unix_server", "socket.create_server"}
)
_QUIET_API = frozenset({"core", "channel", "event", "app"})
_EXAMPLE_IDENTIFIERS = ("com.example.", "org.example.", "com.millennium.dev")
_JS = "@millennium/api/"
_PYTHON = "millennium.api."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything the rules look at."""

    loaded: LoadedConfig
    code: Code
    mentions: list[Mention]
    capabilities: tuple[Capability, ...]
    pages: Path

    @property
    def names(self) -> frozenset[str]:
        """Names of the app's own commands."""
        return frozenset(command.name for command in self.code.commands)


def check_project(loaded: LoadedConfig) -> list[Finding]:
    """Apply all rules; errors first, then by place.

    Raises:
        ConfigError: Main file, page or a capability cannot be read.
        SourceError: A file of the app is not valid Python.
    """
    pages = require_assets(loaded)
    subject = Subject(
        loaded=loaded,
        code=read_code(require_main(loaded), loaded.root),
        mentions=read_pages(pages, loaded.root),
        capabilities=load_capabilities(loaded.root, platform=loaded.platform),
        pages=pages,
    )
    rules: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
        _configuration, _commands, _capabilities, _invocations, _imports, _files, _names, _policy,
        _servers,
    )  # fmt: skip
    found = [_relative(finding, loaded.root) for rule in rules for finding in rule(subject)]
    return sorted(found, key=lambda finding: (finding.severity, str(finding.place), finding.code))


def _relative(finding: Finding, root: Path) -> Finding:
    place = finding.place
    shown = place_in(Path(place.path), root, place.line, place.column)
    return replace(finding, place=shown)


def _configuration(subject: Subject) -> Iterator[Finding]:
    loaded = subject.loaded
    for warning in loaded.warnings:
        yield _warning("check.configuration", warning, loaded.locate("allowlist"))
    if loaded.config.identifier.startswith(_EXAMPLE_IDENTIFIERS):
        message = f"the identifier {loaded.config.identifier!r} is an example's"
        place = loaded.locate("identifier")
        yield _warning("check.identifier", message, place, help="name a domain of your own")
    if not subject.code.main_runs:
        message = "the main file never calls app.run()"
        yield _warning("check.no_run", message, loaded.locate("build", "main"))


def _commands(subject: Subject) -> Iterator[Finding]:  # (1)
    counts = Counter(command.name for command in subject.code.commands)
    for command in subject.code.commands:
        if command.name in RESERVED_NAMES:
            message = f"the command {command.name!r} has the name of a built-in one"
            help_line = "rename it, or give it another name: @app.command(name=…)"
            yield _error("command.reserved_name", message, command.place, help=help_line)
        if counts[command.name] > 1:
            message = f"{counts[command.name]} commands are called {command.name!r}"
            yield _error("command.duplicate", message, command.place, help="rename one of them")


def _capabilities(subject: Subject) -> Iterator[Finding]:  # (2)
    labels = {window.label for window in subject.loaded.config.windows}
    granted: set[str] = set()
    for capability in subject.capabilities:
        place = Location(f"capabilities/{capability.identifier}.toml")
        granted.update(capability.permissions)
        for permission in (*capability.permissions, *capability.deny):
            name = permission.removeprefix("app:")
            if name not in {permission, "*"} | subject.names:
                message = f"{permission!r} names no command of the app"
                help_line = f"commands: {', '.join(sorted(subject.names)) or 'none'}"
                yield _error("check.unknown_permission", message, place, help=help_line)
        if not any(capability.covers(label) for label in labels):
            message = f"no window of the configuration is among {', '.join(capability.windows)}"
            yield _warning("check.no_window", message, place)
    if not subject.capabilities or "app:*" in granted:
        return
    for command in subject.code.commands:
        if f"app:{command.name}" not in granted:
            message = f"no capability lets a window call {command.name!r}"
            help_line = f'add "app:{command.name}" to the permissions of a capability'
            yield _warning("check.not_granted", message, command.place, help=help_line)


def _invocations(subject: Subject) -> Iterator[Finding]:  # (3)
    built_in = Allowlist(all=True).commands()
    enabled = subject.loaded.config.allowlist.commands()
    for mention in subject.mentions:
        name = mention.name
        if mention.kind != "invoke" or name in subject.names or name in enabled or ":" in name:
            continue
        if name in built_in:
            message = f"the page invokes {name!r}, which the allowlist does not turn on"
            yield _error("api.disabled", message, mention.place, help=_turn_on(name))
            continue
        message = f"the page invokes {name!r}, and the app has no such command"
        help_line = f"commands: {', '.join(sorted(subject.names)) or 'none'}"
        yield _error("check.unknown_command", message, mention.place, help=help_line)


def _imports(subject: Subject) -> Iterator[Finding]:  # (4)
    enabled = subject.loaded.config.allowlist.enabled_modules() | _QUIET_API
    for mention in subject.mentions:
        if mention.kind != "import" or not mention.name.startswith(_JS):
            continue
        module = mention.name.removeprefix(_JS)
        if module not in API_MODULES:
            message = f"there is no module {mention.name!r}"
            help_line = f"modules: {', '.join(API_MODULES)}"
            yield _error("check.unknown_module", message, mention.place, help=help_line)
        elif module not in enabled:
            message = f"the page imports {mention.name!r}, which the allowlist does not turn on"
            yield _error("api.disabled", message, mention.place, help=_turn_on(module))
    for found in subject.code.imports:
        module = found.module.removeprefix(_PYTHON).partition(".")[0]
        if found.module.startswith(_PYTHON) and module in COMMANDS and module not in enabled:
            message = f"millennium.api.{module} is imported, and the allowlist does not turn it on"
            yield _error("api.disabled", message, found.place, help=_turn_on(module))


def _files(subject: Subject) -> Iterator[Finding]:  # (5)
    loaded = subject.loaded
    for mention in subject.mentions:
        if mention.kind == "file" and not (subject.pages / mention.name).is_file():
            message = f"the page wants {mention.name!r}, which does not exist"
            yield _error("check.missing_file", message, mention.place)
    for index, window in enumerate(loaded.config.windows):
        path = window.url.partition("?")[0].partition("#")[0].lstrip("/")
        if "://" not in window.url and not (subject.pages / path).is_file():
            message = f"the window {window.label!r} opens {window.url!r}, which does not exist"
            place = loaded.locate("windows", index, "url")
            yield _error("check.missing_file", message, place, help=f"create {path}")
    for index, icon in enumerate(loaded.config.bundle.icon):
        if not (loaded.root / icon).is_file():
            message = f"the icon {icon!r} does not exist"
            yield _error("check.missing_file", message, loaded.locate("bundle", "icon", index))


def _names(subject: Subject) -> Iterator[Finding]:  # (5)
    for name in DirectoryAssets(subject.pages).keys():  # noqa: SIM118 - it is no mapping
        try:
            AssetKey.parse(name)
        except OutsideAssetsError as error:
            yield _error(
                error.code, error.message, Location(str(subject.pages / name)), help=error.help
            )


def _policy(subject: Subject) -> Iterator[Finding]:  # (6)
    security = subject.loaded.config.security
    page = page_policy(security.csp, allowed_dangers=security.dangerous_script_sources)
    allows_inline = page.policy.contains("script-src", "'unsafe-inline'")
    for mention in subject.mentions:
        if mention.kind == "inline" and not allows_inline:
            message = f"the policy blocks the inline handler {mention.name!r}"
            help_line = "use addEventListener in a script file"
            yield _error("check.inline_handler", message, mention.place, help=help_line)
        elif mention.kind == "remote" and mention.name.split("/")[2] not in str(page.policy):
            message = f"the policy blocks {mention.name!r}, which is not in the app"
            help_line = "put the file into the app, or name its origin in security.csp"
            yield _warning("check.remote_file", message, mention.place, help=help_line)


def _servers(subject: Subject) -> Iterator[Finding]:  # (7)
    for found in subject.code.imports:
        words = found.module.split(".")
        if any(".".join(words[:length]) in _SERVERS for length in range(1, len(words) + 1)):
            yield _listens(found.module, found.place)
    for call in subject.code.calls:
        if call.module in _LISTENING:
            yield _listens(call.module, call.place)


def _listens(name: str, place: Location) -> Finding:
    message = f"{name} listens on a port; an app has no server"
    help_line = "bridge, don't serve: use commands, events and channels"
    return _error("check.server", message, place, help=help_line)


def _turn_on(name: str) -> str:
    module, _, command = name.partition(".")
    keys = (key for key, names in COMMANDS.get(module, {}).items() if name in names)
    key = next(keys, "read" if command else "all").replace("_", "-")  # getters have one key
    return f"[tool.millennium.allowlist.{module}] {key} = true"


def _error(code: str, message: str, place: Location, *, help: str = "") -> Finding:
    return Finding(severity="error", code=code, message=message, place=place, help=help)


def _warning(code: str, message: str, place: Location, *, help: str = "") -> Finding:
    return Finding(severity="warning", code=code, message=message, place=place, help=help)
