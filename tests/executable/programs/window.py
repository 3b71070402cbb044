"""Opens a GTK window with a WebKit view and prints the title of its page."""

from __future__ import annotations

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")

from gi.repository import GLib, Gtk, WebKit2


def on_load(view: WebKit2.WebView, event: WebKit2.LoadEvent) -> None:
    if event == WebKit2.LoadEvent.FINISHED:
        view.run_javascript("document.title", None, on_title)


def on_title(view: WebKit2.WebView, result: object) -> None:
    print(view.run_javascript_finish(result).get_js_value().to_string())
    Gtk.main_quit()


window = Gtk.Window()
view = WebKit2.WebView()
view.connect("load-changed", on_load)
window.add(view)
window.show_all()
view.load_html("<title>inside</title>", None)
GLib.timeout_add_seconds(30, Gtk.main_quit)
Gtk.main()
