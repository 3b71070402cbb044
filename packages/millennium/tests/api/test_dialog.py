"""Native dialogs, and what a choice permits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium.api.dialog import COMMANDS, show, show_and_wait
from millennium.config.window import WindowConfig
from millennium.ipc.limits import MAX_DIALOGS, MAX_EXTENSIONS, MAX_FILTERS, MAX_TEXT_CHARS
from millennium.security.allowlist import Allowlist
from millennium.testing import (
    InvokeError,
    MockApp,
    assert_refused,
    invoke,
    mock_app,
    mock_context,
)
from millennium.window import Window
from millennium_runtime.dialog import FileFilter, MessageDialog, OpenDialog, SaveDialog
from millennium_runtime.dpi import LogicalSize
from millennium_runtime.errors import UnsupportedError, WindowClosedError, WouldDeadlockError
from millennium_runtime.testing import MockWindow

QUESTION = MessageDialog(title="T", message="M")


@pytest.fixture
def running() -> Iterator[MockApp]:
    allowlist = {"dialog": {"all": True}, "fs": {"all": True}}
    windows = [{"label": "main"}, {"label": "other"}]
    with mock_app(allowlist=allowlist, windows=windows) as running:
        yield running


def answer(running: MockApp, *result: str) -> object:
    return running.answer_dialog(*result)


def wait_for_dialog(window: MockWindow) -> None:
    end = time.monotonic() + 5
    while not window.dialogs and time.monotonic() < end:
        time.sleep(0.001)


def test_every_command_has_a_key_in_the_allowlist() -> None:
    known = {name for name in Allowlist(all=True).commands() if name.startswith("dialog.")}
    assert {endpoint.name for endpoint in COMMANDS} == known


def test_a_page_asks_for_files(running: MockApp) -> None:
    filters = [{"name": "Text", "extensions": ["txt"]}]
    options = {"title": "Pick", "defaultPath": "/x", "filters": filters, "multiple": True}
    call = running.page().start("dialog.open", {"options": options})
    dialog = answer(running, "/a.txt", "/b.txt")
    assert dialog == OpenDialog(
        title="Pick",
        default_path="/x",
        filters=(FileFilter(name="Text", extensions=("txt",)),),
        multiple=True,
    )
    assert running.page().wait(call) == ["/a.txt", "/b.txt"]


def test_a_page_asks_where_to_save(running: MockApp) -> None:
    call = running.page().start("dialog.save", {"options": {"title": "Where"}})
    assert answer(running, "/a.txt") == SaveDialog(title="Where")
    assert running.page().wait(call) == "/a.txt"


@pytest.mark.parametrize(
    "filters",
    [
        [{"name": "n", "extensions": ["txt"] * (MAX_EXTENSIONS + 1)}],
        [{"name": "n", "extensions": ["txt"]}] * (MAX_FILTERS + 1),
        [{"name": "n" * (MAX_TEXT_CHARS + 1), "extensions": ["txt"]}],
        [{"name": "n", "extensions": ["t" * (MAX_TEXT_CHARS + 1)]}],
    ],
    ids=["extensions", "filters", "name", "extension"],
)
def test_filters_over_a_limit_are_refused(running: MockApp, filters: object) -> None:
    with assert_refused("command.bad_args"):
        running.page().invoke("dialog.open", {"options": {"filters": filters}})


def test_filters_within_the_limits_are_shown(running: MockApp) -> None:
    most = {"name": "n" * 100, "extensions": ["txt"] * MAX_EXTENSIONS}
    call = running.page().start("dialog.open", {"options": {"filters": [most] * MAX_FILTERS}})
    shown = answer(running)
    assert isinstance(shown, OpenDialog)
    assert len(shown.filters) == MAX_FILTERS
    running.page().wait(call)


@pytest.mark.parametrize(("name", "expected"), [("open", []), ("save", None)])
def test_a_cancelled_choice_is_empty(running: MockApp, name: str, expected: object) -> None:
    call = running.page().start(f"dialog.{name}", {"options": {}})
    answer(running)
    assert running.page().wait(call) == expected


@pytest.mark.parametrize(
    ("name", "pressed", "expected"),
    [
        ("message", ("OK",), None),
        ("message", (), None),
        ("ask", ("Yes",), True),
        ("ask", ("No",), False),
        ("ask", (), False),
        ("confirm", ("OK",), True),
        ("confirm", ("Cancel",), False),
    ],
)
def test_a_page_asks_a_question(
    running: MockApp, name: str, pressed: tuple[str, ...], expected: object
) -> None:
    call = running.page().start(f"dialog.{name}", {"options": {"message": "Sure?"}})
    dialog = answer(running, *pressed)
    assert isinstance(dialog, MessageDialog)
    assert (dialog.title, dialog.message) == ("Mock", "Sure?")
    assert running.page().wait(call) is expected


def test_a_picked_file_may_be_read_and_its_neighbour_not(running: MockApp, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("picked")
    (tmp_path / "b.txt").write_text("not picked")
    call = running.page().start("dialog.open", {"options": {}})
    answer(running, str(tmp_path / "a.txt"))
    running.page().wait(call)
    assert invoke(running, "fs.read_text", path=str(tmp_path / "a.txt")) == "picked"
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path=str(tmp_path / "b.txt"))


def test_what_one_window_picked_is_not_anothers(running: MockApp, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("picked")
    call = running.page().start("dialog.open", {"options": {}})
    answer(running, str(tmp_path / "a.txt"))
    running.page().wait(call)
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path=str(tmp_path / "a.txt"), window="other")


def pick_folder(running: MockApp, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "a.txt").write_text("flat")
    (folder / "deep" / "a.txt").write_text("deep")
    call = running.page().start("dialog.open", {"options": {"directory": True}})
    answer(running, str(folder))
    running.page().wait(call)
    assert invoke(running, "fs.read_text", path=str(folder / "a.txt")) == "flat"


def test_a_picked_folder_is_granted_with_its_files(running: MockApp, tmp_path: Path) -> None:
    pick_folder(running, tmp_path)
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path=str(tmp_path / "deep" / "a.txt"))


def test_a_picked_folder_is_granted_with_all_below_it_where_that_is_configured(
    tmp_path: Path,
) -> None:
    allowlist = {"dialog": {"open": True}, "fs": {"read-file": True, "picked-folders": "all"}}
    with mock_app(allowlist=allowlist) as running:
        pick_folder(running, tmp_path)
        assert invoke(running, "fs.read_text", path=str(tmp_path / "deep" / "a.txt")) == "deep"


ODD_NAMES = [
    "*",
    "**",
    "[a-z]",
    "?",
    "{a,b}",
    "!x",
    "a|b",
    "~",
    "$HOME",
    "a\\b",
    "-",
    "(a)",
    "+(a)",
]
NEIGHBOURS = ["a", "b", "x", "ab", "\\"]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("way", ["open", "save", "drop"])
def test_a_granted_file_of_an_odd_name_is_that_file_only(
    running: MockApp, tmp_path: Path, name: str, way: str
) -> None:
    for each in (name, *NEIGHBOURS):
        (tmp_path / each).write_text(each)
    path = str(tmp_path / name)
    if way == "drop":
        running.runtime.window().drop_files(path)
    else:
        call = running.page().start(f"dialog.{way}", {"options": {}})
        answer(running, path)
        running.page().wait(call)
    assert invoke(running, "fs.read_text", path=path) == name
    allowed = [each for each in NEIGHBOURS if invoke_allows(running, tmp_path / each)]
    assert allowed == []


def invoke_allows(running: MockApp, path: Path) -> bool:
    try:
        invoke(running, "fs.read_text", path=str(path))
    except InvokeError as refused:
        return refused.code != "fs.out_of_scope"
    return True


def test_what_was_granted_in_one_run_is_forgotten_in_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("picked")
    allowlist = {"dialog": {"open": True}, "fs": {"read-file": True}}
    with mock_app(allowlist=allowlist) as first:
        call = first.page().start("dialog.open", {"options": {}})
        answer(first, str(tmp_path / "a.txt"))
        first.page().wait(call)
        assert invoke(first, "fs.read_text", path=str(tmp_path / "a.txt")) == "picked"
    with mock_app(allowlist=allowlist) as second, assert_refused("fs.out_of_scope"):
        invoke(second, "fs.read_text", path=str(tmp_path / "a.txt"))


def test_what_was_granted_ends_with_its_window(running: MockApp, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("picked")
    running.runtime.window("other").drop_files(str(tmp_path / "a.txt"))
    running.handle.window("other").destroy()
    running.handle.create_window(WindowConfig(label="other"))
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path=str(tmp_path / "a.txt"), window="other")


def test_a_file_dropped_on_a_remote_page_is_granted_to_that_page_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("dropped")
    capabilities = ({"remote": ["https://example.org"], "permissions": ["fs:*"]},)
    config = {
        "allowlist": {"fs": {"read-file": True}},
        "security": {"navigation": ["https://example.org"]},
    }
    with mock_app(context=mock_context(config, capabilities=capabilities)) as running:
        running.runtime.window().load("https://example.org/")
        running.runtime.window().drop_files(str(tmp_path / "a.txt"))
        assert invoke(running, "fs.read_text", path=str(tmp_path / "a.txt")) == "dropped"
        running.runtime.window().load("millennium://localhost/index.html")
        with assert_refused("fs.out_of_scope"):
            invoke(running, "fs.read_text", path=str(tmp_path / "a.txt"))


def test_a_path_to_save_may_be_written(running: MockApp, tmp_path: Path) -> None:
    path = tmp_path / "new.txt"
    call = running.page().start("dialog.save", {"options": {}})
    answer(running, str(path))
    running.page().wait(call)
    invoke(running, "fs.write_text", path=str(path), text="saved")
    assert path.read_text() == "saved"


def test_an_unknown_option_is_refused(running: MockApp) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "dialog.open", options={"recursive": True})


def test_what_is_not_allowed_is_refused() -> None:
    with mock_app(allowlist={"dialog": {"open": True}}) as running, assert_refused():
        invoke(running, "dialog.save", options={})


# --- from Python


def test_a_coroutine_waits_for_the_user(running: MockApp) -> None:
    async def ask() -> tuple[str, ...]:
        shown = asyncio.create_task(show(running.handle.window(), QUESTION))
        await asyncio.to_thread(answer, running, "OK")
        return await shown

    assert asyncio.run(ask()) == ("OK",)


def test_a_thread_waits_for_the_user(running: MockApp) -> None:
    async def ask() -> tuple[str, ...]:
        shown = asyncio.to_thread(show_and_wait, running.handle.window(), QUESTION)
        waiting = asyncio.create_task(shown)
        await asyncio.to_thread(answer, running, "OK")
        return await waiting

    assert asyncio.run(ask()) == ("OK",)


def test_the_main_thread_may_not_wait(running: MockApp) -> None:
    window = running.handle.window()
    with pytest.raises(WouldDeadlockError):
        window.run_on_main(lambda: show_and_wait(window, QUESTION))


def test_a_window_that_closes_dismisses_its_dialog(running: MockApp) -> None:
    window = running.handle.window()

    async def ask() -> tuple[str, ...]:
        shown = asyncio.create_task(show(window, QUESTION))
        await asyncio.to_thread(wait_for_dialog, running.runtime.window())
        window.destroy()
        return await shown

    assert asyncio.run(ask()) == ()


def test_a_closed_window_shows_nothing(running: MockApp) -> None:
    window = running.handle.window()
    window.destroy()
    with pytest.raises(WindowClosedError):
        show_and_wait(window, QUESTION)


def test_a_dialog_whose_caller_gave_up_is_answered_to_nobody(running: MockApp) -> None:
    page = running.page()
    call = page.start("dialog.open", {"options": {}})
    wait_for_dialog(running.runtime.window())
    page.cancel(call)
    answer(running, "/a.txt")
    call = page.start("dialog.open", {"options": {}})
    answer(running, "/b.txt")
    assert page.wait(call) == ["/b.txt"]


def test_a_caller_that_gave_up_is_not_woken(running: MockApp) -> None:
    async def ask() -> tuple[str, ...]:
        first = asyncio.create_task(show(running.handle.window(), QUESTION))
        await asyncio.to_thread(wait_for_dialog, running.runtime.window())
        first.cancel()
        await asyncio.wait([first])
        await asyncio.to_thread(answer, running, "OK")
        second = asyncio.create_task(show(running.handle.window(), QUESTION))
        await asyncio.to_thread(answer, running, "Again")
        return await second

    assert asyncio.run(ask()) == ("Again",)


def test_what_else_happens_to_the_window_leaves_its_dialog_open(running: MockApp) -> None:
    call = running.page().start("dialog.open", {"options": {}})
    wait_for_dialog(running.runtime.window())
    running.runtime.window().resize(LogicalSize(300, 200))
    answer(running, "/a.txt")
    assert running.page().wait(call) == ["/a.txt"]


def test_a_dialog_that_cannot_be_shown_says_so(
    running: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Window, dialog: object, on_result: object) -> None:
        raise UnsupportedError("no dialogs here")

    monkeypatch.setattr(Window, "show_dialog", fail)
    with assert_refused("runtime.unsupported"):
        invoke(running, "dialog.message", options={"message": "M"})


def test_a_page_has_so_many_dialogs_open_and_no_more(running: MockApp) -> None:
    page = running.page()
    calls = [
        page.start("dialog.message", {"options": {"message": "M"}}) for _ in range(MAX_DIALOGS)
    ]
    wait_for_dialog(running.runtime.window())
    with assert_refused("dialog.too_many"):
        page.invoke("dialog.open", {"options": {}})
    answer(running, "OK")
    page.wait(calls[0])
    page.start("dialog.open", {"options": {}})
    with assert_refused("dialog.too_many"):
        page.invoke("dialog.save", {"options": {}})
