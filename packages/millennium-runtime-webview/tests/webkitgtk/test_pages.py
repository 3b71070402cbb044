"""Pages in the real engine: where they may go and what they may do."""

from __future__ import annotations

import pytest

from millennium_runtime.errors import UnsupportedError
from millennium_runtime.webview import InitScript, World
from millennium_runtime_webview.webkitgtk import policies

pytestmark = pytest.mark.gui
ORIGIN = "millennium://localhost"
GREET = InitScript(source="globalThis.greeted = true", origins=(ORIGIN,))


def test_the_page_is_a_secure_context_of_our_origin(app):
    window = app.open()
    assert window.js("[location.origin, isSecureContext, typeof crypto.subtle]") == [
        ORIGIN,
        True,
        "object",
    ]


@pytest.mark.parametrize(
    ("change", "url"),
    [
        ("location.hash = 'b'", f"{ORIGIN}/#b"),
        ("history.pushState(0, '', '/b?c')", f"{ORIGIN}/b?c"),
    ],
    ids=["fragment", "history"],
)
def test_the_url_follows_what_the_page_changes_without_a_load(app, change, url):
    window = app.open()
    before = window.dispatcher.url()
    window.dispatcher.evaluate(change)
    window.js("new Promise(done => setTimeout(done, 300))")
    assert (before, window.dispatcher.url()) == (f"{ORIGIN}/", url)


def test_pywebview_leaves_nothing_in_the_page(app):
    window = app.open()
    assert window.js(
        "[typeof window.pywebview, typeof window.webkit?.messageHandlers?.jsBridge]"
    ) == [
        "undefined",
        "undefined",
    ]


def test_the_message_handler_is_invisible_to_page_and_frames(app):
    window = app.open(message_handler="bridge", on_message=lambda *_: None)
    frame = "(() => { const f = document.createElement('iframe'); document.body.append(f); return "
    look = "typeof f.contentWindow.webkit?.messageHandlers?.bridge })()"
    assert window.js("typeof window.webkit?.messageHandlers?.bridge") == "undefined"
    assert window.js(frame + look) == "undefined"
    assert window.js("typeof webkit.messageHandlers.bridge", World.PRIVATE) == "object"


def test_a_body_of_many_parts_arrives_whole(app):
    numbers = app.open().js("Array.from({ length: 200_000 }, (_, i) => i)")
    assert numbers == list(range(200_000))


def test_an_init_script_runs_in_its_origin(app):
    assert app.open(init_scripts=(GREET,)).js("globalThis.greeted ?? false") is True


@pytest.mark.parametrize(
    "origins",
    [(), ("millennium://elsewhere",), ("http://localhost",)],
    ids=["none", "other-host", "other-scheme"],
)
def test_an_init_script_runs_in_no_other_origin(app, origins):
    script = InitScript(source="globalThis.greeted = true", origins=origins)
    assert app.open(init_scripts=(script,)).js("globalThis.greeted ?? false") is False


def test_a_refused_navigation_stays(app):
    window = app.open(is_allowed=lambda url: False)
    window.dispatcher.evaluate("location.href = '/other?secret=1'")
    window.js("new Promise(done => setTimeout(done, 300))")
    assert window.asked == [f"{ORIGIN}/other?secret=1"]
    assert window.dispatcher.url() == f"{ORIGIN}/"
    assert [request.uri for request in window.requests] == [f"{ORIGIN}/"]


def test_an_allowed_navigation_leaves(app):
    window = app.open()
    window.dispatcher.evaluate("location.href = '/other'")
    window.wait("committed", 2)
    assert window.dispatcher.url() == f"{ORIGIN}/other"


def test_a_failing_navigation_handler_refuses(app):
    window = app.open(is_allowed=lambda url: 1 / 0)
    window.dispatcher.evaluate("location.href = '/other'")
    window.js("new Promise(done => setTimeout(done, 300))")
    assert window.dispatcher.url() == f"{ORIGIN}/"


