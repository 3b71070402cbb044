"""The launch: what it is told, what it finds, and how it says why it failed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

import pytest

from millennium import App
from millennium.collected import Collected
from millennium.context import Context
from millennium.errors import ConfigNotFoundError, UnknownKeyError
from millennium.launch import Launch
from millennium.main_thread import MainThread
from millennium.paths import AppPaths
from millennium.testing import assert_refused, mock_context
from millennium.testing.page import Page
from millennium.verify import KNOCKS
from millennium_runtime.errors import NoEngineError, RuntimeNotFoundError
from millennium_runtime.run_event import ExitRequested, RunEvent
from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime.testing import MockRuntime


def attributes_of(context: Context, home: Path) -> RuntimeAttributes:
    told: list[RuntimeAttributes] = []
    runtime = MockRuntime.scripted(lambda mock: told.append(mock.attributes))
    paths = AppPaths.below(home, context.config.identifier)
    Launch(Collected(), []).run(context=context, runtime=runtime, paths=paths)
    return told[0]


def test_a_release_logs_and_keeps_its_storage(tmp_path: Path) -> None:
    told = attributes_of(mock_context(), tmp_path)
    assert (told.identifier, told.app_name) == ("org.example.mock", "Mock")
    assert told.data_directory == tmp_path / "data" / "org.example.mock" / "webview"
    assert told.log_directory == tmp_path / "logs"


def test_in_development_logs_go_to_the_terminal(tmp_path: Path) -> None:
    assert attributes_of(mock_context(mode="development"), tmp_path).log_directory is None


@pytest.mark.parametrize(
    ("mode", "expected"), [("release", None), ("development", "evil")], ids=["release", "control"]
)
def test_a_release_forgets_dangerous_variables_before_its_engine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: Literal["development", "release"],
    expected: str | None,
) -> None:
    monkeypatch.setenv("GTK_MODULES", "evil")
    attributes_of(mock_context(mode=mode), tmp_path)
    assert os.environ.get("GTK_MODULES") == expected


@pytest.mark.parametrize("wish", ["auto", "off"])
def test_the_runtime_is_told_about_the_sandbox(tmp_path: Path, wish: str) -> None:
    context = mock_context({"security": {"sandbox": wish}})
    assert attributes_of(context, tmp_path).sandbox == wish


def test_an_app_without_a_name_is_called_by_its_identifier(tmp_path: Path) -> None:
    told = attributes_of(mock_context({"product-name": ""}), tmp_path)
    assert told.app_name == "org.example.mock"


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([{}], True),
        ([], False),
        ([{"create": False}], False),
        ([{"incognito": True}], False),
        ([{"isolated-origin": True}], False),
        ([{"incognito": True}, {"label": "other"}], True),
    ],
    ids=["one", "none", "later", "incognito", "isolated", "two"],
)
def test_the_runtime_is_told_whether_a_window_comes_at_once(
    tmp_path: Path, windows: list[dict[str, object]], expected: bool
) -> None:
    told = attributes_of(mock_context({"windows": windows}), tmp_path)
    assert told.starts_with_window is expected


def resources_of(context: Context) -> Path | None:
    found: list[Path | None] = []
    app = App(context=context, runtime=MockRuntime.scripted(lambda mock: None))
    app.setup(lambda handle: found.append(handle.paths.resource))
    app.run()
    return found[0]


def test_in_development_resources_are_those_of_the_project(tmp_path: Path) -> None:
    assert resources_of(replace(mock_context(mode="development"), root=tmp_path)) == tmp_path


def test_a_release_has_the_resources_that_were_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "notes"))
    assert resources_of(mock_context()) == tmp_path / "lib" / "notes"


class NoEngine(MockRuntime):
    @classmethod
    def new(cls, *_: object, **__: object) -> Self:
        raise NoEngineError("no WebKitGTK", help="apt install libwebkit2gtk-4.1-0")


def test_a_missing_engine_is_raised_with_what_to_do() -> None:
    with pytest.raises(NoEngineError, match="no WebKitGTK") as raised:
        App(context=mock_context(), runtime=NoEngine).run()
    assert raised.value.__notes__ == [
        "error[M0208]: runtime.no_engine",
        "  = help: apt install libwebkit2gtk-4.1-0",
    ]


def test_a_release_without_a_runtime_says_so() -> None:
    with pytest.raises(RuntimeNotFoundError):
        App(context=mock_context()).run()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project that the running program seems to be in."""
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "index.html").write_text("<h1>Found</h1>")
    (tmp_path / "app.py").write_text("")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "app.py"))
    return tmp_path


def test_a_project_is_found_around_the_main_file(project: Path) -> None:
    (project / "millennium.toml").write_text('identifier = "org.example.found"\n')
    seen: list[str] = []
    runtime = MockRuntime.scripted(lambda mock: seen.append(mock.attributes.identifier))
    App(runtime=runtime).run()
    assert seen == ["org.example.found"]


def test_a_wrong_key_is_raised_with_its_place_and_help(project: Path) -> None:
    (project / "millennium.toml").write_text('identifier = "org.example.a"\nwindow = []\n')
    with pytest.raises(UnknownKeyError) as raised:
        App(runtime=MockRuntime).run()
    notes = "\n".join(raised.value.__notes__)
    assert "error[M0105]: config.unknown_key" in notes
    assert "millennium.toml:2:1" in notes


def test_without_a_project_there_is_no_app(project: Path) -> None:
    with pytest.raises(ConfigNotFoundError):
        App(runtime=MockRuntime).run()


# --- the verification door


class Proved(Collected):
    """An app whose listener would prevent every exit."""

    def __init__(self) -> None:
        super().__init__()
        self.listeners.append(_stay)


def _stay(handle: object, event: RunEvent) -> None:
    if isinstance(event, ExitRequested):
        event.veto.prevent()


def greet_and_load(runtime: MockRuntime) -> None:
    """Do what the bootstrap does behind the door: greet, and say that the document has loaded."""
    page = Page(runtime.window(), MainThread(runtime.handle()))
    page.greet()
    for _ in range(KNOCKS):
        page.say_loaded()


def test_the_first_loaded_page_proves_the_start_and_ends_the_app() -> None:
    reader, writer = os.pipe()
    launch = Launch(Proved(), [f"--millennium-verify={writer}"])
    runtime = MockRuntime.scripted(greet_and_load)
    assert launch.run(context=mock_context(), runtime=runtime) == 0
    with os.fdopen(reader) as pipe:
        proof = json.loads(pipe.read())
    assert (proof["version"], proof["url"]) == ("0.1.0", "millennium://localhost/index.html")
    assert "MockRuntime" in proof["engine"]
    assert proof["round_trip_us"] >= 0


def test_without_the_door_a_page_proves_nothing() -> None:
    def script(runtime: MockRuntime) -> None:
        page = Page(runtime.window(), MainThread(runtime.handle()))
        page.greet()
        with assert_refused("ipc.not_allowed"):
            page.wait(page.say_loaded())

    Launch(Collected(), []).run(context=mock_context(), runtime=MockRuntime.scripted(script))
