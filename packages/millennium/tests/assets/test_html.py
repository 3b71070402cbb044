"""A page is prepared without being rewritten: import map, hashes, nonce slots."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.assets.html import IMPORTS, prepare_html
from millennium.assets.resolver import fill_slots

MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)

GLOBAL = re.compile(rb'<script type="module">(import.*?)</script>', re.DOTALL)


def csp_hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def embedded_map(data: bytes) -> dict[str, dict[str, str]]:
    found = MAP.search(data)
    assert found is not None
    decoded: dict[str, dict[str, str]] = json.loads(found[1])
    return decoded


@pytest.mark.parametrize(
    ("page", "before"),
    [
        ("<!DOCTYPE html><html><head><title>x</title></head></html>", b"<!DOCTYPE html><html><head>"),
        ("<!doctype html>\n<html lang='de'><body>x", b"<!doctype html>\n<html lang='de'>"),
        ("<html><head></head></html>", b"<html><head>"),
        ("<html></html>", b"<html>"),
        ("<!doctype html><p>x", b"<!doctype html>"),
        ("<!-- note --><!doctype html><title>x</title>", b"<!-- note --><!doctype html>"),
        ("<p>fragment</p>", b""),
        ("", b""),
        ("plain text", b""),
        ("<body><head></body>", b""),
        ("<HTML>\r\n<HEAD >\r\n<script src=x></script>", b"<HTML>\r\n<HEAD >"),
    ],
    ids=["full", "no-head", "no-doctype", "empty", "implied", "comment", "fragment", "nothing",
         "text", "late-head", "capitals"],
)  # fmt: skip
def test_the_import_map_comes_first(page: str, before: bytes) -> None:
    prepared = prepare_html(page)

    assert prepared.data.startswith(before + b'<script type="importmap">')
    assert MAP.sub(b"", prepared.data).decode() == page
    assert embedded_map(prepared.data) == {"imports": IMPORTS}


def test_the_import_map_is_hashed() -> None:
    prepared = prepare_html("<p>")
    found = MAP.search(prepared.data)

    assert found is not None
    assert prepared.script_hashes == (csp_hash(found[1].decode()),)


def test_a_page_s_own_import_map_keeps_its_entries() -> None:
    own = '{"imports": {"lit": "/lit.js", "@millennium/api": "/mine.js"}, "scopes": {}}'
    prepared = prepare_html(f'<head><script type="importmap">{own}</script></head>')
    combined = embedded_map(prepared.data)

    assert combined["imports"] == {**IMPORTS, "lit": "/lit.js", "@millennium/api": "/mine.js"}
    assert prepared.data.count(b"importmap") == 1
    assert len(prepared.script_hashes) == 1


def test_an_import_map_that_is_none_is_replaced() -> None:
    prepared = prepare_html('<script type="importmap">nonsense</script>')

    assert embedded_map(prepared.data) == {"imports": IMPORTS}


def test_an_import_map_cannot_close_its_script() -> None:
    own = '{"imports": {"x": "<\\/script><script>"}}'
    prepared = prepare_html(f'<script type="importmap">{own}</script>')

    assert prepared.data.count(b"<script") == 1
    assert embedded_map(prepared.data)["imports"]["x"] == "</script><script>"


def test_a_second_import_map_is_hashed_as_it_is() -> None:
    page = '<script type="importmap">{"imports":{}}</script>' * 2

    assert csp_hash('{"imports":{}}') in prepare_html(page).script_hashes


def test_a_global_is_put_behind_our_import_map_and_hashed() -> None:
    prepared = prepare_html("<p>x", in_global=("event", "window"))
    found = GLOBAL.search(prepared.data)

    assert found is not None
    assert prepared.data.startswith(b'<script type="importmap">')
    assert b"import * as window from" in found[1]
    assert b"{ ...core, event, window }" in found[1]
    assert csp_hash(found[1].decode()) in prepared.script_hashes
    assert GLOBAL.sub(b"", prepared.data) == prepare_html("<p>x").data


def test_a_global_is_put_behind_a_page_s_own_import_map() -> None:
    page = '<head><script type="importmap">{}</script ><script type="module">1</script>'
    prepared = prepare_html(page, in_global=("event",))

    assert prepared.data.index(b"importmap") < prepared.data.index(b"core.js")
    assert b'</script ><script type="module">import' in prepared.data
    assert prepared.data.endswith(b'</script><script type="module">1</script>')


def test_there_is_no_global_unless_an_app_wants_it() -> None:
    assert b"__MILLENNIUM__" not in prepare_html("<p>x</p>").data


def test_no_import_map_is_put_in_if_there_is_nothing_to_map() -> None:
    assert prepare_html("<p>x</p>", imports={}).data == b"<p>x</p>"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<script>console.log(1)</script>", "console.log(1)"),
        ("<SCRIPT type='module'>a</SCRIPT >", "a"),
        ("<script type=' Text/JavaScript '>a</script>", "a"),
        ("<script>a\r\nb\rc</script>", "a\nb\nc"),
        ("<script>if (a < b && '<p>') {}</script>", "if (a < b && '<p>') {}"),
        ("<p>ä\n😀<script>'ö'</script>", "'ö'"),
        ("<script></script>", ""),
        ("<script/>a</script>", "a"),
    ],
    ids=["plain", "module", "typed", "line-ends", "markup", "unicode", "empty", "slash"],
)
def test_inline_scripts_are_hashed_as_browsers_do(page: str, code: str) -> None:
    assert prepare_html(page, imports={}).script_hashes == (csp_hash(code),)


@pytest.mark.parametrize(
    "page",
    [
        "<script src='/x.js'></script>",
        "<script type='application/json'>{}</script>",
        "<!-- <script>a</script> -->",
        "<script>never closed",
        "<p onclick='a()'>",
    ],
    ids=["external", "data", "comment", "open", "handler"],
)
def test_what_does_not_run_is_not_hashed(page: str) -> None:
    assert prepare_html(page, imports={}).script_hashes == ()


@pytest.mark.parametrize("opening", ["<![CDATA[ x>", "<![if IE]>"])
def test_a_marked_section_ends_where_a_comment_of_browsers_does(opening: str) -> None:
    prepared = prepare_html(f"{opening}<script>a</script>]]>", imports={})

    assert prepared.script_hashes == (csp_hash("a"),)


def test_inline_styles_are_hashed_once_each() -> None:
    prepared = prepare_html("<style>a{}</style><style>b{}</style><style>a{}</style>")

    assert prepared.style_hashes == (csp_hash("a{}"), csp_hash("b{}"))


@pytest.mark.parametrize(
    ("page", "filled"),
    [
        ("<script nonce></script>", '<script nonce="N"></script>'),
        ("<script nonce='old' src=x></script>", '<script nonce="N" src=x></script>'),
        ("<style NONCE=old>a</style>", '<style NONCE="N">a</style>'),
        ('<meta property=csp-nonce nonce = "">', '<meta property=csp-nonce nonce="N">'),
        ('<script data-a="a nonce b" nonce>', '<script data-a="a nonce b" nonce="N">'),
        ("<script title=' nonce=x ' nonce=y>", "<script title=' nonce=x ' nonce=\"N\">"),
        ("<link href=/a/nonce/ nonce/>", '<link href=/a/nonce/ nonce="N"/>'),
        ("<link nonce=a NONCE=b>", '<link nonce="N" NONCE=b>'),
        ("ä<link nonce>ö<link nonce>", 'ä<link nonce="N">ö<link nonce="N">'),
    ],
    ids=[
        "bare",
        "quoted",
        "unquoted",
        "spaced",
        "in-a-value",
        "in-a-title",
        "in-a-path",
        "twice",
        "two",
    ],
)
def test_a_nonce_of_the_author_becomes_a_slot(page: str, filled: str) -> None:
    prepared = prepare_html(page, imports={})

    assert fill_slots(prepared.data, prepared.slots, "N").decode() == filled
    assert b"old" not in prepared.data


def test_a_nonce_inside_another_value_is_no_slot() -> None:
    page = '<p title="a nonce here" data-nonce="x">'

    assert prepare_html(page, imports={}).slots == ()


def test_a_nonce_that_is_no_attribute_of_its_own_is_left_alone() -> None:
    page = "<p a='x'nonce=y>"

    assert prepare_html(page, imports={}).data.decode() == page


@given(
    st.lists(
        st.sampled_from(
            ["<", ">", "script", "<script>", "</script>", "<style>", "</style>", "<head>", "<!--",
             "-->", "<html", " nonce", "='", '"', "a", "\r\n", "é", "<!doctype html>", "<![", "&"]
        ),
        max_size=15,
    ).map("".join)
)  # fmt: skip
def test_odd_pages_lose_nothing(page: str) -> None:
    prepared = prepare_html(page, imports={})

    assert prepared.slots == tuple(sorted(prepared.slots))
    assert " nonce" in page or prepared.data.decode() == page


@given(
    st.lists(
        st.one_of(
            st.text(alphabet=st.characters(exclude_characters="<", exclude_categories=["Cs"])),
            st.sampled_from(
                [
                    "__MILLENNIUM_SCRIPT_NONCE__",
                    "{{ nonce }}",
                    "'nonce-N'",
                    ' nonce=""',
                    "N",
                    "$nonce",
                ]
            ),
        ),
        max_size=6,
    ).map(" ".join)
)
def test_no_text_is_a_place_for_a_nonce(text: str) -> None:
    page = f"{text}<script nonce>1</script>{text}"
    prepared = prepare_html(page, imports={})

    assert fill_slots(prepared.data, prepared.slots, "N").decode() == (
        f'{text}<script nonce="N">1</script>{text}'
    )
    assert prepare_html(text, imports={}).slots == ()
