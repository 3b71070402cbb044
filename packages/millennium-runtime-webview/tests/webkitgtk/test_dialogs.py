"""Dialogs of the app and of its pages, answered with the keyboard as a user does."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.dialog import FileFilter, MessageDialog, OpenDialog, SaveDialog

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]


def wait_dialog(press, title):
    press("search", "--sync", "--onlyvisible", "--name", title)
    time.sleep(0.5)


def answered(results):
    end = time.monotonic() + 10
    while not results and time.monotonic() < end:
        time.sleep(0.02)
    return results


def test_a_message_tells_the_pressed_button(app, press):
    results: list[tuple[str, ...]] = []
    question = MessageDialog(
        title="Sure?", message="Really", kind="question", buttons=("Yes", "No")
    )
    app.open().dispatcher.show_dialog(question, results.append)
    wait_dialog(press, "Sure")
    press("key", "Return")
    assert answered(results) == [("Yes",)]


def test_a_dismissed_message_tells_nothing(app, press):
    results: list[tuple[str, ...]] = []
    app.open().dispatcher.show_dialog(MessageDialog(title="Hmm", message="x"), results.append)
    wait_dialog(press, "Hmm")
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
    wait_dialog(press, "Save it")
    press("key", "Return")
    assert answered(results) == [(str(wanted),)]


def test_a_cancelled_open_dialog_gives_nothing(app, press):
    results: list[tuple[str, ...]] = []
    app.open().dispatcher.show_dialog(OpenDialog(title="Open it"), results.append)
    wait_dialog(press, "Open it")
    press("key", "Escape")
    assert answered(results) == [()]


def test_the_page_runs_on_while_a_dialog_is_open(app, press):
    window = app.open()
    window.dispatcher.show_dialog(OpenDialog(title="Open it"), lambda _: None)
    wait_dialog(press, "Open it")
    assert window.js("1 + 1") == 2
    press("key", "Escape")


def test_confirm_is_titled_with_the_apps_name(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = confirm('Delete?')")
    wait_dialog(press, "Under Test")
    press("key", "Return")
    assert window.js("globalThis.said") is True


def test_a_dismissed_confirm_is_false(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = confirm('Delete?')")
    wait_dialog(press, "Under Test")
    press("key", "Escape")
    assert window.js("globalThis.said") is False


def test_prompt_returns_what_was_typed(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = prompt('Name?', '')")
    wait_dialog(press, "Under Test")
    press("type", "Ada")
    press("key", "Return")
    assert window.js("globalThis.said") == "Ada"


def test_a_dismissed_prompt_is_null(app, press):
    window = app.open()
    window.dispatcher.evaluate("globalThis.said = prompt('Name?', 'x') === null")
    wait_dialog(press, "Under Test")
    press("key", "Escape")
    assert window.js("globalThis.said") is True


def test_alert_returns(app, press):
    window = app.open()
    window.dispatcher.evaluate("alert('Hello'); globalThis.said = 1")
    wait_dialog(press, "Under Test")
    press("key", "Return")
    assert window.js("globalThis.said") == 1


SAVE_BLOB = """(() => { const link = document.createElement('a'); link.download = '../a.txt';
  link.href = URL.createObjectURL(new Blob(['data'])); document.body.append(link); link.click() })()"""


def test_a_download_is_refused_unless_allowed(app, caplog):
    window = app.open()
    window.dispatcher.evaluate(SAVE_BLOB)
    window.js("new Promise(done => setTimeout(done, 500))")
    assert "a download was refused: downloads are off" in caplog.messages


def test_an_allowed_download_asks_where_to(app, press, tmp_path):
    window = app.open(downloads=True)
    window.dispatcher.evaluate(SAVE_BLOB)
    wait_dialog(press, "Save")
    press("key", "ctrl+a")
    press("type", "--delay", "40", str(tmp_path / "here.txt"))
    time.sleep(0.3)
    press("key", "Return")
    time.sleep(1)
    assert (tmp_path / "here.txt").read_bytes() == b"data"


def test_a_cancelled_download_saves_nothing(app, press, tmp_path):
    window = app.open(downloads=True)
    window.dispatcher.evaluate(SAVE_BLOB)
    wait_dialog(press, "Save")
    press("key", "Escape")
    assert window.js("1 + 1") == 2


def test_an_open_chooser_goes_with_its_window(app, press):
    results: list[tuple[str, ...]] = []
    window = app.open()
    window.dispatcher.show_dialog(OpenDialog(title="Open it"), results.append)
    wait_dialog(press, "Open it")
    window.dispatcher.destroy()
    assert answered(results) == [()]


def test_a_file_input_opens_the_native_chooser(app, press, tmp_path):
    chosen = tmp_path / "chosen.txt"
    chosen.write_text("from disk")
    window = app.open(pages={})
    window.dispatcher.evaluate(
        "document.body.innerHTML = '<input type=file id=f>'; document.getElementById('f').click()"
    )
    wait_dialog(press, "Select File|Open File|Choose|File")
    press("type", "--delay", "40", str(chosen))  # the chooser reads folders meanwhile
    time.sleep(0.5)
    press("key", "Return")
    time.sleep(0.8)
    assert window.js("document.getElementById('f').files[0]?.text()") == "from disk"


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
    wait_dialog(press, title)
    press("key", "Escape")
    assert answered(results) == [()]
