"""What an installed app has beside its files: shortcuts, kinds of documents, links, PATH, its folder.

1. All of it is registry rows, shortcuts and environment rows of components that a value in the registry
   keys, so that a removal takes all of it away.
2. The app offers itself for its kinds of documents ("Open with", default apps) and takes no other app's
   place; a scheme of links is its own.
3. The shortcut in the start menu carries the identifier as AppUserModelID: notifications and the task bar
   know the app by it.
"""

from __future__ import annotations

from millennium_bundler.msi.payload import SETTINGS, attributes
from millennium_bundler.msi.product import (
    CURRENT_USER,
    INSTALL_FOLDER,
    MAIN_FEATURE,
    MAIN_FILE,
    Product,
)
from millennium_bundler.msi.rows import Rows
from millennium_bundler.msi.short_names import both_names
from millennium_bundler.settings import FileAssociation
from millennium_bundler.windows_layout import plain_folder

ICON = "ProductIcon.ico"
_REMOVE_WHEN_REMOVED = 2
_COMMAND = f'"[#{MAIN_FILE}]" "%1"'
_SHOW_NORMAL = 1


def add_integration(rows: Rows, product: Product) -> None:
    """Add everything beside files."""
    rows.add("Feature", **_feature(product))
    _Registry(rows, product).add()
    _add_shortcuts(rows, product)
    if product.msi.add_to_path:
        scope = "" if product.is_per_user else "*"
        rows.add(
            "Environment",
            Environment="Path",
            Name=f"=-{scope}PATH",
            Value=f"[~];[{INSTALL_FOLDER}]",
            Component_=SETTINGS,
        )
    if product.icon:
        rows.add("Icon", Name=ICON, Data=product.icon)


def _feature(product: Product) -> dict[str, str | int | None]:
    disallow_advertise, disallow_absent = 8, 16
    return {
        "Feature": MAIN_FEATURE,
        "Title": product.settings.product_name[:64],
        "Description": product.text("feature"),
        "Display": 1,
        "Level": 1,
        "Directory_": INSTALL_FOLDER,
        "Attributes": disallow_advertise | disallow_absent,
    }


class _Registry:
    """Rows of the registry below one component."""

    def __init__(self, rows: Rows, product: Product) -> None:
        self._rows = rows
        self._product = product
        self._root = product.registry_root
        self._count = 0

    def add(self) -> None:
        key = self._product.registry_key
        _add_component(self._rows, self._product, SETTINGS, INSTALL_FOLDER, "InstallDir")
        self._rows.add(
            "Registry",
            Registry="InstallDir",
            Root=self._root,
            Key=key,
            Name="InstallDir",
            Value=f"[{INSTALL_FOLDER}]",
            Component_=SETTINGS,
        )
        settings = self._product.settings
        for kind in settings.file_associations:
            for ending in kind.ext:
                self._add_kind(kind, ending)
        for scheme in settings.deep_link_schemes:
            self._add_class(scheme, f"URL:{settings.product_name}")
            self._value(f"Software\\Classes\\{scheme}", "URL Protocol", None)
            self._value(f"{key}\\Capabilities\\URLAssociations", scheme, scheme)
        if settings.file_associations or settings.deep_link_schemes:
            capabilities = f"{key}\\Capabilities"
            self._value(capabilities, "ApplicationName", settings.product_name)
            about = settings.description or settings.product_name
            self._value(capabilities, "ApplicationDescription", about)
            self._value("Software\\RegisteredApplications", settings.identifier, capabilities)

    def _add_kind(self, kind: FileAssociation, ending: str) -> None:
        settings = self._product.settings
        name = f"{settings.identifier}.{ending.lower()}"
        about = kind.description or kind.name or f"{settings.product_name} (.{ending})"
        self._add_class(name, about)
        classes = f"Software\\Classes\\.{ending.lower()}"
        self._value(f"{classes}\\OpenWithProgids", name, None)
        if kind.mime_type:
            self._value(f"Software\\Classes\\{name}", "Content Type", kind.mime_type)
        capabilities = f"{self._product.registry_key}\\Capabilities\\FileAssociations"
        self._value(capabilities, f".{ending.lower()}", name)

    def _add_class(self, name: str, about: str) -> None:
        key = f"Software\\Classes\\{name}"
        self._value(key, None, about)
        self._row(f"{key}\\DefaultIcon", None, f'"[#{MAIN_FILE}]",0')
        self._row(f"{key}\\shell\\open\\command", None, _COMMAND)

    def _value(self, key: str, name: str | None, value: str | None) -> None:
        """Add a value that is a text of the user's."""
        self._row(key, name, value and _literal(value))

    def _row(self, key: str, name: str | None, value: str | None) -> None:
        """Add a value that may hold places in brackets."""
        self._count += 1
        self._rows.add(
            "Registry",
            Registry=f"Value{self._count}",
            Root=self._root,
            Key=key,
            Name=name and _literal(name),
            Value=value,
            Component_=SETTINGS,
        )


