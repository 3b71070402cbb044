"""What types cannot say is checked: each rule has what passes and what does not."""

from __future__ import annotations

import msgspec
import pytest

from millennium.config.schema import Config
from millennium.config.tree import show_path
from millennium.config.validate import find_problems, find_warnings


def config(tree: dict[str, object]) -> Config:
    return msgspec.convert({"identifier": "org.example.notes", **tree}, Config)


def window(**keys: object) -> dict[str, object]:
    return {"windows": [{key.replace("_", "-"): value for key, value in keys.items()}]}


def problems(tree: dict[str, object]) -> list[str]:
    return [show_path(problem.path) for problem in find_problems(config(tree))]


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"identifier": "a.b-c.D2"},
        {"version": "1.0"},
        {"version": "1.0.0-beta.1"},
        {"version": "2026.11.21"},
        {"version": "1.0rc1"},
        {"product-name": "Ada's Notes"},
        {"product-name": "a" * 75, "version": "1." + "0" * 62},
        {"runtime": "a.b:C"},
        window(label="a/b:c_d-1"),
        window(width=1, min_width=1, max_width=2),
        window(url="https://example.org/x"),
        window(url="docs/index.html?x"),
        window(label="settings", isolated_origin=True),
        window(background_color="#A0b1c2"),
        {"build": {"main": "src/x/__main__.py", "dist-dir": "a..b", "dev-path": "http://[::1]:80"}},
        {"build": {"dev-path": "other"}},
        {"security": {"csp": {"script-src": ("'self'",)}, "navigation": ["https://a.org/"]}},
        {"security": {"csp": "script-src 'unsafe-eval'",
                      "dangerous-script-sources": ["'unsafe-eval'"]}},
        {"security": {"pattern": {"use": "brownfield"}}},
        {"allowlist": {"fs": {"scope": ["$HOME/**"]}}},
        {"bundle": {"deep-link-schemes": ["my-notes"]}},
        {"updater": {"active": True, "pubkey": "x", "endpoints": ["https://a.org"]}},
        {"allowlist": {"shell": {"scope": [{"name": "x", "sidecar": True}]}}},
        {"allowlist": {"shell": {"scope": [{"name": "x", "cmd": "git", "args": ["log"]}]}}},
        {"allowlist": {"shell": {"open": "https://.*"}}},
        {"allowlist": {"http": {"scope": ["https://a.org/**"], "private-hosts": ["nas.local"]}}},
        {"security": {"asset-protocol": {"enable": True, "scope": ["$PICTURE/**"]}}},
    ],
    ids=lambda tree: str(tree)[:50],
)  # fmt: skip
def test_what_is_right_passes(tree: dict[str, object]) -> None:
    assert problems(tree) == []


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ({"identifier": "notes"}, "identifier"),
        ({"identifier": "a..b"}, "identifier"),
        ({"identifier": "a.b/c"}, "identifier"),
        ({"identifier": "a.-b"}, "identifier"),
        ({"identifier": "a.b."}, "identifier"),
        ({"identifier": f"a.{'b' * 200}"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"version": "v1"}, "version"),
        ({"version": ""}, "version"),
        ({"version": "1.0\n"}, "version"),
        ({"product-name": "a/b"}, "product-name"),
        ({"product-name": "a" * 76}, "product-name"),
        ({"version": "1." + "0" * 63}, "version"),
        ({"description": "a\nb"}, "description"),
        ({"runtime": "a.b"}, "runtime"),
        (window(label="a b"), "windows[0].label"),
        (window(label=""), "windows[0].label"),
        (window(label="a" * 65), "windows[0].label"),
        ({"windows": [{}, {}]}, "windows[1].label"),
        (window(width=0), "windows[0].width"),
        (window(height=-1), "windows[0].height"),
        (window(max_width=2_000_000), "windows[0].max-width"),
        (window(min_width=3, max_width=2), "windows[0].min-width"),
        (window(url="https://a@b.org"), "windows[0].url"),
        (window(label="Settings", isolated_origin=True), "windows[0].label"),
        (window(background_color="red"), "windows[0].background-color"),
        (window(title="a\x00"), "windows[0].title"),
        ({"build": {"main": "../x.py"}}, "build.main"),
        ({"build": {"dist-dir": "/etc"}}, "build.dist-dir"),
        ({"build": {"dist-dir": "C:\\x"}}, "build.dist-dir"),
        ({"build": {"dist-dir": ""}}, "build.dist-dir"),
        ({"build": {"dev-path": "http://example.org"}}, "build.dev-path"),
        ({"build": {"dev-path": "ftp://localhost"}}, "build.dev-path"),
        ({"build": {"dev-path": "http://localhost@evil.org"}}, "build.dev-path"),
        ({"security": {"csp": "script-src data:"}}, "security.csp"),
        ({"security": {"dev-csp": "script_src x"}}, "security.dev-csp"),
        ({"security": {"navigation": ["https://a.org/path"]}}, "security.navigation[0]"),
        ({"security": {"navigation": ["*"]}}, "security.navigation[0]"),
        ({"security": {"pattern": {"use": "isolation"}}}, "security.pattern.use"),
        ({"allowlist": {"fs": {"scope": ["notes/**"]}}}, "allowlist.fs.scope"),
        ({"allowlist": {"protocol": {"asset-scope": {"deny": ["$X/a"]}}}},
         "allowlist.protocol.asset-scope"),
        ({"bundle": {"deep-link-schemes": ["https"]}}, "bundle.deep-link-schemes[0]"),
        ({"bundle": {"deep-link-schemes": ["No Scheme"]}}, "bundle.deep-link-schemes[0]"),
        ({"updater": {"active": True}}, "updater.pubkey"),
        ({"updater": {"endpoints": ["http://a.org"]}}, "updater.endpoints[0]"),
        ({"allowlist": {"shell": {"scope": [{"name": "x"}]}}}, "allowlist.shell.scope[0]"),
        ({"allowlist": {"shell": {"scope": [{"name": "a", "cmd": "a"},
                                            {"name": "x", "cmd": "x.bat", "args": True}]}}},
         "allowlist.shell.scope[1]"),
        ({"allowlist": {"shell": {"scope": [{"name": "x", "cmd": "a"}, {"name": "x", "cmd": "b"}]}}},
         "allowlist.shell.scope[1].name"),
        ({"allowlist": {"shell": {"open": "(a+)+"}}}, "allowlist.shell.open"),
        ({"allowlist": {"http": {"scope": ["https://a.org/**", "a.org/**"]}}},
         "allowlist.http.scope[1]"),
        ({"allowlist": {"http": {"private-hosts": ["*.local"]}}}, "allowlist.http.private-hosts[0]"),
        ({"security": {"asset-protocol": {"scope": ["pictures/**"]}}},
         "security.asset-protocol.scope"),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_what_is_wrong_is_named(tree: dict[str, object], path: str) -> None:
    assert problems(tree) == [path]


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        ({}, 0),
        ({"allowlist": {"all": True}}, 1),
        ({"allowlist": {"http": {"request": True}}}, 1),
        ({"security": {"dangerous-disable-asset-csp-modification": True}}, 1),
    ],
    ids=["nothing", "all", "unbuilt", "unhashed"],
)
def test_what_is_probably_not_meant_is_a_warning(tree: dict[str, object], count: int) -> None:
    assert len(list(find_warnings(config(tree)))) == count
