"""A scope allows the files it was meant to allow, whatever the page writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
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

    def test_what_is_forbidden_hides_nothing(self, odd: Path) -> None:
        found = FsScope([f"{odd.parent}/[*][*]/.*"], [], {})
        assert found.is_allowed(odd / ".hidden")
        found.forbid(odd)

        assert not found.is_allowed(odd / ".hidden")

    def test_a_picked_folder_gives_hidden_files_where_that_is_configured(self, odd: Path) -> None:
        found = FsScope([], [], {}, require_literal_leading_dot=False)
        found.grant(odd)

        assert found.is_allowed(odd / ".hidden")

    @pytest.mark.parametrize("verb", ["grant", "forbid"])
    def test_a_relative_path_is_refused(self, verb: str) -> None:
        with pytest.raises(BadPatternError):
            getattr(FsScope([], [], {}), verb)("notes")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["..", ".", "a", ".b", "link", "*", "~", "$HOME"]), max_size=6))
def test_nothing_outside_is_ever_allowed(home: Path, parts: list[str]) -> None:
    (home / "link").unlink(missing_ok=True)
    (home / "link").symlink_to(home.parent)
    found = scope(home, "$HOME/**", dots=False)
    path = "/".join((str(home), *parts))

    is_inside = Path(path).resolve().is_relative_to(home.resolve())
    assert is_inside or not found.is_allowed(path)


@pytest.mark.parametrize(
    "path",
    ["/proc/self/environ", "/proc", "/sys/kernel", "/dev/null", "/dev/fd", "/dev", "/dev/shm"],
)
def test_what_the_system_makes_up_is_no_file(home: Path, path: str) -> None:
    assert not scope(home, "/**").is_allowed(path)


def test_a_file_in_shared_memory_is_a_file(home: Path) -> None:
    assert scope(home, "/**").is_allowed("/dev/shm/a")
    assert scope(home, "/**").is_allowed("/process")
    assert not scope(home, "$HOME/**").is_allowed("/dev/shm/a")


E_ACUTE = "\u00c9"
E_AND_ACUTE = "E\u0301"


@pytest.mark.parametrize(
    ("denied", "path"),
    [
        ("Secret", "secret"),
        ("secret", "SECRET"),
        ("SecreT/**", "secret/key"),
        ("[S]ample", "sample"),
        ("[[:upper:]]ample", "Sample"),
        ("[[:upper:]]ample", "sample"),
        (E_ACUTE, E_AND_ACUTE),
        (E_AND_ACUTE, E_ACUTE),
        (E_ACUTE, E_AND_ACUTE.lower()),
        (f"{E_AND_ACUTE}*", f"{E_ACUTE.lower()}x"),
        ("stra\u00dfe", "STRASSE"),
        ("key", "k\u200cey"),
        ("key", "\ufeffkey"),
    ],
    ids=ascii,
)
def test_a_denial_sees_every_spelling_that_some_disk_takes_for_the_same(
    home: Path, denied: str, path: str
) -> None:
    found = scope(home, "$HOME/**", deny=(f"$HOME/{denied}",))

    assert not found.is_allowed(home / path)
    assert found.is_allowed(home / "another")


def test_what_allows_is_exact_on_a_disk_that_tells_letters_apart(home: Path) -> None:
    found = scope(home, "$HOME/A", f"$HOME/{E_ACUTE}")

    assert found.is_allowed(home / "A")
    assert found.is_allowed(home / E_ACUTE)
    assert not found.is_allowed(home / "a")
    assert not found.is_allowed(home / E_AND_ACUTE)


def test_a_denied_pick_is_denied_in_every_spelling(home: Path) -> None:
    found = scope(home, "$HOME/**")
    found.forbid(home / "Picked*")

    assert not found.is_allowed(home / "picked*")
    assert found.is_allowed(home / "pickedup")


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF], ids=hex)
def test_half_a_letter_is_refused(home: Path, code: int) -> None:
    text = f"a{chr(code)}"
    with pytest.raises(OutOfScopeError):
        scope(home, "$HOME/**").check_read(f"{home}/{text}")


def test_a_name_that_is_no_utf_8_is_a_name(home: Path) -> None:
    assert scope(home, "$HOME/*").is_allowed(f"{home}/\udcff")


def test_a_link_that_vanishes_under_the_look_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scope(home, "$HOME/**")

    def vanish(path: str) -> str:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("os.path.realpath", vanish)
    with pytest.raises(OutOfScopeError):
        found.check_read(home / "a")


@pytest.mark.parametrize("path", [r"C:\a\CON", r"C:\a\b:stream", r"C:a", r"\\server\share\a", "/a"])
def test_on_windows_a_path_with_a_second_meaning_is_refused_unseen(
    home: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    found = scope(home, "/**")
    monkeypatch.setattr("millennium.security.scope._IS_WINDOWS", True)
    monkeypatch.setattr("os.path.realpath", lambda _: pytest.fail("it was looked up"))

    with pytest.raises(OutOfScopeError):
        found.check_read(path)


def test_on_windows_a_plain_path_is_looked_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scope(home, "/a/**")
    monkeypatch.setattr("millennium.security.scope._IS_WINDOWS", True)
    monkeypatch.setattr("os.path.realpath", lambda _: "/a/b")

    assert found.is_allowed(r"C:\a\b")


TEXT = st.text(st.characters(codec=None), max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT)
def test_any_text_is_allowed_or_refused_and_nothing_else(home: Path, text: str) -> None:
    found = scope(home, "$HOME/**", deny=("$HOME/notes/**",), dots=False)
    path = f"{home}/{text}"

    if found.is_allowed(path):
        assert Path(path).resolve().is_relative_to(home.resolve())
        assert not Path(path).resolve().is_relative_to((home / "notes").resolve())


@settings(deadline=None)
@example("\ud800")
@given(TEXT)
def test_a_pattern_is_compiled_or_refused_and_denies_what_it_allows(text: str) -> None:
    pattern = f"/base/{text}"
    try:
        allowing = FsScope([pattern], [], {})
        both = FsScope(["/**"], [pattern], {}, require_literal_leading_dot=False)
    except BadPatternError:
        return
    path = f"/base/{text}"
    assert not (allowing.is_allowed(path) and both.is_allowed(path))
