"""More windows than one, and dialogs from Python."""

from __future__ import annotations

from pathlib import Path

from guide.app import app
from millennium import AppHandle, Window
from millennium.api.dialog import show, show_and_wait
from millennium_runtime.dialog import FileFilter, MessageDialog, OpenDialog
from millennium_runtime.run_event import CloseRequested, RunEvent, WindowEvent


# --8<-- [start:open]
@app.command
def show_settings(handle: AppHandle) -> None:
    """Open the settings window, or bring it to the front."""
    if "settings" in handle.windows():
        handle.window("settings").set_focus()
        return
    config = next(each for each in handle.config.windows if each.label == "settings")
    handle.create_window(config)


# --8<-- [end:open]
# --8<-- [start:close]
unsaved: set[str] = set()


@app.on_event
def keep_open(handle: AppHandle, event: RunEvent) -> None:
    """Let no window go that has something unsaved."""
    match event:
        case WindowEvent(label, CloseRequested(veto)) if label in unsaved:
            veto.prevent()
            handle.emit("guide:save-first", to=label)


@app.command(inline=True)
def mark_unsaved(window: Window, is_unsaved: bool) -> None:
    """Remember whether a window has something to save."""
    (unsaved.add if is_unsaved else unsaved.discard)(window.label)


# --8<-- [end:close]
# --8<-- [start:dialog]
@app.command
def import_notes(window: Window) -> list[str]:
    """Let the user pick notes and return their texts."""
    markdown = FileFilter(name="Markdown", extensions=("md",))
    asked = OpenDialog(title="Import notes", filters=(markdown,), multiple=True)
    paths = show_and_wait(window, asked)
    return [Path(path).read_text(encoding="utf-8") for path in paths]


@app.command
async def may_delete(window: Window, title: str) -> bool:
    """Ask before something is lost."""
    asked = MessageDialog(
        title="Delete", message=f"Delete {title}?", kind="question", buttons=("Keep", "Delete")
    )
    return await show(window, asked) == ("Delete",)


# --8<-- [end:dialog]
