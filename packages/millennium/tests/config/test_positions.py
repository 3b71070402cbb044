"""Keys are found where they stand, in TOML and in JSON5."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.config.positions import find_positions, line_and_column
from millennium.config.tree import KeyPath

TOML = '''\
# a = "not here"
title = "x # no comment"
text = """
fake = 1
"""
raw = \'\'\'
fake = 2\'\'\'
dotted.key = 1
"quoted key" = 1
when = 1979-05-27 07:32:00
inline = { a = 1, b = { c = [1, { d = 2 }] } }
many = [
  1, # one
  "]",
]

[build]
dist-dir = "ui"

[build.deep]
x = 1

[[windows]]
label = "a"
[[windows]]
label = "b"
[windows.sub]
y = 1
[ spaced . out ]
z = 1
'''
JSON5 = """\
// comment: 1
{
  identifier: 'a.b', /* "x": 1 */
  "build": { "distDir": "ui", list: [1, {deep: "\\"}"}, [2]], },
  n: +.5e3,
}
"""


def place(text: str, path: KeyPath, *, is_toml: bool) -> tuple[int, int]:
    return line_and_column(text, find_positions(text, is_toml=is_toml)[path])


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (("title",), (2, 1)),
        (("text",), (3, 1)),
        (("raw",), (6, 1)),
        (("dotted",), (8, 1)),
        (("dotted", "key"), (8, 1)),
        (("quoted key",), (9, 1)),
        (("inline", "a"), (11, 12)),
        (("inline", "b", "c", 1, "d"), (11, 35)),
        (("many", 0), (13, 3)),
        (("many", 1), (14, 3)),
        (("build",), (17, 1)),
        (("build", "dist-dir"), (18, 1)),
        (("build", "deep", "x"), (21, 1)),
        (("windows", 0), (23, 1)),
        (("windows", 0, "label"), (24, 1)),
        (("windows", 1, "label"), (26, 1)),
        (("windows", 1, "sub", "y"), (28, 1)),
        (("spaced", "out", "z"), (30, 1)),
    ],
    ids=str,
)
def test_a_key_of_toml_is_found(path: KeyPath, at: tuple[int, int]) -> None:
    assert place(TOML, path, is_toml=True) == at


def test_what_is_no_key_is_not_found() -> None:
    assert tomllib.loads(TOML)["windows"][1]["sub"] == {"y": 1}
    found = find_positions(TOML, is_toml=True)
    assert ("a",) not in found
    assert ("fake",) not in found


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (("identifier",), (3, 3)),
        (("build",), (4, 3)),
        (("build", "distDir"), (4, 14)),
        (("build", "list", 1, "deep"), (4, 42)),
        (("build", "list", 2, 0), (4, 57)),
        (("n",), (5, 3)),
    ],
    ids=str,
)
def test_a_key_of_json5_is_found(path: KeyPath, at: tuple[int, int]) -> None:
    assert place(JSON5, path, is_toml=False) == at


@given(
    st.lists(
        st.sampled_from(["[", "]", "{", "}", "a", "=", ":", '"', "'", '"""', ",", "\n", "#", ".", "/"]),
        max_size=20,
    ).map("".join),
    st.booleans(),
)  # fmt: skip
def test_odd_texts_end(text: str, is_toml: bool) -> None:
    found = find_positions(text, is_toml=is_toml)

    assert all(0 <= offset <= len(text) for offset in found.values())
