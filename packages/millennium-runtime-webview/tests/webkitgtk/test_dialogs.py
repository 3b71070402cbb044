"""Dialogs of the app and of its pages, answered with the keyboard as a user does."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.dialog import FileFilter, MessageDialog, OpenDialog, SaveDialog
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def wait_dialog(app, title):
    """Wait until a dialog has the keyboard: keys that are pressed earlier go elsewhere."""

    def has_keyboard():
        return any(
            isinstance(each, Gtk.Dialog) and each.is_active() and title in (each.get_title() or "")
            for each in Gtk.Window.list_toplevels()
        )

    assert eventually(lambda: app.on_main(has_keyboard))


def choosers():
    return [each for each in Gtk.Window.list_toplevels() if isinstance(each, Gtk.FileChooserDialog)]


def wait_chosen(app, path):
    """Wait until the open chooser would give a path: it reads folders meanwhile."""

    def is_chosen():
        return any(each.get_filename() == str(path) for each in choosers())

    assert eventually(lambda: app.on_main(is_chosen))


def answered(results):
    return eventually(lambda: results)


def test_a_message_tells_the_pressed_button(app, press):
    results: list[tuple[str, ...]] = []
    question = MessageDialog(
        title="Sure?", message="Really", kind="question", buttons=("Yes", "No")
    )
    app.open().dispatcher.show_dialog(question, results.append)
    wait_dialog(app, "Sure")
    press("key", "Return")
    assert answered(results) == [("Yes",)]


def test_a_dismissed_message_tells_nothing(app, press):
    results: list[tuple[str, ...]] = []
    app.open().dispatcher.show_dialog(MessageDialog(title="Hmm", message="x"), results.append)
    wait_dialog(app, "Hmm")
    press("key", "Escape")
    assert answered(results) == [()]


def test_a_save_dialog_gives_the_path(app, press, tmp_path):
    results: list[tuple[str, ...]] = []
    wanted = tmp_path / "note.txt"
    dialog = SaveDialog(
        title="Save it",
        default_path=str(wanted),
        filters=(FileFilter(name="Text", extensions=("txt",)),),
    )
    app.open().dispatcher.show_dialog(dialog, results.append)
    wait_dialog(app, "Save it")
    wait_chosen(app, wanted)
    press("key", "Return")
    assert answered(results) == [(str(wanted),)]


def test_a_cancelled_open_dialog_gives_nothing(app, press):
    results: list[tuple[str, ...]] = []
    app.open().dispatcher.show_dialog(OpenDialog(title="Open it"), results.append)
    wait_dialog(app, "Open it")
    press("key", "Escape")
    assert answered(results) == [()]


def test_the_page_runs_on_while_a_dialog_is_open(app, press):
    window = app.open()
    window.dispatcher.show_dialog(OpenDialog(title="Open it"), lambda _: None)
    wait_dialog(app, "Open it")
    assert window.js("1 + 1") == 2
    press("key", "Escape")


def test_confirm_is_titled_with_the_apps_name(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = confirm('Delete?')")
    wait_dialog(app, "Under Test")
    press("key", "Return")
    assert window.js("globalThis.said") is True


def test_a_dismissed_confirm_is_false(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = confirm('Delete?')")
    wait_dialog(app, "Under Test")
    press("key", "Escape")
    assert window.js("globalThis.said") is False


def test_prompt_returns_what_was_typed(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = prompt('Name?', '')")
    wait_dialog(app, "Under Test")
    press("type", "Ada")
    press("key", "Return")
    assert window.js("globalThis.said") == "Ada"


def test_a_dismissed_prompt_is_null(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = prompt('Name?', 'x') === null")
    wait_dialog(app, "Under Test")
    press("key", "Escape")
    assert window.js("globalThis.said") is True


def test_alert_returns(app, press):
    window = app.open()
    window.dispatcher.evaluate("alert('Hello'); globalThis.said = 1")
    wait_dialog(app, "Under Test")
    press("key", "Return")
    assert window.js("globalThis.said") == 1


SAVE_BLOB = """(() => { const link = document.createElement('a'); link.download = '../a.txt';
  link.href = URL.createObjectURL(new Blob(['data'])); document.body.append(link); link.click() })()"""


def test_a_download_is_refused_unless_allowed(app, caplog):
    window = app.open()
    window.dispatcher.evaluate(SAVE_BLOB)
    assert eventually(lambda: "a download was refused: downloads are off" in caplog.messages)


def test_an_allowed_download_asks_where_to(app, press, tmp_path):
    window = app.open(downloads=True)
    window.dispatcher.evaluate(SAVE_BLOB)
    wait_dialog(app, "Save")
    press("key", "ctrl+a")
    press("type", "--delay", "40", str(tmp_path / "here.txt"))
    wait_chosen(app, tmp_path / "here.txt")
    press("key", "Return")
    saved = tmp_path / "here.txt"
    assert eventually(lambda: saved.exists() and saved.read_bytes() == b"data")


def test_a_cancelled_download_saves_nothing(app, press, tmp_path):
    window = app.open(downloads=True)
    window.dispatcher.evaluate(SAVE_BLOB)
    wait_dialog(app, "Save")
    press("key", "Escape")
    assert window.js("1 + 1") == 2


def test_an_open_chooser_goes_with_its_window(app, press):
    results: list[tuple[str, ...]] = []
    window = app.open()
    window.dispatcher.show_dialog(OpenDialog(title="Open it"), results.append)
    wait_dialog(app, "Open it")
    window.dispatcher.destroy()
    assert answered(results) == [()]


def test_a_file_input_opens_the_native_chooser(app, tmp_path):
    chosen = tmp_path / "chosen.txt"
    chosen.write_text("from disk")
    window = app.open(pages={})
    window.dispatcher.evaluate(
        "document.body.innerHTML = '<input type=file id=f>'; document.getElementById('f').click()"
    )
    wait_dialog(app, "File")
    # Not typed: GTK drops keys while it opens its entry.
    app.on_main(lambda: [each.set_filename(str(chosen)) for each in choosers()])
    wait_chosen(app, chosen)
    app.on_main(lambda: [each.response(Gtk.ResponseType.ACCEPT) for each in choosers()])
    text = "document.getElementById('f').files[0]?.text()"
    assert eventually(lambda: window.js(text) == "from disk")


@pytest.mark.parametrize(
    ("dialog", "title"),
    [
        (OpenDialog(title="Which folder", directory=True, default_path="/usr"), "Which folder"),
        (OpenDialog(title="Which file", default_path="/etc/hostname"), "Which file"),
    ],
    ids=["folder", "file"],
)
def test_a_chooser_can_be_dismissed(app, press, dialog, title):
    results: list[tuple[str, ...]] = []
    app.open().dispatcher.show_dialog(dialog, results.append)
    wait_dialog(app, title)
    press("key", "Escape")
    assert answered(results) == [()]
