"""A key that does nothing says so."""

from __future__ import annotations

from operator import attrgetter

import msgspec
import pytest

from millennium.config.not_yet import (
    IMPOSSIBLE_OF_WINDOWS,
    NOT_YET,
    NOT_YET_OF_WINDOWS,
    WITHOUT_COUNTERPART,
    find_unused,
)
from millennium.config.schema import Config
from millennium.config.validate import find_warnings


def config(**tree: object) -> Config:
    return msgspec.convert({"identifier": "org.example.app", **tree}, Config)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("build", {"compile": "app"}),
        ("tray", {"icon-path": "icon.png"}),
        ("windows", [{}, {"label": "other", "content-protected": True}]),
        ("windows", [{"closable": False}]),
    ],
    ids=["compile", "tray", "content-protected", "closable"],
)
def test_a_key_that_nothing_acts_on_is_told(key: str, value: object) -> None:
    told = list(find_unused(config(**{key: value})))
    assert len(told) == 1
    assert told[0].startswith(key)
    assert told[0] in set(find_warnings(config(**{key: value})))


def test_what_the_system_cannot_do_says_so_and_names_the_windows() -> None:
    protected = [{"label": name, "content-protected": True} for name in ("one", "two")]
    (told,) = find_unused(config(windows=[{}, *protected]))
    assert told.startswith("windows.content-protected is set for 'one', 'two', but no Linux")


def test_what_the_system_cannot_do_is_something_nothing_acts_on() -> None:
    assert IMPOSSIBLE_OF_WINDOWS.keys() <= set(NOT_YET_OF_WINDOWS)


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("template", "main.wxs", "as rows in a file of its fragment-paths"),
        ("component-refs", ["x"], "no reference is needed: every row"),
        ("feature-group-refs", ["x"], "no reference is needed: every row"),
        ("merge-refs", ["x"], "name the files that it brings in bundle.resources"),
        ("enable-elevated-update-task", True, "install-scope = 'per-user' updates need none"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_key_of_the_original_without_a_counterpart_says_what_there_is_instead(
    key: str, value: object, instead: str
) -> None:
    wix = {"windows": {"wix": {key: value, "license": "LICENSE.rtf"}}}
    (told,) = find_unused(config(bundle=wix))
    assert told.startswith(f"bundle.windows.wix.{key} is set, but no ")
    assert instead in told


def test_a_key_without_a_counterpart_is_one_that_nothing_acts_on() -> None:
    assert WITHOUT_COUNTERPART.keys() <= set(NOT_YET)


def test_defaults_and_keys_that_work_are_not_mentioned() -> None:
    working = config(windows=[{"title": "A", "width": 300}], build={"with-global-millennium": True})
    assert list(find_unused(working)) == []


def test_every_such_key_exists() -> None:
    plain = config()
    assert [attrgetter(path)(plain) for path in NOT_YET]
    assert {*NOT_YET_OF_WINDOWS} <= {*plain.windows[0].__struct_fields__}