def test_the_app_navigates_without_asking(app):
    window = app.open(is_allowed=lambda url: False)
    window.dispatcher.navigate(f"{ORIGIN}/other")
    window.wait("committed", 2)
    assert window.asked == []


def test_a_page_cannot_go_to_a_data_url(app):
    window = app.open()
    window.dispatcher.evaluate("location.href = 'data:text/html,mine'")
    window.js("new Promise(done => setTimeout(done, 300))")
    assert window.dispatcher.url() == f"{ORIGIN}/"


def test_a_popup_is_refused_and_told(app, monkeypatch):
    monkeypatch.setattr(policies, "CLICK_SECONDS", 0.0)  # two addresses, one right after the other
    window = app.open()
    assert window.js("window.open('https://example.com/') === null") is True
    window.js(
        "(() => { const a = document.createElement('a'); a.target = '_blank';"
        " a.href = 'https://example.org/'; document.body.append(a); a.click() })()"
    )
    assert "https://example.org/" in window.popups


def test_going_back_makes_a_new_document(app):
    window = app.open()
    window.dispatcher.evaluate("location.href = '/other'")
    window.wait("finished", 2)
    window.dispatcher.evaluate("history.back()")
    window.wait("finished", 3)
    assert window.stages("committed")[-1].source.document == 3
    assert window.js("performance.getEntriesByType('navigation')[0].type") == "back_forward"


def test_a_load_that_fails_is_told_and_leaves_the_document(app):
    window = app.open()
    window.dispatcher.navigate("http://localhost:4444/")
    window.wait("failed")
    assert window.dispatcher.url() == f"{ORIGIN}/"
    assert window.js("1 + 1") == 2


def test_a_first_load_that_fails_is_nobodys_origin(app):
    window = app.open(url="http://localhost:4444/", loaded=False)
    window.wait("failed").wait("committed")
    assert window.dispatcher.url() == "about:blank"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (
            "new Promise(yes => navigator.geolocation.getCurrentPosition(yes, no => yes(no.code)))",
            1,
        ),
        ("navigator.clipboard.readText()", "failed NotAllowedError"),
        ("Notification.requestPermission()", "denied"),
        ("navigator.mediaDevices.getUserMedia({ video: true })", "failed TypeError"),
        ("navigator.mediaDevices.getDisplayMedia({ video: true })", "failed TypeError"),
    ],
    ids=["geolocation", "clipboard", "notifications", "camera", "screen"],
)
def test_a_permission_is_denied_unless_configured(app, expression, wanted):
    assert app.open().js(expression) == wanted


@pytest.mark.parametrize(
    ("permission", "expression", "wanted"),
    [
        ("notifications", "Notification.requestPermission()", "granted"),
        (
            "camera",
            "navigator.mediaDevices.getUserMedia({ video: true })",
            "failed OverconstrainedError",
        ),
    ],
    ids=["notifications", "camera"],
)
def test_a_configured_permission_is_granted(app, permission, expression, wanted):
    assert app.open(permissions=frozenset({permission})).js(expression) == wanted


def test_a_permission_query_tells_what_is_granted(app):
    state = "navigator.permissions.query({ name: 'geolocation' }).then(status => status.state)"
    assert app.open().js(state) != "granted"
    assert app.open(label="other", permissions=frozenset({"geolocation"})).js(state) == "granted"


def test_devtools_are_refused_unless_allowed(app):
    with pytest.raises(UnsupportedError, match="developer tools of window 'main' are off"):
        app.open().dispatcher.open_devtools()


def test_devtools_open_and_close_when_allowed(app):
    window = app.open(devtools=True)
    window.dispatcher.open_devtools()
    window.dispatcher.close_devtools()
    assert window.js("1 + 1") == 2


def test_the_user_agent_can_be_set(app):
    assert app.open(user_agent="Notes/1.0").js("navigator.userAgent") == "Notes/1.0"
