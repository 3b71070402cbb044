"""The wizard: welcome, licence, folder, progress, finish, and what may come in between.

1. Welcome → licence (where there is one) → folder → progress → finish; Cancel asks first.
2. Next to the licence is dead until its box is checked.
3. Where the app is installed already there is one page instead: repair or remove.
"""

from __future__ import annotations

from millennium_bundler.msi.lifecycle import LAUNCH_ACTION
from millennium_bundler.msi.pages import (
    BANNER,
    ERROR,
    GROUND,
    INPUT,
    MODELESS,
    PATH,
    PROGRESS,
    SCROLL,
    SHIELD,
    TEXT,
    Box,
    Page,
    inner_page,
    outer_page,
    question,
)
from millennium_bundler.msi.product import INSTALL_FOLDER, Product
from millennium_bundler.msi.rows import Rows

_BACK_X, _NEXT_X, _CANCEL_X = 180, 236, 304
_ACCEPTED, _LAUNCH, _BROWSED = "LICENSEACCEPTED", "LAUNCHAPP", "BROWSEDFOLDER"
_CHOSEN = "INSTALLFOLDERPROPERTY"
_WELCOME, _LICENCE, _FOLDER, _BROWSE = "WelcomeDlg", "LicenseDlg", "FolderDlg", "BrowseDlg"
_MAINTENANCE, _PROGRESS, _FINISH = "MaintenanceDlg", "ProgressDlg", "FinishDlg"
_FATAL, _EXIT, _CANCEL, _ERROR = "FatalErrorDlg", "UserExitDlg", "CancelDlg", "ErrorDlg"
_ERROR_BUTTONS = {
    "A": ("ErrorAbort", "abort"),
    "C": ("ErrorCancel", "cancel"),
    "I": ("ErrorIgnore", "ignore"),
    "N": ("ErrorNo", "no"),
    "O": ("ErrorOk", "ok"),
    "R": ("ErrorRetry", "retry"),
    "Y": ("ErrorYes", "yes"),
}
_ACTION_TEXTS = {
    "InstallFiles": "action_copy",
    "WriteRegistryValues": "action_registry",
    "CreateShortcuts": "action_shortcuts",
    "RemoveFiles": "action_remove",
    "InstallWebview": "action_webview",
}


def add_wizard(rows: Rows, product: Product) -> None:
    """Add all pages, and when each is shown."""
    _add_style(rows, product)
    _add_welcome(rows, product)
    if product.licence:
        _add_licence(rows, product)
    _add_folder(rows, product)
    _add_browse(rows, product)
    _add_maintenance(rows, product)
    _add_progress(rows, product)
    _add_ends(rows, product)
    _add_cancel(rows, product)
    _add_in_use(rows, product)
    _add_error(rows, product)
    sequence = "InstallUISequence"
    fresh, there = "NOT Installed", "Installed AND NOT REMOVE AND NOT REINSTALL"
    rows.add(sequence, Action=_WELCOME, Condition=fresh, Sequence=1230)
    rows.add(sequence, Action=_MAINTENANCE, Condition=there, Sequence=1240)
    rows.add(sequence, Action=_PROGRESS, Sequence=1280)
    for place, name in ((-1, _FINISH), (-2, _EXIT), (-3, _FATAL)):
        rows.add(sequence, Action=name, Sequence=place)


def _add_style(rows: Rows, product: Product) -> None:
    font, bold = product.language.font, 1
    rows.add("TextStyle", TextStyle="Normal", FaceName=font, Size=8)
    rows.add("TextStyle", TextStyle="Title", FaceName=font, Size=9, StyleBits=bold)
    rows.add("TextStyle", TextStyle="Large", FaceName=font, Size=12, StyleBits=bold)
    values = {"DefaultUIFont": "Normal", "ErrorDialog": _ERROR, _CHOSEN: INSTALL_FOLDER}
    if product.msi.launch_after_install:
        values[_LAUNCH] = "1"
        rows.add("CheckBox", Property=_LAUNCH, Value="1")
    for name, value in values.items():
        rows.add("Property", Property=name, Value=value)
    rows.add("Binary", Name=BANNER, Data=product.banner)
    rows.add("Binary", Name=GROUND, Data=product.ground)
    rows.add("UIText", Key="NewFolder", Text=f"FOLDER|{product.text('new_folder_name')}")
    for action, text in _ACTION_TEXTS.items():
        rows.add("ActionText", Action=action, Description=product.text(text))


