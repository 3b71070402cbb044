"""A scope allows the files it was meant to allow, whatever the page writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium.errors import BadPatternError, OutOfScopeError
from millennium.security.scope import FsScope, require_pattern


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "notes" / "deep").mkdir(parents=True)
    (folder / "notes" / "a.md").write_text("a", "utf-8")
    (folder / ".ssh").mkdir()
    return folder


def scope(home: Path, *allow: str, deny: tuple[str, ...] = (), dots: bool = True) -> FsScope:
    return FsScope(allow, deny, {"HOME": home}, require_literal_leading_dot=dots)


def test_an_allowed_path_comes_back_canonical(home: Path) -> None:
    found = scope(home, "$HOME/notes/**")

    assert found.check_read(home / "notes" / "." / "a.md") == (home / "notes/a.md").resolve()
    assert found.check_write(home / "notes/new.md") == (home / "notes/new.md").resolve()


def test_a_path_may_begin_with_a_variable(home: Path) -> None:
    assert scope(home, "$HOME/notes/**").check_read("$HOME/notes/a.md").name == "a.md"


def test_an_empty_scope_allows_nothing(home: Path) -> None:
    assert not scope(home).is_allowed(home / "notes/a.md")


@pytest.mark.parametrize(
    ("pattern", "path", "is_allowed"),
    [
        ("$HOME/*", "x", True),
        ("$HOME/*", "notes/a.md", False),
        ("$HOME/*.key", ".ssh/secret.key", False),
        ("$HOME/*.key", ".a.key", False),
        ("$HOME/**", "a/b", True),
        ("$HOME/**", "", True),
        ("$HOME/**", ".ssh/id", False),
        ("$HOME/.ssh/*", ".ssh/id", True),
        ("$HOME/.ssh/**", ".ssh/.hidden", False),
        ("$HOME/**/*.md", "notes/deep/x.md", True),
        ("$HOME/**/*.md", "x.md", True),
        ("$HOME/notes", "notes", True),
        ("$HOME/notes", "notes/a.md", False),
        ("$HOME/?.md", "a.md", True),
        ("$HOME/[!a]*", "b/c", False),
    ],
)
def test_patterns_mean_what_they_say(home: Path, pattern: str, path: str, is_allowed: bool) -> None:
    assert scope(home, pattern).is_allowed(home / path) is is_allowed


def test_hidden_files_can_be_included(home: Path) -> None:
    assert scope(home, "$HOME/**", dots=False).is_allowed(home / ".ssh/id")


def test_denial_wins_and_sees_hidden_files(home: Path) -> None:
    found = scope(home, "$HOME/**", deny=("$HOME/.ssh/**", "$HOME/*.key"), dots=False)

    assert found.is_allowed(home / "x")
    assert not found.is_allowed(home / ".ssh/id")
    assert not found.is_allowed(home / ".ssh/.hidden")
    assert not found.is_allowed(home / ".a.key")


@pytest.mark.parametrize(
    "path",
    [
        "notes/a.md",
        "$HOME/../etc/passwd",
        "$HOME/notes/../notes/a.md",
        "$NOWHERE/a",
        "/etc/passwd",
        "$HOME/notes/a.md\x00.png",
        "$HOME/notes/a\n.md",
        f"$HOME/notes/{'a' * 5000}",
        "",
    ],
    ids=["relative", "climbs", "comes-back", "variable", "outside", "nul", "newline", "long", "no"],
)
def test_what_leads_out_is_refused(home: Path, path: str) -> None:
    with pytest.raises(OutOfScopeError) as caught:
        scope(home, "$HOME/**").check_read(path)
    assert caught.value.code == "fs.out_of_scope"
    assert str(home) not in caught.value.message


def test_a_link_counts_as_what_it_leads_to(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s", "utf-8")
    (home / "notes/link.md").symlink_to(secret)
    (home / "notes/up").symlink_to(tmp_path)
    found = scope(home, "$HOME/notes/**")

    assert not found.is_allowed(home / "notes/link.md")
    assert not found.is_allowed(home / "notes/up/secret")


def test_a_base_folder_that_is_a_link_still_holds(home: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(home)
    found = FsScope(["$HOME/new/**"], [], {"HOME": link})

    assert found.is_allowed(link / "new/file")
    assert found.is_allowed(home / "new/file")


def test_special_characters_of_a_base_folder_mean_themselves(tmp_path: Path) -> None:
    odd = tmp_path / "a[1]*"
    found = FsScope(["$HOME/*"], [], {"HOME": odd})

    assert found.is_allowed(odd / "x")
    assert not found.is_allowed(tmp_path / "a1b/x")


def test_the_root_can_be_a_scope(home: Path) -> None:
    assert scope(home, "/**").is_allowed("/etc")
    assert scope(home, "/**").is_allowed("/")
    assert scope(home, "/").is_allowed("/")
    assert not scope(home, "/").is_allowed("/etc")


def test_a_file_cannot_be_written_as_a_folder(home: Path) -> None:
    with pytest.raises(OutOfScopeError):
        scope(home, "$HOME/**").check_write(f"{home}/notes/")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("notes/**", "relative"),
        ("", "relative"),
        ("~/notes", "relative"),
        ("$NOWHERE/**", "no variable"),
        ("$HOMES/x", "no variable"),
        ("$HOME/../x", "climbs"),
        ("/a/\x00", "climbs"),
        (f"/{'a' * 5000}", "climbs"),
    ],
    ids=["relative", "empty", "tilde", "unknown", "longer", "climbs", "nul", "long"],
)
def test_a_pattern_that_could_not_be_meant_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(BadPatternError, match=reason):
        require_pattern(pattern)


def test_a_variable_this_system_does_not_have_allows_nothing(home: Path) -> None:
    found = scope(home, "$RESOURCE/**", "$HOME/*.md")

    assert found.is_allowed("$HOME/a.md")
    assert not found.is_allowed("$RESOURCE/a.md")
    assert not found.is_allowed("/a.md")


def test_a_variable_this_system_has_allows_its_folder(home: Path) -> None:
    found = FsScope(["$RESOURCE/**"], [], {"RESOURCE": home / "notes"})

    assert found.check_read("$RESOURCE/a.md") == (home / "notes/a.md").resolve()
    assert not found.is_allowed(home / "a.md")


def test_what_cannot_be_denied_here_is_refused(home: Path) -> None:
    with pytest.raises(BadPatternError, match="not known here"):
        scope(home, "/**", deny=("$RESOURCE/**",))


@pytest.mark.parametrize("pattern", ["$NOWHERE/**", "notes/**"], ids=["unknown", "relative"])
def test_an_allowed_pattern_that_could_not_be_meant_is_refused(home: Path, pattern: str) -> None:
    with pytest.raises(BadPatternError):
        scope(home, pattern)


class TestGrants:
    """What a user picked, upstream's table of escaped paths."""

    @pytest.fixture
    def odd(self, tmp_path: Path) -> Path:
        folder = tmp_path / "**"
        (folder / "inner").mkdir(parents=True)
        return folder

    def test_a_picked_folder_gives_its_files(self, odd: Path) -> None:
        found = FsScope([], [], {})
        found.grant(odd)

        assert found.is_allowed(odd)
        assert found.is_allowed(odd / "file")
        assert not found.is_allowed(odd / "inner/file")
        assert not found.is_allowed(odd / ".hidden")
        assert not found.is_allowed(odd.parent / "anyfile")

    def test_a_picked_folder_gives_all_below_it_if_wanted(self, odd: Path) -> None:
        found = FsScope([], [], {})
        found.grant(odd, recursive=True)

        assert found.is_allowed(odd / "inner/file")
        assert not found.is_allowed(odd.parent / "x/inner/file")

    def test_a_picked_file_gives_itself(self, tmp_path: Path) -> None:
        found = FsScope([], [], {})
        found.grant(tmp_path / "*.md")
        found.grant(tmp_path / ".picked")

        assert found.is_allowed(tmp_path / "*.md")
        assert found.is_allowed(tmp_path / ".picked")
        assert not found.is_allowed(tmp_path / "a.md")
        assert not found.is_allowed(tmp_path / "*.md/file")

    def test_what_is_forbidden_later_is_denied(self, odd: Path) -> None:
        found = FsScope([f"{odd.parent}/**"], [], {})
        found.forbid(odd)

        assert found.is_allowed(odd.parent / "anyfile")
        assert found.is_allowed(odd / "inner/file")
        assert not found.is_allowed(odd)
        assert not found.is_allowed(odd / "file")
        assert not found.is_allowed(odd / ".hidden")

    @pytest.mark.parametrize("verb", ["grant", "forbid"])
    def test_a_relative_path_is_refused(self, verb: str) -> None:
        with pytest.raises(BadPatternError):
            getattr(FsScope([], [], {}), verb)("notes")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["..", ".", "a", ".b", "link", "*", "~", "$HOME"]), max_size=6))
def test_nothing_outside_is_ever_allowed(home: Path, parts: list[str]) -> None:
    (home / "link").unlink(missing_ok=True)
    (home / "link").symlink_to(home.parent)
    found = scope(home, "$HOME/**", dots=False)
    path = "/".join((str(home), *parts))

    is_inside = Path(path).resolve().is_relative_to(home.resolve())
    assert is_inside or not found.is_allowed(path)
