"""Files within the scope of a window."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from millennium import files
from millennium.api import fs
from millennium.api.fs import COMMANDS
from millennium.api.table import Endpoint
from millennium.errors import CommandError, OutOfScopeError
from millennium.paths import AppPaths
from millennium.security.allowlist import Allowlist
from millennium.security.scope import VARIABLES, FsScope
from millennium.testing import MockApp, assert_refused, invoke, mock_app


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "data" / "org.example.mock").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "data" / "org.example.mock"


@pytest.fixture
def running(home: Path) -> Iterator[MockApp]:
    scope = {"allow": ["$APPDATA/**"], "deny": ["$APPDATA/no*"]}
    with mock_app(home=home, allowlist={"fs": {"all": True, "scope": scope}}) as running:
        yield running


def test_every_command_has_a_key_in_the_allowlist() -> None:
    known = {name for name in Allowlist(all=True).commands() if name.startswith("fs.")}
    assert {endpoint.name for endpoint in COMMANDS} == known


def test_text_goes_out_and_comes_back(running: MockApp, folder: Path) -> None:
    invoke(running, "fs.write_text", path="$APPDATA/a.txt", text="Grüße 🌍\n")
    assert invoke(running, "fs.read_text", path=str(folder / "a.txt")) == "Grüße 🌍\n"


def test_bytes_go_out_and_come_back(running: MockApp) -> None:
    data = bytes(range(256)) * 2000
    invoke(running, "fs.write_bytes", path="$APPDATA/a.bin", data=data)
    assert invoke(running, "fs.read_bytes", path="$APPDATA/a.bin") == data


def test_a_byte_order_mark_is_no_text(running: MockApp, folder: Path) -> None:
    (folder / "a").write_bytes(b"\xef\xbb\xbfx")
    assert invoke(running, "fs.read_text", path="$APPDATA/a") == "x"


def test_a_folder_is_listed(running: MockApp, folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "a").touch()
    assert invoke(running, "fs.list", path="$APPDATA") == [
        {
            "name": "a",
            "path": str(folder / "a"),
            "kind": "file",
            "isDirectory": False,
            "isFile": True,
        },
        {
            "name": "b",
            "path": str(folder / "b"),
            "kind": "directory",
            "isDirectory": True,
            "isFile": False,
        },
    ]


@pytest.mark.parametrize(("name", "expected"), [("a", True), ("b", False)])
def test_a_page_asks_whether_a_file_exists(
    running: MockApp, folder: Path, name: str, expected: bool
) -> None:
    (folder / "a").touch()
    assert invoke(running, "fs.exists", path=f"$APPDATA/{name}") is expected


OUTSIDE = ["/etc/passwd", "$HOME/x", "$APPDATA/../x", "relative", "$APPDATA/no.txt", "$NOTHING/x"]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("name", ["read_text", "read_bytes", "list", "exists"])
def test_outside_of_the_scope_nothing_is_read(running: MockApp, name: str, path: str) -> None:
    with assert_refused("fs.out_of_scope"):
        invoke(running, f"fs.{name}", path=path)


@pytest.mark.parametrize("path", OUTSIDE)
def test_outside_of_the_scope_nothing_is_written(running: MockApp, path: str) -> None:
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.write_text", path=path, text="x")
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.write_bytes", path=path, data=b"x")


def test_a_link_out_of_the_scope_leads_nowhere(running: MockApp, home: Path, folder: Path) -> None:
    (home / "secret").write_text("secret")
    (folder / "link").symlink_to(home / "secret")
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.read_text", path="$APPDATA/link")
    with assert_refused("fs.out_of_scope"):
        invoke(running, "fs.write_text", path="$APPDATA/link", text="x")
    assert (home / "secret").read_text() == "secret"


@pytest.mark.parametrize(
    ("name", "path", "code"),
    [
        ("read_text", "$APPDATA/missing", "fs.not_found"),
        ("read_text", "$APPDATA/folder", "fs.not_a_file"),
        ("read_bytes", "$APPDATA/missing", "fs.not_found"),
        ("list", "$APPDATA/file", "fs.not_a_folder"),
        ("read_text", "$APPDATA/bytes", "fs.not_text"),
    ],
)
def test_what_the_system_refuses_has_a_code(
    running: MockApp, folder: Path, name: str, path: str, code: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "file").touch()
    (folder / "bytes").write_bytes(b"\xff")
    with assert_refused(code):
        invoke(running, f"fs.{name}", path=path)


def test_a_rare_error_has_a_code_too(
    running: MockApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *, max_bytes: int) -> bytes:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(fs, "read_file", fail)
    with assert_refused("fs.failed"):
        invoke(running, "fs.read_text", path="$APPDATA/a")


def test_a_file_over_the_limit_is_refused(
    running: MockApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fs, "MAX_JSON_BYTES", 3)
    (folder / "a").write_text("1234")
    with assert_refused("ipc.too_large"):
        invoke(running, "fs.read_text", path="$APPDATA/a")


def test_a_folder_over_the_limit_is_refused(
    running: MockApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_ENTRIES", 0)
    (folder / "a").touch()
    with assert_refused("ipc.too_large"):
        invoke(running, "fs.list", path="$APPDATA")


def test_what_is_not_allowed_is_refused(home: Path) -> None:
    allowlist = {"fs": {"read-file": True, "scope": ["$APPDATA/**"]}}
    with mock_app(home=home, allowlist=allowlist) as running, assert_refused():
        invoke(running, "fs.write_text", path="$APPDATA/a", text="x")


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_each_variable_of_a_scope_opens_its_own_folder(home: Path, name: str) -> None:
    (AppPaths.below(home, "org.example.mock").variables()[name] / "only").mkdir(parents=True)
    (home / "elsewhere").touch()
    allowlist = {"fs": {"all": True, "scope": [f"${name}/only/**"]}}
    with mock_app(home=home, allowlist=allowlist) as running:
        invoke(running, "fs.write_text", path=f"${name}/only/a.txt", text="x")
        assert invoke(running, "fs.read_text", path=f"${name}/only/a.txt") == "x"
        with assert_refused("fs.out_of_scope"):
            invoke(running, "fs.read_text", path=str(home / "elsewhere"))


def test_a_system_without_a_folder_refuses_only_what_is_below_its_variable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = AppPaths.below(home, "org.example.mock")
    monkeypatch.setattr(AppPaths, "below", lambda *_: replace(whole, font=None))
    allowlist = {"fs": {"all": True, "scope": ["$FONT/**", "$APPDATA/**"]}}
    with mock_app(home=home, allowlist=allowlist) as running:
        invoke(running, "fs.write_text", path="$APPDATA/a", text="x")
        with assert_refused("fs.out_of_scope"):
            invoke(running, "fs.read_text", path="$FONT/a")


def listed(running: MockApp, path: str) -> list[tuple[str, str]]:
    """Return names and kinds of what a folder holds."""
    found = invoke(running, "fs.list", path=path)
    assert isinstance(found, list)
    return [(entry["name"], entry["kind"]) for entry in found]


def test_a_name_that_is_no_text_is_left_out(running: MockApp, folder: Path) -> None:
    (folder / "a").touch()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).touch()
    assert listed(running, "$APPDATA") == [("a", "file")]


@pytest.mark.parametrize("name", ["read_text", "read_bytes", "list", "exists", "write_text"])
def test_a_loop_of_links_is_refused_and_never_followed(
    running: MockApp, folder: Path, name: str
) -> None:
    (folder / "self").symlink_to(folder / "self")
    (folder / "there").symlink_to(folder / "back")
    (folder / "back").symlink_to(folder / "there")
    more = {"text": "x"} if name == "write_text" else {}
    with suppress(CommandError):
        assert invoke(running, f"fs.{name}", path="$APPDATA/self", **more) is True
    with suppress(CommandError):
        assert invoke(running, f"fs.{name}", path="$APPDATA/there", **more) is True
    assert (folder / "self").is_symlink()


def test_a_walk_through_folders_meets_each_link_as_a_link(running: MockApp, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to(folder)
    assert listed(running, "$APPDATA/deep") == [("up", "link")]


class CountingScope(FsScope):
    """Counts what it is asked, and refuses everything."""

    def __init__(self) -> None:
        super().__init__([], [], {})
        self.asked: list[str] = []

    def _check(self, text: str) -> Path:
        self.asked.append(text)
        return super()._check(text)


@pytest.mark.parametrize("endpoint", COMMANDS, ids=lambda endpoint: endpoint.name)
def test_every_verb_asks_the_one_check_before_it_opens_anything(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = CountingScope()
    taken = [name for name in inspect.signature(endpoint.function).parameters if name != "scope"]
    for opens in ("open", "scandir", "stat", "unlink", "replace", "listdir", "mkdir"):
        monkeypatch.setattr(os, opens, lambda *_, **__: pytest.fail("opened before the check"))
    with pytest.raises(OutOfScopeError):
        endpoint.function(scope, *(b"/outside" if name == "data" else "/outside" for name in taken))
    assert scope.asked == ["/outside"]
    assert "path" in taken