def _add_buttons(page: Page, *, back: str = "", shown: str = "next", shield: int = 0) -> None:
    if back:
        page.button("Back", "back", _BACK_X)
        page.event("Back", "NewDialog", back)
    page.button("Next", shown, _NEXT_X, shield=shield)
    page.button("Cancel", "cancel", _CANCEL_X)
    page.event("Cancel", "SpawnDialog", _CANCEL)


def _add_welcome(rows: Rows, product: Product) -> None:
    page = outer_page(rows, product, _WELCOME, "welcome")
    _add_buttons(page)
    page.event("Next", "NewDialog", _LICENCE if product.licence else _FOLDER)
    page.finish(first="Next", default="Next", cancel="Cancel")


def _add_licence(rows: Rows, product: Product) -> None:
    page = inner_page(rows, product, _LICENCE, "licence")
    page.control("Text", "ScrollableText", Box(15, 54, 340, 150), SCROLL, text=product.licence)
    box = Box(15, 210, 340, 18)
    page.control("Accept", "CheckBox", box, INPUT, text=product.text("accept"), variable=_ACCEPTED)
    # The property is not set at all, for any value, even "0", checks the box.
    rows.add("CheckBox", Property=_ACCEPTED, Value="1")
    _add_buttons(page, back=_WELCOME)
    page.event("Next", "NewDialog", _FOLDER, f'{_ACCEPTED} = "1"')
    page.condition("Next", "Disable", f'{_ACCEPTED} <> "1"')
    page.condition("Next", "Enable", f'{_ACCEPTED} = "1"')
    page.finish(first="Accept", default="Next", cancel="Cancel")


def _add_folder(rows: Rows, product: Product) -> None:
    page = inner_page(rows, product, _FOLDER, "folder")
    label = product.text("folder_label")
    page.control("Label", "Text", Box(20, 62, 330, 12), TEXT, text=label)
    page.control("Folder", "PathEdit", Box(20, 78, 320, 18), PATH, variable=_CHOSEN)
    page.button("Change", "change", 20, y=102)
    page.event("Change", "[_BrowseProperty]", f"[{_CHOSEN}]")
    page.event("Change", "SpawnDialog", _BROWSE)
    rows.add("Property", Property="_BrowseProperty", Value=INSTALL_FOLDER)
    shield = 0 if product.is_per_user else SHIELD
    back = _LICENCE if product.licence else _WELCOME
    _add_buttons(page, back=back, shown="install", shield=shield)
    page.event("Next", "SetTargetPath", f"[{_CHOSEN}]")
    page.event("Next", "EndDialog", "Return")
    page.finish(first="Next", default="Next", cancel="Cancel")


def _add_browse(rows: Rows, product: Product) -> None:
    variable = "_BrowseProperty"
    page = Page(rows, product, _BROWSE, attributes=0x3)
    title = "{\\Title}" + product.text("browse_title")
    page.control("Title", "Text", Box(15, 10, 280, 15), TEXT, text=title)
    label = product.text("look_in")
    page.control("PlaceLabel", "Text", Box(20, 32, 60, 12), INPUT, text=label)
    box = Box(85, 30, 180, 80)
    page.control("Drive", "DirectoryCombo", box, PATH | 0x380000, variable=variable)
    page.button("Up", "up", 270, y=29)
    page.button("NewFolder", "new_folder", 270, y=50)
    page.event("Up", "DirectoryListUp", "0")
    page.event("NewFolder", "DirectoryListNew", "0")
    page.control("List", "DirectoryList", Box(20, 72, 330, 110), PATH | 4, variable=variable)
    label = product.text("folder_name")
    page.control("NameLabel", "Text", Box(20, 188, 330, 10), INPUT, text=label)
    page.control("Name", "PathEdit", Box(20, 202, 330, 18), PATH, variable=variable)
    page.control("BottomLine", "Line", Box(0, 234, 370, 0), 1)
    page.button("Ok", "ok", _NEXT_X)
    page.button("Cancel", "cancel", _CANCEL_X)
    page.event("Ok", "SetTargetPath", f"[{variable}]")
    page.event("Ok", "EndDialog", "Return")
    page.event("Cancel", "Reset", "0")
    page.event("Cancel", "EndDialog", "Return")
    page.finish(first="Name", default="Ok", cancel="Cancel")


