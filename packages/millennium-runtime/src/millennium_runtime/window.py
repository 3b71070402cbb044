"""A window before and after the runtime made it: pending is plain data, detached is a handle.

Rules every implementation keeps (the conformance suite checks them):

1. A label is 1 to 64 of letters, digits and ``/ : _ -``; `PendingWindow` refuses others.
2. The label of a live window is refused with `InvalidLabelError`; from `Destroyed` on it is free.
3. A window looks at first as its `WindowAttributes` say.
4. What a setter set, the getter returns, at once or as soon as the system did it. `Resized`,
   `Moved` and `Focused` tell what changed, whoever changed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.errors import InvalidLabelError
from millennium_runtime.request import UriSchemeProtocol
from millennium_runtime.theme import Theme
from millennium_runtime.webview import (
    IpcHandler,
    NavigationHandler,
    NewWindowHandler,
    PageLoadHandler,
    WebviewAttributes,
)

MAX_LABEL_CHARS = 64
_LABEL = re.compile(r"[A-Za-z0-9/:_-]{1,64}")


def require_label(label: str) -> str:
    """Return `label` if it is 1 to 64 of letters, digits, ``/ : _ -``.

    Raises:
        InvalidLabelError: It is not.
    """
    if _LABEL.fullmatch(label) is None:
        message = f"window label {label!r} is not 1 to 64 of letters, digits and / : _ -"
        raise InvalidLabelError(message, help="choose a label such as 'main' or 'settings'")
    return label


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAttributes:
    """How a window looks at first. Sizes and positions are in CSS pixels."""

    title: str = "Millennium App"
    size: LogicalSize = LogicalSize(800, 600)
    min_size: LogicalSize | None = None
    max_size: LogicalSize | None = None
    position: LogicalPosition | None = None
    center: bool = False
    resizable: bool = True
    visible: bool = True
    decorations: bool = True
    maximized: bool = False
    fullscreen: bool = False
    focus: bool = True
    always_on_top: bool = False
    skip_taskbar: bool = False
    transparent: bool = False
    theme: Theme | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWindow:
    """All that a runtime needs to make a window, as data and plain functions.

    Attributes:
        label: See `require_label`.
        window: How the window looks.
        webview: How its webview is made.
        protocols: Scheme name → who serves it in this window.
        ipc_handler: Receives the private world's messages.
        page_load_handler: Told each step of a document's life.
        navigation_handler: Asked before the top frame leaves; None allows everything.
        new_window_handler: Told about refused pop-ups, and about links its user clicked that
            open a window or that the navigation handler refused.
    """

    label: str
    window: WindowAttributes = field(default_factory=WindowAttributes)
    webview: WebviewAttributes
    protocols: Mapping[str, UriSchemeProtocol] = field(default_factory=dict)
    ipc_handler: IpcHandler | None = None
    page_load_handler: PageLoadHandler | None = None
    navigation_handler: NavigationHandler | None = None
    new_window_handler: NewWindowHandler | None = None

    def __post_init__(self) -> None:
        """Refuse a label that breaks the grammar, before anything is made."""
        require_label(self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedWindow:
    """A live window: its label and the thread-safe handle that reaches it."""

    label: str
    dispatcher: Dispatcher = field(compare=False)
