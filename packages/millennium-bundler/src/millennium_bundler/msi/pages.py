"""The parts that pages of the wizard are put together from, in Windows Installer's dialog units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from millennium_bundler.msi.product import Product
from millennium_bundler.msi.rows import Rows

WIDTH, HEIGHT = 370, 270
BANNER, GROUND = "BannerBitmap", "GroundBitmap"
_VISIBLE, _ENABLED, _SUNKEN, _INDIRECT = 1, 2, 4, 8
TEXT = _VISIBLE | _ENABLED | 0x30000  # transparent, no prefix
INPUT = _VISIBLE | _ENABLED
PATH = INPUT | _INDIRECT
SCROLL = INPUT | _SUNKEN
LINE = _VISIBLE
PROGRESS = _VISIBLE | 0x10000
SHIELD = 0x800000
# Dialog.Attributes
MODAL = 0x1 | 0x2 | 0x4 | 0x20  # visible, modal, can be minimised, watches the disk
QUESTION = 0x1 | 0x2
MODELESS = 0x1 | 0x4
ERROR = 0x10000 | QUESTION
_BUTTON_SIZE = (56, 17)
_BUTTON_Y = 243

ControlAction = Literal["Disable", "Enable", "Hide", "Show"]


class Box(NamedTuple):
    """Place and size of a control."""

    x: int
    y: int
    width: int
    height: int


@dataclass(slots=True)
class Page:
    """One dialog: controls in the order of the Tab key, then its row.

    Args:
        rows: Where it is added.
        product: Whose texts it shows.
        name: Of the dialog.
        attributes: Of the dialog.
        size: Width and height.
    """

    rows: Rows
    product: Product
    name: str
    attributes: int = MODAL
    size: tuple[int, int] = (WIDTH, HEIGHT)
    _controls: list[dict[str, int | str | None]] = field(default_factory=list)

    def control(  # noqa: PLR0913 - the columns of one row
        self,
        name: str,
        kind: str,
        box: Box,
        attributes: int,
        *,
        text: str | None = None,
        variable: str | None = None,
    ) -> None:
        """Add a control."""
        place = {"X": box.x, "Y": box.y, "Width": box.width, "Height": box.height}
        cells: dict[str, int | str | None] = {"Control": name, "Type": kind}
        cells |= {"Attributes": attributes, "Text": text, "Property": variable, **place}
        self._controls.append(cells)

    def button(self, name: str, text: str, x: int, *, y: int = _BUTTON_Y, shield: int = 0) -> None:
        """Add a button."""
        box = Box(x, y, *_BUTTON_SIZE)
        self.control(name, "PushButton", box, INPUT | shield, text=self.product.text(text))

    def event(self, control: str, event: str, argument: str, condition: str = "1") -> None:
        """Say what a control does; events of one control happen in the order given."""
        found = [row for row in self.rows.tables().get("ControlEvent", ()) if row[0] == self.name]
        order = sum(row[1] == control for row in found) + 1
        cells = {"Event": event, "Argument": argument, "Condition": condition}
        self.rows.add("ControlEvent", Dialog_=self.name, Control_=control, Ordering=order, **cells)

    def condition(self, control: str, action: ControlAction, when: str) -> None:
        """Say when a control is disabled, enabled, hidden or shown."""
        cells = {"Control_": control, "Action": action, "Condition": when}
        self.rows.add("ControlCondition", Dialog_=self.name, **cells)

    def maps(self, control: str, event: str, attribute: str) -> None:
        """Let a control show what the engine tells."""
        cells = {"Control_": control, "Event": event, "Attribute": attribute}
        self.rows.add("EventMapping", Dialog_=self.name, **cells)

    def finish(self, *, first: str, default: str = "", cancel: str = "") -> None:
        """Add the dialog and its controls, each pointing to the one that Tab goes to.

        Args:
            first: The control that has the keys.
            default: The one that Return presses.
            cancel: The one that Escape presses; the default when none is named.
        """
        width, height = self.size
        self.rows.add(
            "Dialog",
            Dialog=self.name,
            HCentering=50,
            VCentering=50,
            Width=width,
            Height=height,
            Attributes=self.attributes,
            Title=self.product.text("setup"),
            Control_First=first,
            Control_Default=default,
            Control_Cancel=cancel or default,
        )
        names = [control["Control"] for control in self._controls]
        for control, following in zip(self._controls, [*names[1:], names[0]], strict=True):
            self.rows.add("Control", Dialog_=self.name, Control_Next=following, **control)


def inner_page(rows: Rows, product: Product, name: str, texts: str) -> Page:
    """Return a page with the banner, its title and one line of what it is for."""
    page = Page(rows, product, name)
    page.control("Banner", "Bitmap", Box(0, 0, WIDTH, 44), _VISIBLE, text=BANNER)
    title = "{\\Title}" + product.text(f"{texts}_title")
    page.control("Title", "Text", Box(15, 6, 280, 15), TEXT, text=title)
    about = product.text(f"{texts}_text")
    page.control("About", "Text", Box(20, 21, 275, 22), TEXT, text=about)
    page.control("BannerLine", "Line", Box(0, 44, WIDTH, 0), LINE)
    page.control("BottomLine", "Line", Box(0, 234, WIDTH, 0), LINE)
    return page


def outer_page(rows: Rows, product: Product, name: str, texts: str) -> Page:
    """Return a first or last page: the large picture, a title and a text."""
    page = Page(rows, product, name)
    page.control("Ground", "Bitmap", Box(0, 0, WIDTH, 234), _VISIBLE, text=GROUND)
    title = "{\\Large}" + product.text(f"{texts}_title")
    page.control("Title", "Text", Box(135, 20, 220, 60), TEXT, text=title)
    about = product.text(f"{texts}_text")
    page.control("About", "Text", Box(135, 85, 220, 90), TEXT, text=about)
    page.control("BottomLine", "Line", Box(0, 234, WIDTH, 0), LINE)
    return page


def question(rows: Rows, product: Product, name: str, attributes: int = QUESTION) -> Page:
    """Return a small dialog."""
    return Page(rows, product, name, attributes=attributes, size=(270, 105))
