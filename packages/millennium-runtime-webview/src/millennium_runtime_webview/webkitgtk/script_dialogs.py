"""`alert`, `confirm`, `prompt` and leaving: native dialogs titled with the app's name.

They are answered later, without a nested loop. A page that is not the app's own is named, so
that it cannot speak in the app's voice.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from millennium_runtime_webview.webkitgtk.bindings import Gtk, Native, WebKit2

MAX_TEXT_CHARS = 4000


class ScriptDialogs:
    """Shows the JavaScript dialogs of one webview."""

    def __init__(self, native: Native, app_name: str, own_schemes: frozenset[str]) -> None:
        self._app_name = app_name
        self._own_schemes = own_schemes
        native.connect("script-dialog", self._on_dialog)

    def _on_dialog(self, view: Native, dialog: Native) -> bool:
        kind = dialog.get_dialog_type()
        native = Gtk.MessageDialog(
            transient_for=view.get_toplevel(),
            modal=True,
            destroy_with_parent=True,
            message_type=_TYPES[kind],
            title=self._app_name,
            text=self._speaker(view.get_uri() or ""),
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
        native.show_all()
        return True

    def _speaker(self, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme in self._own_schemes:
            return self._app_name
        return f"{parts.hostname or 'A page'} says"


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
