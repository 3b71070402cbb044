"""Native dialogs: files, folders, messages and questions.

What the user picks is granted to the asking window (`millennium.security.picks`): the choice is the
permission. A folder is granted with its files; with all that is below it only where
``allowlist.fs.picked-folders`` says so, for the page must not choose how much a choice means.

In Python, coroutines ``await show(window, OpenDialog(…))``; other code that is not on the main
thread calls `show_and_wait`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

from msgspec import Meta, Struct

from millennium.api.table import Endpoint
from millennium.errors import CommandError
from millennium.handle import AppHandle
from millennium.ipc.limits import (
    MAX_DIALOGS,
    MAX_EXTENSIONS,
    MAX_FILTERS,
    MAX_MESSAGE_CHARS,
    MAX_TEXT_CHARS,
)
from millennium.security.picks import Picks
from millennium.window import Window
from millennium_runtime.dialog import (
    Dialog,
    DialogHandler,
    DialogResult,
    FileFilter,
    MessageDialog,
    OpenDialog,
    SaveDialog,
)
from millennium_runtime.errors import MillenniumRuntimeError, WouldDeadlockError
from millennium_runtime.run_event import Destroyed, WindowEventKind

Text = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]
LongText = Annotated[str, Meta(max_length=MAX_MESSAGE_CHARS)]

OK = "OK"
CANCEL = "Cancel"
YES = "Yes"
NO = "No"


class Filter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named choice of file name extensions, as a page gives it."""

    name: Text
    extensions: Annotated[tuple[Text, ...], Meta(max_length=MAX_EXTENSIONS)]


Filters = Annotated[tuple[Filter, ...], Meta(max_length=MAX_FILTERS)]


class OpenOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a page may say about a dialog that opens."""

    title: Text = ""
    default_path: Text = ""
    filters: Filters = ()
    multiple: bool = False
    directory: bool = False


class SaveOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a page may say about a dialog that saves."""

    title: Text = ""
    default_path: Text = ""
    filters: Filters = ()


class MessageOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a page may say about a message; without a title it is the app's name."""

    message: LongText
    title: Text = ""
    kind: Literal["info", "warning", "error", "question"] = "info"


async def show(window: Window, dialog: Dialog) -> DialogResult:
    """Show a dialog and return what the user chose; () when dismissed or the window closed."""
    loop = asyncio.get_running_loop()
    chosen: asyncio.Future[DialogResult] = loop.create_future()

    def settle(result: DialogResult) -> None:
        if not chosen.done():
            chosen.set_result(result)

    def on_result(result: DialogResult) -> None:
        loop.call_soon_threadsafe(settle, result)

    await window.aio.run_on_main(lambda: _show(window, dialog, on_result))
    return await chosen


def show_and_wait(window: Window, dialog: Dialog) -> DialogResult:
    """Show a dialog and wait for the user; () when dismissed or the window closed.

    Raises:
        WouldDeadlockError: The caller is on the main thread, which has to show it.
    """
    if window.is_main_thread():
        message = "the main thread cannot wait for a dialog that it has to show itself"
        raise WouldDeadlockError(
            message, help="use `await show(…)`, or a command without inline=True"
        )
    chosen: SimpleQueue[DialogResult] = SimpleQueue()
    window.run_on_main(lambda: _show(window, dialog, chosen.put))
    return chosen.get()


async def pick_open(
    window: Window, handle: AppHandle, picks: Picks, options: OpenOptions
) -> list[str]:
    """Ask for files or folders that exist and grant them; [] when cancelled."""
    asked = OpenDialog(
        title=options.title,
        default_path=options.default_path,
        filters=_filters(options.filters),
        multiple=options.multiple,
        directory=options.directory,
    )
    with _one_more(window):
        paths = await show(window, asked)
    is_deep = options.directory and handle.config.allowlist.fs.picked_folders == "all"
    for path in paths:
        picks.opened(path, recursive=is_deep)
    return list(paths)


async def pick_save(window: Window, picks: Picks, options: SaveOptions) -> str | None:
    """Ask for one path to write to and grant it; None when cancelled."""
    asked = SaveDialog(
        title=options.title,
        default_path=options.default_path,
        filters=_filters(options.filters),
    )
    with _one_more(window):
        paths = await show(window, asked)
    for path in paths:
        picks.saved(path)
    return paths[0] if paths else None


async def message(window: Window, handle: AppHandle, options: MessageOptions) -> None:
    """Tell the user something."""
    await _press(window, handle, options, (OK,))


async def ask(window: Window, handle: AppHandle, options: MessageOptions) -> bool:
    """Ask a yes-or-no question; False when dismissed."""
    return await _press(window, handle, options, (NO, YES)) == YES


async def confirm(window: Window, handle: AppHandle, options: MessageOptions) -> bool:
    """Ask whether to go on; False when dismissed."""
    return await _press(window, handle, options, (CANCEL, OK)) == OK


COMMANDS = (
    Endpoint(name="dialog.open", function=pick_open),
    Endpoint(name="dialog.save", function=pick_save),
    Endpoint(name="dialog.message", function=message),
    Endpoint(name="dialog.ask", function=ask),
    Endpoint(name="dialog.confirm", function=confirm),
)


_open: WeakKeyDictionary[Window, int] = WeakKeyDictionary()


@contextmanager
def _one_more(window: Window) -> Iterator[None]:
    """Count a dialog that a page asked for. Thread: the loop's."""
    count = _open.get(window, 0)
    if count >= MAX_DIALOGS:
        raise CommandError("dialog.too_many", f"{count} dialogs of this window are open")
    _open[window] = count + 1
    try:
        yield
    finally:
        _open[window] -= 1


async def _press(
    window: Window, handle: AppHandle, options: MessageOptions, buttons: tuple[str, ...]
) -> str:
    asked = MessageDialog(
        title=options.title or handle.config.product_name,
        message=options.message,
        kind=options.kind,
        buttons=buttons,
    )
    with _one_more(window):
        pressed = await show(window, asked)
    return pressed[0] if pressed else ""


def _show(window: Window, dialog: Dialog, on_result: DialogHandler) -> None:
    """Show it on the main thread; a window that closes meanwhile counts as dismissed."""

    def finish(result: DialogResult) -> None:
        stop()
        on_result(result)

    def watch(event: WindowEventKind) -> None:
        if isinstance(event, Destroyed):
            finish(())

    stop = window.on_event(watch)
    try:
        window.show_dialog(dialog, finish)
    except MillenniumRuntimeError:
        stop()
        raise


def _filters(given: tuple[Filter, ...]) -> tuple[FileFilter, ...]:
    return tuple(FileFilter(name=each.name, extensions=each.extensions) for each in given)
