"""Strict reading of JSON into dataclasses."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import ManifestError
from millennium_bundler.schema import JSON, FreeForm, decode, json_schema, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    name: str = text(pattern=r"[a-z]+", about="a leaf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    kind: Literal["tree", "herb"]
    height: int = 0
    is_green: bool = True
    leaves: tuple[Leaf, ...] = ()
    tags: dict[str, str] = field(default_factory=dict, metadata={"pattern": r"\d+"})
    extra: FreeForm = field(default_factory=FreeForm)
    root: Leaf = field(default_factory=lambda: Leaf(name="r"))


def refused(value: object) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        decode(Plant, value, place="m.json")  # type: ignore[arg-type]
    return caught.value


def test_a_full_object_becomes_a_value():
    value: JSON = {
        "kind": "herb",
        "height": 3,
        "is_green": False,
        "leaves": [{"name": "a"}],
        "tags": {"x": "1"},
        "extra": {"anything": [1, None]},
        "root": {"name": "deep"},
    }
    assert decode(Plant, value, place="m.json") == Plant(
        kind="herb",
        height=3,
        is_green=False,
        leaves=(Leaf(name="a"),),
        tags={"x": "1"},
        extra=FreeForm({"anything": [1, None]}),
        root=Leaf(name="deep"),
    )


def test_what_has_a_default_may_be_left_out():
    assert decode(Plant, {"kind": "tree"}, place="m.json").height == 0


def test_an_unknown_key_names_the_nearest():
    error = refused({"kind": "tree", "heightt": 1})
    assert (error.code, error.place) == ("manifest.unknown_key", "m.json")
    assert "'heightt'" in error.message
    assert error.help == "did you mean 'height'?"


def test_an_unknown_key_like_no_other_lists_the_known():
    assert refused({"kind": "tree", "zzz": 1}).help.startswith("known keys: kind, height")


def test_an_unknown_key_deep_inside_is_named_with_its_path():
    assert (
        "'leaves[1].nme'"
        in refused({"kind": "tree", "leaves": [{"name": "a"}, {"nme": "b"}]}).message
    )


def test_a_missing_key_is_named():
    error = refused({"kind": "tree", "leaves": [{}]})
    assert error.code == "manifest.missing_key"
    assert "'leaves[0].name'" in error.message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "the manifest must be an object, not a list"),
        ({"kind": "moss"}, "key 'kind' must be one of 'tree', 'herb', not 'moss'"),
        ({"kind": "tree", "height": "3"}, "key 'height' must be a whole number, not '3'"),
        ({"kind": "tree", "height": True}, "key 'height' must be a whole number, not True"),
        ({"kind": "tree", "is_green": 1}, "key 'is_green' must be true or false, not 1"),
        ({"kind": "tree", "leaves": {}}, "key 'leaves' must be a list, not an object"),
        ({"kind": "tree", "leaves": [0] * 20_001}, "key 'leaves' must be a list of at most 20000"),
        ({"kind": "tree", "tags": []}, "key 'tags' must be an object, not a list"),
        (
            {"kind": "tree", "tags": dict.fromkeys(map(str, range(20_001)), "1")},
            "key 'tags' must be an object of at most 20000 keys",
        ),
        ({"kind": "tree", "tags": {"a": "b"}}, "key 'tags.a' must be a text that matches"),
        ({"kind": "tree", "extra": None}, "key 'extra' must be an object, not null"),
        ({"kind": "tree", "root": {"name": 1}}, "key 'root.name' must be a text, not 1"),
        ({"kind": "tree", "root": {"name": "a" * 70_000}}, "key 'root.name' must be a text"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_value_of_the_wrong_kind_is_refused(value: object, words: str):
    error = refused(value)
    assert error.code == "manifest.bad_value"
    assert words in error.message


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"root": {"name": "\ud800"}}, "'root.name'"),
        ({"root": {"name": "\ufffe"}}, "'root.name'"),
        ({"root": {"name": "a\u2028b"}}, "'root.name'"),
        ({"tags": {"a\x85": "1"}}, "'tags'"),
        ({"tags": {"\udfff": "1"}}, "'tags'"),
        ({"tags": {"a\0": "1"}}, "'tags'"),
        ({"tags": {"": "1"}}, "'tags'"),
        ({"tags": {"x" * 1025: "1"}}, "'tags'"),
        ({"extra": {"a": [{"b": "\udc00"}]}}, "'extra'"),
        ({"extra": {"a": [{"\udc00": 1}]}}, "'extra'"),
        ({"\ud800": 1}, "'\\ud800'"),
    ],
    ids=str,
)
def test_half_characters_and_names_that_are_none_are_refused(value: dict[str, object], key: str):
    decode(Plant, {"kind": "tree", "tags": {"ä 😀": "1"}, "extra": {"ä": ["😀"]}}, place="m.json")
    error = refused({"kind": "tree", **value})
    assert error.code.startswith("manifest.")
    assert key in error.message
    assert (error.message + error.help).encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_nothing_but_a_manifest_error_comes_out_of_any_json(value: object):
    with contextlib.suppress(ManifestError):
        decode(Plant, value, place="m.json")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whose patterns are told in words."""

    size: str = text("", pattern="small|large", wanted="small or large", most=9)
    lines: tuple[str, ...] = field(default=(), metadata={"pattern": ".", "wanted": "one sign"})
    note: str = text("")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"size": "smallest"}, "key 'size' must be small or large, not 'smallest'"),
        ({"size": "s" * 10}, "key 'size' must be a text of at most 9 characters"),
        ({"lines": ["ab"]}, "key 'lines[0]' must be one sign, not 'ab'"),
        ({"note": "a\nb"}, "key 'note' must be one line of text, not 'a\\nb'"),
    ],
    ids=str,
)
def test_what_a_pattern_asks_for_is_told_in_words(value: JSON, words: str):
    decode(Label, {"size": "small", "lines": ["a"], "note": "a b"}, place="m.json")
    with pytest.raises(ManifestError) as caught:
        decode(Label, value, place="m.json")
    assert words in caught.value.message


def test_the_json_schema_takes_a_choice_as_a_whole_and_has_its_limit():
    properties = json_schema(Label)["properties"]
    assert isinstance(properties, dict)
    assert properties["size"] == {"type": "string", "pattern": "^(small|large)$", "maxLength": 9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """With bounds."""

    width: int = number(least=1, most=9)
    height: int = number(5, least=1, most=9)


@pytest.mark.parametrize("width", [0, 10, True, 1.0])
def test_a_number_outside_of_its_bounds_is_refused(width: float):
    assert decode(Pot, {"width": 1}, place="m.json") == Pot(width=1, height=5)
    with pytest.raises(ManifestError, match="key 'width'"):
        decode(Pot, {"width": width}, place="m.json")


def test_the_json_schema_has_the_bounds():
    properties = json_schema(Pot)["properties"]
    assert isinstance(properties, dict)
    assert properties["height"] == {"type": "integer", "minimum": 1, "maximum": 9}


def test_the_json_schema_says_the_same():
    schema = json_schema(Plant)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert schema["required"] == ["kind"]
    assert schema["additionalProperties"] is False
    assert properties["kind"] == {"enum": ["tree", "herb"]}
    assert properties["height"] == {"type": "integer"}
    assert properties["is_green"] == {"type": "boolean"}
    assert properties["extra"] == {"type": "object"}
    assert properties["tags"] == {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": r"^(\d+)$"},
    }
    leaf = properties["root"]
    assert isinstance(leaf, dict)
    assert leaf["properties"] == {
        "name": {"type": "string", "pattern": "^([a-z]+)$", "description": "a leaf"}
    }
