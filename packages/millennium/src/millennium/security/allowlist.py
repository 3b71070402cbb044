"""The allowlist: which built-in APIs exist in this app, and so what is shipped with it.

1. Everything is off. A key turns on the commands that `COMMANDS` names for it.
2. ``all`` of a module turns on its keys, ``all`` at the root turns on every module.
3. What tells a page only about itself (its app's name, its own window's size, its events) costs
   nothing and asks no key: `ALWAYS`; the window's getters come with any key of ``window``.
4. A module without an enabled command is not imported and not built in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field

_WINDOW_GETTERS = (
    "window.label",
    "window.title",
    "window.scale_factor",
    "window.inner_size",
    "window.outer_size",
    "window.inner_position",
    "window.outer_position",
    "window.current_monitor",
    "window.theme",
    "window.is_visible",
    "window.is_focused",
    "window.is_minimized",
    "window.is_maximized",
    "window.is_fullscreen",
    "window.is_resizable",
    "window.is_decorated",
)

ALWAYS: tuple[str, ...] = (
    "app.name",
    "app.version",
    "app.identifier",
    "app.millennium_version",
    "event.emit",
    "event.emit_to",
)
"""Commands every app has; a capability file may still leave them out."""

VERIFY = "app.verify"
"""Exists only while the app proves that it starts; ours alone, whatever the files say."""

COMMANDS: dict[str, dict[str, tuple[str, ...]]] = {
    "app": {"show": ("app.show",), "hide": ("app.hide",), "exit": ("app.exit",)},
    "window": {
        "read": (),
        "create": ("window.create",),
        "center": ("window.center",),
        "request_user_attention": ("window.request_user_attention",),
        "set_resizable": ("window.set_resizable",),
        "set_title": ("window.set_title",),
        "maximize": ("window.maximize",),
        "unmaximize": ("window.unmaximize",),
        "minimize": ("window.minimize",),
        "unminimize": ("window.unminimize",),
        "show": ("window.show",),
        "hide": ("window.hide",),
        "close": ("window.close",),
        "set_decorations": ("window.set_decorations",),
        "set_always_on_top": ("window.set_always_on_top",),
        "set_size": ("window.set_size",),
        "set_min_size": ("window.set_min_size",),
        "set_max_size": ("window.set_max_size",),
        "set_position": ("window.set_position",),
        "set_fullscreen": ("window.set_fullscreen",),
        "set_focus": ("window.set_focus",),
        "set_skip_taskbar": ("window.set_skip_taskbar",),
        "start_dragging": ("window.start_dragging",),
    },
    "dialog": {
        "open": ("dialog.open",),
        "save": ("dialog.save",),
        "message": ("dialog.message",),
        "ask": ("dialog.ask",),
        "confirm": ("dialog.confirm",),
    },
    "fs": {
        "read_file": ("fs.read_text", "fs.read_bytes"),
        "write_file": ("fs.write_text", "fs.write_bytes"),
        "read_dir": ("fs.list",),
        "exists": ("fs.exists",),
    },
}
"""Module → key of the allowlist → commands it turns on, for the modules that exist."""

RESERVED_NAMES = frozenset(
    name.removeprefix("app.")
    for names in (ALWAYS, (VERIFY,), *COMMANDS["app"].values())
    for name in names
    if name.startswith("app.")
)
"""What an app's own commands may not be called: ``app:name`` in a capability means only one."""

WITHOUT_COMMANDS: dict[str, tuple[str, ...]] = {"protocol": ("asset",)}
"""Module → keys that turn on something that is no command."""


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Paths an API may touch; patterns as in `millennium.security.scope`.

    Attributes:
        allow: Patterns that allow; nothing else is allowed.
        deny: Patterns that deny, whatever allows.
        require_literal_leading_dot: Whether hidden files need a pattern that writes their dot.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    require_literal_leading_dot: bool = True


def as_scope(written: Scope | tuple[str, ...]) -> Scope:
    """Return what a configuration wrote as a scope: patterns alone allow."""
    return written if isinstance(written, Scope) else Scope(allow=written)


