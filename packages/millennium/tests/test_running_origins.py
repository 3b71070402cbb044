"""Which pages of a running app are trusted: isolated, developed, remote, elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from millennium import App
from millennium.config.window import WindowConfig
from millennium.errors import InvalidValueError
from millennium.testing import MockApp, assert_refused, invoke, mock_app, mock_context
from millennium_runtime.request import Request, Response

TWO = [{"label": "main"}, {"label": "other"}]


@pytest.fixture
def app() -> App:
    app = App()
    app.command(name="alive")(lambda: True)
    return app


@pytest.fixture
def running(app: App) -> Iterator[MockApp]:
    with mock_app(app, windows=TWO) as running:
        yield running


def test_an_isolated_window_has_an_origin_of_its_own(app: App) -> None:
    with mock_app(app, windows=[{"label": "apart", "isolated-origin": True}]) as running:
        webview = running.runtime.window("apart").pending.webview
        assert invoke(running, "alive", window="apart") is True
    assert (webview.url, webview.isolated) == ("millennium://apart.localhost/index.html", True)
    assert webview.init_scripts[0].origins == ("millennium://apart.localhost",)


def test_an_isolated_window_needs_a_host_name(running: MockApp) -> None:
    with pytest.raises(InvalidValueError, match="no host name"):
        running.handle.create_window(WindowConfig(label="a/b", isolated_origin=True))


def test_an_isolation_frame_is_served_and_framed_and_may_not_call(app: App) -> None:
    context = replace(mock_context(), hooks=("hook",))
    with mock_app(app, context=context) as running:
        pending = running.runtime.window().pending
        serve = pending.protocols["millennium"]
        answers: list[Response] = []
        page = Request(method="GET", uri="millennium://localhost/", headers={}, window="main")
        serve(page, answers.append)
        policy = dict(answers[0].headers)["content-security-policy"]
        (frames,) = re.findall(r"millennium://i[0-9a-f]+\.localhost", policy)
        serve(replace(page, uri=f"{frames}/guessed"), answers.append)
        assert answers[1].status == 404
        assert pending.navigation_handler is not None
        assert pending.navigation_handler(f"{frames}/guessed")
        assert frames not in pending.webview.init_scripts[0].origins


def test_the_dev_server_is_trusted_in_development_only(app: App) -> None:
    context = mock_context(mode="development", dev_url="http://localhost:5173")
    with mock_app(app, context=context) as running:
        assert running.runtime.window().pending.webview.url == "http://localhost:5173/index.html"
        assert invoke(running, "alive") is True


def test_another_port_of_this_machine_is_not_the_dev_server(app: App) -> None:
    context = mock_context(mode="development", dev_url="http://localhost:5173")
    with mock_app(app, context=context) as running:
        running.handle.window().navigate("http://localhost:5174/")
        with assert_refused("ipc.not_allowed"):
            invoke(running, "alive")


REMOTE = {
    "windows": ["main"],
    "local": False,
    "remote": ["https://example.org"],
    "permissions": ["app:alive"],
}
LOCAL = {"permissions": ["app:alive"]}


def test_a_remote_page_calls_what_a_capability_names(app: App) -> None:
    context = mock_context({"windows": TWO}, capabilities=(REMOTE, LOCAL))
    with mock_app(app, context=context) as running:
        running.runtime.window().load("https://example.org/page")
        assert invoke(running, "alive") is True


def test_a_remote_page_in_another_window_is_refused(app: App) -> None:
    context = mock_context({"windows": TWO}, capabilities=(REMOTE, LOCAL))
    with mock_app(app, context=context) as running:
        running.handle.window("other").navigate("https://example.org/page")
        with assert_refused("ipc.not_allowed"):
            invoke(running, "alive", window="other")


def test_a_link_to_elsewhere_opens_in_the_browser(running: MockApp) -> None:
    running.runtime.window().click_link("https://elsewhere.example/")
    running.runtime.window().open_window("https://popup.example/")
    assert running.runtime.opened_urls == [
        "https://elsewhere.example/",
        "https://popup.example/",
    ]
    assert running.runtime.window().source.url.startswith("millennium://localhost/")


def test_what_a_script_wants_elsewhere_opens_nothing(running: MockApp) -> None:
    running.runtime.window().load("https://elsewhere.example/?secret=1")
    assert running.runtime.opened_urls == []
    assert running.runtime.window().source.url.startswith("millennium://localhost/")


def test_a_configured_origin_may_be_visited_but_has_no_bridge(app: App) -> None:
    with mock_app(app, security={"navigation": ["https://docs.example"]}) as running:
        running.runtime.window().load("https://docs.example/a")
        assert running.runtime.window().source.url == "https://docs.example/a"
        with assert_refused("ipc.not_allowed"):
            invoke(running, "alive")


def test_in_development_the_log_says_how_to_allow_a_call(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    context = mock_context(mode="development")
    with mock_app(app, context=context) as running, assert_refused():
        invoke(running, "app.exit")
    assert "[allowlist.app]" in caplog.text


def test_a_release_keeps_that_to_itself(app: App, caplog: pytest.LogCaptureFixture) -> None:
    with mock_app(app) as running, assert_refused():
        invoke(running, "app.exit")
    assert "[allowlist.app]" not in caplog.text
