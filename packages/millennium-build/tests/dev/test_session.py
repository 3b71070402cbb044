"""The loop of `millennium dev`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from millennium_build.dev.process import Start
from millennium_build.dev.session import Reporter, Session
from millennium_build.dev.watch import Saved

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the process groups of POSIX")
MakeStart = Callable[..., Start]
Edit = Callable[[Path, str, str], None]


class Told:
    """What a session told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[Exception] = []

    @property
    def reporter(self) -> Reporter:
        return Reporter(say=self.lines.append, error=self.errors.append)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def root(project: Path) -> Path:
    """A project whose configuration is sound; the app itself is another's."""
    return project


def until(is_true: Callable[[], bool]) -> Iterator[Saved]:
    """Time goes by until something is true."""
    end = time.monotonic() + 20
    while not is_true() and time.monotonic() < end:
        yield Saved()
        time.sleep(0.01)
    yield Saved()


def shown(session: Session) -> Iterator[Saved]:
    return until(lambda: session._is_shown)


def pid(session: Session) -> object:
    assert session._app is not None
    windows = session._app.windows(10)
    assert isinstance(windows, list)
    return windows[0]["pid"]


def test_a_closed_app_ends_the_session(make_start: MakeStart, told: Told, root: Path):
    with Session(root, make_start("time.sleep(0.3); sys.exit(0)"), told.reporter) as session:
        assert session.run(until(lambda: False)) == 0
    assert told.lines == []


def test_a_saved_file_replaces_the_process_at_its_old_place(
    make_start: MakeStart, told: Told, root: Path
):
    with Session(root, make_start(), told.reporter) as session:
        session.run(shown(session))
        before, successor = pid(session), session._next
        session.run([Saved(restart=(root / "src" / "hello_you" / "__main__.py",))])
        session.run(shown(session))
        assert session._app is successor
        assert pid(session) != before
        assert session._windows == [{"label": "main", "pid": before}]
    assert [line.split(" in ")[0] for line in told.lines] == ["restarted"]


def test_a_save_before_the_successor_is_warm_starts_a_fresh_one(
    make_start: MakeStart, told: Told, root: Path
):
    with Session(root, make_start(), told.reporter) as session:
        session.run([Saved(restart=(root / "gone.py",))])
        session.run(shown(session))
        assert pid(session)


def test_a_saved_page_is_reloaded(make_start: MakeStart, told: Told, root: Path):
    with Session(root, make_start(), told.reporter) as session:
        session.run(shown(session))
        session.run([Saved(reload=(root / "ui" / "main.js", root / "ui" / "a.css"))])
        assert session._app is not None
        assert session._app.wait_for("reloaded", 10)
    assert told.lines == ["reloaded: main.js, a.css"]


def test_an_app_is_not_replaced_by_one_that_cannot_start(
    make_start: MakeStart, told: Told, root: Path
):
    broken = root / "src" / "hello_you" / "broken.py"
    broken.write_text("x = 1\ndef :")
    with Session(root, make_start(), told.reporter) as session:
        session.run(shown(session))
        before = pid(session)
        session.run([Saved(restart=(broken,))])
        assert pid(session) == before
    error = told.errors[0]
    assert str(error) == "src/hello_you/broken.py is not valid Python: invalid syntax"
    assert str(getattr(error, "location", "")) == "src/hello_you/broken.py:2:5"


def test_a_broken_configuration_keeps_the_app_too(
    make_start: MakeStart, told: Told, root: Path, edit: Edit
):
    with Session(root, make_start(), told.reporter) as session:
        session.run(shown(session))
        edit(root / "pyproject.toml", "product-name", "produkt-name")
        session.run([Saved(restart=(root / "pyproject.toml",))])
        assert session._app is not None
    assert "produkt-name" in str(told.errors[0])


def test_an_app_that_crashed_comes_back_with_the_next_save(
    make_start: MakeStart, told: Told, root: Path
):
    start = make_start("sys.exit(3)")
    with Session(root, start, told.reporter) as session:
        session.run(until(lambda: session._app is None))
        assert session._app is None
        session.run([Saved(), Saved(reload=(root / "ui" / "main.js",))])
        make_start()
        session.run([Saved(restart=(start.main,))])
        session.run(shown(session))
        assert pid(session)
    assert told.lines[0] == "the app ended with code 3; save a file to start it again"


def test_an_app_that_ends_before_it_shows_anything_is_no_close(
    make_start: MakeStart, told: Told, root: Path
):
    start = make_start()
    start.main.write_text("")
    with Session(root, start, told.reporter) as session:
        session.run(until(lambda: session._app is None))
    assert told.lines == ["the app ended with code 0; save a file to start it again"]


def test_the_loop_ends_with_its_saves(make_start: MakeStart, told: Told, root: Path):
    with Session(root, make_start(), told.reporter) as session:
        assert session.run([]) == 0
