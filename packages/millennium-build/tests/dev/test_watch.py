"""What a saved file means."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from millennium_build.dev.watch import Effect, Saved, Watched, watch


@pytest.mark.parametrize(
    ("path", "effect"),
    [
        ("src/app/__main__.py", "restart"),
        ("app.py", "restart"),
        ("pyproject.toml", "restart"),
        ("millennium.linux.toml", "restart"),
        (".millenniumrc", "restart"),
        ("linux.millenniumrc", "restart"),
        ("capabilities/main.toml", "restart"),
        ("capabilities/notes.txt", None),
        ("sub/pyproject.toml", None),
        (".", None),
        ("ui", None),
        ("ui/index.html", "reload"),
        ("ui/deep/a.bin", "reload"),
        ("ui/.main.js.swp", None),
        ("ui/main.js~", None),
        ("README.md", None),
        ("tests/test_app.py", None),
        (".venv/lib/x.py", None),
        ("src/__pycache__/x.py", None),
        ("dist/x.py", None),
        ("node_modules/x.py", None),
    ],
    ids=str,
)  # fmt: skip
def test_a_file_has_its_effect(tmp_path: Path, path: str, effect: Effect | None):
    watched = Watched(root=tmp_path, pages=tmp_path / "ui")
    assert watched.effect(tmp_path / path) == effect


def test_a_page_outside_the_project_reloads_too(tmp_path: Path):
    watched = Watched(root=tmp_path / "a", pages=tmp_path / "b")
    assert watched.effect(tmp_path / "b" / "x.js") == "reload"
    assert watched.effect(tmp_path / "c" / "x.py") is None


def test_with_a_server_for_the_page_nothing_reloads(tmp_path: Path):
    watched = Watched(root=tmp_path, pages=None)
    assert watched.effect(tmp_path / "ui" / "x.js") is None


@pytest.mark.parametrize("polls", [False, True], ids=["watched", "polled"])
def test_saves_are_told_by_what_they_mean_and_time_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, polls: bool
):
    system = watchfiles.watch
    asked: list[bool] = []

    def limited(*folders: Path, **options: Any) -> Iterator[set[watchfiles.main.FileChange]]:
        asked.append(options["force_polling"])
        if polls and not asked[-1]:
            raise WatchfilesRustInternalError("Too many open files")
        return system(*folders, **options)

    monkeypatch.setattr(watchfiles, "watch", limited)
    told: list[str] = []
    (tmp_path / "ui").mkdir()
    watched = Watched(root=tmp_path, pages=tmp_path / "ui")
    saves = watch(watched, since_ns=time.time_ns(), say=told.append)
    assert next(saves) == Saved()

    def save() -> None:
        time.sleep(0.05)
        (tmp_path / "app.py").write_text("x = 1")
        (tmp_path / "ui" / "a.js").write_text("x")
        (tmp_path / "README.md").write_text("x")

    thread = threading.Thread(target=save)
    thread.start()
    found: list[Saved] = []
    end = time.monotonic() + 20
    while not (any(each.restart for each in found) and any(each.reload for each in found)):
        assert time.monotonic() < end, "what was saved is not told"
        found.append(next(saves))
    found.append(next(saves))
    thread.join()
    assert {path for saved in found for path in saved.restart} == {tmp_path / "app.py"}
    assert {path for saved in found for path in saved.reload} == {tmp_path / "ui" / "a.js"}
    assert any("max_user_instances" in line for line in told) is asked[-1]
    assert asked[-1] >= polls  # a busy system may have no watcher left for us either


@pytest.mark.skipif(sys.platform != "linux", reason="needs a system whose names are bytes")
def test_a_name_that_is_no_text_is_told_and_the_watch_goes_on(tmp_path: Path):
    told: list[str] = []
    watched = Watched(root=tmp_path, pages=None)
    saves = watch(watched, since_ns=time.time_ns(), say=told.append)
    assert next(saves) == Saved()
    (tmp_path / os.fsdecode(b"m\xe4d.py")).write_text("x = 1")
    end = time.monotonic() + 20
    while not told:
        assert time.monotonic() < end, "the file is not told"
        next(saves)
    (tmp_path / "app.py").write_text("x = 1")
    while next(saves) != Saved(restart=(tmp_path / "app.py",)):
        assert time.monotonic() < end, "what was saved is not told"
    assert [line for line in told if "max_user_instances" in line] == []
    assert told[0] == f"not followed, for its name is not UTF-8: {tmp_path}/m\\xE4d.py"


def test_what_is_saved_between_the_start_and_the_watch_is_told(tmp_path: Path):
    saved = ("app.py", "ui/dist/a.js", "node_modules/b.py", ".c/d.py", "README.md", "old.py")
    for name in saved:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    os.utime(tmp_path / "old.py", ns=(1, 1))
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    watched = Watched(root=tmp_path, pages=tmp_path / "ui")
    saves = watch(watched, since_ns=1, say=lambda _line: None)
    told = Saved(restart=(tmp_path / "app.py",), reload=(tmp_path / "ui" / "dist" / "a.js",))
    assert next(saves) == told
    assert next(saves) == Saved()


def test_without_pages_of_its_own_only_the_program_is_looked_through(tmp_path: Path):
    for name in ("app.py", "ui/a.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    watched = Watched(root=tmp_path, pages=None)
    saves = watch(watched, since_ns=1, say=lambda _line: None)
    assert next(saves) == Saved(restart=(tmp_path / "app.py",))
