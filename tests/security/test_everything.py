"""An app that turned everything on still offers nothing that was broken in other products."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk import private_display

pytestmark = pytest.mark.gui

APP = Path(__file__).parent / "everything"
ABSENT_MODULES = ("updater", "shell", "sidecar", "process", "http", "notification", "clipboard")
POLITE = {
    "window of another origin": "window.not_a_path",
    "window of a script": "window.not_a_path",
    "window of a network path": "window.not_a_path",
    **dict.fromkeys(
        [
            "window with an injected label",
            "window with a label of two lines",
            "window with a taken label",
        ],
        "runtime.invalid_label",
    ),
    **dict.fromkeys(
        [
            "an event of the framework",
            "an event named as the framework's",
            "an event of another line",
            "an event with colours",
            "an event without end",
        ],
        "event.bad_name",
    ),
}
"""What is refused by its own rule; every other option is refused because nobody knows it."""

MODULES = [f"{module}." for module in (*ABSENT_MODULES, "opener", "menu", "tray", "window")]


@pytest.fixture(scope="module")
def unchecked(run_app: Callable[..., Any]) -> Any:
    """What the page found out where everything is offered, and the scope is open."""
    done = run_app(APP, "unchecked")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- what is not there


@pytest.mark.parametrize("module", MODULES)
def test_no_command_of_other_products_is_there(everything: Any, module: str) -> None:
    tried = {name: code for name, code in everything["absent"].items() if name.startswith(module)}

    assert set(tried.values()) <= {"ipc.not_allowed"}


def test_every_name_is_refused_alike_and_what_is_on_answers(everything: Any) -> None:
    assert len(everything["absent"]) > 80
    assert set(everything["absent"].values()) == {"ipc.not_allowed"}
    assert everything["granted"] == "Everything"


@pytest.mark.parametrize("module", MODULES)
def test_control_a_command_that_is_there_answers(unchecked: Any, module: str) -> None:
    tried = {name: code for name, code in unchecked["absent"].items() if name.startswith(module)}

    assert all(code == {"value": "there"} for code in tried.values())


def test_control_of_all_names_nearly_all_could_be_there(unchecked: Any) -> None:
    there = [name for name, code in unchecked["absent"].items() if code == {"value": "there"}]

    assert len(there) > 70


@pytest.mark.parametrize("module", ABSENT_MODULES)
def test_no_module_for_it_exists(module: str) -> None:
    assert importlib.util.find_spec(f"millennium.{module}") is None
    assert importlib.util.find_spec(f"millennium.api.{module}") is None


def test_control_a_module_that_exists_is_found() -> None:
    assert importlib.util.find_spec("millennium.api.window") is not None


# --- files


def test_no_spelling_leads_out_of_the_scope(everything: Any) -> None:
    codes = everything["outside_of_the_scope"]

    assert len(codes) > 40
    assert set(codes.values()) <= {"fs.out_of_scope", "fs.not_found", "command.bad_args"}


@pytest.mark.parametrize(
    "path",
    ["$HOME/allowed/link", "$HOME/allowed/../secret.txt", "$HOME/allowed/.hidden", "//etc/passwd"],
)
def test_what_exists_outside_is_refused_as_outside(everything: Any, path: str) -> None:
    assert everything["outside_of_the_scope"][path] == "fs.out_of_scope"


def test_every_name_inside_is_read_as_it_is_written(everything: Any) -> None:
    assert len(everything["inside_of_the_scope"]) == 11
    assert all(
        answer == {"value": "allowed"} for answer in everything["inside_of_the_scope"].values()
    )


def test_nothing_outside_is_written_or_listed(everything: Any) -> None:
    refused = {*everything["written"].values(), *everything["listed"].values()}

    assert refused == {"fs.out_of_scope", "fs.not_a_file"}
    assert everything["outside"] == "a secret outside the scope"


@pytest.mark.parametrize(
    "path", ["$HOME/secret.txt", "$HOME/allowed/link", "$HOME/allowed/../secret.txt"]
)
def test_control_without_the_scope_what_is_outside_is_read(unchecked: Any, path: str) -> None:
    assert unchecked["outside_of_the_scope"][path] == {"value": "a secret outside the scope"}


def test_control_without_the_scope_what_is_outside_is_written(unchecked: Any) -> None:
    assert unchecked["written"]["$HOME/secret.txt"] == {"value": None}
    assert unchecked["outside"] == "overwritten"
    assert "secret.txt" in str(unchecked["listed"]["$HOME/allowed/folder"])


def test_a_link_is_listed_as_a_link_and_not_followed(everything: Any) -> None:
    kinds = dict(everything["entries"])

    assert (kinds["link"], kinds["folder"], kinds["loop"]) == ("link", "link", "link")
    assert "secret.txt" not in kinds


# --- what a page may say


def test_a_page_decides_nothing_that_is_pythons(everything: Any) -> None:
    expected = {kind: POLITE.get(kind, "command.bad_args") for kind in everything["options"]}

    assert len(expected) > 20
    assert everything["options"] == expected


def test_objects_arrive_as_json_or_not_at_all(everything: Any) -> None:
    odd = everything["odd"]

    assert odd["getter"] == "Error: from a getter"
    assert {odd[kind] for kind in ("toJSON", "loop", "big", "function")} == {"command.bad_args"}
    assert odd["surrogate"] == "ipc.malformed"
    assert odd["proxy"] == {"value": {"x": 1}}
    assert everything["traps"] == ["toJSON", "x"], "asked by JSON.stringify, and by nobody else"
    assert everything["still_answers"] == 7


def test_no_payload_pollutes_a_prototype(everything: Any) -> None:
    assert everything["pollution"]["after"] == "clean"
    assert everything["pollution"]["keys"] == ["__proto__", "constructor"], "it did arrive"


def test_control_a_careless_merge_of_the_same_payload_does(everything: Any) -> None:
    assert everything["pollution"]["control"].startswith("by ")


def test_no_markup_moves_the_window(everything: Any) -> None:
    assert everything["dragged"] == []
    assert everything["dragged_by_call"] == ["set_position"]


# --- what others learn


def test_no_site_is_told_where_the_page_is(everything: Any) -> None:
    told = dict(everything["referrers"])
    assert told.pop("/control") == "millennium://control"

    assert told == {"/picture.png": "", "/fetched": "", "/asked": "", "/named": ""}


def test_no_notification_is_shown(everything: Any) -> None:
    assert everything["notification"]["permission"] in {"denied", "default"}
    assert everything["notification"]["asked"] != "granted"
    assert everything["notification"]["shown"] != "shown"


def test_no_name_forges_a_line_of_the_log(everything: Any) -> None:
    lines = everything["log"]["lines"]
    refused = [line for line in lines if "no command" in line]

    assert len(refused) >= 6, "they were logged"
    assert all(line.startswith("window main: refused: no command") for line in refused)
    assert all(line.isprintable() for line in refused)
    assert not any(line.startswith(("FORGED", "window main: granted")) for line in lines)


def test_no_path_keeps_a_scope_busy(everything: Any) -> None:
    assert everything["many_names"]["found"] is False
    assert everything["many_names"]["ms"] < 3000


def test_no_exception_forges_a_line_of_the_log(everything: Any) -> None:
    lines = everything["log"]["lines"]

    assert set(everything["failed"].values()) == {"command.failed"}
    assert sum(line.startswith("  ValueError: ") for line in lines) >= 6, "they were logged"
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith(("FORGED", "window main: granted")) for line in lines)


def test_an_engine_keeps_a_key_that_may_not_be_exported(everything: Any) -> None:
    assert everything["exported"] == {"false": "InvalidAccessError", "true": "exported"}


def test_words_of_a_link_are_no_options_of_toolkit_or_engine(run_app: Callable[..., Any]) -> None:
    """``--display`` would end it: the desktop hands an app the words of whoever made the link."""
    words = ("notes://x", "--display=:4242", "--g-fatal-warnings", "--gtk-module=evil")
    done = run_app(APP, *words, "--remote-debugging-port=9222", "--inspect")

    assert done.returncode == 0, done.stderr
    assert "evil" not in done.stderr


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--display=:4242",), 7)], ids=["no", "one"])
def test_control_a_toolkit_that_is_given_the_words_would_obey(
    words: tuple[str, ...], code: int
) -> None:
    program = (
        "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gdk, Gtk; "
        "raise SystemExit(0 if Gdk.Display.get_default() else 7)"
    )
    argv = [sys.executable, "-W", "ignore", "-c", program, *words]
    with private_display() as environment:
        done = subprocess.run(argv, env=environment, check=False, timeout=30)

    assert done.returncode == code


def test_it_runs_where_no_runtime_folder_is_given(everything: Any) -> None:
    assert everything["variables"] == {"XDG_RUNTIME_DIR": ""}


def test_two_of_it_run_at_once_and_none_speaks_for_the_other(run_app: Callable[..., Any]) -> None:
    """Nothing decides by a name on the bus, or a lock, which one is the app."""
    other = threading.Thread(target=lambda: done.append(run_app(APP)))
    done = []
    other.start()
    done.append(run_app(APP))
    other.join()

    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
