"""The one file tree."""

from __future__ import annotations

import pytest

from millennium_bundler.errors import TreeError
from millennium_bundler.tree import FALLBACK_DATE, MAX_DATE, File, Folder, Link, Tree, source_date


def test_entries_come_sorted_with_their_folders():
    tree = Tree(date=1)
    tree.file("usr/share/b", b"2", mode=0o600)
    tree.file("usr/bin/a", b"1")
    tree.add(Link(path="usr/bin/z", target="a"))
    assert list(tree) == [
        Folder(path="usr"),
        Folder(path="usr/bin"),
        File(path="usr/bin/a", data=b"1"),
        Link(path="usr/bin/z", target="a"),
        Folder(path="usr/share"),
        File(path="usr/share/b", data=b"2", mode=0o600),
    ]
    assert [file.path for file in tree.files()] == ["usr/bin/a", "usr/share/b"]


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "."], ids=repr
)
def test_a_path_that_leaves_the_tree_or_is_not_clean_is_refused(path: str):
    with pytest.raises(TreeError) as caught:
        Tree(date=0).file(path, b"")
    assert caught.value.code == "tree.outside"


@pytest.mark.parametrize("second", ["usr/bin/a", "usr/bin", "usr/bin/a/b"], ids=str)
def test_two_things_cannot_have_one_place(second: str):
    tree = Tree(date=0)
    tree.file("usr/bin/a", b"")
    with pytest.raises(TreeError) as caught:
        tree.file(second, b"")
    assert caught.value.code == "tree.conflict"


def test_the_environment_decides_the_date(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    assert source_date(5) == 1234567890


def test_the_manifest_decides_the_date_when_the_environment_is_silent(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert (source_date(5), source_date(0)) == (5, FALLBACK_DATE)


@pytest.mark.parametrize("given", ["yesterday", "-1", str(MAX_DATE + 1), "9" * 5000])
def test_a_date_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, given: str):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(MAX_DATE))
    assert source_date(0) == MAX_DATE
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(TreeError, match=given[:40]):
        source_date(0)