def _add_maintenance(rows: Rows, product: Product) -> None:
    page = inner_page(rows, product, _MAINTENANCE, "maintenance")
    page.button("Repair", "repair", 40, y=80)
    page.button("Remove", "remove", 40, y=110)
    page.event("Repair", "ReinstallMode", "ecmus")
    page.event("Repair", "Reinstall", "ALL")
    page.event("Repair", "EndDialog", "Return")
    page.event("Remove", "Remove", "ALL")
    page.event("Remove", "EndDialog", "Return")
    page.button("Cancel", "cancel", _CANCEL_X)
    page.event("Cancel", "EndDialog", "Exit")
    page.finish(first="Repair", default="Repair", cancel="Cancel")


def _add_progress(rows: Rows, product: Product) -> None:
    page = inner_page(rows, product, _PROGRESS, "progress")
    page.attributes = MODELESS
    page.control("Action", "Text", Box(20, 100, 330, 12), TEXT, text="")
    page.control("Bar", "ProgressBar", Box(20, 115, 330, 12), PROGRESS, text="Progress")
    page.maps("Action", "ActionText", "Text")
    page.maps("Bar", "SetProgress", "Progress")
    page.button("Cancel", "cancel", _CANCEL_X)
    page.event("Cancel", "SpawnDialog", _CANCEL)
    page.finish(first="Cancel", default="Cancel")


def _add_ends(rows: Rows, product: Product) -> None:
    for name, texts, answer in (
        (_FINISH, "finish", "Return"),
        (_FATAL, "failed", "Exit"),
        (_EXIT, "cancelled", "Exit"),
    ):
        page = outer_page(rows, product, name, texts)
        launches = name == _FINISH and product.msi.launch_after_install
        if launches:
            box = Box(15, 243, 200, 17)  # beside the button: a box has no transparent ground
            text = product.text("launch")
            page.control("Launch", "CheckBox", box, INPUT, text=text, variable=_LAUNCH)
            page.condition("Launch", "Hide", "Installed")
        page.button("Finish", "finish", _NEXT_X)
        if launches:
            when = f'{_LAUNCH} = "1" AND NOT Installed'
            page.event("Finish", "DoAction", LAUNCH_ACTION, when)
        page.event("Finish", "EndDialog", answer)
        page.finish(first="Finish", default="Finish")


def _add_cancel(rows: Rows, product: Product) -> None:
    page = question(rows, product, _CANCEL)
    text = product.text("cancel_question")
    page.control("Text", "Text", Box(20, 20, 230, 40), TEXT, text=text)
    page.button("Yes", "yes", 72, y=72)
    page.button("No", "no", 142, y=72)
    page.event("Yes", "EndDialog", "Exit")
    page.event("No", "EndDialog", "Return")
    page.finish(first="No", default="No", cancel="No")


def _add_in_use(rows: Rows, product: Product) -> None:
    # The engine knows this dialog by its name, and the property by that of its list.
    page = inner_page(rows, product, "FilesInUse", "in_use")
    page.attributes = 0x1 | 0x2 | 0x10
    box = Box(20, 60, 330, 160)
    page.control("List", "ListBox", box, SCROLL, variable="FileInUseProcess")
    page.button("Retry", "retry", 304)
    page.button("Ignore", "ignore", 235)
    page.button("Exit", "exit", 166)
    for name in ("Retry", "Ignore", "Exit"):
        page.event(name, "EndDialog", name)
    page.finish(first="Retry", default="Retry", cancel="Exit")


def _add_error(rows: Rows, product: Product) -> None:
    # The engine moves those buttons that an error wants; the names are its own.
    page = question(rows, product, _ERROR, ERROR)
    page.control("ErrorText", "Text", Box(20, 15, 230, 50), TEXT, text="")
    for name, (answer, text) in _ERROR_BUTTONS.items():
        page.button(name, text, 107, y=78)
        page.event(name, "EndDialog", answer)
    page.finish(first="ErrorText")
