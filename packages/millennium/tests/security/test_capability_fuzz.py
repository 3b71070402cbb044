"""Whatever a capability file holds, it is refused or means no more than it says."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from millennium.errors import CapabilityError
from millennium.security.allowlist import Allowlist
from millennium.security.capability import make_capability
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.security.permissions import Permissions

WORD = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["app:*", "app:greet", "fs:*", "window:set-title", "*", "*:*", "main", "m*",
                     "https://example.org", "https://*.org", "null", "$HOME/**", "fs", "http"]),
)  # fmt: skip
VALUE = st.recursive(
    st.one_of(WORD, st.booleans(), st.integers(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=8,
)
KEY = st.sampled_from(
    ["identifier", "windows", "local", "remote", "permissions", "deny", "scope", "platforms", "x"]
)
LISTS = st.lists(WORD, max_size=3)
FOREIGN = Origin("https", "foreign.example", 443)
NAMES = ("greet", "leave", "fs.read_text", "window.set_title", "plug:do")


@settings(deadline=None)
@given(st.dictionaries(KEY, st.one_of(VALUE, LISTS), max_size=5))
def test_any_tree_is_a_capability_or_refused(tree: dict[str, object]) -> None:
    with suppress(CapabilityError):
        found = make_capability(tree, name="fuzzed")
        permissions = Permissions(Allowlist(), (found,))
        assert permissions.granted("main", FOREIGN, NAMES) <= set(found.permissions) | {"greet"}


@settings(deadline=None)
@given(permissions=LISTS, denied=LISTS)
def test_what_is_denied_is_never_granted(permissions: list[str], denied: list[str]) -> None:
    with suppress(CapabilityError):
        tree = {"permissions": permissions, "deny": ["app:greet", *denied]}
        found = Permissions(Allowlist(all=True), (make_capability(tree, name="fuzzed"),))
        granted = found.granted("main", APP_ORIGIN, NAMES)
        assert "greet" not in granted
        assert "leave" not in granted or {"app:*", "app:leave"} & set(permissions)
