"""Any one setting may be nonsense: it is told by its code before any file is there, or it is carried.

A longer run: ``pytest --hypothesis-profile=long …/test_hostile_settings.py``.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complete_manifests import COMPLETE, write_sources
from millennium_bundler.bundle import BundleOptions, Bundles, bundle
from millennium_bundler.bundle_signing import signing_for
from millennium_bundler.errors import NUMBERS, BundleError
from millennium_bundler.installed_formats import load_formats
from millennium_bundler.settings import load_manifest

Keys = tuple[str | int, ...]

_USUAL_EXAMPLES = 100  # what hypothesis takes unless told otherwise
_IS_LONG = settings().max_examples > _USUAL_EXAMPLES
_EXAMPLES = settings().max_examples if _IS_LONG else 25
_SLOW = frozenset({"flatpak"})
HOSTILE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1.5, 10**30, [], {}, [[]], {"a": 1}, [None]),
    *("", " ", ".", "..", "../x", "/etc/passwd", "/", "a/b", "a\\b", "CON", "nul.txt", "-x", "~"),
    *("\ud800", "a\ud800b", "a\0b", "a\nb", "a\tb", "\x7f", "\u2028", "\u202e", "\ufeff", "\ufffe"),
    *("ä", "e\u0301", "😀", "x" * 300, "x" * 10_000, "ä" * 200, "1", "a.b.c", "%s$(id)`id`"),
    *("'\"<&>", "${NSISDIR}", "[ProductName]", "@@files@@", "{{name}}", "words", "LICENSE"),
    *(["\ud800"], ["a\0b"], ["x" * 10_000], ["../x"], ["/dev/null"], ["-x"], ["words", "words"]),
    *({"\ud800": "a"}, {"a\0b": "a"}, {"../x": "words"}, {"x" * 10_000: "words"}, {"": "words"}),
    *({"a\nb": "a"}, {"CON": "words"}),
)


def paths(value: Any, before: Keys = ()) -> Iterator[Keys]:
    """Every place of a manifest, the whole of it too."""
    yield before
    inner: dict[Any, Any] = value if isinstance(value, dict) else {}
    if isinstance(value, list):
        inner = dict(enumerate(value))
    for key, item in inner.items():
        yield from paths(item, (*before, key))


def replaced(manifest: Any, keys: Keys, value: Any) -> Any:
    """A manifest with another value at a place."""
    if not keys:
        return value
    found = copy.deepcopy(manifest)
    inner = found
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return found


def run(path: Path, formats: tuple[str, ...]) -> Bundles:
    """Read a manifest and make packages of it."""
    options = BundleOptions(output=path.parent / "out", with_lint=False, allow_unverified=True)
    with signing_for(load_manifest(path)) as signed:
        return bundle(signed, load_formats(formats), options)


def refusal(path: Path, formats: tuple[str, ...]) -> BundleError | None:
    """Return why nothing was begun; None when all was made."""
    try:
        done = run(path, formats)
    except BundleError as error:
        return error
    failed = [(one.target, one.error.code, one.error.message) for one in done.failed]
    assert [one for one in failed if one[1] != "format.no_tool"] == []
    return None


def assert_told_or_made(folder: Path, manifest: Any, formats: tuple[str, ...]) -> None:
    """A coded error and nothing written, or every package."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    path = folder / "bundle-manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    before = sorted(folder.rglob("*"))
    error = refusal(path, formats)
    if error is not None:
        assert error.code in NUMBERS
        assert f"{error.message}{error.help}{error.place}".encode()
        assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("system", COMPLETE)
def test_a_complete_manifest_becomes_every_package(
    tmp_path: Path, pe: Callable[..., bytes], system: str
):
    manifest, formats = COMPLETE[system]
    write_sources(tmp_path, pe(version=(1, 2, 3, 0)))
    path = tmp_path / "bundle-manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    done = run(path, formats)
    missing = {one.target for one in done.failed if one.error.code == "format.no_tool"}
    assert {one.target for one in done.made} == set(formats) - missing


@pytest.mark.parametrize("system", COMPLETE)
@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_one_hostile_value_is_told_by_its_code_or_carried(
    tmp_path: Path, pe: Callable[..., bytes], data: st.DataObject, system: str
):
    manifest, formats = COMPLETE[system]
    write_sources(tmp_path, pe(version=(1, 2, 3, 0)))
    place = data.draw(st.sampled_from(list(paths(manifest))), label="place")
    value = data.draw(st.sampled_from(HOSTILE) | st.text(max_size=40), label="value")
    chosen = tuple(name for name in formats if _IS_LONG or name not in _SLOW)
    assert_told_or_made(tmp_path, replaced(manifest, place, value), chosen)
