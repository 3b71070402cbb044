"""Notes, the app: what the page may ask for, and where the notes are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from millennium import App, AppHandle, CommandError, State
from notes.store import (
    MAX_BODY_CHARS,
    Note,
    NoteNotFoundError,
    NoteTooLongError,
    Store,
    Summary,
)

Theme = Literal["system", "light", "dark"]

app = App()


@contextmanager
def _told() -> Iterator[None]:
    """Give the page a code and a sentence for what the store refuses."""
    try:
        yield
    except NoteNotFoundError as error:
        raise CommandError("notes.not_found", "This note is not there any more.") from error
    except NoteTooLongError as error:
        message = f"A note has at most {MAX_BODY_CHARS:,} characters."
        raise CommandError("notes.too_long", message) from error


@app.setup
def open_store(handle: AppHandle) -> None:
    """Open the notes before the first window asks for them."""
    handle.manage(Store(handle.paths.app_data / "notes.db"))


@app.command
def list_notes(store: State[Store], query: str = "") -> list[Summary]:
    """Return the notes that match, best first."""
    return store.value.search(query)


@app.command
def open_note(store: State[Store], id: int) -> Note:  # noqa: A002 - the page's word
    """Return one note."""
    with _told():
        return store.value.get(id)


@app.command
def add_note(store: State[Store], body: str = "") -> Note:
    """Add a note."""
    with _told():
        return store.value.add(body)


@app.command
def save_note(store: State[Store], id: int, body: str) -> Summary:  # noqa: A002 - the page's word
    """Replace the text of a note."""
    with _told():
        return store.value.save(id, body)


@app.command
def remove_note(store: State[Store], id: int) -> Note:  # noqa: A002 - the page's word
    """Remove a note and return it, so that the page can offer to undo."""
    with _told():
        return store.value.remove(id)


@app.command
def restore_note(store: State[Store], note: Note) -> None:
    """Put a removed note back."""
    with _told():
        store.value.restore(note)


@app.command
def theme(store: State[Store]) -> str:
    """Return the chosen theme."""
    return store.value.preference("theme", "system")


@app.command
def choose_theme(store: State[Store], theme: Theme) -> None:
    """Remember the chosen theme."""
    store.value.prefer("theme", theme)


if __name__ == "__main__":
    app.run()