def _literal(text: str) -> str:
    """Return a text that Windows Installer writes as it is: no place in brackets, no number sign first."""
    escaped = "".join(f"[\\{sign}]" if sign in "[]{}" else sign for sign in text)
    return f"#{escaped}" if escaped.startswith("#") else escaped


def _add_component(rows: Rows, product: Product, name: str, folder: str, value: str) -> None:
    rows.add(
        "Component",
        Component=name,
        ComponentId=product.component_code(name),
        Directory_=folder,
        Attributes=attributes(product, by_registry=True),
        KeyPath=value,
    )
    rows.add("FeatureComponents", Feature_=MAIN_FEATURE, Component_=name)


def _add_shortcuts(rows: Rows, product: Product) -> None:
    menu = "ProgramMenuFolder"
    rows.add("Directory", Directory=menu, Directory_Parent="TARGETDIR", DefaultDir=".")
    folder = plain_folder(product.msi.start_menu_folder)
    if folder:
        name = both_names(folder, set())
        rows.add("Directory", Directory="AppMenu", Directory_Parent=menu, DefaultDir=name)
        rows.add(
            "RemoveFile",
            FileKey="RemoveAppMenu",
            Component_="MenuShortcut",
            DirProperty="AppMenu",
            InstallMode=_REMOVE_WHEN_REMOVED,
        )
        menu = "AppMenu"
    _add_shortcut(rows, product, "MenuShortcut", menu)
    rows.add(
        "MsiShortcutProperty",
        MsiShortcutProperty="AppUserModelId",
        Shortcut_="MenuShortcut",
        PropertyKey="System.AppUserModel.ID",
        PropVariantValue=product.settings.identifier,
    )
    if product.msi.desktop_shortcut:
        desktop = "DesktopFolder"
        rows.add("Directory", Directory=desktop, Directory_Parent="TARGETDIR", DefaultDir=".")
        _add_shortcut(rows, product, "DesktopShortcut", desktop)


def _add_shortcut(rows: Rows, product: Product, name: str, folder: str) -> None:
    value = f"R{name}"
    _add_component(rows, product, name, folder, value)
    rows.add(
        "Registry",
        Registry=value,
        Root=CURRENT_USER,
        Key=product.registry_key,
        Name=name,
        Value="#1",
        Component_=name,
    )
    about = product.settings.description or product.settings.product_name
    rows.add(
        "Shortcut",
        Shortcut=name,
        Directory_=folder,
        Name=both_names(product.folder_name, set()),
        Component_=name,
        Target=f"[#{MAIN_FILE}]",
        Description=about[:255],
        Icon_=ICON if product.icon else None,
        IconIndex=0 if product.icon else None,
        ShowCmd=_SHOW_NORMAL,
        WkDir=INSTALL_FOLDER,
    )
