"""Native dialogs without a nested loop: shown, and answered by signal.

A modal dialog takes the pointer from all windows of its group, and GTK puts all windows of a program
into one. So each of ours has a group of its own: a page that asks without end stops nobody else.
"""

from __future__ import annotations

from pathlib import Path

from millennium_runtime.dialog import (
    Dialog,
    DialogHandler,
    DialogResult,
    FileFilter,
    MessageDialog,
    OpenDialog,
    SaveDialog,
)
from millennium_runtime_webview.webkitgtk.bindings import Gtk, Native

_KINDS = {
    "info": Gtk.MessageType.INFO,
    "warning": Gtk.MessageType.WARNING,
    "error": Gtk.MessageType.ERROR,
    "question": Gtk.MessageType.QUESTION,
}
_open: set[Native] = set()
"""Native dialogs are not owned by their window: without this they would be freed while shown, and
left open when it goes.
"""


def show_dialog(dialog: Dialog, parent: Native, on_result: DialogHandler) -> None:
    """Show `dialog` above `parent`; `on_result` is called once."""
    if isinstance(dialog, MessageDialog):
        _show_message(dialog, parent, on_result)
    else:
        _show_chooser(dialog, parent, on_result)


def begin_group(window: Native) -> None:
    """Give a window a group of its own."""
    Gtk.WindowGroup().add_window(window)


def join_group(dialog: Native, parent: Native) -> None:
    """Let a dialog be modal for its parent, and nobody else."""
    if parent.has_group():
        parent.get_group().add_window(dialog)


def _show_message(dialog: MessageDialog, parent: Native, on_result: DialogHandler) -> None:
    native = Gtk.MessageDialog(
        transient_for=parent,
        modal=True,
        destroy_with_parent=True,
        message_type=_KINDS[dialog.kind],
        text=dialog.title,
        secondary_text=dialog.message,
        title=dialog.title,
    )
    for number, text in enumerate(dialog.buttons):
        native.add_button(text, number)
    native.set_default_response(0)

    def on_response(_: object, number: int) -> None:
        is_button = 0 <= number < len(dialog.buttons)
        native.destroy()
        on_result((dialog.buttons[number],) if is_button else ())

    native.connect("response", on_response)
    join_group(native, parent)
    native.show()


def _show_chooser(
    dialog: OpenDialog | SaveDialog, parent: Native, on_result: DialogHandler
) -> None:
    native = Gtk.FileChooserNative.new(dialog.title or None, parent, _action(dialog), None, None)
    native.set_modal(True)
    if isinstance(dialog, OpenDialog):
        native.set_select_multiple(dialog.multiple)
    else:
        native.set_do_overwrite_confirmation(True)
    for choice in dialog.filters:
        native.add_filter(_native_filter(choice))
    if dialog.default_path:
        _point_at(native, Path(dialog.default_path), is_save=isinstance(dialog, SaveDialog))

    def on_response(_: object, response: int) -> None:
        paths = native.get_filenames() if response == Gtk.ResponseType.ACCEPT else []
        finish(tuple(paths))

    def finish(paths: DialogResult) -> None:
        if native in _open:
            _open.discard(native)
            native.disconnect(responses)
            parent.disconnect(ends)
            native.destroy()
            on_result(paths)

    _open.add(native)
    responses = native.connect("response", on_response)
    ends = parent.connect("destroy", lambda *_: finish(()))  # it would outlive its window
    native.show()
    _join_choosers(parent)


def _join_choosers(parent: Native) -> None:
    """Let a native chooser's dialog join; GTK tells of it in no other way, once it is shown."""
    for window in Gtk.Window.list_toplevels():
        if isinstance(window, Gtk.FileChooserDialog) and window.get_transient_for() is parent:
            join_group(window, parent)


def _action(dialog: OpenDialog | SaveDialog) -> Native:
    if isinstance(dialog, SaveDialog):
        return Gtk.FileChooserAction.SAVE
    if dialog.directory:
        return Gtk.FileChooserAction.SELECT_FOLDER
    return Gtk.FileChooserAction.OPEN


def _native_filter(choice: FileFilter) -> Native:
    native = Gtk.FileFilter()
    native.set_name(choice.name)
    for extension in choice.extensions:
        native.add_pattern("*" if extension == "*" else f"*.{extension}")
    return native


def _point_at(native: Native, path: Path, *, is_save: bool) -> None:
    if path.is_dir():
        native.set_current_folder(str(path))
    elif is_save:
        native.set_current_folder(str(path.parent))
        native.set_current_name(path.name)
    else:
        native.set_filename(str(path))
