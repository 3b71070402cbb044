"""No verb of the files API leaves the scope, however fast somebody swaps links for files.

Two names in the scope are exchanged in one step of the system, thousands of times, while a page
uses them: one is a file or folder of the scope, the other a link to one outside. The same loop
with a plain `open` some microseconds behind the same check is the control: it does get out.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from millennium.api import fs
from millennium.errors import MillenniumError
from millennium.security.scope import FsScope

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "renameat2"), reason="needs a system that exchanges two names"
)

AT_FDCWD = -100
RENAME_EXCHANGE = 2
SECONDS = 20.0
FLIPS = 3000
USES = 1000
TURN_SECONDS = 1e-5
SECRET = "outside"
ALLOWED = "inside"
WRITTEN = "written by the page"

Place = tuple[Path, FsScope]
Use = Callable[[FsScope, str], object]


class Flipper:
    """Exchanges two names in its own thread until it is told to stop."""

    def __init__(self, first: Path, second: Path) -> None:
        self._names = os.fsencode(first), os.fsencode(second)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._flip)
        self.flips = 0

    def _flip(self) -> None:
        exchange = ctypes.CDLL(None).renameat2
        first, second = self._names
        while not self._stop.is_set():
            assert exchange(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE) == 0
            self.flips += 1

    @contextmanager
    def running(self) -> Iterator[Flipper]:
        """Flip while the block runs, and let the threads take turns as often as they can."""
        before = sys.getswitchinterval()
        sys.setswitchinterval(TURN_SECONDS)
        self._thread.start()
        try:
            yield self
        finally:
            sys.setswitchinterval(before)
            self._stop.set()
            self._thread.join()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A scope with a file and a folder, and links of the same kinds that lead out of it."""
    root = Path(os.path.realpath(tmp_path))
    inside, outside = root / "inside", root / "outside"
    for folder in (inside / "folder", outside / "folder"):
        folder.mkdir(parents=True)
    (inside / "file").write_text(ALLOWED)
    (inside / "folder" / "file").write_text(ALLOWED)
    (outside / "file").write_text(SECRET)
    (outside / "folder" / "file").write_text(SECRET)
    (outside / "folder" / "secret").write_text(SECRET)
    (inside / "file-link").symlink_to(outside / "file")
    (inside / "folder-link").symlink_to(outside / "folder")
    return root, FsScope([f"{inside}/**"], [], {})


def attempts(flipper: Flipper) -> Iterator[None]:
    """Go on until enough was flipped, or for so long."""
    deadline = time.monotonic() + SECONDS
    for use in count():
        if (flipper.flips >= FLIPS and use >= USES) or time.monotonic() > deadline:
            return
        yield


def read_text(scope: FsScope, path: str) -> object:
    return fs.read_text(scope, path)


def read_bytes(scope: FsScope, path: str) -> object:
    return fs.read_bytes(scope, path).decode()


def names(scope: FsScope, path: str) -> object:
    return SECRET if any(e.name == "secret" for e in fs.list_entries(scope, path)) else ALLOWED


def is_there(scope: FsScope, path: str) -> object:
    return SECRET if fs.exists(scope, path) else ALLOWED


def checked(check: Callable[[str], Path], path: str) -> Path:
    """Return what a check allowed, after a moment in which the names change."""
    found = check(path)
    time.sleep(TURN_SECONDS)
    return found


def read_naively(scope: FsScope, path: str) -> object:
    return checked(scope.check_read, path).read_text()


def list_naively(scope: FsScope, path: str) -> object:
    found = checked(scope.check_read, path).iterdir()
    return SECRET if any(each.name == "secret" for each in found) else ALLOWED


def is_there_naively(scope: FsScope, path: str) -> object:
    return SECRET if checked(scope.check_read, path).exists() else ALLOWED


def write_text(scope: FsScope, path: str) -> object:
    fs.write_text(scope, path, WRITTEN)
    return ALLOWED


def write_bytes(scope: FsScope, path: str) -> object:
    fs.write_bytes(scope, path, WRITTEN.encode())
    return ALLOWED


def write_naively(scope: FsScope, path: str) -> object:
    checked(scope.check_write, path).write_text(WRITTEN)
    return ALLOWED


FILE, FOLDER = ("file", "file-link"), ("folder", "folder-link")
VERBS = [
    pytest.param(read_text, FILE, "file", id="read_text a file"),
    pytest.param(read_bytes, FILE, "file", id="read_bytes a file"),
    pytest.param(read_text, FOLDER, "folder/file", id="read_text in a folder"),
    pytest.param(names, FOLDER, "folder", id="list a folder"),
    pytest.param(is_there, FOLDER, "folder/secret", id="exists in a folder"),
    pytest.param(write_text, FOLDER, "folder/file", id="write_text in a folder"),
    pytest.param(write_bytes, FOLDER, "folder/new", id="write_bytes a new file in a folder"),
]
CONTROLS = [
    pytest.param(read_naively, FILE, "file", id="read a file"),
    pytest.param(read_naively, FOLDER, "folder/file", id="read in a folder"),
    pytest.param(list_naively, FOLDER, "folder", id="list a folder"),
    pytest.param(is_there_naively, FOLDER, "folder/secret", id="exists in a folder"),
    pytest.param(write_naively, FOLDER, "folder/new", id="write in a folder"),
]


def is_out(root: Path, result: object) -> bool:
    """Whether something from outside came back, or something outside was changed."""
    outside = root / "outside"
    texts = [path.read_text() for path in sorted(outside.rglob("*")) if path.is_file()]
    return result == SECRET or texts != [SECRET] * 3


def escapes(place: Place, use: Use, pair: tuple[str, str], path: str) -> tuple[bool, int]:
    """Use `path` while a pair is flipped; return whether it got out, and after how many flips."""
    root, scope = place
    flipper = Flipper(*(root / "inside" / name for name in pair))
    with flipper.running():
        for _ in attempts(flipper):
            with suppress(MillenniumError, OSError):
                if is_out(root, use(scope, str(root / "inside" / path))):
                    return True, flipper.flips
    return is_out(root, ALLOWED), flipper.flips


@pytest.mark.parametrize(("use", "pair", "path"), VERBS)
def test_nothing_gets_out_while_links_are_swapped(
    place: Place, use: Use, pair: tuple[str, str], path: str
) -> None:
    is_outside, flips = escapes(place, use, pair, path)

    assert not is_outside
    assert flips >= FLIPS


@pytest.mark.parametrize(("use", "pair", "path"), CONTROLS)
def test_a_plain_open_behind_the_same_check_gets_out(
    place: Place, use: Use, pair: tuple[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "USES", 10_000_000)
    monkeypatch.setitem(globals(), "SECONDS", 50.0)  # it ends as soon as it got out

    assert escapes(place, use, pair, path)[0]


def test_a_file_of_the_scope_is_read_while_links_are_swapped(place: Place) -> None:
    root, scope = place
    flipper = Flipper(root / "inside/file", root / "inside/file-link")
    seen = set()
    with flipper.running():
        for _ in attempts(flipper):
            with suppress(MillenniumError):
                seen.add(fs.read_text(scope, str(root / "inside/file")))

    assert seen == {ALLOWED}
