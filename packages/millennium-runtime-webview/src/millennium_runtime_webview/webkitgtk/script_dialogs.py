"""`alert`, `confirm`, `prompt` and leaving: native dialogs titled with the app's name.

They are answered later, without a nested loop. Nobody but the app's own page speaks in the app's
voice:

1. Another page is named. What counts is the committed document, for a view names the page that is
   coming while it loads.
2. WebKitGTK does not say which frame speaks. Once a document has shown a frame of another origin,
   "a page" speaks, until the next document.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from millennium_runtime_webview.webkitgtk.bindings import Gtk, Native, WebKit2
from millennium_runtime_webview.webkitgtk.dialogs import join_group

MAX_TEXT_CHARS = 4000


class ScriptDialogs:
    """Shows the JavaScript dialogs of one webview."""

    def __init__(self, native: Native, app_name: str, own_schemes: frozenset[str]) -> None:
        self._app_name = app_name
        self._own_schemes = own_schemes
        self._committed = ""
        self._has_strangers = False
        native.connect("script-dialog", self._on_dialog)
        native.connect("load-changed", self._on_load_changed)
        native.connect("decide-policy", self._on_decide)  # after what refuses: it is not asked then

    def _on_load_changed(self, view: Native, event: Native) -> None:
        if event == WebKit2.LoadEvent.COMMITTED:
            self._committed = view.get_uri() or ""
            self._has_strangers = False

    def _on_decide(self, _: object, decision: Native, kind: Native) -> bool:
        is_response = kind == WebKit2.PolicyDecisionType.RESPONSE
        if is_response and not decision.is_main_frame_main_resource():
            url = decision.get_request().get_uri() or ""
            self._has_strangers = self._has_strangers or _origin(url) != _origin(self._committed)
        return False

    def _on_dialog(self, view: Native, dialog: Native) -> bool:
        kind = dialog.get_dialog_type()
        native = Gtk.MessageDialog(
            transient_for=view.get_toplevel(),
            modal=True,
            destroy_with_parent=True,
            message_type=_TYPES[kind],
            title=self._app_name,
            text=self._speaker(),
            secondary_text=_text(dialog, kind),
        )
        _add_buttons(native, kind)
        entry = _add_entry(native, dialog) if kind == WebKit2.ScriptDialogType.PROMPT else None
        dialog = dialog.ref()

        def on_response(_: object, response: int) -> None:
            is_yes = response == Gtk.ResponseType.OK
            if kind in _ASKING:
                dialog.confirm_set_confirmed(is_yes)
            if entry is not None and is_yes:
                dialog.prompt_set_text(entry.get_text())
            dialog.close()
            native.destroy()

        native.connect("response", on_response)
        join_group(native, view.get_toplevel())
        native.show_all()
        return True

    def _speaker(self) -> str:
        if self._has_strangers:  # (2)
            return "A page says"
        parts = urlsplit(self._committed)  # (1)
        if parts.scheme in self._own_schemes:
            return self._app_name
        return f"{parts.hostname or 'A page'} says"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _text(dialog: Native, kind: Native) -> str:
    if kind == WebKit2.ScriptDialogType.BEFORE_UNLOAD_CONFIRM:
        return "Changes that you made may not be saved. Leave?"
    return (dialog.get_message() or "")[:MAX_TEXT_CHARS]


def _add_buttons(native: Native, kind: Native) -> None:
    if kind != WebKit2.ScriptDialogType.ALERT:
        native.add_button("_Cancel", Gtk.ResponseType.CANCEL)
    native.add_button("_OK", Gtk.ResponseType.OK)
    native.set_default_response(Gtk.ResponseType.OK)


def _add_entry(native: Native, dialog: Native) -> Native:
    entry = Gtk.Entry(text=dialog.prompt_get_default_text() or "", activates_default=True)
    native.get_message_area().add(entry)
    return entry


_TYPES = {
    WebKit2.ScriptDialogType.ALERT: Gtk.MessageType.INFO,
    WebKit2.ScriptDialogType.CONFIRM: Gtk.MessageType.QUESTION,
    WebKit2.ScriptDialogType.PROMPT: Gtk.MessageType.QUESTION,
    WebKit2.ScriptDialogType.BEFORE_UNLOAD_CONFIRM: Gtk.MessageType.WARNING,
}
_ASKING = frozenset(
    {WebKit2.ScriptDialogType.CONFIRM, WebKit2.ScriptDialogType.BEFORE_UNLOAD_CONFIRM}
)
