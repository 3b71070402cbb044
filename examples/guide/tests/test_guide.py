"""The code of the how-to pages, called as the pages call it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from guide.__main__ import app
from guide.events import seen
from guide.settings import Settings
from millennium.context import Context
from millennium.errors import InvalidValueError
from millennium.testing import InvokeError, MockApp, assert_refused, invoke, mock_app

PROJECT = Path(__file__).resolve().parents[1]


# --8<-- [start:fixture]
@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app(app, context=Context.development(PROJECT)) as started:
        yield started


# --8<-- [end:fixture]


# --8<-- [start:ask]
def test_the_page_is_asked_for_its_headings(running: MockApp) -> None:
    running.page().on_ask(lambda script, args: ["Guide", "Results"])

    assert invoke(running, "headings") == ["Guide", "Results"]


# --8<-- [end:ask]


# --8<-- [start:calls]
def test_words_are_counted(running: MockApp) -> None:
    assert invoke(running, "count_words", text="to be or not to be") == {
        "be": 2,
        "not": 1,
        "or": 1,
        "to": 2,
    }


def test_a_search_has_a_limit(running: MockApp) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "search", query={"words": "note", "limit": 0})


# --8<-- [end:calls]
def test_a_search_finds(running: MockApp) -> None:
    found = invoke(running, "search", query={"words": "note"})
    assert found == [{"title": "First note", "changed": "2026-01-02T00:00:00Z"}]


def test_a_coroutine_answers_later(running: MockApp) -> None:
    assert invoke(running, "wait_politely", seconds=0.01) == "0.01 s later"


def test_an_inline_command_answers_at_once(running: MockApp) -> None:
    assert str(invoke(running, "now")).endswith("Z")


# --8<-- [start:channel]
def test_progress_is_told_in_order(running: MockApp) -> None:
    page = running.page()
    progress = page.channel()
    assert page.invoke("convert", {"files": 3, "progress": progress}) == "3 files converted"
    assert progress.items == [{"done": done, "total": 3} for done in (1, 2, 3)]


# --8<-- [end:channel]
def test_a_plain_function_sends_too(running: MockApp) -> None:
    page = running.page()
    readings = page.channel()
    page.invoke("measure", {"times": 5, "readings": readings})
    assert len(readings.items) == 5


# --8<-- [start:events]
def test_every_window_hears_of_a_new_name(running: MockApp) -> None:
    invoke(running, "rename", name="Ada")
    assert running.page().wait_event("guide:renamed").payload == {"name": "Ada"}


# --8<-- [end:events]
def test_a_window_alone_hears_a_whisper(running: MockApp) -> None:
    invoke(running, "whisper", words="psst")
    assert running.page().wait_event("guide:whispered").payload == "psst"


def test_python_hears_a_page(running: MockApp) -> None:
    invoke(running, "event.emit", name="guide:seen", payload=3)
    running.page().wait_event("guide:seen")
    invoke(running, "count_words", text="")  # whoever listens is told before the pool's next work
    assert ("main", 3) in seen


def test_bytes_go_up_and_down(running: MockApp) -> None:
    assert invoke(running, "fingerprint", data=b"abc") == hashlib.sha256(b"abc").hexdigest()
    assert invoke(running, "gradient", width=4, height=1) == bytes([0, 63, 127, 191])


def test_a_request_has_headers(running: MockApp) -> None:
    page = running.page()
    call = page.start("upload", body=b"123", headers={"x-name": "a.bin"})
    assert page.wait(call) == "a.bin: 3 bytes"


def test_a_request_without_bytes_is_told_so(running: MockApp) -> None:
    with assert_refused("guide.no_bytes"):
        invoke(running, "upload")


# --8<-- [start:errors]
def test_nobody_withdraws_more_than_there_is(running: MockApp) -> None:
    with pytest.raises(InvokeError, match="only 100 left") as refused:
        invoke(running, "withdraw", amount=300)
    assert refused.value.code == "account.too_little"


def test_the_page_learns_nothing_of_what_went_wrong_inside(running: MockApp) -> None:
    with pytest.raises(InvokeError) as failed:
        invoke(running, "divide", number=1, by=0)
    assert failed.value.code == "command.failed"
    assert "zero" not in failed.value.message


# --8<-- [end:errors]


def test_state_is_shared(running: MockApp) -> None:
    before = invoke(running, "count", amount=0)
    assert invoke(running, "count", amount=2) == int(str(before)) + 2


def test_settings_are_kept(running: MockApp) -> None:
    invoke(running, "set_font_size", size=18)
    assert invoke(running, "font_size") == 18


def test_one_setting_leaves_the_others(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.set("font-size", 18)
    settings.set("line-height", 2)
    assert (settings.get("font-size", 14), settings.get("line-height", 1)) == (18, 2)


def test_the_folders_are_there_before_a_page_asks(running: MockApp) -> None:
    paths = running.handle.paths
    assert (paths.app_config.is_dir(), paths.app_data.is_dir()) == (True, True)


# --8<-- [start:windows]
def test_the_settings_window_may_do_only_what_it_needs(running: MockApp) -> None:
    invoke(running, "show_settings")
    assert invoke(running, "font_size", window="settings") == 14
    with assert_refused("ipc.not_allowed"):
        invoke(running, "withdraw", window="settings", amount=1)


# --8<-- [end:windows]
def test_the_settings_window_is_opened_once(running: MockApp) -> None:
    invoke(running, "show_settings")
    invoke(running, "show_settings")
    assert list(running.handle.windows()) == ["main", "settings"]


def test_a_window_with_something_unsaved_stays(running: MockApp) -> None:
    invoke(running, "mark_unsaved", is_unsaved=True)
    running.runtime.window("main").close()
    running.page().wait_event("guide:save-first")
    assert "main" in running.handle.windows()
    invoke(running, "mark_unsaved", is_unsaved=False)


# --8<-- [start:dialogs]
def test_picked_notes_are_read(running: MockApp, tmp_path: Path) -> None:
    note = tmp_path / "a.md"
    note.write_text("# A", encoding="utf-8")
    page = running.page()
    call = page.start("import_notes")
    running.answer_dialog(str(note))
    assert page.wait(call) == ["# A"]


# --8<-- [end:dialogs]
def test_nothing_is_deleted_unasked(running: MockApp) -> None:
    page = running.page()
    call = page.start("may_delete", {"title": "A"})
    running.answer_dialog("Keep")
    assert page.wait(call) is False


def test_files_stay_in_their_scope(running: MockApp) -> None:
    invoke(running, "fs.write_text", path="$APPDATA/draft.md", text="# Draft")
    assert invoke(running, "fs.read_text", path="$APPDATA/draft.md") == "# Draft"
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path="/etc/hostname")


def test_a_plugin_brings_commands_of_its_name(running: MockApp) -> None:
    assert invoke(running, "weather:forecast", place="Oslo") == "Oslo: 70 F"


def test_a_window_that_does_not_name_them_has_none(running: MockApp) -> None:
    invoke(running, "show_settings")
    with assert_refused():
        invoke(running, "weather:forecast", window="settings", place="Oslo")


def test_a_plugin_refuses_a_table_that_is_wrong() -> None:
    with pytest.raises(InvalidValueError, match="'K' is neither"):
        mock_app(app, plugins={"weather": {"unit": "K"}}).__enter__()
