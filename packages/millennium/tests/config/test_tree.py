"""Trees merge as RFC 7396 says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.config.tree import JSON, merge_patch, show_path

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_standard(target: JSON, patch: JSON, merged: JSON) -> None:
    assert merge_patch(target, patch) == merged


@given(TREES)
def test_a_tree_merged_into_nothing_has_no_nulls_left(tree: JSON) -> None:
    once = merge_patch({}, tree)

    assert merge_patch(once, once) == once or not isinstance(once, dict)


@given(st.dictionaries(st.sampled_from("abc"), TREES, max_size=3))
def test_an_empty_patch_changes_nothing(tree: dict[str, JSON]) -> None:
    assert merge_patch(tree, {}) == tree


def test_a_path_is_shown_as_people_write_it() -> None:
    assert show_path(("windows", 0, "width")) == "windows[0].width"
    assert show_path(()) == ""
