"""A capability file says who may do what, and cannot say what it does not mean."""

from __future__ import annotations

import pytest

from millennium.errors import CapabilityError
from millennium.security.allowlist import Scope
from millennium.security.capability import (
    MAX_NAMES,
    MAX_PERMISSION_CHARS,
    Capability,
    make_capability,
)
from millennium.security.origin import Origin


def test_a_file_becomes_a_capability_named_after_it() -> None:
    found = make_capability(
        {
            "windows": ["main", "note-*"],
            "permissions": ["app:greet_all", "window:set-title", "fs:*", "my-plugin:run"],
            "deny": ["app:delete"],
            "scope": {"fs": {"allow": ["$DOCUMENT/**"]}},
        },
        name="editor",
    )

    assert found.identifier == "editor"
    assert found.scope == {"fs": Scope(allow=("$DOCUMENT/**",))}
    assert found.local


def test_a_capability_may_name_itself() -> None:
    assert make_capability({"identifier": "own"}, name="file").identifier == "own"


@pytest.mark.parametrize("key", ["windows", "remote", "permissions", "deny"])
def test_a_list_has_so_many_entries_and_no_more(key: str) -> None:
    entries = {"remote": "https://a.example", "windows": "main"}
    entry = entries.get(key, "app:x")
    assert make_capability({key: [entry] * MAX_NAMES}, name="c").identifier == "c"
    with pytest.raises(CapabilityError, match="4097 entries"):
        make_capability({key: [entry] * (MAX_NAMES + 1)}, name="c")


def test_a_scope_has_so_many_patterns_and_no_more() -> None:
    scope = {"opener": {"allow": ["https://a"] * (MAX_NAMES + 1)}}
    with pytest.raises(CapabilityError, match="4097 entries"):
        make_capability({"scope": scope}, name="c")


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ({"window": ["main"]}, "window"),
        ({"permissions": ["greet"]}, "no permission"),
        ({"permissions": ["app:"]}, "no permission"),
        ({"permissions": [":greet"]}, "no permission"),
        ({"permissions": ["app::greet"]}, "no permission"),
        ({"permissions": ["app:gr*"]}, "no permission"),
        ({"permissions": ["*:*"]}, "no permission"),
        ({"permissions": ["-app:greet"]}, "no permission"),
        ({"permissions": ["a--b:greet"]}, "no permission"),
        ({"permissions": ["window:set--title"]}, "no permission"),
        ({"permissions": [f"app:{'x' * MAX_PERMISSION_CHARS}"]}, "no permission"),
        ({"permissions": ["app:😀"]}, "no permission"),
        ({"deny": ["everything"]}, "no permission"),
        ({"windows": ["a b"]}, "no window"),
        ({"windows": [""]}, "no window"),
        ({"identifier": "../x"}, "no identifier"),
        ({"remote": ["https://*.example.org"]}, "no origin"),
        ({"remote": ["https://example.org/path"]}, "no origin"),
        ({"remote": ["https://example.org:443"]}, "no origin"),
        ({"remote": ["data:x"]}, "no origin"),
        ({"remote": ["None"]}, "no origin"),
        ({"scope": {"fs": {"allow": ["notes/**"]}}}, "relative"),
        ({"scope": {"window": {}}}, "has no scope"),
        ({"scope": {"fs": {"deny": ["$NOWHERE/**"]}}}, "no variable"),
        ({"platforms": ["beos"]}, "beos"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else value,
)
def test_what_could_not_be_meant_is_refused(tree: dict[str, object], reason: str) -> None:
    with pytest.raises(CapabilityError, match=reason):
        make_capability(tree, name="x")


@pytest.mark.parametrize(
    ("pattern", "label", "is_covered"),
    [
        ("main", "main", True),
        ("main", "main2", False),
        ("main-*", "main-something", True),
        ("main-*", "mainsomething", False),
        ("*", "any/thing:x", True),
        ("note-?", "note-1", True),
        ("note-?", "note-12", False),
    ],
)
def test_a_window_is_covered_by_a_matching_pattern(
    pattern: str, label: str, is_covered: bool
) -> None:
    assert Capability(windows=(pattern,)).covers(label) is is_covered


def test_a_remote_origin_is_trusted_exactly() -> None:
    capability = Capability(remote=("https://example.org",))

    assert capability.trusts(Origin("https", "example.org", 443))
    assert not capability.trusts(Origin("http", "example.org", 80))
    assert not capability.trusts(Origin("https", "example.org", 8443))
    assert not capability.trusts(Origin("https", "sub.example.org", 443))
