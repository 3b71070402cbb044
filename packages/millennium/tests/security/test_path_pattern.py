"""A pattern of a scope is read name by name: as wcmatch reads it, in time that no page can stretch."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from wcmatch import glob

from millennium.security.path_pattern import PathPattern
from millennium.security.scope import MAX_PATH_CHARS

NAMES = ["a", "b", "A", ".a", "a.b", "É", "*", "[", "a|b"]
PIECES = ["a", "b", ".", "*", "?", "[ab]", "[!a]", "[.]", r"\*", "É", "-", "|"]
WILD_NAMES = st.one_of(
    st.sampled_from(["**", "*"]), st.lists(st.sampled_from(PIECES), min_size=1).map("".join)
)
SLOW = ["**/a/**/a/**/b", "**/a/**/a/**/a/**/a/**/b", "**/*a*/**/a*a/**/b", "/".join(["**"] * 90)]


def seconds(pattern: PathPattern, path: str) -> float:
    began = time.process_time()
    pattern.matches(path)
    return time.process_time() - began


@pytest.mark.parametrize("denies", [False, True], ids=["allows", "denies"])
@pytest.mark.parametrize("wild", SLOW, ids=range(len(SLOW)))
def test_no_path_keeps_a_pattern_busy(wild: str, denies: bool) -> None:
    pattern = PathPattern("/home/me", f"{wild}c", sees_dots=True, denies=denies)
    path = "/home/me" + "/a" * ((MAX_PATH_CHARS - 10) // 2)

    assert seconds(pattern, path) < 0.5


def test_control_one_expression_for_the_whole_path_is_kept_busy() -> None:
    whole = re.compile(glob.translate(["/home/me/**/a/**/a/**/bc"], flags=glob.GLOBSTAR)[0][0])
    began = time.process_time()
    whole.fullmatch("/home/me" + "/a" * 420)

    assert time.process_time() - began > 0.3


@given(
    names=st.lists(WILD_NAMES, max_size=5),
    path=st.lists(st.sampled_from(NAMES), max_size=4),
    sees_dots=st.booleans(),
)
def test_it_means_what_wcmatch_says(names: list[str], path: list[str], sees_dots: bool) -> None:
    wild = "/".join(names)
    assume("**/**" not in wild and ".." not in names)
    whole = "/".join(["/t", *path])
    flags = glob.GLOBSTAR | (glob.DOTGLOB if sees_dots else 0)
    meant = [f"/t/{wild}" if wild else "/t"]
    meant += [meant[0].removesuffix("/**")] if meant[0].endswith("/**") else []

    found = PathPattern("/t", wild, sees_dots=sees_dots, denies=False).matches(whole)

    assert found == glob.globmatch(whole, meant, flags=flags)


@pytest.mark.parametrize(
    ("wild", "path", "is_allowed", "is_denied"),
    [
        ("*/", "/t/a", False, True),
        ("**/", "/t/a/b", False, True),
        ("**/**", "/t", True, True),
        (r"a*\/b", "/t/aa/b", True, True),
        ("*//b", "/t/a/b", True, True),
        ("*/b", "/t/a", False, False),
        ("*", "/t/a/b", False, False),
    ],
)
def test_slashes_are_read_so_that_a_denial_never_fails(
    wild: str, path: str, is_allowed: bool, is_denied: bool
) -> None:
    allowing = PathPattern("/t", wild, sees_dots=True, denies=False)
    denying = PathPattern("/t", wild, sees_dots=True, denies=True)

    assert (allowing.matches(path), denying.matches(path)) == (is_allowed, is_denied)
