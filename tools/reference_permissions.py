"""The page of the allowlist: keys, the commands they turn on, and the permissions that name them."""

from __future__ import annotations

from inspect import cleandoc

from msgspec.structs import fields

from millennium.security.allowlist import (
    ALWAYS,
    COMMANDS,
    RESERVED_NAMES,
    WITHOUT_COMMANDS,
    Allowlist,
    Scope,
    WindowAllowlist,
)
from millennium.security.permissions import permission_of
from reference_sources import table

HEAD = """# Permissions

The **allowlist** (`[tool.millennium.allowlist]`) says which built-in APIs exist in the app at all:
what is off is not in the executable. **Capability files** say which window may use what of it, by
the permissions on the right. [Let the page use an API](../how-to/allow-an-api.md) shows both.

- Your own command `greet` has the permission `app:greet`; `app:*` are all of yours. A plug-in's
  command is named as it is called, `<plugin>:<command>`. `<module>:*` is all of a module.
- `all = true` in a module turns on its keys, at the root every module.
- Own commands may not be called: {reserved}.

Always there, unless a capability file leaves them out: {always}.
"""

NOT_YET = """## Known, but not there yet

These keys are accepted, so that a configuration can be written ahead, and do nothing:
`millennium check` warns about each that is on.
"""

SETTINGS = frozenset({"all", "scope", "asset_scope", "picked_folders", "private_hosts"})
"""Keys of modules that turn nothing on by themselves."""

SCOPES = """## Scopes

`scope` is a list of patterns, or a table with more to say:
"""

PATTERNS = """
A pattern begins with `/` or with a variable of the table below. `*` and `?` stay within a folder,
`**` goes below.
Names that begin with a dot need a pattern that writes the dot, unless
`require-literal-leading-dot = false`. `deny` wins, in any case and any Unicode form of a name, and
paths are resolved before they are compared, so that no link leads out. What a user picks in a dialog, or drops on the window, is granted to that
window until it closes.

In a capability, `scope.http` has web addresses (`https://api.example.com/v1/**`), `scope.opener`
regular expressions for whole addresses, and `scope.shell` names of programs in
`allowlist.shell.scope`. They are checked now; the APIs that use them come later. Hosts in
`allowlist.http.private-hosts`, word for word, may lead into private networks.

`allowlist.protocol.asset` turns on no command: pages show files outside the app by the address that
`convertFileSrc` gives, within `allowlist.protocol.asset-scope` and what a capability adds in
`scope.protocol`. `security.asset-protocol` is the newer spelling of the same.

## Variables

A path that the page gives may begin with them too, and `handle.paths` has them in Python.
`{{id}}` is the app's identifier.

{variables}
XDG folders are where the user's variables say (`XDG_DATA_HOME` and so on), the user's own ones where
`user-dirs.dirs` says. `$RESOURCE` is where `bundle.resources` was installed (`lib/notes` beside
`bin/notes`), in development the project's folder. Where there is no folder, a pattern that allows
matches nothing, and one that denies is an error.
"""

