"""What an installed app has beside its files: the list of programs, documents, links, shortcuts.

1. All of it lies where the installation's scope has it: in the machine's registry and menus, or in the user's.
2. The app offers itself for its kinds of documents ("Open with", default apps) and takes no other app's place;
   a scheme of links is its own.
3. A removal takes away what an installation writes, value by value; what another program has put beside it
   stays, and a scheme that another app has taken since is left to that one.
"""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.nsis.script_text import Code, Part, Word, line, word
from millennium_bundler.nsis.setup import UNINSTALLER, Setup
from millennium_bundler.nsis.version import version_order
from millennium_bundler.settings import FileAssociation
from millennium_bundler.windows_layout import plain_folder

FOLDER = Code("$INSTDIR\\")
# Where the installer has put it, in the words it used then.
_INSTALLED = Code("$OldFolder\\")
_UNINSTALL_KEY = Code("${UNINSTALL_KEY}")
_CLASSES = "Software\\Classes\\"
_REGISTERED = "Software\\RegisteredApplications"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the registry; the name "" is a key's own value."""

    key: Part
    name: str
    value: Part | int

    def lines(self) -> list[str]:
        """Return the lines that write it."""
        if isinstance(self.value, int):
            return [f"{line('WriteRegDWORD SHCTX', self.key, self.name)} {self.value}"]
        return [line("WriteRegStr SHCTX", self.key, self.name, self.value)]


def registry_lines(setup: Setup) -> list[str]:
    """Return the lines that write all values."""
    values = [*_listing(setup), *_own_values(setup), *_classes(setup), *_capabilities(setup)]
    return [one for value in values for one in value.lines()] + [
        line("WriteRegStr SHCTX", setup.registry_key, "Language", Code("$LANGUAGE"))
    ]


def registry_removal(setup: Setup) -> list[str]:
    """Return the lines that take all values away."""
    settings, key = setup.settings, setup.registry_key
    lines = []
    for kind in settings.file_associations:
        for ending in kind.ext:
            classes = f"{_CLASSES}.{ending.lower()}"
            name = _class_name(setup, ending)
            lines += [
                line("DeleteRegValue SHCTX", f"{classes}\\OpenWithProgids", name),
                line("DeleteRegKey /ifempty SHCTX", f"{classes}\\OpenWithProgids"),
                line("DeleteRegKey /ifempty SHCTX", classes),
                line("DeleteRegKey SHCTX", f"{_CLASSES}{name}"),
            ]
    for scheme in settings.deep_link_schemes:
        lines += [
            line("ReadRegStr $0 SHCTX", f"{_CLASSES}{scheme}\\shell\\open\\command", ""),
            line("StrCpy $1", word('"', _INSTALLED, setup.executable, '" "%1"')),
            "${If} $0 == $1",
            line("DeleteRegKey SHCTX", f"{_CLASSES}{scheme}"),
            "${EndIf}",
        ]
    lines.append(line("DeleteRegValue SHCTX", _REGISTERED, settings.identifier))
    lines.append(line("DeleteRegKey SHCTX", f"{key}\\Capabilities"))
    lines += [
        line("DeleteRegValue SHCTX", key, name)
        for name in ("InstallDir", "VersionOrder", "Language")
    ]
    lines.append(line("DeleteRegKey /ifempty SHCTX", key))
    lines.append(line("DeleteRegKey /ifempty SHCTX", key.rpartition("\\")[0]))
    return [*lines, line("DeleteRegKey SHCTX", _UNINSTALL_KEY)]


def shortcut_lines(setup: Setup) -> list[str]:
    """Return the lines that make the shortcuts."""
    return [one for folder in _menus(setup) for one in (line("Push", folder), "Call MakeShortcut")]


def shortcut_removal(setup: Setup) -> list[str]:
    """Return the lines that take the shortcuts away, and a menu of one's own when it is empty."""
    name = f"{setup.folder_name}.lnk"
    lines = [line("Delete", _below(folder, name)) for folder in _menus(setup)]
    if plain_folder(setup.nsis.start_menu_folder):
        lines.append(line("RMDir", _menus(setup)[0]))
    return lines


