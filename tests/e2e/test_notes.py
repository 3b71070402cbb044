"""examples/notes in a real window, driven by the keyboard; what it kept is read from its file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "examples" / "notes"

pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]


def eventually(look: Any) -> None:
    from desk import eventually as wait

    wait(look)


class Notes:
    """The file that the app keeps."""

    def __init__(self, home: Path) -> None:
        self.path = home / ".local" / "share" / "dev.millennium.notes" / "notes.db"

    def bodies(self) -> list[str]:
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(self.path)) as db:
            try:
                return [row[0] for row in db.execute("select body from note order by id")]
            except sqlite3.OperationalError:
                return []


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the app and return the command that starts the executable."""
    output = tmp_path_factory.mktemp("notes")
    argv = [sys.executable, "-m", "millennium", "build", "--json", "--no-verify"]
    done = subprocess.run(
        [*argv, "--output", str(output)], cwd=NOTES, stdout=subprocess.PIPE, check=True
    )
    return [json.loads(done.stdout)["executable"]]


@pytest.fixture(params=["source", "frozen"])
def command(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "frozen":
        built: list[str] = request.getfixturevalue("frozen")
        return built
    return [sys.executable, "-m", "millennium", "run"]


@pytest.fixture
def notes(desk: Any) -> Notes:
    return Notes(desk.home)


@pytest.fixture
def app(desk: Any, command: list[str]) -> Iterator[Any]:
    with desk.running(command, "Notes", folder=NOTES):
        yield desk


def write(desk: Any, notes: Notes, text: str) -> None:
    """Write a note and wait until it is kept."""
    count = len(notes.bodies())
    desk.press("ctrl+n")
    eventually(lambda: len(notes.bodies()) == count + 1)
    desk.type(text)
    eventually(lambda: notes.bodies()[-1] == text)


def test_what_is_typed_is_kept(app: Any, notes: Notes) -> None:
    write(app, notes, "bread and salt")
    assert notes.bodies() == ["bread and salt"]


def test_the_search_finds_the_note_to_change(app: Any, notes: Notes) -> None:
    write(app, notes, "about marmalade")
    write(app, notes, "about bread")
    app.press("ctrl+f")
    app.type("marma")
    app.press("Down", "Return", "ctrl+End")
    app.type(" and toast")
    eventually(lambda: notes.bodies() == ["about marmalade and toast", "about bread"])


def test_a_deleted_note_is_gone(app: Any, notes: Notes) -> None:
    write(app, notes, "short life")
    app.press("ctrl+shift+d")
    eventually(lambda: notes.bodies() == [])


def test_a_folder_of_markdown_comes_in_through_the_dialog(app: Any, notes: Notes) -> None:
    folder = app.home / "papers"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.md").write_text("# One")
    (folder / "deep" / "two.md").write_text("# Two")
    (folder / "three.png").write_bytes(b"no note")
    app.press("ctrl+i")
    app.wait_for_dialog("Import a folder of Markdown")
    app.type_path(folder)
    app.press("Return")
    eventually(lambda: sorted(notes.bodies()) == ["# One", "# Two"])


def test_a_note_goes_out_as_markdown(app: Any, notes: Notes) -> None:
    write(app, notes, "going out")
    target = app.home / "out.md"
    app.press("ctrl+shift+e")
    app.wait_for_dialog("Export as Markdown")
    app.press("ctrl+a")
    app.type(str(target))
    app.press("Return")
    eventually(target.exists)
    assert target.read_text() == "going out"


def test_notes_are_still_there_after_a_restart(desk: Any, notes: Notes, command: list[str]) -> None:
    with desk.running(command, "Notes", folder=NOTES):
        write(desk, notes, "to be continued")
    with desk.running(command, "Notes", folder=NOTES):
        desk.press("ctrl+f", "Down", "Return", "ctrl+End")
        desk.type(" today")
        eventually(lambda: notes.bodies() == ["to be continued today"])
