"""Windows of a running app and files outside it: off by default, per window, per origin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from millennium.assets.resolver import OUTSIDE_PREFIX
from millennium.testing import MockApp, invoke, mock_app, mock_context
from millennium_runtime.request import Request, Response

ON = {"allowlist": {"protocol": {"asset": True, "asset-scope": ["$APPDATA/shown/**"]}}}
NEWER = {"security": {"asset-protocol": {"enable": True, "scope": ["$APPDATA/shown/**"]}}}
TWO = {"windows": [{"label": "main"}, {"label": "other"}]}
REMOTE = "https://example.org"
MORE = {
    "windows": ["other"],
    "permissions": ["app:*"],
    "scope": {"protocol": {"allow": ["$APPDATA/more/**"]}},
}
LENT = {
    "windows": ["main"],
    "local": False,
    "remote": [REMOTE],
    "scope": {"protocol": {"allow": ["$APPDATA/lent/**"]}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = Path(os.path.realpath(tmp_path)) / "data" / "org.example.mock"
    for name in ("shown", "more", "lent"):
        (root / name).mkdir(parents=True)
        (root / name / "a.png").write_text(name)
    return root


@pytest.fixture
def running(tmp_path: Path, folder: Path) -> Iterator[MockApp]:
    context = mock_context(
        {**ON, **TWO, "security": {"navigation": ["https://elsewhere.example"]}},
        capabilities=({"permissions": ["app:*"]}, MORE, LENT),
    )
    with mock_app(home=tmp_path, context=context) as running:
        yield running


def show(running: MockApp, path: Path, label: str = "main") -> int:
    """Return the status of the answer when a page of a window asks for a file."""
    answers: list[Response] = []
    uri = f"millennium://localhost{OUTSIDE_PREFIX}{quote(str(path), safe='')}"
    serve = running.runtime.window(label).pending.protocols["millennium"]
    serve(Request(method="GET", uri=uri, window=label), answers.append)
    (answer,) = answers
    return answer.status


def greeted(running: MockApp, label: str = "main") -> None:
    running.page(label).greet()


@pytest.mark.parametrize("config", [ON, NEWER], ids=["allowlist", "security"])
def test_each_spelling_of_the_configuration_turns_it_on(
    tmp_path: Path, folder: Path, config: dict[str, object]
) -> None:
    with mock_app(home=tmp_path, context=mock_context(config)) as running:
        greeted(running)
        assert show(running, folder / "shown" / "a.png") == 200
        assert show(running, folder / "more" / "a.png") == 403


@pytest.mark.parametrize(
    "config",
    [{}, {"allowlist": {"protocol": {"asset-scope": ["/**"]}}},
     {"security": {"asset-protocol": {"scope": ["/**"]}}}],
    ids=["nothing said", "scope only", "newer scope only"],
)  # fmt: skip
def test_it_is_off_unless_turned_on(
    tmp_path: Path, folder: Path, config: dict[str, object]
) -> None:
    with mock_app(home=tmp_path, context=mock_context(config)) as running:
        greeted(running)
        assert show(running, folder / "shown" / "a.png") == 404
        assert not running.handle.config.shows_outside_files


def test_everything_turned_on_shows_nothing_without_a_scope(tmp_path: Path, folder: Path) -> None:
    with mock_app(home=tmp_path, context=mock_context({"allowlist": {"all": True}})) as running:
        greeted(running)
        assert show(running, folder / "shown" / "a.png") == 403
        assert running.handle.config.shows_outside_files
        assert running.handle.context.config is running.handle.config


def test_each_window_has_its_own_scope(running: MockApp, folder: Path) -> None:
    greeted(running)
    greeted(running, "other")
    assert show(running, folder / "shown" / "a.png") == 200
    assert show(running, folder / "more" / "a.png") == 403
    assert show(running, folder / "more" / "a.png", "other") == 200
    assert show(running, folder / "shown" / "a.png", "other") == 200


def test_a_remote_origin_has_only_what_it_was_lent(running: MockApp, folder: Path) -> None:
    running.runtime.window("main").load(f"{REMOTE}/")
    assert show(running, folder / "lent" / "a.png") == 200
    assert show(running, folder / "shown" / "a.png") == 403


def test_a_document_of_nobody_we_trust_gets_nothing(running: MockApp, folder: Path) -> None:
    running.runtime.window("main").load("https://elsewhere.example/")
    assert show(running, folder / "shown" / "a.png") == 403


def test_the_two_spellings_add_up_and_each_denies(tmp_path: Path, folder: Path) -> None:
    config = {
        "allowlist": {"protocol": {"asset": True, "asset-scope": ["$APPDATA/**"]}},
        "security": {"asset-protocol": {"scope": {"deny": ["$APPDATA/more/**"]}}},
    }
    with mock_app(home=tmp_path, context=mock_context(config)) as running:
        greeted(running)
        assert show(running, folder / "shown" / "a.png") == 200
        assert show(running, folder / "more" / "a.png") == 403


def test_the_app_answers_calls_besides(running: MockApp) -> None:
    assert invoke(running, "app.name") == "Mock"


# --- what the user picks


PICKING: dict[str, object] = {
    "windows": [{"label": "main"}, {"label": "other"}],
    "allowlist": {
        "dialog": {"all": True},
        "protocol": {"asset": True, "asset-scope": {"deny": ["$APPDATA/lent/**"]}},
    },
}


@pytest.fixture
def picking(tmp_path: Path) -> Iterator[MockApp]:
    with mock_app(home=tmp_path, context=mock_context(PICKING)) as running:
        greeted(running)
        greeted(running, "other")
        yield running


def pick(running: MockApp, path: Path, command: str = "open", **options: object) -> None:
    call = running.page().start(f"dialog.{command}", {"options": options})
    running.answer_dialog(str(path))
    running.page().wait(call)


def test_a_picked_file_is_shown_and_its_neighbour_is_not(picking: MockApp, folder: Path) -> None:
    picture, neighbour = folder / "shown" / "a.png", folder / "more" / "a.png"
    assert show(picking, picture) == 403
    pick(picking, picture)
    assert (show(picking, picture), show(picking, neighbour)) == (200, 403)


def test_a_picked_folder_shows_its_files_and_nothing_below(picking: MockApp, folder: Path) -> None:
    (folder / "a.png").write_text("in it")
    pick(picking, folder, directory=True)
    assert show(picking, folder / "a.png") == 200
    assert show(picking, folder / "shown" / "a.png") == 403


def test_what_one_window_picked_no_other_shows(picking: MockApp, folder: Path) -> None:
    pick(picking, folder / "shown" / "a.png")
    assert show(picking, folder / "shown" / "a.png", "other") == 403


def test_what_was_denied_is_not_shown_because_it_was_picked(picking: MockApp, folder: Path) -> None:
    pick(picking, folder / "lent" / "a.png")
    assert show(picking, folder / "lent" / "a.png") == 403


def test_a_file_to_save_is_not_shown(picking: MockApp, folder: Path) -> None:
    pick(picking, folder / "shown" / "a.png", "save")
    assert show(picking, folder / "shown" / "a.png") == 403


def test_a_dropped_file_is_shown(picking: MockApp, folder: Path) -> None:
    picking.runtime.window("main").drop_files(str(folder / "shown" / "a.png"))
    assert show(picking, folder / "shown" / "a.png") == 200
    assert show(picking, folder / "more" / "a.png") == 403


def test_where_nothing_is_shown_a_picked_file_is_not_either(tmp_path: Path, folder: Path) -> None:
    config = {"allowlist": {"dialog": {"all": True}}}
    with mock_app(home=tmp_path, context=mock_context(config)) as running:
        greeted(running)
        pick(running, folder / "shown" / "a.png")
        pick(running, folder / "more" / "a.png", "save")
        assert show(running, folder / "shown" / "a.png") == 404
