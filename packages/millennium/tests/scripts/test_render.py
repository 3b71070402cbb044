"""Only safe text becomes JavaScript, and the bootstrap keeps its meaning."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.ipc.limits import PAGE_VALUES
from millennium.scripts.render import (
    BridgeNames,
    fill,
    js_string,
    js_value,
    render_bootstrap,
    sink_call,
    strip,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ESCAPES = {"n": "\n", "r": "\r", "x3c": "<", "u2028": "\u2028", "u2029": "\u2029"}


def read_js_string(literal: str) -> str:
    """Read a single-quoted literal by the letter of ECMA-262, as far as we write it."""
    assert literal[0] == literal[-1] == "'"
    parts, rest = [], literal[1:-1]
    while rest:
        before, slash, rest = rest.partition("\\")
        parts.append(before)
        name = next((name for name in ESCAPES if rest.startswith(name)), rest[:1])
        parts.append(ESCAPES.get(name, name) if slash else "")
        rest = rest[len(name) :]
    return "".join(parts)


@given(TEXT)
def test_a_string_literal_means_its_text(text: str) -> None:
    assert read_js_string(js_string(text)) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("it's", "'it\\'s'"),
        ('"', "'\"'"),
        ("a\\b", "'a\\\\b'"),
        ("\r\n", "'\\r\\n'"),
        ("</script>", "'\\x3c/script>'"),
        ("\u2028\u2029", "'\\u2028\\u2029'"),
        ("😀", "'😀'"),
    ],
    ids=["quote", "double", "backslash", "line", "script", "separators", "emoji"],
)
def test_what_could_end_a_literal_is_escaped(text: str, literal: str) -> None:
    assert js_string(text) == literal


@pytest.mark.parametrize("text", ["it's", "\r\n", "</script>", "\u2028"])
def test_control_what_is_only_put_between_quotes_means_something_else(text: str) -> None:
    pasted = f"'{text}'"
    assert js_string(text) != pasted
    assert any(end in pasted[1:-1] for end in ("'", "\n", "<", "\u2028"))


@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists))
def test_a_value_means_the_same_in_javascript(value: object) -> None:
    text = js_value(value)

    assert json.loads(text) == value
    assert not {"<", "\u2028", "\u2029"} & {*text}


def test_a_number_javascript_cannot_read_is_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        js_value(float("nan"))


def test_news_are_handed_to_the_sink_of_one_document() -> None:
    names = BridgeNames.fresh()

    assert sink_call(names, 3, "0\n\n[]") == f"{names.sink}(3,'0\\n\\n[]')"


def test_names_are_random_identifiers() -> None:
    every = [BridgeNames.fresh() for _ in range(50)]
    flat = [name for names in every for name in (names.hello, names.sink, names.handler)]

    assert len({*flat}) == 150
    assert all(name.isidentifier() for name in flat)


def test_placeholders_are_filled_with_json() -> None:
    assert fill("a = $NAME + $MAX_CALLS;", {"NAME": "</script>", "MAX_CALLS": 5}) == (
        'a = "\\u003c/script>" + 5;'
    )


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="GHOST"):
        fill("$GHOST", {})


def test_values_are_not_searched_for_placeholders() -> None:
    assert fill("$A", {"A": "$B", "B": "x"}) == '"$B"'


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("  // why\n\n  let a = 1;\n", "let a=1;"),
        ("if (a) {\n  b();\n}\nc();", "if(a){b()}\nc();"),
        ("s = 'a  =  // b';", "s='a  =  // b';"),
        ("t = `a  ${ b }  c`;", "t=`a  ${ b }  c`;"),
        ("q = 'it\\'s  =';", "q='it\\'s  =';"),
        ("return a;\nelse b;", "return a;else b;"),
        ("a = b\n  ? c\n  : d;", "a=b?c:d;"),
        ("x = a - -b;", "x=a - -b;"),
        ("f((a) => { g(a); });", "f(a=>{g(a)});"),
        ("f((a, b) => 1, () => 2);", "f((a,b)=>1,()=>2);"),
        ("s = '(a)=> ;}';", "s='(a)=> ;}';"),
    ],
    ids=[
        *("comment", "block", "string", "template", "escape", "words", "ternary", "minus"),
        *("one parameter", "two parameters", "code in a string"),
    ],
)
def test_only_white_space_and_comments_are_lost(source: str, code: str) -> None:
    assert strip(source) == code


def test_a_plus_before_a_sign_is_not_written_in_the_bootstrap() -> None:
    values = {**PAGE_VALUES, "LABEL": "main", "URL": "x"}
    page, world = render_bootstrap(BridgeNames.fresh(), values)

    assert "+++" not in page + world
    assert "$" not in page + world
