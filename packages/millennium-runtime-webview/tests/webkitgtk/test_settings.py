"""Every setting of the engine, in a real window, as it is written down beside this file.

After a wanted change, write it anew and read what changed:
``MILLENNIUM_WRITE=1 xvfb-run -a python -m pytest packages/…/webkitgtk/test_settings.py``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from millennium_runtime.errors import UnsupportedError

pytestmark = pytest.mark.gui

SNAPSHOT = Path(__file__).with_name("engine_settings.json")
OF_THE_MACHINE = frozenset({"user-agent", "default-font-size", "default-monospace-font-size"})
OF_THE_VIEW = (
    *("automation-presentation-type", "camera-capture-state", "default-content-security-policy"),
    *("display-capture-state", "editable", "is-controlled-by-automation", "is-muted"),
    *("microphone-capture-state", "web-extension-mode"),
)
SCHEME_QUESTIONS = ("cors_enabled", "display_isolated", "empty_document", "local", "no_access")
LEAST_SETTINGS = 50
IMAGE = """new Promise((_, fail) => Object.assign(new Image(), {
    onerror: () => fail(new TypeError()), src: "file:///usr/share/p.png" }))"""


def properties(native, names: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    for spec in native.list_properties():
        is_asked = spec.name in names if names else spec.name not in OF_THE_MACHINE
        if is_asked and spec.flags & 1:  # readable
            yield spec.name, plain(native.get_property(spec.name))


def plain(value: object) -> object:
    if value is None or isinstance(value, bool | float | str):
        return value
    if hasattr(value, "value_nick"):
        return value.value_nick
    return int(value) if isinstance(value, int) else type(value).__name__


def features(settings) -> dict[str, bool]:
    """Return the engine's own switches that are not as its makers ship them."""
    found = settings.get_all_features()
    switches = [found.get(index) for index in range(found.get_length())]
    return {
        each.get_identifier(): settings.get_feature_enabled(each)
        for each in switches
        if settings.get_feature_enabled(each) != each.get_default_value()
    }


def everything(window) -> dict[str, Any]:
    from millennium_runtime_webview.webkitgtk.bindings import webkit_version

    view = window.webview.native
    context, settings = view.get_context(), view.get_settings()
    data, security = context.get_website_data_manager(), context.get_security_manager()
    return {
        "WebKitGTK": "{}.{}".format(*webkit_version()),
        "settings": dict(sorted(properties(settings))),
        "features": features(settings),
        "view": dict(sorted(properties(view, OF_THE_VIEW))),
        "policies": dict(sorted(properties(view.get_website_policies()))),
        "context": {
            "automation": context.is_automation_allowed(),
            "cache": plain(context.get_cache_model()),
            "spell checking": context.get_spell_checking_enabled(),
        },
        "storage": {
            "ephemeral": data.is_ephemeral(),
            "tracking prevention": data.get_itp_enabled(),
            "credentials kept": data.get_persistent_credential_storage_enabled(),
            "TLS errors": plain(data.get_tls_errors_policy()),
        },
        "scheme": {
            name: getattr(security, f"uri_scheme_is_{name}")("millennium")
            for name in (*SCHEME_QUESTIONS, "secure")
        },
    }


@pytest.mark.parametrize("mode", ["release", "development"])
def test_every_setting_is_as_written_down(app, mode: str) -> None:
    window = app.open(devtools=mode == "development")
    seen = window.native(everything)
    assert len(seen["settings"]) > LEAST_SETTINGS
    written = written_down(mode, seen)
    assert comparable(seen, written) == comparable(written, seen)


def written_down(mode: str, seen: dict[str, Any]) -> dict[str, Any]:
    """Return what is written down, written anew first where that is asked for."""
    written = json.loads(SNAPSHOT.read_text())
    if os.environ.get("MILLENNIUM_WRITE"):
        written |= {mode: seen}
        SNAPSHOT.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")
    found: dict[str, Any] = written[mode]
    return found


def comparable(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return all of one; of another WebKit's only the settings that both have."""
    if one["WebKitGTK"] == other["WebKitGTK"]:
        return one
    kept = {name: value for name, value in one["settings"].items() if name in other["settings"]}
    return {**one, "settings": kept, "WebKitGTK": "", "features": {}, "view": {}}


def test_release_and_development_differ_in_the_inspector_alone() -> None:
    written = json.loads(SNAPSHOT.read_text())
    release, development = written["release"], written["development"]
    assert {
        name
        for name, value in development["settings"].items()
        if release["settings"][name] != value
    } == {"enable-developer-extras", "enable-write-console-messages-to-stdout"}
    same: dict[str, Any] = {"settings": {}, "features": {}}
    assert {**release, **same} == {**development, **same}


@pytest.mark.parametrize(
    "name",
    [
        *("allow-file-access-from-file-urls", "allow-universal-access-from-file-urls"),
        *("javascript-can-access-clipboard", "javascript-can-open-windows-automatically"),
        *("enable-developer-extras", "enable-media-stream", "enable-webrtc", "enable-page-cache"),
        *("enable-dns-prefetching", "enable-write-console-messages-to-stdout"),
        "allow-top-navigation-to-data-urls",
        *("disable-web-security", "enable-mock-capture-devices"),
    ],
)
def test_what_reaches_outside_is_off_in_a_release(name: str) -> None:
    assert json.loads(SNAPSHOT.read_text())["release"]["settings"][name] is False


@pytest.mark.parametrize("name", ["LinkPreconnect", "LinkDNSPrefetch"])
def test_no_link_tells_somebody_else_of_a_page(name: str) -> None:
    assert json.loads(SNAPSHOT.read_text())["release"]["features"][name] is False


@pytest.mark.parametrize(
    ("storage", "expected"), [("TLS errors", "fail"), ("credentials kept", False)]
)
def test_storage_trusts_nobody(storage: str, expected: object) -> None:
    assert json.loads(SNAPSHOT.read_text())["release"]["storage"][storage] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "fetch('file:///etc/hostname').then(answer => answer.text())",
        "import('file:///etc/hostname')",
        IMAGE,
    ],
    ids=["fetch", "import", "image"],
)
def test_a_page_reads_no_file(app, expression: str) -> None:
    assert app.open().js(expression) == "failed TypeError"


def has_inspector(window) -> bool:
    return window.webview.native.get_inspector().get_web_view() is not None


def test_a_release_has_no_inspector_to_open(app) -> None:
    window = app.open()
    with pytest.raises(UnsupportedError):
        window.dispatcher.open_devtools()
    assert not window.native(has_inspector)


def test_control_development_has_one(app) -> None:
    window = app.open(devtools=True)
    window.dispatcher.open_devtools()
    window.js("new Promise(done => setTimeout(done, 300))")
    assert window.native(has_inspector)
    window.dispatcher.close_devtools()
