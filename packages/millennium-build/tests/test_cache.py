"""The cache gives back what was put, or nothing."""

from __future__ import annotations

from pathlib import Path

from millennium_build.cache import Cache, default_folder, key_of


def test_entry_comes_back(tmp_path: Path) -> None:
    Cache(tmp_path).put("kind", "abcdef", b"data")
    assert Cache(tmp_path).get("kind", "abcdef") == b"data"


def test_entry_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"x"

    cache = Cache(tmp_path)
    assert cache.get_or_make("kind", "abcdef", make) == b"x"
    assert cache.get_or_make("kind", "abcdef", make) == b"x"
    assert made == [1]


def test_damaged_entry_is_as_good_as_absent(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("kind", "abcdef", b"data")
    (tmp_path / "kind" / "ab" / "cdef").write_bytes(b"0123456789abcdefdatb")
    assert cache.get("kind", "abcdef") is None


def test_folder_that_takes_nothing_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file")
    cache.put("kind", "abcdef", b"data")
    assert cache.get("kind", "abcdef") is None


def test_nothing_is_left_beside_an_entry(tmp_path: Path) -> None:
    Cache(tmp_path).put("kind", "abcdef", b"data")
    assert [path.name for path in (tmp_path / "kind" / "ab").iterdir()] == ["cdef"]


def test_joining_inputs_does_not_give_the_same_key() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("1", 2) == key_of("1", "2")


def test_default_folder_follows_the_users_variable(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "millennium-build"


def test_default_folder_is_in_the_home(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".cache" / "millennium-build"
