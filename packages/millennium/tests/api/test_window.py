"""A page and its own window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from millennium.api.window import COMMANDS
from millennium.security.allowlist import Allowlist
from millennium.testing import MockApp, assert_refused, invoke, mock_app
from millennium_runtime.dpi import LogicalSize, PhysicalPosition, PhysicalSize

TWO = [{"label": "main"}, {"label": "other"}]


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app(allowlist={"window": {"all": True}}, windows=TWO) as running:
        yield running


def test_every_command_has_a_key_in_the_allowlist() -> None:
    names = {endpoint.name for endpoint in COMMANDS}
    known = {name for name in Allowlist(all=True).commands() if name.startswith("window.")}
    assert names == known


CHANGES: list[tuple[str, dict[str, object], str, object]] = [
    ("set_title", {"title": "New"}, "title", "New"),
    ("set_size", {"width": 300, "height": 200}, "inner_size", {"width": 300, "height": 200}),
    (
        "set_position",
        {"x": -7, "y": 8, "unit": "physical"},
        "outer_position",
        {"x": -7, "y": 8},
    ),
    ("hide", {}, "is_visible", False),
    ("show", {}, "is_visible", True),
    ("minimize", {}, "is_minimized", True),
    ("unminimize", {}, "is_minimized", False),
    ("maximize", {}, "is_maximized", True),
    ("unmaximize", {}, "is_maximized", False),
    ("set_fullscreen", {"fullscreen": True}, "is_fullscreen", True),
    ("set_resizable", {"resizable": False}, "is_resizable", False),
    ("set_decorations", {"decorations": False}, "is_decorated", False),
    ("set_focus", {}, "is_focused", True),
]


@pytest.mark.parametrize(
    ("change", "args", "look", "expected"), CHANGES, ids=[change[0] for change in CHANGES]
)
def test_a_page_changes_its_window_and_sees_it(
    running: MockApp, change: str, args: dict[str, object], look: str, expected: object
) -> None:
    running.page().invoke(f"window.{change}", args)
    assert invoke(running, f"window.{look}") == expected


QUIET: list[tuple[str, dict[str, object]]] = [
    ("center", {}),
    ("set_always_on_top", {"always_on_top": True}),
    ("set_skip_taskbar", {"skip": True}),
    ("request_user_attention", {}),
    ("start_dragging", {}),
    ("scale_factor", {}),
    ("outer_size", {}),
    ("inner_position", {}),
    ("current_monitor", {}),
    ("theme", {}),
]


@pytest.mark.parametrize(("name", "args"), QUIET, ids=[name for name, _ in QUIET])
def test_each_other_command_is_answered(
    running: MockApp, name: str, args: dict[str, object]
) -> None:
    running.page().invoke(f"window.{name}", args)


@pytest.mark.parametrize("unit", ["logical", "physical"])
def test_lengths_have_a_unit(running: MockApp, unit: str) -> None:
    running.runtime.window().change_scale_factor(2.0)
    invoke(running, "window.set_size", width=300, height=200, unit=unit)
    assert (
        running.handle.window().inner_size()
        == {
            "logical": PhysicalSize(600, 400),
            "physical": PhysicalSize(300, 200),
        }[unit]
    )


@pytest.mark.parametrize("unit", ["logical", "physical"])
def test_places_have_a_unit(running: MockApp, unit: str) -> None:
    running.runtime.window().change_scale_factor(2.0)
    invoke(running, "window.set_position", x=30, y=20, unit=unit)
    assert (
        running.handle.window().outer_position()
        == {
            "logical": PhysicalPosition(60, 40),
            "physical": PhysicalPosition(30, 20),
        }[unit]
    )


def test_limits_are_set_and_taken_away(running: MockApp) -> None:
    window = running.runtime.window()
    invoke(running, "window.set_min_size", width=200, height=100)
    invoke(running, "window.set_max_size", width=400, height=300)
    window.resize(LogicalSize(1000, 50))
    assert running.handle.window().inner_size() == PhysicalSize(400, 100)
    invoke(running, "window.set_min_size")
    invoke(running, "window.set_max_size")
    window.resize(LogicalSize(1000, 50))
    assert running.handle.window().inner_size() == PhysicalSize(1000, 50)


def test_a_page_knows_and_changes_only_its_own_window(running: MockApp) -> None:
    assert invoke(running, "window.label", window="other") == "other"
    running.page("other").invoke("window.set_title", {"title": "Mine"})
    assert running.handle.window("main").title() == "Mock"


def test_a_page_closes_its_window(running: MockApp) -> None:
    running.page("other").start("window.close")
    running.handle.run_on_main(lambda: None)
    assert list(running.handle.windows()) == ["main"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("set_size", {"width": -1, "height": 1}),
        ("set_size", {"width": 1e9, "height": 1}),
        ("set_size", {"width": "1", "height": 1}),
        ("set_size", {"width": 1}),
        ("set_size", {"width": 1, "height": 1, "unit": "cm"}),
        ("set_title", {"title": "x" * 5000}),
        ("set_title", {"title": "x", "label": "other"}),
    ],
    ids=["negative", "huge", "text", "missing", "unit", "long", "another-window"],
)
def test_what_makes_no_sense_is_refused(
    running: MockApp, name: str, args: dict[str, object]
) -> None:
    with assert_refused("command.bad_args"):
        running.page().invoke(f"window.{name}", args)


def test_a_page_makes_a_window(running: MockApp) -> None:
    options = {"label": "third", "url": "third.html", "title": "Third", "minWidth": 100}
    assert invoke(running, "window.create", options=options) == "third"
    assert running.runtime.window("third").pending.webview.url.endswith("/third.html")
    assert running.handle.window("third").title() == "Third"


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "javascript:1"], ids=str)
def test_a_window_made_by_a_page_shows_only_the_app(running: MockApp, url: str) -> None:
    with assert_refused("window.not_a_path"):
        invoke(running, "window.create", options={"label": "third", "url": url})


def test_a_window_made_by_a_page_needs_a_free_label(running: MockApp) -> None:
    with assert_refused("runtime.invalid_label"):
        invoke(running, "window.create", options={"label": "other"})


def test_devtools_are_not_a_pages_choice(running: MockApp) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "window.create", options={"label": "third", "devtools": True})


@pytest.mark.parametrize("name", ["set_title", "create", "close"])
def test_what_is_not_allowed_is_refused(name: str) -> None:
    with mock_app(allowlist={"window": {"center": True}}) as running, assert_refused():
        running.page().invoke(f"window.{name}")


def test_getters_come_with_any_key() -> None:
    with mock_app(allowlist={"window": {"center": True}}) as running:
        assert invoke(running, "window.title") == "Mock"