class _Module(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    all: bool = False

    def enabled(self) -> Iterator[str]:
        """Yield the names of the keys that are on, ``all`` resolved."""
        for key in self.__struct_fields__:
            value = getattr(self, key)
            if key != "all" and isinstance(value, bool) and (value or self.all):
                yield key


class AppAllowlist(_Module, frozen=True, kw_only=True):
    """The app itself: show, hide and end it."""

    show: bool = False
    hide: bool = False
    exit: bool = False


class WindowAllowlist(_Module, frozen=True, kw_only=True):
    """The page's own window.

    Attributes:
        read: Only the getters; they also come with every other key.
    """

    read: bool = False
    create: bool = False
    center: bool = False
    request_user_attention: bool = False
    set_resizable: bool = False
    set_maximizable: bool = False
    set_minimizable: bool = False
    set_closable: bool = False
    set_title: bool = False
    maximize: bool = False
    unmaximize: bool = False
    minimize: bool = False
    unminimize: bool = False
    show: bool = False
    hide: bool = False
    close: bool = False
    set_decorations: bool = False
    set_always_on_top: bool = False
    set_content_protected: bool = False
    set_size: bool = False
    set_min_size: bool = False
    set_max_size: bool = False
    set_position: bool = False
    set_fullscreen: bool = False
    set_focus: bool = False
    set_icon: bool = False
    set_skip_taskbar: bool = False
    set_cursor_grab: bool = False
    set_cursor_visible: bool = False
    set_cursor_icon: bool = False
    set_cursor_position: bool = False
    set_ignore_cursor_events: bool = False
    start_dragging: bool = False
    print: bool = False


class DialogAllowlist(_Module, frozen=True, kw_only=True):
    """The system's dialogs. What a user picks there is added to the scope of ``fs``."""

    open: bool = False
    save: bool = False
    message: bool = False
    ask: bool = False
    confirm: bool = False


class FsAllowlist(_Module, frozen=True, kw_only=True):
    """Files, within `scope` and what the user picked.

    Attributes:
        picked_folders: What of a folder that the user picked is granted: its "files", or "all"
            that is below it.
    """

    scope: Scope | tuple[str, ...] = ()
    picked_folders: Literal["files", "all"] = "files"
    read_file: bool = False
    write_file: bool = False
    read_dir: bool = False
    copy_file: bool = False
    create_dir: bool = False
    remove_dir: bool = False
    remove_file: bool = False
    rename_file: bool = False
    exists: bool = False


class ShellCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One program a page may start, by its name here.

    Attributes:
        args: True for any, False for none, else fixed texts and validators in their order.
    """

    name: str
    cmd: str = ""
    args: bool | tuple[str | dict[str, str], ...] = False
    sidecar: bool = False


class ShellAllowlist(_Module, frozen=True, kw_only=True):
    """Other programs.

    Attributes:
        open: True for web and mail addresses, or a pattern that the whole address must match.
    """

    scope: tuple[ShellCommand, ...] = ()
    execute: bool = False
    sidecar: bool = False
    open: bool | str = False


class HttpAllowlist(_Module, frozen=True, kw_only=True):
    """Requests made by Python, within `scope`.

    Attributes:
        scope: Addresses: scheme, host, port and path, ``https://api.example.com/v1/**``.
        private_hosts: Hosts whose names may lead into private networks or to this machine.
    """

    scope: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    request: bool = False


class NotificationAllowlist(_Module, frozen=True, kw_only=True):
    """Notifications of the desktop."""


class GlobalShortcutAllowlist(_Module, frozen=True, kw_only=True):
    """Shortcuts that work while another program has the keyboard."""


class OsAllowlist(_Module, frozen=True, kw_only=True):
    """Kind and version of the system."""


class PathAllowlist(_Module, frozen=True, kw_only=True):
    """The system's well-known folders."""


class ProtocolAllowlist(_Module, frozen=True, kw_only=True):
    """Files outside the app, shown by the page itself."""

    asset: bool = False
    asset_scope: Scope | tuple[str, ...] = ()


class ProcessAllowlist(_Module, frozen=True, kw_only=True):
    """The app's own process."""

    relaunch: bool = False
    relaunch_dangerous_allow_symlink_macos: bool = False
    exit: bool = False


class ClipboardAllowlist(_Module, frozen=True, kw_only=True):
    """The clipboard's text."""

    write_text: bool = False
    read_text: bool = False


class Allowlist(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Which built-in APIs exist in this app.

    Attributes:
        all: Everything. Convenient in a first try, never right in a release.
    """

    all: bool = False
    app: AppAllowlist = field(default_factory=AppAllowlist)
    window: WindowAllowlist = field(default_factory=WindowAllowlist)
    dialog: DialogAllowlist = field(default_factory=DialogAllowlist)
    fs: FsAllowlist = field(default_factory=FsAllowlist)
    shell: ShellAllowlist = field(default_factory=ShellAllowlist)
    http: HttpAllowlist = field(default_factory=HttpAllowlist)
    notification: NotificationAllowlist = field(default_factory=NotificationAllowlist)
    global_shortcut: GlobalShortcutAllowlist = field(default_factory=GlobalShortcutAllowlist)
    os: OsAllowlist = field(default_factory=OsAllowlist)
    path: PathAllowlist = field(default_factory=PathAllowlist)
    protocol: ProtocolAllowlist = field(default_factory=ProtocolAllowlist)
    process: ProcessAllowlist = field(default_factory=ProcessAllowlist)
    clipboard: ClipboardAllowlist = field(default_factory=ClipboardAllowlist)

    def commands(self) -> frozenset[str]:
        """Return the names of all built-in commands that exist in this app."""
        names = set(ALWAYS)
        for module, table in COMMANDS.items():
            keys = table if self.all else [key for key in self._enabled(module) if key in table]
            names.update(command for key in keys for command in table[key])
            if module == "window" and keys:
                names.update(_WINDOW_GETTERS)
        return frozenset(names)

    def enabled_modules(self) -> frozenset[str]:
        """Return the API modules that must be built in; all others must not be."""
        return frozenset(name.partition(".")[0] for name in self.commands())

    def scope(self, module: str) -> Scope:
        """Return the scope every window with this module shares."""
        scopes = {"fs": self.fs.scope, "protocol": self.protocol.asset_scope}
        return as_scope(scopes.get(module, ()))

    def unbuilt_keys(self) -> tuple[str, ...]:
        """Return the keys that are on and do nothing, since their API does not exist yet."""
        return tuple(
            f"{module}.{key}"
            for module in self.__struct_fields__
            if module != "all" and not getattr(self, module).all
            for key in self._enabled(module)
            if key not in (*COMMANDS.get(module, ()), *WITHOUT_COMMANDS.get(module, ()))
        )

    def _enabled(self, module: str) -> Iterator[str]:
        section: _Module = getattr(self, module)
        return section.enabled()


MODULES = frozenset(Allowlist.__struct_fields__) - {"all"} | {"event"}
"""All API modules an allowlist may ever name; a plug-in of this name would share permissions."""