FOLDERS = {
    "APP": ("as `$APPCONFIG`", "", ""),
    "APPCACHE": ("`$CACHE/{id}`", "", ""),
    "APPCONFIG": ("`$CONFIG/{id}`", "", ""),
    "APPDATA": ("`$DATA/{id}`", "", ""),
    "APPLOCALDATA": ("`$LOCALDATA/{id}`", "", ""),
    "APPLOG": ("`~/.local/state/{id}/logs`", "`~/Library/Logs/{id}`", "`$LOCALDATA/{id}/logs`"),
    "AUDIO": ("`~/Music`", "", ""),
    "CACHE": ("`~/.cache`", "`~/Library/Caches`", "`%LOCALAPPDATA%`"),
    "CONFIG": ("`~/.config`", "`~/Library/Application Support`", "`%APPDATA%`"),
    "DATA": ("`~/.local/share`", "`~/Library/Application Support`", "`%APPDATA%`"),
    "DESKTOP": ("`~/Desktop`", "", ""),
    "DOCUMENT": ("`~/Documents`", "", ""),
    "DOWNLOAD": ("`~/Downloads`", "", ""),
    "EXE": ("`~/.local/bin`", "none", "none"),
    "FONT": ("`$DATA/fonts`", "`~/Library/Fonts`", "none"),
    "HOME": ("`~`", "", ""),
    "LOCALDATA": ("as `$DATA`", "as `$DATA`", "`%LOCALAPPDATA%`"),
    "LOG": ("as `$APPLOG`", "", ""),
    "PICTURE": ("`~/Pictures`", "", ""),
    "PUBLIC": ("`~/Public`", "", ""),
    "RESOURCE": (
        "`lib/<program>` beside its `bin`",
        "`Contents/Resources`",
        "`resources` beside the program",
    ),
    "RUNTIME": ("`$XDG_RUNTIME_DIR`", "none", "none"),
    "TEMP": ("`/tmp`", "the system's for this user", "`~\\AppData\\Local\\Temp`"),
    "TEMPLATE": ("`~/Templates`", "", ""),
    "VIDEO": ("`~/Videos`", "", ""),
}
"""Variable → its folder on Linux, macOS and Windows; "" is the same as on Linux."""


def render() -> str:
    """Return the page."""
    head = HEAD.format(
        reserved=", ".join(f"`{name}`" for name in sorted(RESERVED_NAMES)),
        always=", ".join(f"`{permission_of(name)}`" for name in ALWAYS),
    )
    parts = [head, *(_module(name) for name in COMMANDS), NOT_YET, _not_yet(), SCOPES, _scope()]
    parts.append(PATTERNS.format(variables=_variables()))
    return "\n".join(parts)


def _variables() -> str:
    rows = [
        (f"`${name}`", linux, macos or linux, windows or linux)
        for name, (linux, macos, windows) in FOLDERS.items()
    ]
    return table(("variable", "Linux", "macOS", "Windows"), rows)


def _module(name: str) -> str:
    rows = [
        (
            f"`{key.replace('_', '-')}`",
            ", ".join(f"`{command}`" for command in commands) or _getters(name),
            ", ".join(f"`{permission_of(command)}`" for command in commands),
        )
        for key, commands in COMMANDS[name].items()
    ]
    text = f"## `allowlist.{name}`\n\n{_about(name)}\n"
    if name == "window":
        reading = Allowlist(window=WindowAllowlist(read=True)).commands() - {*ALWAYS}
        getters = ", ".join(f"`{permission_of(each)}`" for each in sorted(reading))
        text += f"\nEvery key brings the getters along: {getters}.\n"
    return f"{text}\n{table(('key', 'commands', 'permissions'), rows)}"


def _getters(name: str) -> str:
    return "the getters" if name == "window" else ""


def _about(name: str) -> str:
    kind = type(getattr(Allowlist(), name))
    return cleandoc(kind.__doc__ or "").partition("\n")[0].replace("``", "`")


def not_yet() -> dict[str, list[str]]:
    """Return the keys of each module that turn nothing on."""
    empty = Allowlist()
    return {
        module: [
            field.name.replace("_", "-")
            for field in fields(getattr(empty, module))
            if field.name not in {*SETTINGS, *COMMANDS.get(module, ())}
            and field.name not in WITHOUT_COMMANDS.get(module, ())
        ]
        for module in Allowlist.__struct_fields__
        if module != "all"
    }


def _not_yet() -> str:
    rows = [
        (f"`{module.replace('_', '-')}`", ", ".join(f"`{key}`" for key in keys) or "`all`")
        for module, keys in not_yet().items()
        if keys or module not in {*COMMANDS, *WITHOUT_COMMANDS}
    ]
    return table(("module", "keys"), rows)


def _scope() -> str:
    text = cleandoc(Scope.__doc__ or "").partition("Attributes:\n")[2]
    lines = (line.strip().partition(": ") for line in text.splitlines())
    return table(
        ("key", "meaning"),
        [(f"`{name.replace('_', '-')}`", meaning) for name, _, meaning in lines if meaning],
    )
