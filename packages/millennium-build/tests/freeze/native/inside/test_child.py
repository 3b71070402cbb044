"""Of -c only the two forms of multiprocessing are read, and only with literals."""

from __future__ import annotations

import sys

import pytest

from millennium_build.freeze.native.inside.child import find_code, parse_server_call, run_child

TRACKER = "from multiprocessing.resource_tracker import main;main(5)"
SERVER = "from multiprocessing.forkserver import main; main(3, 4, ['a'], **{'sys_path': ['/x']})"


def test_tracker_is_read() -> None:
    assert parse_server_call(TRACKER) == ("multiprocessing.resource_tracker", [5], {})


def test_fork_server_is_read() -> None:
    assert parse_server_call(SERVER) == (
        "multiprocessing.forkserver",
        [3, 4, ["a"]],
        {"sys_path": ["/x"]},
    )


def test_named_argument_is_read() -> None:
    code = "from multiprocessing.forkserver import main; main(1, x=2)"
    assert parse_server_call(code) == ("multiprocessing.forkserver", [1], {"x": 2})


@pytest.mark.parametrize(
    "code",
    [
        "print(1)",
        "from multiprocessing.spawn import spawn_main; spawn_main()",
        "from multiprocessing.forkserver import main; main(open('/etc/passwd'))",
        "from multiprocessing.forkserver import main; main(*__import__('os').environ)",
        "from multiprocessing.forkserver import main; main(1); print(2)",
        "from multiprocessing.forkserver import main; main(1), print(2)",
        "from multiprocessing.forkserver import main; other(1)",
        "from multiprocessing.forkserver import main; main(**{'a': f()})",
        "from multiprocessing.forkserver import main; main(",
        "from multiprocessing.forkserver import main; " + "(" * 5000,
        "from multiprocessing.forkserver import main",
        "",
    ],
    ids=[
        *("print", "other-module", "call", "star", "two-statements", "tuple", "other-name"),
        *("call-in-keywords", "cut-off", "deep", "no-call", "empty"),
    ],
)
def test_anything_else_is_refused(code: str) -> None:
    assert parse_server_call(code) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-c", "x"], "x"),
        (["-I", "-S", "-X", "utf8", "-c", "x"], "x"),
        (["-c"], None),
        (["file", "-c", "x"], None),
        (["--option", "-c", "x"], None),
        ([], None),
    ],
    ids=["plain", "flags", "nothing-behind", "after-a-file", "after-an-option", "none"],
)
def test_code_stands_behind_flags_only(arguments: list[str], code: str | None) -> None:
    assert find_code(arguments) == code


def test_foreign_code_ends_the_program(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["app", "-c", "print(1)"])
    with pytest.raises(SystemExit) as caught:
        run_child()
    assert caught.value.code == 2
    assert "runs no code" in capsys.readouterr().err


def test_arguments_of_the_app_are_its_own(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app", "--config", "x"])
    assert run_child() is False


def test_server_is_called_with_what_was_read(monkeypatch) -> None:
    called: list[object] = []
    monkeypatch.setattr("multiprocessing.resource_tracker.main", called.append)
    monkeypatch.setattr(sys, "argv", ["app", "-c", TRACKER])
    assert run_child() is True
    assert (called, sys.argv) == ([5], ["-c"])


def test_spawned_child_is_handed_over(monkeypatch) -> None:
    called: list[int] = []
    monkeypatch.setattr("multiprocessing.spawn.freeze_support", lambda: called.append(1))
    monkeypatch.setattr(sys, "argv", ["app", "--multiprocessing-fork"])
    assert run_child() is True
    assert called == [1]