def _menus(setup: Setup) -> list[Part]:
    own = plain_folder(setup.nsis.start_menu_folder)
    menu = word(Code("$SMPROGRAMS\\"), own) if own else Code("$SMPROGRAMS")
    return [menu, Code("$DESKTOP")] if setup.nsis.desktop_shortcut else [menu]


def _below(folder: Part, name: str) -> Part:
    parts = folder.parts if isinstance(folder, Word) else (folder,)
    return word(*parts, Code("\\"), name)


def _program(setup: Setup) -> tuple[str | Code, ...]:
    return ('"', FOLDER, setup.executable, '"')


def _listing(setup: Setup) -> list[Value]:
    settings = setup.settings
    uninstaller = ('"', FOLDER, UNINSTALLER, '"')
    texts: dict[str, Part] = {
        "DisplayName": settings.product_name,
        "DisplayVersion": settings.version,
        "DisplayIcon": word(*_program(setup)),
        "Publisher": setup.manufacturer,
        "InstallLocation": Code("$INSTDIR"),
        "UninstallString": word(*uninstaller),
        "QuietUninstallString": word(*uninstaller, " /S"),
        "URLInfoAbout": settings.homepage,
        "HelpLink": settings.homepage,
        "Contact": settings.email,
        "Comments": settings.description,
    }
    numbers = {"NoModify": 1, "NoRepair": 1, "EstimatedSize": setup.size_kib}
    return [
        *(Value(_UNINSTALL_KEY, name, text) for name, text in texts.items() if text != ""),
        *(Value(_UNINSTALL_KEY, name, number) for name, number in numbers.items()),
    ]


def _own_values(setup: Setup) -> list[Value]:
    key = setup.registry_key
    return [
        Value(key, "InstallDir", Code("$INSTDIR")),
        Value(key, "VersionOrder", version_order(setup.settings.version)),
    ]


def _class_name(setup: Setup, ending: str) -> str:
    return f"{setup.settings.identifier}.{ending.lower()}"


def _class(setup: Setup, name: str, about: str) -> list[Value]:
    key = f"{_CLASSES}{name}"
    return [
        Value(key, "", about),
        Value(f"{key}\\DefaultIcon", "", word(*_program(setup), ",0")),
        Value(f"{key}\\shell\\open\\command", "", word(*_program(setup), ' "%1"')),
    ]


def _classes(setup: Setup) -> list[Value]:
    settings = setup.settings
    values: list[Value] = []
    for kind in settings.file_associations:
        for ending in kind.ext:
            values += _kind(setup, kind, ending)
    for scheme in settings.deep_link_schemes:
        values += _class(setup, scheme, f"URL:{settings.product_name}")
        values.append(Value(f"{_CLASSES}{scheme}", "URL Protocol", ""))
    return values


def _kind(setup: Setup, kind: FileAssociation, ending: str) -> list[Value]:
    name = _class_name(setup, ending)
    about = kind.description or kind.name or f"{setup.settings.product_name} (.{ending})"
    values = _class(setup, name, about)
    values.append(Value(f"{_CLASSES}.{ending.lower()}\\OpenWithProgids", name, ""))
    if kind.mime_type:
        values.append(Value(f"{_CLASSES}{name}", "Content Type", kind.mime_type))
    return values


def _capabilities(setup: Setup) -> list[Value]:
    settings = setup.settings
    endings = [ending for kind in settings.file_associations for ending in kind.ext]
    if not (endings or settings.deep_link_schemes):
        return []
    key = f"{setup.registry_key}\\Capabilities"
    about = settings.description or settings.product_name
    documents = f"{key}\\FileAssociations"
    values = [
        Value(key, "ApplicationName", settings.product_name),
        Value(key, "ApplicationDescription", about),
        Value(_REGISTERED, settings.identifier, key),
        *(Value(documents, f".{one.lower()}", _class_name(setup, one)) for one in endings),
    ]
    links = f"{key}\\URLAssociations"
    return values + [Value(links, scheme, scheme) for scheme in settings.deep_link_schemes]
