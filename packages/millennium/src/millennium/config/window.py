"""The keys of ``windows``: how each window of the app is made."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class WindowConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One window that is there from the start, or the model of one made later.

    Sizes and positions are in CSS pixels.

    Attributes:
        label: Its name: 1 to 64 of letters, digits and ``/ : _ -``.
        url: A path of the app, or the address of a remote page.
        create: Whether it is made at the start; otherwise by `AppHandle.create_window`.
        title: Empty for the product's name.
        width: Of the content area.
        height: Of the content area.
        min_width: The user can make it no narrower.
        min_height: The user can make it no lower.
        max_width: The user can make it no wider.
        max_height: The user can make it no higher.
        x: Of the outer top left; without it the system decides.
        y: Of the outer top left.
        center: In the middle of the monitor's work area.
        resizable: Whether the user may resize it.
        maximizable: Whether it has that button.
        minimizable: Whether it has that button.
        closable: Whether it has that button.
        visible: Whether it is shown at once; otherwise by the app, when its page is ready.
        decorations: Whether it has a title bar and borders.
        titlebar_hidden: No title bar, but borders.
        title_bar_style: macOS: how the title bar is drawn.
        hidden_title: macOS: a title bar without text.
        maximized: From the start.
        fullscreen: From the start.
        focus: Whether it gets the keyboard when it is made.
        always_on_top: Above other windows.
        always_on_bottom: Below other windows.
        visible_on_all_workspaces: On each of the desktop's workspaces.
        content_protected: Kept out of screenshots where the system can; Linux cannot.
        skip_taskbar: Left out of the taskbar.
        transparent: Shows what is behind where the page has no background.
        shadow: Whether the system draws one.
        theme: Empty for the system's.
        background_color: First paint, ``#rrggbb``.
        user_agent: Empty for the webview's own.
        proxy_url: The proxy for this window.
        incognito: Own, empty, unsaved storage.
        isolated_origin: Own host and storage, foreign to the other windows.
        devtools: Whether the inspector may be opened in a release; it always may in development.
        downloads: Whether a download opens a save dialog; otherwise it is cancelled. WebKitGTK
            downloads ``blob:`` and web addresses, not files of a scheme of our own.
        file_drop: Whether files dropped on the window are told to Python.
        permissions: What the page may be granted: camera, microphone, geolocation, …
        zoom_hotkeys: Whether Ctrl and plus, minus, 0 zoom.
        accept_first_mouse: macOS: the click that focuses is a click.
        tabbing_identifier: macOS: windows of one identifier share tabs.
        additional_browser_args: Windows: arguments for WebView2.
        parent: Label of the window it belongs to.
    """

    label: str = "main"
    url: str = "index.html"
    create: bool = True
    title: str = ""
    width: float = 800
    height: float = 600
    min_width: float | None = None
    min_height: float | None = None
    max_width: float | None = None
    max_height: float | None = None
    x: float | None = None
    y: float | None = None
    center: bool = False
    resizable: bool = True
    maximizable: bool = True
    minimizable: bool = True
    closable: bool = True
    visible: bool = True
    decorations: bool = True
    titlebar_hidden: bool = False
    title_bar_style: Literal["visible", "transparent", "overlay"] = "visible"
    hidden_title: bool = False
    maximized: bool = False
    fullscreen: bool = False
    focus: bool = True
    always_on_top: bool = False
    always_on_bottom: bool = False
    visible_on_all_workspaces: bool = False
    content_protected: bool = False
    skip_taskbar: bool = False
    transparent: bool = False
    shadow: bool = True
    theme: Literal["", "light", "dark"] = ""
    background_color: str = "#ffffff"
    user_agent: str = ""
    proxy_url: str = ""
    incognito: bool = False
    isolated_origin: bool = False
    devtools: bool = False
    downloads: bool = False
    file_drop: bool = True
    permissions: tuple[
        Literal["camera", "clipboard-read", "geolocation", "microphone", "notifications"], ...
    ] = ()
    zoom_hotkeys: bool = False
    accept_first_mouse: bool = False
    tabbing_identifier: str = ""
    additional_browser_args: str = ""
    parent: str = ""
